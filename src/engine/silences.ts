// Silences as the engine goes by them: which lie over a monitor, and looking anew when they begin, change or end.
// Promises that deciding asks no database, and that other processes' silences are known a second later. Must not know
// who is told.
import type { Silence } from '#core/hold.ts'
import type { MonitorState } from '#core/state.ts'
import { covers } from '#core/silence.ts'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#store/store.ts'
import type { Catalog, CatalogMonitor } from './catalog.ts'
import { type Known, maintenanceOf, type Move } from './decide.ts'
import { type Laid, laidNow } from './maintenances.ts'

export interface SilencesParts {
  readonly store: Pick<Store, 'silences' | 'maintenances' | 'dialect'>
  readonly catalog: Catalog
  readonly clock: Clock
}

/** Takes moves in; what ingest does. */
export interface Mover {
  all(): Promise<ReadonlyMap<number, MonitorState>>
  inputs(moves: Iterable<readonly [monitor: number, move: Move]>): Promise<void>
}

const sharedMs = 1_000
const plannedMs = 60_000

export class Silences {
  readonly #parts: SilencesParts
  #current: readonly Laid[] = []
  /** What is known of monitors while there are silences. */
  #known = new WeakMap<CatalogMonitor, Known>()
  /** Those that had not begun at the last look. */
  #coming: readonly Laid[] = []
  #readAt = Number.NEGATIVE_INFINITY
  /** Of which revision of what is provisioned. */
  #readFor = -1
  /** When time was looked at last, epoch ms. */
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(parts: SilencesParts) {
    this.#parts = parts
  }

  /** How a monitor is judged, with the silences over it. */
  over(monitor: CatalogMonitor): Known {
    if (this.#current.length === 0) return monitor
    const known = this.#known.get(monitor)
    if (known) return known
    const silences = this.#current.filter((one) => covers(one, monitor)).map(laid)
    const made = silences.length === 0 ? monitor : { ...monitor, policy: { ...monitor.policy, silences } }
    this.#known.set(monitor, made)
    return made
  }

  /** The windows of maintenance over a monitor: those of the last day, those that last, and those to come. */
  windows(monitor: CatalogMonitor): readonly Silence[] {
    return maintenanceOf(this.over(monitor).policy)
  }

  async open(): Promise<void> {
    await this.#read()
  }

  /** Whoever is owed a message looks whether the hold still stands: it may have been ended while nobody watched. */
  async begin(mover: Mover): Promise<void> {
    const at = this.#parts.clock.now()
    // One by one: there may be hundreds of thousands, and hardly any is owed something.
    const moves: (readonly [number, Move])[] = []
    for (const [id, { owed }] of await mover.all()) if (owed !== undefined) moves.push([id, { type: 'hush', at }])
    await mover.inputs(moves)
    await this.#hush(this.#current, mover)
  }

  /** They were changed in the store: who is in trouble under one of them looks anew. */
  async changed(mover: Mover): Promise<void> {
    await this.#hush(await this.#read(), mover)
  }

  /**
   * As time passes: those that begin now, and those that another process made or changed. True when maintenance began,
   * ended or was changed.
   */
  async once(now: number, mover: Mover): Promise<boolean> {
    const { store, clock, catalog } = this.#parts
    const age = clock.monotonic() - this.#readAt
    const planned = this.#current.some(({ maintenance }) => maintenance !== undefined)
    // Components may follow other monitors now, and what comes again and again goes on.
    const old = planned && (age >= plannedMs || this.#readFor !== catalog.revision)
    const changed = old || (store.dialect === 'postgres' && age >= sharedMs) ? await this.#read() : []
    const begun = this.#coming.filter(({ from }) => from <= now)
    if (begun.length > 0) this.#coming = this.#coming.filter(({ from }) => from > now)
    await this.#hush([...begun, ...changed], mover)
    const ended = this.#current.some(({ maintenance, until }) => maintenance && until <= now && until > this.#lookedAt)
    this.#lookedAt = now
    return ended || [...begun, ...changed].some(({ maintenance }) => maintenance !== undefined)
  }

  /** Gives those that are new, other than before, or gone before their time. */
  async #read(): Promise<readonly Laid[]> {
    const { store, clock, catalog } = this.#parts
    const now = clock.now()
    this.#readAt = clock.monotonic()
    const before = new Map(this.#current.map((one) => [one.id, one]))
    const current: readonly Laid[] = [...(await store.silences.current(now)), ...(await laidNow(store, catalog, now))]
    this.#readFor = catalog.revision
    const news = current.filter(({ id, revision }) => before.get(id)?.revision !== revision)
    const after = new Set(current.map(({ id }) => id))
    const gone = this.#current.filter(({ id, until }) => !after.has(id) && until > now)
    const old = news.flatMap(({ id }) => before.get(id) ?? [])
    if (news.length + gone.length === 0 && current.length === this.#current.length) return []
    this.#current = current
    this.#known = new WeakMap()
    this.#coming = current.filter(({ from }) => from > now)
    return [...news, ...old, ...gone]
  }

  async #hush(silences: readonly Laid[], mover: Mover): Promise<void> {
    if (silences.length === 0) return
    const { catalog, clock } = this.#parts
    const at = clock.now()
    const moves: (readonly [number, Move])[] = []
    for (const [id, { status, paused, owed }] of await mover.all()) {
      if (paused || (status === 'up' && owed === undefined)) continue
      const monitor = catalog.monitors.get(id)
      if (monitor && silences.some((one) => covers(one, monitor))) moves.push([id, { type: 'hush', at }])
    }
    await mover.inputs(moves)
  }
}

const laid = ({ id, from, until, by, reason, maintenance }: Laid): Silence => ({
  id,
  from,
  until,
  by,
  reason,
  ...(maintenance === undefined ? {} : { maintenance }),
})
