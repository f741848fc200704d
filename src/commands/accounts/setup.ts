// The first owner: made with a one-time link that whoever runs the server can read, never with a default password.
// Promises that a link works once, and that none is left over when it has.
import type { Store, User } from '#store/store.ts'
import type { AccountParts, Whence } from './ports.ts'
import { newPassword } from './new-password.ts'
import { type Opened, openSession } from './sessions.ts'
import { makeTicket, takeTicket } from './tickets.ts'
import { takenAddress } from './users.ts'

/** Whether nobody can sign in yet. */
export const needsOwner = async (store: Pick<Store, 'users'>): Promise<boolean> => (await store.users.count()) === 0

/** A secret with which a new owner can be made, within the hour. */
export async function ownerSecret(parts: Pick<AccountParts, 'store' | 'clock'>): Promise<string> {
  return (await makeTicket(parts, 'owner')).secret
}

export interface NewOwner {
  readonly token: string
  readonly email: string
  readonly name: string
  readonly password: string
}

/** Makes the owner and signs them in; throws Refused for a link that is used up, or a password that is too easy. */
export async function setUp(
  parts: AccountParts,
  { token, email, name, password }: NewOwner,
  from: Whence,
): Promise<Opened> {
  const hash = await newPassword(parts, password, [email, name])
  const user = await parts.store.transaction(async (tx): Promise<User> => {
    await takeTicket({ ...parts, store: tx }, 'owner', token)
    await tx.tickets.clear('owner')
    const owner = { email, name, role: 'owner', labels: null, external: null, password: hash } as const
    return await takenAddress(email, () => tx.users.insert(owner, parts.clock.now()))
  })
  return openSession(parts, user, 'link', from)
}
