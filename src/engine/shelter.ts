// Shelter: monitors that another one reports for. While that one is late nothing is known of them.
// Promises one outage, that of whoever is late, and none for all that it reports for. Must not know any kind.
import type { Kind } from '#checks/check.ts'
import type { MonitorState } from '#core/state.ts'
import type { Log } from '#platform/log.ts'
import type { Catalog, CatalogMonitor } from './catalog.ts'
import type { Ingest } from './ingest.ts'
import type { Live } from './live.ts'

export interface ShelterParts {
  readonly catalog: Catalog
  readonly ingest: Ingest
  readonly live: Live
  readonly kinds: ReadonlyMap<string, Kind>
  readonly log: Log
}

/** What is known to be down stays so until somebody says otherwise. */
const forgotten: ReadonlySet<MonitorState['status']> = new Set(['up', 'degraded'])

const isLate = ({ status, reason }: Pick<MonitorState, 'status' | 'reason'>) =>
  reason === 'late' && (status === 'degraded' || status === 'down')

export class Shelter {
  readonly #parts: ShelterParts
  /** By the name of who reports for them; made anew when the catalog is another one. */
  #under = new Map<string, number[]>()
  #revision = -1
  #leave = () => {}
  #busy: Promise<void> = Promise.resolve()

  constructor(parts: ShelterParts) {
    this.#parts = parts
  }

  /** From now on, and for those that are late already: the last process may have ended before it was told. */
  start(): void {
    const { live, catalog, ingest } = this.#parts
    this.#leave = live.watch(({ events }) => {
      for (const event of events) if (isLate(event)) this.#forget(event.monitor)
    })
    for (const { id, alias } of catalog.monitors.values()) {
      const state = alias === null ? null : ingest.state(id)
      if (state !== null && isLate(state)) this.#forget(id)
    }
  }

  async close(): Promise<void> {
    this.#leave()
    await this.#busy
  }

  /** Those that one reports for, by its secret name. */
  under(alias: string): readonly number[] {
    const { catalog, kinds } = this.#parts
    if (this.#revision !== catalog.revision) {
      this.#revision = catalog.revision
      this.#under = new Map()
      for (const monitor of catalog.monitors.values()) {
        const kind = kinds.get(monitor.kind)
        const above = kind && 'under' in kind ? kind.under?.(monitor.config) : null
        if (above == null) continue
        const others = this.#under.get(above)
        if (others) others.push(monitor.id)
        else this.#under.set(above, [monitor.id])
      }
    }
    return this.#under.get(alias) ?? []
  }

  #forget(id: number): void {
    const host = this.#parts.catalog.monitors.get(id)
    if (host === undefined || host.alias === null) return
    const ids = this.under(host.alias)
    if (ids.length === 0) return
    this.#busy = this.#busy
      .then(() => this.#tell(host, ids))
      .catch((error: unknown) => this.#parts.log.error('monitors of a late one are not told', { error }))
  }

  async #tell(host: CatalogMonitor, ids: readonly number[]): Promise<void> {
    const { ingest } = this.#parts
    // Meanwhile it may have come back.
    const state = ingest.state(host.id)
    if (state === null || !isLate(state)) return
    const states = await ingest.states(ids)
    const sentence = `${host.name}, which reports for it, is late; so nothing is known of it.`
    const nothing = { location: 'local', outcome: 'unknown', signal: 'derived', latency: null } as const
    const since = state.beatAt ?? state.since
    await ingest.inputs(
      ids.flatMap((monitor) => {
        const before = states.get(monitor)
        if (before === undefined || !forgotten.has(before.status)) return []
        // Nothing is known of it since the last report, though nobody knew that then.
        const at = Math.max(since, before.lastAt ?? 0)
        const observation = { ...nothing, monitor, at, reason: 'no_data', sentence } as const
        return [[monitor, { type: 'observation', observation }] as const]
      }),
    )
  }
}
