// The adjuster: what senders of beats say of their own thresholds becomes settings, a moment later and together.
// Promises a bound on what waits, one change of a monitor however often it is said, and to leave alone what a file or
// people have set up. Must not know any protocol, nor what the settings of a kind are called.
import { type Adjustment, adjusting, isSo } from '#core/expected.ts'
import type { Kind } from '#checks/check.ts'
import type { Clock, Timer } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Counter, Metrics } from '#platform/metrics.ts'
import { Trouble } from '#platform/trouble.ts'
import { type Aggregates, Conflict, type Store, type StoredObject } from '#store/store.ts'
import type { Catalog, CatalogMonitor } from './catalog.ts'
import type { Ingest } from './ingest.ts'
import { settling } from './settle.ts'

/** `done`: it is so already; `taken`: it will be in a moment; `fixed`: not for its sender to say; `full`: not now. */
export type Adjusted = 'done' | 'taken' | 'fixed' | 'full'

export interface AdjusterParts {
  readonly store: Store
  readonly catalog: Catalog
  readonly ingest: Ingest
  readonly kinds: ReadonlyMap<string, Kind>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

const waitMs = 250
const againMs = 2_000
const waitingMost = 10_000
/** Monitors changed in one transaction. */
const batchMost = 200

const sender = { kind: 'beat', id: null, name: 'the sender of heartbeats', address: null } as const

export class Adjuster {
  readonly #parts: AdjusterParts
  readonly #waiting = new Map<number, readonly Adjustment[]>()
  readonly #trouble: Trouble
  readonly #changed: Counter
  #timer: Timer | null = null
  #running: Promise<void> = Promise.resolve()
  /** Those who wait for the flush after the one that runs. */
  #asked: Promise<void> | null = null
  #failing = false

  constructor(parts: AdjusterParts) {
    this.#parts = parts
    const { log, clock, metrics } = parts
    const what = 'what heartbeats say of their timeouts cannot be stored now; it is kept'
    this.#trouble = new Trouble({ log, clock, what, over: 'what heartbeats say of their timeouts is stored' })
    this.#changed = metrics.counter('allswell_beat_settings_total', 'Monitors whose timeouts their sender changed.')
    this.#changed.add(0)
    metrics.gauge(
      'allswell_beat_settings_waiting',
      'Monitors whose timeouts wait to be changed.',
      () => this.#waiting.size,
    )
  }

  /** Takes what the sender of a monitor says. */
  adjust(id: number, change: Adjustment): Adjusted {
    const monitor = this.#parts.catalog.monitors.get(id)
    if (monitor === undefined || !this.#isAdjustable(monitor)) return 'fixed'
    const { beat } = monitor.policy
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) {
      if (beat !== null && isSo(beat, change)) return 'done'
      if (this.#waiting.size >= waitingMost) return 'full'
    }
    this.#waiting.set(id, adjusting(waiting ?? [], change))
    this.#timer ??= this.#parts.clock.after(waitMs, () => this.#begin())
    return 'taken'
  }

  /** Resolves when what was said until now is stored; rejects when that cannot be done now: then it is tried again. */
  stored(): Promise<void> {
    this.#asked ??= this.#running.then(async () => {
      this.#asked = null
      if (this.#waiting.size > 0) {
        this.#timer?.cancel()
        this.#begin()
      }
      await this.#running
      if (this.#failing) throw new Error('What heartbeats say of their timeouts cannot be stored now.')
    })
    return this.#asked
  }

  /** Stores what waits, as far as that can be done now. */
  async close(): Promise<void> {
    this.#timer?.cancel()
    await this.#running
    await this.#flush().catch(() => {})
    this.#timer?.cancel()
  }

  #isAdjustable({ owner, kind }: Pick<CatalogMonitor, 'owner' | 'kind'>): boolean {
    const found = this.#parts.kinds.get(kind)
    return owner === 'beat' && found !== undefined && 'adjust' in found
  }

  #begin(): void {
    this.#running = this.#flush().then(
      () => {
        this.#timer = null
        if (this.#waiting.size > 0) this.#timer = this.#parts.clock.after(waitMs, () => this.#begin())
        this.#failing = false
        this.#trouble.over()
      },
      (error: unknown) => {
        this.#failing = true
        this.#trouble.note(error)
        this.#timer = this.#parts.clock.after(againMs, () => this.#begin())
      },
    )
  }

  async #flush(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, batchMost)
      for (const [id] of batch) this.#waiting.delete(id)
      try {
        await this.#store(batch)
      } catch (error) {
        for (const [id, changes] of batch) {
          const since = this.#waiting.get(id) ?? []
          this.#waiting.set(id, since.reduce(adjusting, changes))
        }
        if (!(error instanceof Conflict)) throw error
      }
    }
  }

  async #store(batch: readonly (readonly [id: number, changes: readonly Adjustment[]])[]): Promise<void> {
    const { store, clock } = this.#parts
    const at = clock.now()
    const wanted = new Map(batch)
    const changed = await store.as(sender, () =>
      store.transaction(async (tx) => {
        const found: StoredObject[] = []
        for (const object of await tx.objects.byIds([...wanted.keys()])) {
          if (object.deletedAt !== null || !this.#isAdjustable(object)) continue
          const { kind, spec } = object
          const after = this.adjusted(kind, spec as object, wanted.get(object.id) ?? [])
          if (after !== spec) found.push(await put(tx, object, after, at))
        }
        return found
      }),
    )
    await this.#follow(changed, at)
  }

  /** A spec after its sender said something of its thresholds; the very same where nothing changes. */
  adjusted(kindName: string, spec: object, said: readonly Adjustment[]): object {
    const kind = this.#parts.kinds.get(kindName)
    if (said.length === 0 || kind === undefined || !('adjust' in kind) || kind.adjust === undefined) return spec
    const written = (spec as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[kindName] ?? {}
    const after = kind.adjust(written, said)
    return after === written ? spec : { ...spec, [kindName]: after }
  }

  async #follow(changed: readonly StoredObject[], at: number): Promise<void> {
    const { catalog, ingest } = this.#parts
    const states = await ingest.states(changed.map(({ id }) => id))
    const moves = changed.flatMap((object) => {
      const old = catalog.monitors.get(object.id)
      const monitor = catalog.take(object)
      if (monitor === null) return []
      return settling(monitor, old, states.get(object.id) ?? null, at).map((move) => [object.id, move] as const)
    })
    await ingest.inputs(moves)
    this.#changed.add(changed.length)
  }
}

async function put(tx: Aggregates, object: StoredObject, spec: unknown, at: number): Promise<StoredObject> {
  const { type, key, name, kind, labels, owner, revision } = object
  return (await tx.objects.put({ type, key, name, kind, labels, spec, owner }, at, revision)).object
}
