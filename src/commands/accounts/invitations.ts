// Invitations: a one-time link with which somebody makes their own account, with the role and limit given there.
// Promises that nobody is invited to more than the inviter may give, then and now, and that a link ends with its use.
import { type LabelLimit, manages, type Role } from '#core/rights.ts'
import type { Aggregates, Ticket, User } from '#store/store.ts'
import { Refused } from '../refused.ts'
import { newPassword } from './new-password.ts'
import type { AccountParts, Letter, Whence } from './ports.ts'
import { type Opened, openSession } from './sessions.ts'
import { lookAt, makeTicket, takeTicket } from './tickets.ts'
import { limitFor, type Manager, mayManage, takenAddress } from './users.ts'

/** At once open; whoever makes more should rather connect an identity provider. */
const openMost = 1_000

export interface Invited {
  readonly email: string
  readonly role: Role
  readonly labels: LabelLimit | null
  /** Who invited, for people. */
  readonly by: string
}
export interface Invitation extends Invited {
  readonly id: number
  readonly createdAt: number
  readonly expiresAt: number
}

/** `token`: by which it was made, where no person is behind that. */
type Data = Invited & { readonly token?: number | null }
const shownOf = ({ email, role, labels, by }: Data): Invited => ({ email, role, labels, by })

export const invitationOf = ({ id, createdAt, expiresAt, data }: Ticket): Invitation => ({
  ...shownOf(data as Data),
  id,
  createdAt,
  expiresAt,
})

/** Invites somebody; an open invitation to the same address ends. */
export async function invite(
  parts: AccountParts,
  by: Manager & { readonly name: string; readonly token: number | null },
  asked: Omit<Invited, 'by'>,
): Promise<{ invitation: Invitation; secret: string }> {
  const { email, role } = asked
  mayManage(by, role)
  const labels = limitFor(role, asked.labels, asked.labels)
  return await parts.store.transaction(async (tx) => {
    await notYet(tx.users, email)
    const now = parts.clock.now()
    const open = await tx.tickets.list('invitation', now)
    if (open.length >= openMost)
      throw new Refused({ kind: 'impossible', why: `${openMost} invitations are open; take some back first.` })
    for (const old of open) if (invitationOf(old).email === email) await tx.tickets.remove('invitation', old.id)
    const user = by.user ?? (await tokenOf(tx, by.token, now))?.maker?.id ?? null
    const data: Data = { email, role, labels, by: by.name, token: user === null ? by.token : null }
    const { ticket, secret } = await makeTicket({ ...parts, store: tx }, 'invitation', { user, data })
    const changes = [{ path: 'role', after: role }, ...(labels === null ? [] : [{ path: 'labels', after: labels }])]
    await tx.audit.record({ at: now, action: 'created', type: 'invitation', subject: email, changes })
    return { invitation: invitationOf(ticket), secret }
  })
}

async function tokenOf({ tokens }: Pick<Aggregates, 'tokens'>, id: number | null, now: number) {
  return id === null ? null : ((await tokens.list(now)).find((one) => one.id === id) ?? null)
}

/** What a ticket invites to; spent where whoever made it may not give that any more. */
async function stillGiven(
  { store, clock }: Pick<AccountParts, 'clock'> & { readonly store: Pick<Aggregates, 'users' | 'tokens'> },
  ticket: Ticket,
): Promise<Invitation> {
  const invitation = invitationOf(ticket)
  const { token = null } = ticket.data as Data
  const maker = ticket.user === null ? null : await store.users.get(ticket.user)
  const may =
    ticket.user !== null
      ? maker !== null && maker.disabledAt === null && manages(maker.role, invitation.role)
      : token === null || (await tokenOf(store, token, clock.now())) !== null
  if (!may) throw new Refused({ kind: 'spent' })
  return invitation
}

async function notYet(users: AccountParts['store']['users'], email: string): Promise<void> {
  if ((await users.byEmail(email)) === null) return
  const message = `${email} has an account already`
  throw new Refused({ kind: 'invalid', faults: [{ path: ['email'], message }] })
}

/** The mail that brings the link. */
export const invitationLetter = ({ email, by, role }: Invited, link: string): Letter => ({
  to: email,
  subject: 'You are invited to Allswell',
  lines: [`${by} invites you to Allswell as ${role}.`, 'With this link you choose your password; it works for 7 days:'],
  link,
})

export async function openInvitations({ store, clock }: AccountParts): Promise<Invitation[]> {
  return (await store.tickets.list('invitation', clock.now())).map(invitationOf)
}

/** Takes an open invitation back. */
export async function uninvite(parts: AccountParts, by: Manager, id: number): Promise<void> {
  await parts.store.transaction(async (tx) => {
    const now = parts.clock.now()
    const ticket = (await tx.tickets.list('invitation', now)).find((one) => one.id === id)
    if (ticket === undefined) throw new Refused({ kind: 'missing', what: 'invitation', key: String(id) })
    const { email, role } = invitationOf(ticket)
    mayManage(by, role)
    await tx.tickets.remove('invitation', id)
    await tx.audit.record({ at: now, action: 'deleted', type: 'invitation', subject: email, changes: [] })
  })
}

/** What a link invites to; throws Refused where it is used up. */
export const readInvitation = async (parts: AccountParts, secret: string): Promise<Invitation> =>
  await stillGiven(parts, await lookAt(parts, 'invitation', secret))

export interface Accepted {
  readonly token: string
  readonly name: string
  readonly password: string
}

/** Makes the account and signs its person in. */
export async function accept(parts: AccountParts, { token, name, password }: Accepted, from: Whence): Promise<Opened> {
  const { email } = await readInvitation(parts, token)
  const hash = await newPassword(parts, password, [email, name])
  const user = await parts.store.transaction(async (tx): Promise<User> => {
    const { role, labels } = await stillGiven(
      { ...parts, store: tx },
      await takeTicket({ ...parts, store: tx }, 'invitation', token),
    )
    const made = { email, name, role, labels, external: null, password: hash }
    return await takenAddress(email, () => tx.users.insert(made, parts.clock.now()))
  })
  return openSession(parts, user, 'link', from)
}
