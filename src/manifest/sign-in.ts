// How people may sign in, as the configuration file says it: passwords, an identity provider, a proxy in front.
// Promises that every key is described here once, with its default. Must not know how any of it is done.
import { z } from 'zod'
import { duration } from '#core/duration.ts'
import { isUnlimited, type Role, roles } from '#core/rights.ts'
import { labelName } from '#core/selection.ts'
import { checkNetwork } from './network-words.ts'

const minute = 60_000
const day = 86_400_000

const isHttpsUrl = (text: string) =>
  URL.canParse(text) && (/^https:$/.test(new URL(text).protocol) || /^http:\/\/(localhost|127\.\d|\[::1\])/.test(text))

/** Roles that strangers may be given by somebody else's word. */
const role = z.enum(roles)

export const limit = z
  .record(
    labelName,
    z.union([z.string().max(200), z.array(z.string().max(200)).min(1).max(50)]).transform((one) => [one].flat()),
  )
  .refine((labels) => Object.keys(labels).length > 0, 'needs at least one label; leave it out to set no limit')
  .refine((labels) => Object.keys(labels).length <= 10, 'takes at most 10 labels')

const group = z
  .union([
    role.transform((one) => ({ role: one, labels: null })),
    z.strictObject({
      role: role.describe('What they may do.'),
      labels: limit.describe('They see only monitors with these labels; a value or a list of them each.').optional(),
    }),
  ])
  .transform(({ role, labels }) => ({ role, labels: labels ?? null }))
  .refine(({ role, labels }) => labels === null || !isUnlimited(role), {
    error: 'gives labels to a role that sees everything; leave them out, or take editor, responder or viewer',
  })

const groups = z
  .record(z.string().min(1).max(200), group)
  .refine((all) => Object.keys(all).length <= 500, 'takes at most 500 groups')

const oidc = z
  .strictObject({
    issuer: z
      .string()
      .max(500)
      .refine(isHttpsUrl, 'is not a URL that begins with https://')
      .transform((url) => url.replace(/\/+$/, ''))
      .describe('The provider, such as https://login.example.com/realms/staff.'),
    client_id: z.string().min(1).max(500).describe('As the provider knows this server.'),
    client_secret: z
      .string()
      .min(1)
      .max(2_000)
      .describe('As the provider gave it; left out: a public client, with PKCE alone.')
      .optional(),
    name: z.string().min(1).max(60).prefault('single sign-on').describe('What stands on the button.'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is not a scope'))
      .max(20)
      .prefault(['openid', 'profile', 'email'])
      .describe('What is asked for; `openid` is always among them.'),
    groups_claim: z
      .string()
      .min(1)
      .max(200)
      .prefault('groups')
      .describe('The claim that lists the groups of a person.'),
    groups: groups
      .prefault({})
      .describe('Group → role, or `{ role, labels }`. Of several that fit the most powerful counts.'),
    others: z
      .enum([...roles.filter((one) => one !== 'owner'), 'nobody'])
      .prefault('nobody')
      .describe('The role of people in none of the groups; `nobody`: they are turned away.'),
  })
  .describe('Sign-in by an OpenID Connect provider.')

const proxy = z
  .strictObject({
    header: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{1,63}$/, 'is not the name of a header')
      .describe('The header that names the person by mail address, such as X-Forwarded-User.'),
    from: z
      .array(z.string().superRefine(checkNetwork))
      .min(1)
      .max(100)
      .describe('Addresses or networks of the proxies whose header is believed, and nobody else’s.'),
    groups_header: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{1,63}$/, 'is not the name of a header')
      .describe('The header that lists groups, with commas.')
      .optional(),
    groups: groups.prefault({}).describe('Group → role, or `{ role, labels }`.'),
    others: z
      .enum([...roles.filter((one) => one !== 'owner'), 'nobody'])
      .prefault('nobody')
      .describe('The role of people in none of the groups who have no account yet; `nobody`: they get none.'),
  })
  .describe('Sign-in by a proxy in front, which has asked people who they are.')

export const signIn = z
  .strictObject({
    passwords: z.boolean().prefault(true).describe('Whether passwords and passkeys are taken, or other ways alone.'),
    idle: duration({ min: 5 * minute, max: 366 * day })
      .prefault('7d')
      .describe('A browser that was not used for so long is signed out.'),
    longest: duration({ min: 5 * minute, max: 366 * day })
      .prefault('30d')
      .describe('After so long everybody signs in again.'),
    oidc: oidc.optional(),
    proxy: proxy.optional(),
  })
  .prefault({})
  .describe('How people sign in.')

/** A role that a group gives, and the labels it is limited to. */
export interface Grant {
  readonly role: Role
  readonly labels: Readonly<Record<string, readonly string[]>> | null
}

export interface OidcModel {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string | null
  readonly name: string
  readonly scopes: readonly string[]
  readonly groupsClaim: string
  readonly groups: Readonly<Record<string, Grant>>
  readonly others: Role | 'nobody'
}
export interface ProxyModel {
  /** In small letters. */
  readonly header: string
  readonly from: readonly string[]
  readonly groupsHeader: string | null
  readonly groups: Readonly<Record<string, Grant>>
  readonly others: Role | 'nobody'
}
export interface SignInModel {
  readonly passwords: boolean
  /** ms. */
  readonly idle: number
  readonly longest: number
  readonly oidc: OidcModel | null
  readonly proxy: ProxyModel | null
}

/** `cidrs`: what words such as `private` stand for. */
export function signInModel(
  read: z.output<typeof signIn>,
  cidrs: (networks: readonly string[]) => readonly string[],
): SignInModel {
  const { passwords, idle, longest, oidc, proxy } = read
  return {
    passwords,
    idle,
    longest,
    oidc: oidc
      ? {
          issuer: oidc.issuer,
          clientId: oidc.client_id,
          clientSecret: oidc.client_secret ?? null,
          name: oidc.name,
          scopes: [...new Set(['openid', ...oidc.scopes])],
          groupsClaim: oidc.groups_claim,
          groups: oidc.groups,
          others: oidc.others,
        }
      : null,
    proxy: proxy
      ? {
          header: proxy.header.toLowerCase(),
          from: cidrs(proxy.from),
          groupsHeader: proxy.groups_header?.toLowerCase() ?? null,
          groups: proxy.groups,
          others: proxy.others,
        }
      : null,
  }
}
