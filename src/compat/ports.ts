// What the foreign dialects need of the rest of the house, as interfaces that main.ts fills in.
// Promises that compat holds no monitors of its own: it finds, offers and commits through these.
import type { IncomingMessage } from 'node:http'
import type { Adjustment } from '#core/expected.ts'
import type { Selector } from '#core/glob.ts'
import type { MailRules } from '#core/mail-rules.ts'
import type { Observation } from '#core/observation.ts'
import type { Policy } from '#core/policy.ts'
import type { LabelLimit, Scope } from '#core/rights.ts'
import type { MonitorState } from '#core/state.ts'
import type { Signal, Status } from '#core/words.ts'
import type { Actor } from '#store/store.ts'

export interface BeatMonitor {
  /** Its number in the store. */
  readonly id: number
  readonly key: string
  /** False: it is looked at by us and takes no heartbeats. */
  readonly passive: boolean
  /**
   * `id`: it was found by its secret id, and whoever knows that may beat. `guarded`: it has one and was found by its
   * key, which does not suffice. `open`: it has none.
   */
  readonly access: 'open' | 'id' | 'guarded'
}

/** What came with a heartbeat. */
export interface BeatLog {
  readonly monitor: number
  /** Epoch ms. */
  readonly at: number
  readonly signal: Signal
  readonly body: Uint8Array
  /** Bytes that came; more than `body` has where only its beginning was kept. */
  readonly size: number
  /** The run that it belongs to, and the status with which that ended; null: nobody said. */
  readonly run: string | null
  readonly exit: number | null
}

/** What is known of a heartbeat that is to be made: the name that people read, what was said of its thresholds. */
export interface Making {
  readonly name?: string
  readonly said?: readonly Adjustment[]
}

export interface BeatPort {
  /** Another number whenever a monitor came, changed or went, or new ones became possible: `find` is asked anew. */
  readonly revision: number
  /** The living monitor with this key or id; null: there is none. */
  find(name: string): BeatMonitor | null
  /**
   * Makes a heartbeat monitor, or gives the one that is there by now. `limit`: so many as are allowed exist;
   * `off`: heartbeats are not made by their first beat. Rejects within seconds when it cannot be stored.
   */
  create(key: string, making?: Making): Promise<BeatMonitor | 'limit' | 'off'>
  /**
   * What a sender says of a monitor's thresholds. `done`: it is so already; `taken`: it will be within a second, unless
   * the database is away; `fixed`: a file or people have set the monitor up; `full`: too much waits.
   */
  adjust(monitor: number, change: Adjustment): 'done' | 'taken' | 'fixed' | 'full'
  /** A beat that nobody waits for; those of one monitor that wait together may become one. False: too much waits. */
  offer(monitor: number, at: number): boolean
  /** Resolves after the commit; rejects within seconds when it cannot be stored. */
  commit(observation: Observation): Promise<void>
  /** What mails to this monitor are looked through for; null: any mail is a sign of life. */
  mailRules(monitor: number): MailRules | null
  /** Keeps what came with a heartbeat; rejects within seconds when it cannot be stored. */
  log(entry: BeatLog): Promise<void>
}

/** For those who answer only when thresholds are stored, too. */
export interface LastingPort extends BeatPort {
  /** Resolves when what senders said of thresholds until now is stored; rejects when that cannot be done now. */
  stored(): Promise<void>
}

/** Who sent a request, and what its token allows. */
export interface Requests {
  /** `address` null: it cannot be known, which is never a private one. */
  clientOf(request: IncomingMessage): { readonly address: string | null }
  /** Whether the request carries a token with this scope for the monitor with this key. */
  allowed(request: IncomingMessage, scope: 'report', key: string): boolean | Promise<boolean>
}

/** Somebody who proved who they are: the labels that they see (null: everything), and as whom they act. */
export interface Known {
  readonly limit: LabelLimit | null
  readonly actor: Actor
}

/** What those who ask for more than to beat need to have proved. */
export interface Identified extends Requests {
  /** Whoever's token allows this; `why`: a sentence that says why nobody's does. Rejects when the store cannot say. */
  admit(request: IncomingMessage, scope: Scope): Promise<Known | { readonly why: string; readonly status: number }>
}

/** A monitor as it is provisioned. */
export interface Watched {
  readonly id: number
  readonly key: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly policy: Pick<Policy, 'beat'>
  readonly createdAt: number
  /** Null: it does not follow from others. */
  readonly members: Selector | null
}

/** What is provisioned and how it is, to be read; monitors that follow from others are views. */
export interface Watch {
  byKey(key: string): Watched | null
  all(): Iterable<Watched>
  views(): readonly Watched[]
  membersOf(view: string): readonly Watched[]
  viewsOf(key: string): readonly Watched[]
  /** The regular expression by which a view chooses; null: it has none. */
  patternOf(view: string): string | null
  /** Where a channel sends to, in words that hold no secret; null: there is none. */
  channel(key: string): string | null
  /** By the monitor's number; those that nobody has looked at yet are left out. */
  states(): Promise<ReadonlyMap<number, MonitorState>>
}

/** Who keeps lists of monitors. */
export interface Reporters {
  /** Who reports by a token: that of the request, or `token` where it came otherwise. Rejects when nobody can say. */
  reporter(request: IncomingMessage, token?: string): Promise<Reporter | Refused>
}

/** Whoever may report. */
export interface Reporter {
  /** The number of its token in the store, or its name. */
  readonly token: string
  /** Labels that all that it reports of must have; null: any. */
  readonly limit: Readonly<Record<string, readonly string[]>> | null
}

export interface Refused {
  readonly status: number
  readonly message: string
}

/** A monitor as somebody who keeps the list of it has it. */
export interface NewMonitor {
  readonly key: string
  readonly name: string
  readonly kind: string
  readonly labels: Readonly<Record<string, string>>
  readonly config: object
}

export interface KeptMonitor {
  readonly id: number
  readonly key: string
  readonly config: unknown
  /** Null: nothing was reported of it yet. */
  readonly state: { readonly status: Status; readonly sentence: string | null; readonly paused: boolean } | null
}

/** Monitors whose list somebody else keeps, by their secret names. */
export interface InventoryPort {
  find(alias: string): KeptMonitor | null
  /** Those that one reports for. */
  under(alias: string): readonly string[]
  /** Makes those that are not there yet; false: as many as are allowed exist. Rejects when it cannot be stored. */
  make(owner: string, list: readonly NewMonitor[]): Promise<boolean>
  /** Changes some of a monitor's settings of its kind. */
  change(id: number, config: object): Promise<void>
  /** False: too much waits. `settled` is called when it is stored, or given up. */
  offer(observation: Observation, settled: () => void): boolean
}

export interface BeatSettings {
  /** Who may send heartbeats without a token, and make monitors by doing so; CIDR. */
  readonly networks: readonly string[]
}
