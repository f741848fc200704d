// Ports: what commands need of the engine and of the readers of objects, so that neither is imported here.
// Promises the smallest face that people's actions need. Must not know how the engine works.
import type { Finding } from '#checks/check.ts'
import type { Input } from '#core/advance.ts'
import type { Event } from '#core/event.ts'
import type { Observation } from '#core/observation.ts'
import type { MonitorState } from '#core/state.ts'
import type { MembersOf } from '#core/veil.ts'
import type { MonitorModel, Readers } from '#manifest/model.ts'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#store/store.ts'

/** How the engine is doing, for the self report: plain JSON, numbers in ms and counts. */
export type Health = Readonly<Record<string, unknown>>

/** What one commit moved. */
export interface Moved {
  readonly states: readonly { readonly id: number; readonly state: MonitorState }[]
  readonly events: readonly Event[]
  readonly observations: readonly Observation[]
}

export interface EnginePort {
  /** Resolves with the state after the commit; null: no such monitor. Rejects with an error named `Overloaded`. */
  input(monitor: number, input: Input): Promise<MonitorState | null>
  /** Moves many at once, the same way. */
  inputs(moves: Iterable<readonly [monitor: number, input: Input]>): Promise<void>
  /**
   * Checks once, now, and counts it like any other check. Null: this monitor is only listened to. Rejects with an error
   * named `Overloaded` when too many are asked for at once, or when what it found cannot be stored now.
   */
  runNow(key: string): Promise<{ readonly finding: Finding; readonly state: MonitorState | null } | null>
  /** What a check with these settings finds now; it counts for nothing. Null: this kind is only listened to. */
  tryOut(monitor: MonitorModel): Promise<Finding | null>
  /**
   * Objects were created, changed or removed: takes them over. Also gives new monitors a state, reckons the deadlines
   * of changed ones anew and lays `paused` of a spec over its monitor. Resolves when that is done.
   */
  catalogChanged(): Promise<void>
  /** Silences were made, changed or ended: whoever is in trouble under one is looked at anew. */
  silencesChanged(): Promise<void>
  /** Maintenance was planned, changed or ended: monitors and pages follow. */
  maintenanceChanged(): Promise<void>
  /** What people tell the public changed: incidents follow, and pages are made anew. Resolves when that is done. */
  publicChanged(): Promise<void>
  /** How monitors are now, by number; those that nobody has looked at yet are left out. A second old at most. */
  states(): Promise<ReadonlyMap<number, MonitorState>>
  /** Those that a monitor follows from; null: it follows from none. */
  membersOf: MembersOf
  /** The key of the monitor that reports under this secret id, whoever may see it; null: none does. */
  holderOf(id: string): string | null
  /** Another number after every change of what is provisioned, as far as this process knows. */
  provisioned(): number
  /** Hears of every commit, and must be quick; gives what ends it. */
  watch(watcher: (moved: Moved) => void): () => void
  /** Since when nothing could be stored, epoch ms: what is stored of monitors is old then. Null: all is stored. */
  unstoredSince(): number | null
  /** Deliveries may be due before anybody expects them. */
  nudgeDeliveries(): void
  health(): Health
}

/** What every command is handed. */
export interface CommandParts {
  readonly store: Store
  readonly engine: EnginePort
  readonly readers: Readers
  /** The secret fields of a kind of monitor or channel: dotted paths, `headers.*` for all of a map. */
  readonly secretsOf: (type: 'monitor' | 'channel', kind: string) => readonly string[]
  /** The owner that stands for the configuration file that is loaded (`file:<path>`); null where there is none. */
  readonly loaded: string | null
  /** The spec of a monitor that hears what people and programs say, with this name. */
  readonly saidEntry: (name: string) => Readonly<Record<string, unknown>>
  readonly clock: Clock
}
