// The store's contract: what the rest of the house may ask of it, by aggregate.
// Promises the same behaviour on SQLite and PostgreSQL. Must not decide anything: values in, rows out.
import type { Event } from '#core/event.ts'
import type { Observation } from '#core/observation.ts'
import type { Phases } from '#core/phase.ts'
import type { Rollup, Resolution, TimeSlice } from '#core/rollup.ts'
import type { MonitorState } from '#core/state.ts'
import type { Outcome, Signal } from '#core/words.ts'
import type { Reason } from '#core/reason.ts'
import type { LabelLimit, Role } from '#core/rights.ts'
import type { Covering, SilenceState } from '#core/silence.ts'
import type { Passkeys, Sessions, Tickets, Users } from './account-contract.ts'
import type { Actor, Audit } from './audit-contract.ts'
import type { Incidents, Maintenances, Metrics, Numbers } from './page-contract.ts'
import type { SavedViews } from './saved-view-contract.ts'

export type * from './account-contract.ts'
export type * from './audit-contract.ts'
export type * from './page-contract.ts'
export type * from './saved-view-contract.ts'

export type ObjectType = 'monitor' | 'channel' | 'rule' | 'page'

export interface StoredObject {
  readonly id: number
  readonly type: ObjectType
  readonly key: string
  readonly name: string
  readonly kind: string
  readonly labels: Readonly<Record<string, string>>
  readonly spec: unknown
  readonly owner: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | null
  readonly revision: number
  /** The revision at which the last apply of its scope left it; null: none did. */
  readonly applied: number | null
}
export type NewObject = Pick<StoredObject, 'type' | 'key' | 'name' | 'kind' | 'labels' | 'spec' | 'owner'>

/** A page of a list: at most `limit` items, and the cursor after the last one where there are more. */
export interface Listed<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}
export interface Paging {
  readonly limit: number
  /** As `next` gave it; a bad one throws BadCursor. */
  readonly cursor?: string | undefined
}

export interface ObjectQuery extends Paging {
  readonly type: ObjectType
  readonly search?: string | undefined
  readonly kind?: string | undefined
  readonly owner?: string | undefined
  /** Only what has these labels. */
  readonly within?: LabelLimit | undefined
}

export interface Objects {
  /** The labels that whoever asks is limited to; null: all is there for them. */
  readonly limit: LabelLimit | null
  /** Why the limit lets nobody put this, in the words of `put`; null: it does. */
  refusal(object: Pick<NewObject, 'type' | 'key' | 'labels'>): Promise<Hidden | Outside | null>
  /** All living objects of a type, by key. */
  all(type: ObjectType): Promise<StoredObject[]>
  list(query: ObjectQuery): Promise<Listed<StoredObject>>
  get(type: ObjectType, key: string): Promise<StoredObject | null>
  /** Whoever has this key or had it last, deleted or not: what happened under it is kept. */
  past(type: ObjectType, key: string): Promise<StoredObject | null>
  byIds(ids: readonly number[]): Promise<StoredObject[]>
  /** The living ones among these keys, in no order. */
  named(type: ObjectType, keys: readonly string[]): Promise<StoredObject[]>
  /**
   * Gives a living object another key; id, state and history stay. Conflict where a living one has that key; the name
   * of a deleted one is freed.
   */
  rename(type: ObjectType, from: string, to: string, at: number): Promise<StoredObject>
  /** Remembers the present revisions of these as what their scope applied. */
  markApplied(ids: readonly number[]): Promise<void>
  /** Which objects of a type were changed since, deleted ones too. */
  changedSince(
    type: ObjectType,
    at: number,
  ): Promise<{ readonly id: number; readonly revision: number; readonly at: number; readonly deleted: boolean }[]>
  /**
   * Creates, changes or revives; leaves unchanged ones alone. Conflict when `revision` is not the stored one;
   * 0: when there is one.
   */
  put(
    object: NewObject,
    at: number,
    revision?: number,
  ): Promise<{ object: StoredObject; change: 'created' | 'changed' | 'none' }>
  /** Marks as deleted; its history stays. False: there was none. */
  remove(type: ObjectType, key: string, at: number): Promise<boolean>
  countBy(owner: string, type: ObjectType): Promise<number>
  /** Who owns how many living objects of each type, with the first keys of them. */
  owners(): Promise<{ owner: string; type: ObjectType; count: number; keys: readonly string[] }[]>
}

export interface States {
  get(ids: readonly number[]): Promise<Map<number, MonitorState>>
  all(): Promise<Map<number, MonitorState>>
  /** How often each has changed: which ones are others than somebody knows. */
  versions(): Promise<Map<number, number>>
  /** Inserts or compares-and-sets on `version` (stored must be `from`; 0: none yet). Gives ids that did NOT match. */
  save(
    changes: readonly { readonly id: number; readonly from: number; readonly state: MonitorState }[],
  ): Promise<number[]>
  /** Monitors of living objects whose wakeAt has passed, earliest first. */
  due(now: number, limit: number): Promise<number[]>
  nextWake(): Promise<number | null>
}

/** Why somebody was told or not: kept with the event. */
export interface Explanation {
  readonly rule: string
  readonly channel: string
  readonly told: boolean
  readonly why: string
}
export interface StoredEvent extends Event {
  readonly id: number
  readonly explanation: readonly Explanation[]
}
export interface Events {
  /** In the order given; a (monitor, seq) already stored throws. Gives ids. */
  insert(events: readonly (Event & { readonly explanation: readonly Explanation[] })[]): Promise<number[]>
  get(id: number): Promise<StoredEvent | null>
  byIds(ids: readonly number[]): Promise<StoredEvent[]>
  /** Newest first. */
  list(
    query: Paging & {
      monitor?: number | undefined
      since?: number | undefined
      until?: number | undefined
      /** One of these. */
      type?: readonly string[] | undefined
      /** Only of monitors with these labels. */
      within?: LabelLimit | undefined
    },
  ): Promise<Listed<StoredEvent>>
}

export type DeliveryState = 'pending' | 'sending' | 'delivered' | 'dead'
export interface Delivery {
  readonly id: number
  readonly eventId: number
  readonly monitorId: number
  readonly channel: string
  readonly rule: string
  readonly state: DeliveryState
  readonly idempotencyKey: string
  readonly attempts: number
  readonly nextAt: number
  readonly createdAt: number
  readonly finishedAt: number | null
  readonly detail: string | null
}
export interface Attempt {
  readonly attempt: number
  readonly at: number
  readonly ms: number
  readonly ok: boolean
  readonly detail: string
}
/** An attempt that is over, and what follows from it. */
export interface Tried {
  readonly id: number
  readonly attempt: Attempt
  readonly outcome: { readonly state: 'delivered' | 'dead' } | { readonly state: 'pending'; readonly nextAt: number }
}

export interface Deliveries {
  insert(
    rows: readonly {
      eventId: number
      monitorId: number
      channel: string
      rule: string
      idempotencyKey: string
      at: number
    }[],
  ): Promise<void>
  /**
   * Claims due ones until `leaseUntil` and counts the attempt: pending with next_at passed, or sending with the
   * lease run out.
   * At most `room(channel)` of a channel; of one monitor on one channel only the oldest unfinished.
   */
  claim(query: {
    now: number
    leaseUntil: number
    limit: number
    room: (channel: string) => number
  }): Promise<Delivery[]>
  /** Holds on to claims that are still under way. */
  renew(ids: readonly number[], leaseUntil: number): Promise<void>
  /** When the next one is due; null: none waits. */
  nextDue(): Promise<number | null>
  /** Records attempts and what follows from them. */
  finish(tried: readonly Tried[]): Promise<void>
  get(id: number): Promise<(Delivery & { readonly log: readonly Attempt[] }) | null>
  /** Newest first. */
  list(
    query: Paging & {
      state?: DeliveryState | undefined
      channel?: string | undefined
      monitor?: number | undefined
      /** With its monitor: the messages of a monitor are looked through. */
      event?: number | undefined
      /** Only of monitors with these labels. */
      within?: LabelLimit | undefined
    },
  ): Promise<Listed<Delivery>>
  /**
   * Puts a dead or delivered one back to pending, due now; lets a pending one, and what it waits behind, be due now.
   * False: no such delivery, or it is being sent.
   */
  resend(id: number, at: number): Promise<boolean>
  /** What waits for its next attempt on a channel is due now; gives how many. */
  wake(channel: string, now: number): Promise<number>
  /** How many older ones of the same monitor on the same channel must be finished before each of these that waits. */
  behind(ids: readonly number[]): Promise<Map<number, number>>
  /** Per state, for metrics. */
  counts(): Promise<Record<DeliveryState, number>>
  /** How many unfinished ones were tried already, and wait for another attempt or are at it. */
  failing(): Promise<number>
  /** How many were given up since. */
  deadSince(at: number): Promise<number>
  /** Deletes those finished before, with their attempts; gives how many. */
  forget(before: number): Promise<number>
  /** After a start on a single-process store: claims of the dead process are free again. */
  release(now: number): Promise<number>
}

export interface SeenObservation {
  readonly at: number
  readonly location: string
  readonly outcome: Outcome
  readonly signal: Signal
  readonly latency: number | null
  readonly reason: Reason | null
  readonly phases?: Phases
}
export interface History {
  append(observations: readonly Observation[]): Promise<void>
  /** Of one monitor in [from, to), oldest first, packed and not. */
  read(monitor: number, from: number, to: number): Promise<SeenObservation[]>
  /** Of several monitors, each from its own hour on, oldest first. */
  recent(
    wanted: readonly { readonly monitor: number; readonly from: number }[],
    to: number,
  ): Promise<Map<number, SeenObservation[]>>
  /** Those of one monitor that are not packed yet, and so not in the roll-ups. */
  unpacked(monitor: number): Promise<SeenObservation[]>
  /**
   * Moves at most `limit` raw rows into packed hours and their latencies into the roll-ups, in one transaction; gives
   * how many. Asked every two minutes or so until it gives less than `limit`, the file stays small.
   */
  pack(limit: number): Promise<number>
  /** Deletes packed hours before `before`; gives how many rows. */
  forget(before: number): Promise<number>
}

/** The last check of each monitor that failed. */
export interface Failures {
  /** Takes the place of an older one of the same monitor. */
  put(failures: readonly Observation[]): Promise<void>
  get(monitor: number): Promise<Observation | null>
}

export interface Rollups {
  /** Adds stretches of time (hour and day slices of them are made here). */
  addTime(
    spans: readonly { readonly monitor: number; readonly slice: TimeSlice; readonly resolution: Resolution }[],
  ): Promise<void>
  /** Of some monitors from `from` to before `to`, by monitor then start. */
  read(
    monitors: readonly number[],
    resolution: Resolution,
    from: number,
    to: number,
  ): Promise<Map<number, { start: number; rollup: Rollup }[]>>
  /** What was counted and measured of each of some monitors from `from` to before `to`, in one, without the time. */
  counts(
    monitors: readonly number[],
    resolution: Resolution,
    from: number,
    to: number,
  ): Promise<Map<number, Omit<Rollup, 'ms'>>>
  /** The time of each of some monitors from `from` to before `to`, summed: what an uptime needs, many times faster. */
  time(
    monitors: readonly number[],
    resolution: Resolution,
    from: number,
    to: number,
  ): Promise<Map<number, Rollup['ms']>>
  forget(resolution: Resolution, before: number): Promise<number>
}

export interface StoredSilence extends Covering {
  readonly id: number
  readonly from: number
  /** Not included; when it was ended, where that was earlier. */
  readonly until: number
  readonly reason: string | null
  /** Who made it, for people. */
  readonly by: string
  readonly createdAt: number
  /** Who ended it before its time; null: nobody did. */
  readonly endedBy: string | null
  readonly revision: number
}
export interface Silences {
  /** By whoever acts. */
  insert(
    silence: Pick<StoredSilence, 'selector' | 'within' | 'from' | 'until' | 'reason'>,
    at: number,
  ): Promise<StoredSilence>
  get(id: number): Promise<StoredSilence | null>
  /** Conflict when it is not at this revision any more; null: there is none. */
  update(
    id: number,
    change: Partial<Pick<StoredSilence, 'from' | 'until' | 'reason'>>,
    at: number,
    revision?: number,
  ): Promise<StoredSilence | null>
  /** Ends it now, or before it began; one that is over stays as it is. Null: there is none. */
  end(id: number, at: number): Promise<StoredSilence | null>
  /** Those in force and those to come, the oldest first. */
  current(now: number): Promise<StoredSilence[]>
  /** The newest first. `within`: only what can cover nothing else. */
  list(
    query: Paging & {
      readonly now: number
      readonly state?: readonly SilenceState[] | undefined
      readonly within?: LabelLimit | undefined
    },
  ): Promise<Listed<StoredSilence>>
  /** Deletes those that were over before; gives how many. */
  forget(before: number): Promise<number>
}

export interface Token {
  readonly id: number
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  /** Null: not limited. */
  readonly labels: LabelLimit | null
  /** Only for these components, each `page/component`; null: for all. */
  readonly components: readonly string[] | null
  /** Numbers of statuses are answered as texts, which some old clients of Cachet need. */
  readonly stringNumbers: boolean
  /** Who made it, for people; null: made before that was kept. */
  readonly madeBy: string | null
  /** The person who made it, by themselves or by a token of theirs, as they are now; null: no person did. */
  readonly maker: {
    readonly id: number
    readonly role: Role
    readonly labels: LabelLimit | null
    readonly disabled: boolean
  } | null
}
export interface Tokens {
  insert(token: {
    name: string
    hash: string
    scopes: readonly string[]
    at: number
    expiresAt: number | null
    labels?: LabelLimit | null | undefined
    components?: readonly string[] | null | undefined
    stringNumbers?: boolean | undefined
  }): Promise<Token>
  /** Living tokens only (not revoked, not expired at `now`). */
  byHash(hash: string, now: number): Promise<Token | null>
  list(now: number): Promise<Token[]>
  revoke(id: number, at: number): Promise<boolean>
  /** All that a person made. */
  revokeOf(user: number, at: number): Promise<void>
  used(id: number, at: number): Promise<void>
}

export interface BeatLogs {
  /** Keeps the newest `keep` of the monitor, and the newest `keep` of its failures. */
  insert(log: {
    monitor: number
    at: number
    signal: Signal
    body: Uint8Array
    /** Bytes that came, where not all of them are in `body`. */
    size?: number | undefined
    /** The run that it belongs to, and the status with which that ended. */
    run?: string | null | undefined
    exit?: number | null | undefined
    keep: number
  }): Promise<void>
  list(monitor: number, limit: number): Promise<BeatLog[]>
}
export interface BeatLog {
  readonly at: number
  readonly signal: Signal
  readonly body: Uint8Array
  /** Bytes that came. */
  readonly size: number
  readonly run: string | null
  readonly exit: number | null
}

export interface Meta {
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
}

export interface Lease {
  readonly holder: string
  readonly until: number
}

export interface Leases {
  /** Takes or renews; false when somebody else holds it. */
  take(name: string, holder: string, now: number, until: number): Promise<boolean>
  release(name: string, holder: string): Promise<void>
  /** Those that hold now, of all names that begin so. */
  held(prefix: string, now: number): Promise<readonly Lease[]>
  /** Forgets those that ended before; gives how many. */
  forget(before: number): Promise<number>
}

export interface Aggregates {
  readonly objects: Objects
  readonly states: States
  readonly events: Events
  readonly deliveries: Deliveries
  readonly history: History
  readonly failures: Failures
  readonly rollups: Rollups
  readonly incidents: Incidents
  readonly silences: Silences
  readonly numbers: Numbers
  readonly metrics: Metrics
  readonly maintenances: Maintenances
  readonly tokens: Tokens
  readonly beatLogs: BeatLogs
  readonly meta: Meta
  readonly leases: Leases
  readonly users: Users
  readonly sessions: Sessions
  readonly passkeys: Passkeys
  readonly tickets: Tickets
  readonly audit: Audit
  readonly savedViews: SavedViews
}

export interface Store extends Aggregates {
  readonly dialect: 'sqlite' | 'postgres'
  /** Everything in `work` commits together or not at all. Nothing may be sent inside. Nested calls join. */
  transaction<Result>(work: (tx: Aggregates) => Promise<Result>): Promise<Result>
  /** Whatever `work` changes is recorded as done by this actor. */
  as<Result>(actor: Actor, work: () => Promise<Result>): Promise<Result>
  /** Answers whether the database can be reached and written. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Somebody else changed it first: read again and decide anew. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
}
/** Somebody who is limited to labels would make or change what lies outside of them. */
export class Outside extends Error {
  override readonly name = 'Outside'
}
/** Somebody who is limited to labels names what lies outside of them: for them it is not there. */
export class Hidden extends Error {
  override readonly name = 'Hidden'
}
/** A cursor that this list did not give out. */
export class BadCursor extends Error {
  override readonly name = 'BadCursor'
}
/** The database cannot be reached or written now (away, disk full, locked): nothing was stored; try again later. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}
