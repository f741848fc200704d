// Managing people: roles, limits, and ending what somebody has.
// Promises that owners are made and changed by owners only, that one owner always remains, and that whoever gets
// another role or limit signs in anew.
import { isDeepStrictEqual } from 'node:util'
import { isUnlimited, type LabelLimit, manages, type Role } from '#core/rights.ts'
import { type Aggregates, Conflict, type User } from '#store/store.ts'
import { Refused } from '../refused.ts'
import type { AccountParts } from './ports.ts'

/** Whoever manages: by their role; a token with every right counts as an admin. */
export interface Manager {
  readonly role: Role | null
  /** Null: a token, or the command line. */
  readonly user: number | null
}

export interface UserPatch {
  readonly email?: string | undefined
  readonly name?: string | undefined
  readonly role?: Role | undefined
  readonly labels?: LabelLimit | null | undefined
  readonly disabled?: boolean | undefined
}

export async function existingUser(store: Pick<Aggregates, 'users'>, id: number): Promise<User> {
  const user = await store.users.get(id)
  if (user === null) throw new Refused({ kind: 'missing', what: 'user', key: String(id) })
  return user
}

export async function changeUser(
  parts: Pick<AccountParts, 'store' | 'clock'>,
  by: Manager,
  id: number,
  patch: UserPatch,
  revision?: number,
): Promise<User> {
  return await parts.store.transaction(async (tx) => {
    const user = await existingUser(tx, id)
    mayManage(by, user.role)
    if (revision !== undefined && revision !== user.revision) throw stale(user, revision, patch)
    const role = patch.role ?? user.role
    if (role !== user.role) mayManage(by, role)
    const labels = limitFor(role, patch.labels === undefined ? user.labels : patch.labels, patch.labels)
    const disabledAt =
      patch.disabled === undefined ? user.disabledAt : patch.disabled ? (user.disabledAt ?? parts.clock.now()) : null
    if (role !== 'owner' || disabledAt !== null) await ownerRemains(tx, user)
    const { email = user.email, name = user.name } = patch
    const change = { email, name, role, labels, disabledAt }
    const changed = await takenAddress(email, () => tx.users.update(id, change, parts.clock.now(), revision), user)
    if (changed === null) throw new Refused({ kind: 'missing', what: 'user', key: String(id) })
    const same = role === user.role && isDeepStrictEqual(labels, user.labels) && disabledAt === null
    if (!same) await tx.sessions.removeAll(id)
    return changed
  })
}

export async function removeUser(parts: Pick<AccountParts, 'store' | 'clock'>, by: Manager, id: number): Promise<void> {
  await parts.store.transaction(async (tx) => {
    const user = await existingUser(tx, id)
    mayManage(by, user.role)
    await ownerRemains(tx, user)
    await tx.users.remove(id, parts.clock.now())
  })
}

/** Ends every session of somebody. */
export async function signOutUser(
  parts: Pick<AccountParts, 'store' | 'clock'>,
  by: Manager,
  id: number,
): Promise<number> {
  return await parts.store.transaction(async (tx) => {
    const user = await existingUser(tx, id)
    mayManage(by, user.role)
    const ended = await tx.sessions.removeAll(id)
    const at = parts.clock.now()
    const changes = [{ path: 'sessions', before: ended, after: 0 }]
    if (ended > 0) await tx.audit.record({ at, action: 'signed_out', type: 'session', subject: user.email, changes })
    return ended
  })
}

/** What is other now than the patch says. */
function stale(user: User, sent: number, patch: UserPatch): Refused {
  const now = { ...user, disabled: user.disabledAt !== null }
  const names = (Object.keys(patch) as (keyof UserPatch)[]).filter((name) => !isDeepStrictEqual(patch[name], now[name]))
  const differs = names.map((name) => ({ path: [name], message: `is now ${JSON.stringify(now[name])}` }))
  const { email: key, revision } = user
  return new Refused({ kind: 'stale', what: 'user', key, sent, revision, who: null, differs })
}

/** Throws unless this manager may make or change somebody of this role. */
export function mayManage(by: Manager, role: Role): void {
  if (manages(by.role, role)) return
  const why =
    role === 'owner' ? 'Only an owner makes, changes and removes owners.' : 'Only owners and admins manage people.'
  throw new Refused({ kind: 'forbidden', why })
}

/** The limit that goes with a role; `asked`: what the request said, if anything. */
export function limitFor(
  role: Role,
  labels: LabelLimit | null,
  asked: LabelLimit | null | undefined,
): LabelLimit | null {
  if (labels === null || !isUnlimited(role)) return labels
  if (asked == null) return null
  const message = `do not go with the role ${role}, which sees everything; leave them out, or choose another role`
  throw new Refused({ kind: 'invalid', faults: [{ path: ['labels'], message }] })
}

async function ownerRemains(tx: Aggregates, user: User): Promise<void> {
  if (user.role !== 'owner' || user.disabledAt !== null || (await tx.users.count('owner')) > 1) return
  const why = `${user.email} is the only owner; make somebody else an owner first.`
  throw new Refused({ kind: 'impossible', why })
}

/** The address is somebody else's: said where it stands in the request. */
export async function takenAddress<Result>(email: string, work: () => Promise<Result>, user?: User): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Conflict) || user?.email === email) throw error
    const message = `${email} has an account already; sign in with it, or take another address`
    throw new Refused({ kind: 'invalid', faults: [{ path: ['email'], message }] })
  }
}
