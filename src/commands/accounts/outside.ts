// People whom somebody else has proved: an identity provider, or a proxy in front. Their account, made or brought up to
// what their groups say.
// Promises that an account which somebody made here is taken over only where the provider vouches for the address, and
// that one owner always remains. Must not know how they were proved.
import { isDeepStrictEqual } from 'node:util'
import { type LabelLimit, type Role, roles } from '#core/rights.ts'
import type { Grant } from '#manifest/model.ts'
import type { Aggregates, User } from '#store/store.ts'
import { Refused } from '../refused.ts'
import type { AccountParts } from './ports.ts'

export interface Outsider {
  /** `issuer subject`; null: known by the address alone. */
  readonly external: string | null
  readonly email: string
  readonly name: string
  /** Whether the address is surely theirs. */
  readonly vouched: boolean
  readonly groups: readonly string[]
}

export interface Mapping {
  readonly groups: Readonly<Record<string, Grant>>
  readonly others: Role | 'nobody'
}

/** What groups give: the most powerful role; limits of equal roles are joined where they name the same labels. */
export function grantOf({ groups, others }: Mapping, mine: readonly string[]): Grant | null {
  const grants = mine.flatMap((name) => (Object.hasOwn(groups, name) ? [groups[name] as Grant] : []))
  const role = roles.find((one) => grants.some((grant) => grant.role === one))
  if (role === undefined) return others === 'nobody' ? null : { role: others, labels: null }
  return { role, labels: joined(grants.filter((grant) => grant.role === role).map(({ labels }) => labels)) }
}

/** Either of several limits; without a common form the first one, which is the safe side. */
function joined(limits: readonly (LabelLimit | null)[]): LabelLimit | null {
  const [first = null, ...rest] = limits
  if (limits.includes(null) || first === null) return null
  const [name, ...more] = Object.keys(first)
  const alike = rest.every((limit) => isDeepStrictEqual(Object.keys(limit ?? {}), [name]))
  if (name === undefined || more.length > 0 || !alike) return first
  return { [name]: [...new Set(limits.flatMap((limit) => limit?.[name] ?? []))] }
}

/** The account of somebody from outside; throws Refused where they get none. */
export async function settleOutsider(
  parts: Pick<AccountParts, 'store' | 'clock'>,
  outsider: Outsider,
  mapping: Mapping,
): Promise<User> {
  return await parts.store.transaction(async (tx) => {
    const known = await find(tx, outsider)
    if (known !== null && known.disabledAt !== null) throw turnedAway('This account is disabled.')
    const mapped = Object.keys(mapping.groups).length > 0
    const grant = grantOf(mapping, outsider.groups)
    if (known === null) return await make(tx, outsider, grant, parts.clock.now())
    if (mapped && grant === null) throw turnedAway('None of your groups has access here.')
    return await bringUp(tx, known, outsider, mapped ? grant : null, parts.clock.now())
  })
}

const turnedAway = (why: string) => new Refused({ kind: 'forbidden', why })

async function find(tx: Aggregates, { external, email, vouched }: Outsider): Promise<User | null> {
  const linked = external === null ? null : await tx.users.byExternal(external)
  if (linked !== null) return linked
  const same = await tx.users.byEmail(email)
  if (same === null) return null
  if (vouched && (same.external === null || external === null)) return same
  const why = vouched ? 'it belongs to another identity' : 'the provider does not vouch that the address is yours'
  throw turnedAway(`${email} has an account here already, and ${why}.`)
}

async function make(
  tx: Aggregates,
  { external, email, name }: Outsider,
  grant: Grant | null,
  at: number,
): Promise<User> {
  if (grant === null) throw turnedAway('You have no account here, and none of your groups gives you one.')
  return await tx.users.insert({ external, email, name, ...grant, password: null }, at)
}

/** The link to the provider, and what the groups say now. */
async function bringUp(
  tx: Aggregates,
  user: User,
  { external }: Outsider,
  grant: Grant | null,
  at: number,
): Promise<User> {
  const wanted = grant !== null && (await loses(tx, user, grant)) ? null : grant
  const role = wanted?.role ?? user.role
  const labels = wanted === null ? user.labels : wanted.labels
  const linked = external === null ? user.external : external
  const same = role === user.role && isDeepStrictEqual(labels, user.labels)
  if (same && linked === user.external) return user
  const changed = await tx.users.update(user.id, { role, labels, external: linked }, at)
  if (!same) await tx.sessions.removeAll(user.id)
  return changed ?? user
}

/** The only owner stays one, whatever the groups say: nobody could let them in again. */
const loses = async (tx: Aggregates, user: User, grant: Grant) =>
  user.role === 'owner' && grant.role !== 'owner' && (await tx.users.count('owner')) <= 1
