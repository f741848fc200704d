// A house for heartbeats in memory: monitors by key, and everything that was offered, committed and logged.
// Promises that tests and measurements of compat need no engine. Its switches play a full queue and an absent database.
import type { MailRules } from '#core/mail-rules.ts'
import type { Observation } from '#core/observation.ts'
import type { Adjustment, Threshold } from '#core/expected.ts'
import type { BeatLog, BeatMonitor, LastingPort, Making } from '#compat/ports.ts'

export class MemoryBeats implements LastingPort {
  revision = 1
  readonly monitors = new Map<string, BeatMonitor>()
  readonly ids = new Map<string, BeatMonitor>()
  /** Monitor → how many beats were offered and taken. */
  readonly beats = new Map<number, number>()
  /** Key → the name that people read, of those made by a beat. */
  readonly names = new Map<string, string>()
  /** Monitor → its thresholds, where its sender said something of them. */
  readonly thresholds = new Map<number, { degraded?: Threshold; down?: Threshold }>()
  /** Monitors whose senders have no say. */
  readonly fixed = new Set<number>()
  /** How often a threshold was really changed. */
  adjusted = 0
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
    const monitor: BeatMonitor = { id: this.#made, key, passive, access: 'open' }
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

  /** Gives a monitor a secret id. */
  guard(key: string, id: string): void {
    const monitor = this.monitors.get(key) ?? this.put(key)
    this.monitors.set(key, { ...monitor, access: 'guarded' })
    this.ids.set(id, { ...monitor, access: 'id' })
  }

  find(name: string): BeatMonitor | null {
    return this.monitors.get(name) ?? this.ids.get(name.toLowerCase()) ?? null
  }

  async create(key: string, making: Making = {}): Promise<BeatMonitor | 'limit' | 'off'> {
    await Promise.resolve()
    if (this.away) throw new Error('the database is away')
    if (!this.creates) return 'off'
    const found = this.find(key)
    if (found !== null) return found
    if (this.monitors.size >= this.limit) return 'limit'
    const made = this.put(key)
    this.names.set(key, making.name ?? key)
    for (const change of making.said ?? []) this.adjust(made.id, change)
    return made
  }

  /** Each adjustment is in force at once and raises the revision, as the engine's do in the end. */
  adjust(monitor: number, change: Adjustment): 'done' | 'taken' | 'fixed' | 'full' {
    if (this.fixed.has(monitor)) return 'fixed'
    const now = this.thresholds.get(monitor) ?? {}
    if (Object.hasOwn(now, change.threshold)) {
      const value = now[change.threshold]
      if (value === change.to || (change.unlessSet && typeof value === 'number')) return 'done'
    }
    if (this.full) return 'full'
    this.adjusted += 1
    this.thresholds.set(monitor, { ...now, [change.threshold]: change.to })
    this.revision += 1
    return 'taken'
  }

  async stored(): Promise<void> {
    await Promise.resolve()
    if (this.away) throw new Error('it cannot be stored now')
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

  /** Monitor → what its mails are looked through for. */
  readonly rules = new Map<number, MailRules>()
  mailRules(monitor: number): MailRules | null {
    return this.rules.get(monitor) ?? null
  }

  async log(entry: BeatLog): Promise<void> {
    await Promise.resolve()
    if (this.away) throw new Error('the database is away')
    this.logs.push(entry)
  }
}
