// ID tokens: signed claims (RFC 7519), checked as OpenID Connect asks (Core 1.0, 3.1.3.7).
// Promises an Error with a sentence for whatever does not fit; a token without a signature is never taken. Must not
// know where keys come from.
import { constants, createPublicKey, type KeyObject, verify, type webcrypto } from 'node:crypto'

export type Claims = Readonly<Record<string, unknown>>
export type Jwk = webcrypto.JsonWebKey & { readonly kid?: string; readonly use?: string }

interface Algorithm {
  readonly kty: string
  readonly hash: string | null
  /** How the signature is written, and padded. */
  readonly options?: { readonly dsaEncoding?: 'ieee-p1363'; readonly padding?: number; readonly saltLength?: number }
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
const algorithms: Readonly<Record<string, Algorithm>> = {
  RS256: { kty: 'RSA', hash: 'sha256' },
  RS384: { kty: 'RSA', hash: 'sha384' },
  RS512: { kty: 'RSA', hash: 'sha512' },
  PS256: { kty: 'RSA', hash: 'sha256', options: pss },
  ES256: { kty: 'EC', hash: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
  ES384: { kty: 'EC', hash: 'sha384', options: { dsaEncoding: 'ieee-p1363' } },
  EdDSA: { kty: 'OKP', hash: null },
}

export interface Expected {
  readonly issuer: string
  readonly clientId: string
  readonly nonce: string
  /** Epoch ms. */
  readonly now: number
}

/** Clocks may differ by so many seconds. */
const leeway = 60
const longest = 50_000

interface Parts {
  readonly alg: string
  readonly kid: string | undefined
  readonly claims: Claims
  readonly signed: Buffer
  readonly signature: Buffer
}

/** The parts of a token, nothing of it believed yet. */
export function readToken(token: string): Parts {
  const [head = '', body = '', signature = '', ...rest] = token.split('.')
  if (token.length > longest || rest.length > 0 || signature === '')
    throw new Error('The provider sent something else than a signed token.')
  const header = readJson(head)
  const alg = String(header['alg'])
  if (!Object.hasOwn(algorithms, alg))
    throw new Error(`The token is signed by ${alg.slice(0, 20)}, which is not taken.`)
  if (header['crit'] !== undefined) throw new Error('The token asks for extensions that are not known here.')
  const kid = typeof header['kid'] === 'string' ? header['kid'] : undefined
  const signed = Buffer.from(`${head}.${body}`)
  return { alg, kid, claims: readJson(body), signed, signature: Buffer.from(signature, 'base64url') }
}

function readJson(part: string): Record<string, unknown> {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new Error('The token cannot be read.')
}

/** Whether one of these keys signed it. Null: none of them is the key that it names. */
export function isSigned({ alg, kid, signed, signature }: Parts, keys: readonly Jwk[]): boolean | null {
  const { kty, hash, options = {} } = algorithms[alg] as Algorithm
  const fit = keys.filter((key) => key.kty === kty && key.use !== 'enc' && (key.alg === undefined || key.alg === alg))
  const meant = kid === undefined ? fit : fit.filter((key) => key.kid === kid)
  if (meant.length === 0) return null
  return meant.some((jwk) => {
    const key = publicKey(jwk)
    return key !== null && verify(hash, signed, { key, ...options }, signature)
  })
}

function publicKey(jwk: Jwk): KeyObject | null {
  try {
    // Only what is public of it: a secret that a provider shows by mistake is nothing to verify with.
    const { kty, crv, x, y, n, e } = jwk
    const plain = Object.fromEntries(
      Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
    )
    return createPublicKey({ key: plain, format: 'jwk' })
  } catch {
    return null
  }
}

/** Throws unless the claims are meant for us, for this sign-in, and for now. */
export function checkClaims(claims: Claims, { issuer, clientId, nonce, now }: Expected): void {
  const { iss, aud, azp, exp, iat, nbf, sub } = claims
  const seconds = now / 1_000
  if (typeof iss !== 'string' || iss.replace(/\/+$/, '') !== issuer)
    throw new Error('The token is of another provider.')
  const audience = Array.isArray(aud) ? aud : [aud]
  if (!audience.includes(clientId)) throw new Error('The token is meant for another application.')
  if (audience.length > 1 && azp !== clientId) throw new Error('The token was made for another application.')
  if (azp !== undefined && azp !== clientId) throw new Error('The token was made for another application.')
  if (typeof exp !== 'number' || exp + leeway <= seconds) throw new Error('The token has expired.')
  if (typeof iat !== 'number' || iat - leeway > seconds)
    throw new Error('The token is from the future; see the clocks.')
  if (typeof nbf === 'number' && nbf - leeway > seconds) throw new Error('The token is not valid yet; see the clocks.')
  if (claims['nonce'] !== nonce) throw new Error('The token belongs to another sign-in.')
  if (typeof sub !== 'string' || sub === '' || sub.length > 500) throw new Error('The token names nobody.')
}
