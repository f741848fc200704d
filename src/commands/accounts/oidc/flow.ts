// Sign-in by an identity provider: the authorization code flow with PKCE (RFC 6749, 7636; OpenID Connect Core).
// Promises that only the browser which began a sign-in ends it, once, and that nothing of the provider is believed that
// it has not signed or that was not asked of it directly. Must not know cookies.
import { createHash } from 'node:crypto'
import type { OidcModel } from '#manifest/model.ts'
import type { User } from '#store/store.ts'
import { email as emailForm, label } from '../names.ts'
import { settleOutsider } from '../outside.ts'
import type { AccountParts, Whence } from '../ports.ts'
import { type Opened, openSession } from '../sessions.ts'
import { hashOf, makeTicket, newSecret, takeTicket } from '../tickets.ts'
import { Refused } from '../../refused.ts'
import { askJson } from './ask.ts'
import type { Claims } from './jwt.ts'
import type { Endpoints, Providers } from './provider.ts'

export interface OidcParts extends AccountParts {
  readonly providers: Providers
}

interface Pending {
  readonly nonce: string
  readonly verifier: string
  readonly redirectUri: string
  /** Where the browser goes afterwards. */
  readonly to: string
}

/** What the provider sends back, made of the secret that only this browser has. */
const stateOf = (secret: string) => hashOf(`state ${secret}`)

export function modelOf({ signIn }: Pick<AccountParts, 'signIn'>): OidcModel {
  const { oidc } = signIn()
  if (oidc === null) throw new Refused({ kind: 'forbidden', why: 'No identity provider is set here (sign_in.oidc).' })
  return oidc
}

/** Where the browser is sent, and the secret that it keeps meanwhile. */
export async function begin(
  parts: OidcParts,
  { redirectUri, to }: Pick<Pending, 'redirectUri' | 'to'>,
): Promise<{ url: string; secret: string }> {
  const model = modelOf(parts)
  const { authorization } = await parts.providers.endpoints(model)
  const pending: Pending = { nonce: newSecret(), verifier: newSecret(), redirectUri, to }
  const { secret } = await makeTicket(parts, 'oidc', { data: pending })
  const url = new URL(authorization)
  const query = {
    response_type: 'code',
    client_id: model.clientId,
    redirect_uri: redirectUri,
    scope: model.scopes.join(' '),
    state: stateOf(secret),
    nonce: pending.nonce,
    code_challenge: createHash('sha256').update(pending.verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return { url: url.href, secret }
}

export interface Returned {
  /** The secret that the browser kept. */
  readonly secret: string
  readonly state: string
  readonly code: string
}

/** Ends a sign-in; throws Refused, or an Error that says what the provider got wrong. */
export async function finish(
  parts: OidcParts,
  { secret, state, code }: Returned,
  from: Whence,
): Promise<{ opened: Opened; to: string }> {
  const model = modelOf(parts)
  if (state !== stateOf(secret)) throw new Refused({ kind: 'spent' })
  const { verifier, redirectUri, nonce, to } = (await takeTicket(parts, 'oidc', secret)).data as Pending
  const endpoints = await parts.providers.endpoints(model)
  const tokens = await exchangeCode(parts, model, endpoints, { code, verifier, redirectUri })
  const claims = await parts.providers.verify(model, tokens.id, { nonce })
  const user = await settle(parts, model, await complete(parts, endpoints, model, claims, tokens.access))
  return { opened: await openSession(parts, user, 'oidc', from), to }
}

async function exchangeCode(
  { providers }: OidcParts,
  { clientId, clientSecret }: OidcModel,
  endpoints: Endpoints,
  { code, verifier, redirectUri }: { readonly code: string; readonly verifier: string; readonly redirectUri: string },
): Promise<{ id: string; access: string | null }> {
  const inHeader = clientSecret !== null && !endpoints.secretInBody
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...(inHeader ? {} : { client_id: clientId }),
    ...(clientSecret !== null && !inHeader ? { client_secret: clientSecret } : {}),
  }).toString()
  const basic = [clientId, clientSecret ?? ''].map((part) => encodeURIComponent(part)).join(':')
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(inHeader ? { authorization: `Basic ${Buffer.from(basic).toString('base64')}` } : {}),
  }
  const answer = await askJson(endpoints.token, { method: 'POST', headers, body }, providers.way)
  const { id_token: id, access_token: access } = answer
  if (typeof id !== 'string') throw new Error('The provider sent no ID token; ask it for the scope openid.')
  return { id, access: typeof access === 'string' ? access : null }
}

/** With what the provider says beside the token, where the token lacks it. */
async function complete(
  { providers }: OidcParts,
  { userinfo }: Endpoints,
  { groupsClaim }: OidcModel,
  claims: Claims,
  access: string | null,
): Promise<Claims> {
  const lacks = claims['email'] === undefined || claims[groupsClaim] === undefined
  if (!lacks || userinfo === null || access === null) return claims
  const headers = { authorization: `Bearer ${access}` }
  const more = await askJson(userinfo, { method: 'GET', headers }, providers.way)
  if (more['sub'] !== claims['sub']) throw new Error('The provider tells of somebody else than it signed in.')
  return { ...more, ...claims }
}

async function settle(parts: OidcParts, model: OidcModel, claims: Claims): Promise<User> {
  const address = emailForm.safeParse(claims['email'])
  if (!address.success) {
    const why = 'The provider names no mail address of yours; it must send the claim "email".'
    throw new Refused({ kind: 'forbidden', why })
  }
  const email = address.data
  const named = label.safeParse(claims['name'] ?? claims['preferred_username'])
  const groups = claims[model.groupsClaim]
  return settleOutsider(
    parts,
    {
      external: `${model.issuer} ${String(claims['sub'])}`,
      email,
      name: named.success ? named.data : email,
      vouched: claims['email_verified'] === true,
      groups: (Array.isArray(groups) ? groups : [groups]).filter((one): one is string => typeof one === 'string'),
    },
    model,
  )
}
