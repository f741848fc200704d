// An identity provider as it describes itself: its endpoints and keys, asked for when needed and kept for a while.
// Promises that a key which the provider has just changed is found, and that bad tokens do not make us ask without end.
import type { OidcModel } from '#manifest/model.ts'
import { askJson, type Way } from './ask.ts'
import { type Claims, checkClaims, type Expected, isSigned, type Jwk, readToken } from './jwt.ts'

export interface Endpoints {
  readonly issuer: string
  readonly authorization: string
  readonly token: string
  readonly userinfo: string | null
  readonly keys: string
  /** Whether the client's secret goes into the body, since the header is not taken. */
  readonly secretInBody: boolean
}

interface Kept {
  readonly endpoints: Endpoints
  /** Monotonic ms. */
  readonly at: number
  keys: readonly Jwk[]
  /** When they were last asked for again, since a token named another. */
  againAt: number
}

const keptMs = 3_600_000
/** Keys are not asked for again sooner, whatever tokens name. */
const keysAgainMs = 30_000
const keysMost = 100

export class Providers {
  readonly #way: Way
  readonly #kept = new Map<string, Kept>()

  constructor(way: Way) {
    this.#way = way
  }

  get way(): Way {
    return this.#way
  }

  async endpoints(model: OidcModel): Promise<Endpoints> {
    return (await this.#find(model)).endpoints
  }

  /** The claims of an ID token, checked; throws an Error with a sentence. */
  async verify(
    model: OidcModel,
    token: string,
    expected: Omit<Expected, 'issuer' | 'clientId' | 'now'>,
  ): Promise<Claims> {
    const kept = await this.#find(model)
    const parts = readToken(token)
    let signed = isSigned(parts, kept.keys)
    if (signed !== true && this.#way.clock.monotonic() - kept.againAt >= keysAgainMs) {
      kept.againAt = this.#way.clock.monotonic()
      await this.#readKeys(kept)
      signed = isSigned(parts, kept.keys)
    }
    if (signed !== true)
      throw new Error('The signature of the token is wrong, or of a key that the provider does not name.')
    const { issuer, clientId } = model
    checkClaims(parts.claims, { ...expected, issuer, clientId, now: this.#way.clock.now() })
    return parts.claims
  }

  async #find(model: OidcModel): Promise<Kept> {
    const now = this.#way.clock.monotonic()
    const kept = this.#kept.get(model.issuer)
    if (kept && now - kept.at < keptMs) return kept
    const described = await askJson(`${model.issuer}/.well-known/openid-configuration`, { method: 'GET' }, this.#way)
    const fresh: Kept = { endpoints: readEndpoints(described, model.issuer), at: now, keys: [], againAt: -keysAgainMs }
    await this.#readKeys(fresh)
    this.#kept.clear()
    this.#kept.set(model.issuer, fresh)
    return fresh
  }

  async #readKeys(kept: Kept): Promise<void> {
    const { keys } = await askJson(kept.endpoints.keys, { method: 'GET' }, this.#way)
    if (!Array.isArray(keys)) throw new Error('The provider names no keys.')
    kept.keys = keys.slice(0, keysMost).filter((key): key is Jwk => typeof key === 'object' && key !== null)
  }
}

function readEndpoints(described: Record<string, unknown>, issuer: string): Endpoints {
  if (String(described['issuer']).replace(/\/+$/, '') !== issuer)
    throw new Error(`The provider at ${issuer} calls itself ${String(described['issuer']).slice(0, 200)}.`)
  const methods = described['token_endpoint_auth_methods_supported']
  const inBody = Array.isArray(methods) && !methods.includes('client_secret_basic')
  return {
    issuer,
    authorization: endpoint(described, 'authorization_endpoint', issuer),
    token: endpoint(described, 'token_endpoint', issuer),
    userinfo: described['userinfo_endpoint'] === undefined ? null : endpoint(described, 'userinfo_endpoint', issuer),
    keys: endpoint(described, 'jwks_uri', issuer),
    secretInBody: inBody,
  }
}

/** By TLS, unless the issuer itself is asked without, which only this machine may be. */
function endpoint(described: Record<string, unknown>, name: string, issuer: string): string {
  const url = described[name]
  const fits = typeof url === 'string' && URL.canParse(url)
  if (fits && (new URL(url).protocol === 'https:' || new URL(url).origin === new URL(issuer).origin)) return url
  throw new Error(`The provider names no ${name} that can be used.`)
}
