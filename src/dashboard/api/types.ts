// What the API answers, as far as the dashboard reads it; /api/v2/openapi.json has all of it.
// Promises only names and types: what may be missing in an answer is marked so, and every reader minds it.
import type { Reason } from '#core/reason.ts'
import type { Scope, Role } from '#core/rights.ts'
import type { ShownStatus, Status } from '#core/words.ts'
import type { EventType } from '#core/event.ts'

export type { EventType, Reason, Role, Scope, ShownStatus, Status }
/** A moment, RFC 3339. */
export type When = string
export type Labels = Readonly<Record<string, string>>
export type LabelLimit = Readonly<Record<string, readonly string[]>> | null
export type Spec = Readonly<Record<string, unknown>>

export interface ListOf<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

export interface Common {
  readonly key: string
  readonly name: string
  /** `api`, `beat` or `file:<path>`. */
  readonly owner: string
  readonly spec: Spec
  readonly revision: number
  readonly createdAt: When
  readonly updatedAt: When
}

export interface Strip {
  /** `+` up, `~` degraded, `-` down, `?` unknown; the oldest first. */
  readonly outcomes: string
  readonly latencies: readonly (number | null)[]
  readonly from: When | null
  readonly to: When | null
}

export interface Acknowledgement {
  readonly at: When
  readonly by: string
  readonly note?: string | null
  readonly until?: When | null
}

export interface Row {
  readonly key: string
  readonly name: string
  readonly kind: string
  readonly status: ShownStatus
  readonly since: When
  readonly reason: Reason | null
  readonly sentence: string | null
  readonly labels: Labels
  readonly target: string | null
  readonly paused: boolean
  readonly outage: { readonly at: When; readonly worst: 'degraded' | 'down' } | null
  readonly lastAt: When | null
  readonly owner: string
  readonly revision: number
  readonly results?: Strip
  readonly latency?: { readonly mean: number; readonly p95: number; readonly max: number } | null
  readonly uptime?: Readonly<Record<string, number | null>>
  readonly acknowledged?: Acknowledgement | null
  readonly snoozedUntil?: When | null
  readonly snoozedBy?: string | null
  /** The silence in force that covers it longest. */
  readonly silence?: {
    readonly id: number
    readonly until: When
    readonly by: string
    readonly reason: string | null
  } | null
}

export interface Policy {
  readonly interval: string | null
  readonly timeout: string | null
  readonly fail_after: number
  readonly recover_after: number
  readonly retry_every: string | null
  readonly quorum: string | number
  readonly stale_after: string | null
  readonly beat: unknown
}

/** How a monitor looks from one place. */
export interface Location {
  readonly name: string
  /** Confirmed from there. */
  readonly status: Status
  /** What was found last, confirmed or not. */
  readonly latest: Status
  readonly at: When
  readonly failures: number
  readonly sentence: string | null
}

export interface Monitor extends Row, Common {
  readonly policy: Policy | null
  readonly beats: Readonly<Record<string, unknown>> | null
  readonly locations?: readonly Location[]
  readonly identity: { readonly what: string; readonly words: string; readonly since: When } | null
  readonly problem: string | null
}

/** A setting as it counts, with where it comes from. */
export interface Setting {
  readonly path: string
  readonly value: unknown
  readonly source: 'set' | 'default' | 'derived'
  readonly title: string | null
}

export type Counts = Readonly<Record<string, number>>
export interface MonitorList extends ListOf<Row> {
  readonly total: number
  readonly counts?: {
    readonly status: Counts
    readonly kind: Counts
    readonly owner: Counts
    readonly label: Readonly<Record<string, Counts>>
  }
}

export interface Finding {
  readonly outcome: Status
  readonly latency: number | null
  readonly reason: Reason | null
  readonly sentence: string | null
  readonly facts?: Readonly<Record<string, unknown>>
}

/** The last check that failed, confirmed or not. */
export interface Failure extends Finding {
  readonly at: When
  readonly location: string
  readonly facts: Readonly<Record<string, unknown>>
}

export interface Share {
  readonly from: When
  readonly to: When
  readonly uptime: number | null
  readonly ms: Readonly<Record<string, number>>
  readonly observations: number
  readonly failures: number
  readonly latency: { readonly mean: number; readonly min: number; readonly max: number; readonly p95: number } | null
}

export interface Observation {
  readonly at: When
  readonly location: string
  readonly outcome: Status
  readonly signal: string
  readonly latency: number | null
  readonly reason: Reason | null
}

export interface Event {
  readonly id: number
  readonly type: EventType
  readonly monitor: string
  /** Of the monitor; a deleted one's, too. */
  readonly name?: string
  readonly at: When
  readonly status: Status
  readonly previous: Status
  readonly lasted: number
  readonly reason: Reason | null
  readonly sentence: string | null
  readonly alert: boolean
  readonly outageAt: When | null
  readonly confirmations: number
  readonly locations: readonly string[]
  readonly identity: { readonly before: { words: string }; readonly now: { words: string } } | null
  /** What somebody did about trouble. */
  readonly deed: { readonly by: string; readonly note: string | null; readonly until: When | null } | null
  /** Why nobody was told of trouble, though rules would. */
  readonly held: {
    readonly kind: 'acknowledged' | 'snoozed' | 'silenced'
    readonly by: string
    readonly until: When | null
    readonly silence: number | null
    readonly words: string
  } | null
}
export interface Told {
  readonly rule: string
  readonly channel: string
  readonly told: boolean
  readonly why: string
}
/** Who would be told of a monitor now. */
export interface Whom {
  readonly sentences: readonly string[]
  readonly held: { readonly kind: 'acknowledged' | 'snoozed' | 'silenced'; readonly words: string } | null
  /** Null: whoever is limited to labels does not see them. */
  readonly rules:
    | readonly {
        readonly key: string
        readonly name: string
        readonly about: boolean
        readonly why: string | null
        readonly on: readonly string[]
        readonly channels: readonly { readonly key: string; readonly there: boolean }[]
      }[]
    | null
}
/** One attempt to send a message. */
export interface Attempt {
  readonly attempt: number
  readonly at: When
  readonly ms: number
  readonly ok: boolean
  readonly detail: string
}
/** An event told from what was seen to what became of each message. */
export interface Explained {
  readonly event: Event
  readonly sentences: readonly string[]
  /** The last results of each location before it, the oldest first. */
  readonly seen: readonly {
    readonly at: When
    readonly location: string
    readonly outcome: Status
    readonly latency: number | null
    readonly reason: Reason | null
    /** Whether it speaks for what the event says. */
    readonly agrees: boolean
  }[]
  readonly told: readonly (Told & {
    readonly message: {
      readonly id: number
      readonly state: Delivery['state']
      readonly nextAt: When | null
      readonly behind: number
      readonly attempts: readonly Attempt[]
    } | null
  })[]
}
export interface ExplainedEvent extends Event {
  readonly explanation: readonly Told[]
  readonly facts: Readonly<Record<string, unknown>>
}

/** Monitors of which nobody is told for a time. */
export interface Silence {
  readonly id: number
  readonly state: 'active' | 'scheduled' | 'ended'
  readonly monitors: { readonly keys: readonly string[] | null; readonly labels: Labels | null }
  readonly from: When
  readonly until: When
  readonly reason: string | null
  readonly by: string
  readonly createdAt: When
  readonly endedBy: string | null
  readonly covers: number
  readonly revision: number
}

export interface Delivery {
  readonly id: number
  readonly event: number
  readonly monitor: string
  readonly name?: string
  readonly channel: string
  readonly rule: string
  readonly state: 'pending' | 'sending' | 'delivered' | 'dead'
  readonly attempts: number
  readonly detail: string | null
  readonly createdAt: When
  readonly nextAt: When | null
  readonly finishedAt: When | null
  readonly behind: number
}
export interface LoggedDelivery extends Delivery {
  readonly log: readonly Attempt[]
}

export interface Channel extends Common {
  readonly kind: string
  readonly target: string | null
}
export type Rule = Common
export interface Page extends Common {
  readonly path: string
}
export interface Incident {
  readonly id: number
  readonly component: { readonly key: string; readonly name: string }
  readonly phase: 'open' | 'recovering' | 'resolved'
  readonly status: string
  readonly impact: string
  readonly startedAt: When
  readonly resolvedAt: When | null
}

export interface Change {
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}
export interface AuditEntry {
  readonly id: number
  readonly at: When
  readonly actor: { readonly kind: string; readonly id: number | null; readonly name: string }
  readonly action: string
  readonly type: string
  readonly subject: string
  readonly changes: readonly Change[]
  readonly address?: string | null
}

/** Whether the watchman himself is well. */
export interface Watchman {
  readonly well: boolean
  readonly troubles: readonly string[]
  readonly lateness: number | null
  readonly storing: boolean
  readonly waiting: number
  readonly deliveries: {
    readonly waiting: number
    readonly failing: number
    readonly dead: number
    readonly deadInDay: number
  } | null
  readonly unreadable: number
  readonly listeningSince: When | null
}
export interface HomeView {
  readonly at: When
  readonly status: Counts
  readonly broken: { readonly items: readonly (Row & { readonly troubleAt: When })[]; readonly total: number }
  readonly changes: { readonly items: readonly Event[]; readonly more: boolean }
  readonly watchman: Watchman
}

export interface Health {
  readonly status: 'ok' | 'not_storing' | 'database_away'
  readonly version: string
  readonly database: string
  readonly leftBehind: readonly { readonly file: string; readonly type: string; readonly count: number }[] | null
  readonly deliveries: Counts | null
  readonly engine: Readonly<Record<string, unknown>>
}

export interface User {
  readonly id: number
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly scopes: readonly string[]
  readonly labels: LabelLimit
  readonly hasPassword: boolean
  readonly hasTotp: boolean
  readonly external: boolean
  readonly disabled: boolean
  readonly createdAt: When
  readonly seenAt: When | null
  readonly revision: number
}
export interface Session {
  readonly id: number
  readonly method: string
  readonly address: string | null
  readonly agent: string | null
  readonly createdAt: When
  readonly confirmedAt: When
  readonly seenAt: When
  readonly expiresAt: When
  readonly current: boolean
}
export interface Me {
  readonly kind: 'user' | 'token'
  readonly name: string
  readonly role: Role | null
  readonly scopes: readonly string[]
  readonly labels: LabelLimit
  readonly user: User | null
  readonly session: Session | null
  readonly recoveryCodes?: number | null
}
export interface Ways {
  readonly setup: boolean
  readonly passwords: boolean
  readonly oidc: { readonly name: string; readonly start: string } | null
  readonly mail: boolean
}
export type SignedIn =
  | { readonly done: true; readonly user: User; readonly session: Session }
  | { readonly done: false; readonly ticket: string; readonly factors: readonly ('totp' | 'passkey' | 'recovery')[] }
export interface Passkey {
  readonly id: number
  readonly name: string
  readonly createdAt: When
  readonly usedAt: When | null
}
export interface Sent {
  readonly ok: boolean
  readonly detail: string
}
export interface Invitation {
  readonly id: number
  readonly email: string
  readonly role: Role
  readonly labels: LabelLimit
  readonly by: string
  readonly expiresAt: When
  readonly createdAt: When
}
export interface Token {
  readonly id: number
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdAt: When
  readonly expiresAt: When | null
  readonly lastUsedAt: When | null
  readonly labels: LabelLimit
  readonly madeBy: string | null
}
