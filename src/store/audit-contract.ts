// The record of changes, as the store's contract has it: who did what to which object, and what is different now.
// Promises no behaviour; only names.
import type { Listed, Paging } from './store.ts'

/**
 * Who acts: a person, a token, the configuration file, a first heartbeat, the command line, whoever opened a link in a
 * message, or Allswell itself.
 */
export interface Actor {
  readonly kind: (typeof actorKinds)[number]
  readonly id: number | null
  /** For people; it stays when they are gone. */
  readonly name: string
  readonly address: string | null
}
export const actorKinds = ['user', 'token', 'file', 'beat', 'command', 'link', 'system'] as const

/** One setting that is other than before; left out: it was not there, or is not there now. Secrets are masked. */
export interface Change {
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

export interface Recorded {
  readonly at: number
  /** Past tense: created, changed, deleted, paused, signed_in … */
  readonly action: string
  /** What kind of thing: monitor, channel, rule, page, token, user, session, settings … */
  readonly type: string
  /** Its key, or what people call it. */
  readonly subject: string
  readonly changes: readonly Change[]
}
export interface AuditEntry extends Recorded {
  readonly id: number
  readonly actor: Actor
}

export interface AuditQuery extends Paging {
  readonly type?: string | undefined
  readonly subject?: string | undefined
  readonly action?: string | undefined
  readonly actorKind?: Actor['kind'] | undefined
  readonly actorId?: number | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
}

export interface Audit {
  /** By whoever acts in this flow of work; inside a transaction it commits with it. */
  record(what: Recorded): Promise<void>
  /** Newest first. */
  list(query: AuditQuery): Promise<Listed<AuditEntry>>
  /** Deletes entries before; gives how many. */
  forget(before: number): Promise<number>
}
