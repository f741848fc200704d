// A house for heartbeats in memory: monitors by key, and everything that was offered, committed and logged.
// Promises that tests and measurements of compat need no engine. Its switches play a full queue and an absent database.
import type { Observation } from '#core/observation.ts'
import type { BeatLog, BeatMonitor, BeatPort } from '#compat/ports.ts'

export class MemoryBeats implements BeatPort {
  revision = 1
  readonly monitors = new Map<string, BeatMonitor>()
  /** Monitor → how many beats were offered and taken. */
  readonly beats = new Map<number, number>()
  readonly committed: Observation[] = []
  readonly logs: BeatLog[] = []
  limit = 1_000
  creates = true
  full = false
  /** The database does not answer. */
  away = false
  #made = 0
  /** Called before each commit resolves; a test may hold it back. */
  beforeCommit: () => Promise<void> = async () => {}

  /** A monitor that is there before anything comes. */
  put(key: string, passive = true): BeatMonitor {
    this.#made += 1
    const monitor = { id: this.#made, passive }
    this.monitors.set(key, monitor)
    this.revision += 1
    return monitor
  }

  remove(key: string): void {
    this.monitors.delete(key)
    this.revision += 1
  }

  /** Beats taken for a key. */
  count(key: string): number {
    return this.beats.get(this.monitors.get(key)?.id ?? 0) ?? 0
  }

  find(key: string): BeatMonitor | null {
    return this.monitors.get(key) ?? null
  }

  async create(key: string): Promise<BeatMonitor | 'limit' | 'off'> {
    await Promise.resolve()
    if (this.away) throw new Error('the database is away')
    if (!this.creates) return 'off'
    return this.find(key) ?? (this.monitors.size >= this.limit ? 'limit' : this.put(key))
  }

  offer(monitor: number): boolean {
    if (this.full) return false
    this.beats.set(monitor, (this.beats.get(monitor) ?? 0) + 1)
    return true
  }

  async commit(observation: Observation): Promise<void> {
    await this.beforeCommit()
    if (this.away || this.full) throw new Error('it cannot be stored now')
    this.committed.push(observation)
  }

  async log(entry: BeatLog): Promise<void> {
    await Promise.resolve()
    if (this.away) throw new Error('the database is away')
    this.logs.push(entry)
  }
}
