// Invitations: a one-time link with which somebody makes their own account, with the role and limit given there.
// Promises that nobody is invited to more than the inviter may give, and that a link ends with its use.
import type { LabelLimit, Role } from '#core/rights.ts'
import type { Ticket, User } from '#store/store.ts'
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

export const invitationOf = ({ id, createdAt, expiresAt, data }: Ticket): Invitation => ({
  ...(data as Invited),
  id,
  createdAt,
  expiresAt,
})

/** Invites somebody; an open invitation to the same address ends. */
export async function invite(
  parts: AccountParts,
  by: Manager & { readonly name: string },
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
    const data = { email, role, labels, by: by.name }
    const { ticket, secret } = await makeTicket({ ...parts, store: tx }, 'invitation', { data })
    const changes = [{ path: 'role', after: role }, ...(labels === null ? [] : [{ path: 'labels', after: labels }])]
    await tx.audit.record({ at: now, action: 'created', type: 'invitation', subject: email, changes })
    return { invitation: invitationOf(ticket), secret }
  })
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
  invitationOf(await lookAt(parts, 'invitation', secret))

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
    const { role, labels } = invitationOf(await takeTicket({ ...parts, store: tx }, 'invitation', token))
    const made = { email, name, role, labels, external: null, password: hash }
    return await takenAddress(email, () => tx.users.insert(made, parts.clock.now()))
  })
  return openSession(parts, user, 'link', from)
}
