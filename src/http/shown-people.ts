// People and their sessions as the API answers them.
// Promises that nothing that proves who somebody is leaves with it. Must not know any route.
import { z } from 'zod'
import { roles, scopesOf } from '#core/rights.ts'
import { limit as writtenLimit } from '#manifest/sign-in.ts'
import type { Session, User } from '#store/store.ts'
import { iso, isoOrNull, when } from './shapes.ts'

export const role = z.enum(roles)

/** Labels that somebody is limited to, in a request: a value or a list of them for each name. */
export const limitAsked = writtenLimit.describe(
  'They see and change only monitors with these labels: for each name a value, or a list of which one must fit.',
)
export const limitShown = z.record(z.string(), z.array(z.string())).nullable().describe('Null: they see everything.')

export const userShown = z.object({
  id: z.int(),
  email: z.string(),
  name: z.string(),
  role,
  scopes: z.array(z.string()).describe('What the role allows.'),
  labels: limitShown,
  hasPassword: z.boolean(),
  hasTotp: z.boolean().describe('Whether an authenticator app is asked at sign-in.'),
  external: z.boolean().describe('Whether an identity provider knows them.'),
  disabled: z.boolean(),
  createdAt: when,
  seenAt: when.nullable().describe('To the minute.'),
  revision: z.int(),
})

export function showUser(user: User): z.input<typeof userShown> {
  const { id, email, name, hasPassword, hasTotp, external, disabledAt, createdAt, seenAt, revision } = user
  return {
    id,
    email,
    name,
    role: user.role,
    scopes: [...scopesOf(user.role)],
    labels: showLimit(user.labels),
    hasPassword,
    hasTotp,
    external: external !== null,
    disabled: disabledAt !== null,
    createdAt: iso(createdAt),
    seenAt: isoOrNull(seenAt),
    revision,
  }
}

export const showLimit = (limit: User['labels']): z.input<typeof limitShown> =>
  limit === null ? null : Object.fromEntries(Object.entries(limit).map(([name, values]) => [name, [...values]]))

export const sessionShown = z.object({
  id: z.int(),
  method: z.string().describe('How they signed in: password, passkey, oidc or link.'),
  address: z.string().nullable(),
  agent: z.string().nullable().describe('What the browser calls itself.'),
  createdAt: when,
  confirmedAt: when.describe('When they last proved who they are.'),
  seenAt: when,
  expiresAt: when,
  current: z.boolean().describe('Whether it is the one that asks.'),
})

export function showSession(session: Session, current: number | null): z.input<typeof sessionShown> {
  const { id, method, address, agent, createdAt, confirmedAt, seenAt, expiresAt } = session
  const times = { createdAt: iso(createdAt), confirmedAt: iso(confirmedAt), seenAt: iso(seenAt) }
  return { id, method, address, agent, ...times, expiresAt: iso(expiresAt), current: id === current }
}
