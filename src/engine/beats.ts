// Beats: how incoming signs of life find their monitor, and how an unknown name makes one.
// Promises a limit on what strangers can create, and that a beat counts once. Must not know any protocol.
import type { Observation } from '#core/observation.ts'
import type { Signal } from '#core/words.ts'
import { formatDuration } from '#core/duration.ts'
import type { Clock } from '#platform/clock.ts'
import type { ServerModel } from '#manifest/model.ts'
import type { Store } from '#store/store.ts'
import type { Catalog, CatalogMonitor } from './catalog.ts'
import { type Ingest, Overloaded } from './ingest.ts'

export interface BeatsParts {
  readonly store: Store
  readonly catalog: Catalog
  readonly ingest: Ingest
  readonly clock: Clock
  readonly settings: () => ServerModel['heartbeats']
  /** The kind that heartbeats made by a beat are given, and its settings. */
  readonly entry: (every: string, grace: string) => { kind: string; spec: unknown }
}

/** Logs kept of one heartbeat. */
const logsKept = 50
const creatingMost = 1_000

export class Beats {
  readonly #parts: BeatsParts
  readonly #creating = new Map<string, Promise<CatalogMonitor | 'limit' | 'refused'>>()
  #count: number | null = null

  constructor(parts: BeatsParts) {
    this.#parts = parts
  }

  find(name: string): { id: number; passive: boolean } | null {
    const monitor = this.#parts.catalog.byKey.get(name)
    return monitor ? { id: monitor.id, passive: !monitor.active } : null
  }

  /** Makes the monitor of an unknown name; `limit`: too many were made so, `refused`: not allowed or the database is away. */
  async create(name: string): Promise<{ id: number } | 'limit' | 'refused'> {
    const under = this.#creating.get(name)
    if (under) return under
    if (!this.#parts.settings().create) return 'refused'
    if (this.#creating.size >= creatingMost) return 'limit'
    const creation = this.#create(name).finally(() => this.#creating.delete(name))
    this.#creating.set(name, creation)
    return creation
  }

  async #create(name: string): Promise<CatalogMonitor | 'limit' | 'refused'> {
    const { store, catalog, clock, ingest, settings, entry } = this.#parts
    try {
      this.#count ??= await store.objects.countBy('beat', 'monitor')
      if (this.#count >= settings().limit) return 'limit'
      this.#count += 1
      const { kind, spec } = entry(formatDuration(settings().every), formatDuration(settings().grace))
      const now = clock.now()
      const { object } = await store.objects.put(
        { type: 'monitor', key: name, name, kind, labels: {}, spec, owner: 'beat' },
        now,
      )
      const monitor = catalog.take(object)
      if (monitor === null) return 'refused'
      await ingest.input(monitor.id, { type: 'revise', at: now })
      return monitor
    } catch {
      this.#count = null
      return 'refused'
    }
  }

  /** Objects changed: how many were made by beats is counted anew. */
  recount(): void {
    this.#count = null
  }

  offer(observation: Observation): boolean {
    return this.#parts.ingest.offer(observation)
  }

  /** Resolves after the commit; rejects when it cannot be stored now. */
  async commit(observation: Observation): Promise<void> {
    const state = await this.#parts.ingest.input(observation.monitor, { type: 'observation', observation })
    if (state === null) throw new Overloaded('The monitor was deleted meanwhile.')
  }

  async log(monitor: number, signal: Signal, body: Uint8Array): Promise<void> {
    const at = this.#parts.clock.now()
    await this.#parts.store.beatLogs.insert({ monitor, at, signal, body, keep: logsKept })
  }
}
