// WebAuthn: what an authenticator says when a passkey is made and when it is used, checked as the standard asks
// (W3C WebAuthn Level 3, 7.1 and 7.2). Attestation is not asked for: whose make the authenticator is does not matter.
// Promises an Error with a sentence for whatever does not fit. Must not know where keys are kept.
import { createHash, createPublicKey, timingSafeEqual, verify, type webcrypto } from 'node:crypto'
import { type Cbor, readCbor } from './cbor.ts'

/** Where the browser must have been: host name of the site, its origin, and what it was asked to sign. */
export interface Ceremony {
  readonly rpId: string
  readonly origin: string
  /** base64url. */
  readonly challenge: string
  /** Whether the authenticator must have asked for a finger, a face or a PIN. */
  readonly verified: boolean
}

export interface NewCredential {
  /** base64url. */
  readonly id: string
  readonly publicKey: webcrypto.JsonWebKey & { readonly alg: string }
  readonly counter: number
}

interface AuthenticatorData {
  readonly bytes: Uint8Array
  readonly counter: number
  readonly verified: boolean
  /** Id and COSE key, where a passkey was made. */
  readonly made: { readonly id: Uint8Array; readonly key: Cbor } | null
}

const decode = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest()

/** Algorithms as COSE numbers, the ones we like best first. */
export const algorithms = [-7, -8, -257] as const

/** Checks a passkey that was just made. All texts are base64url, as the browser's toJSON() gives them. */
export function readRegistration(
  { clientDataJSON, attestationObject }: { readonly clientDataJSON: string; readonly attestationObject: string },
  ceremony: Ceremony,
): NewCredential {
  checkClient(decode(clientDataJSON), 'webauthn.create', ceremony)
  const { value } = readCbor(decode(attestationObject))
  const authData = value instanceof Map ? (value.get('authData') as Cbor | undefined) : undefined
  if (!(authData instanceof Uint8Array)) throw new Error('The authenticator sent no data.')
  const { made, counter } = readAuthenticator(authData, ceremony)
  if (made === null) throw new Error('The authenticator sent no key.')
  return { id: Buffer.from(made.id).toString('base64url'), publicKey: keyOf(made.key), counter }
}

/** Checks a use of a passkey; gives the authenticator's counter. */
export function readAssertion(
  answer: { readonly clientDataJSON: string; readonly authenticatorData: string; readonly signature: string },
  publicKey: webcrypto.JsonWebKey & { readonly alg?: string },
  ceremony: Ceremony,
): { readonly counter: number; readonly verified: boolean } {
  const client = decode(answer.clientDataJSON)
  checkClient(client, 'webauthn.get', ceremony)
  const data = readAuthenticator(decode(answer.authenticatorData), ceremony)
  const signed = Buffer.concat([data.bytes, sha256(client)])
  const key = createPublicKey({ key: publicKey, format: 'jwk' })
  const hash = publicKey.alg === 'EdDSA' ? null : 'sha256'
  if (!verify(hash, signed, key, decode(answer.signature))) throw new Error('The signature of the passkey is wrong.')
  return { counter: data.counter, verified: data.verified }
}

function checkClient(bytes: Uint8Array, type: string, { challenge, origin }: Ceremony): void {
  const client = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Record<string, unknown>
  if (client['type'] !== type) throw new Error('The browser did something else than was asked.')
  if (client['challenge'] !== challenge) throw new Error('The browser answered another question than was asked.')
  if (client['origin'] !== origin) {
    throw new Error(`The passkey was used at ${String(client['origin']).slice(0, 200)}, but this is ${origin}.`)
  }
  if (client['crossOrigin'] === true) throw new Error('The passkey was used within a page of another site.')
}

const headLength = 37
const flags = { present: 1, verified: 4, made: 64 } as const

function readAuthenticator(bytes: Uint8Array, { rpId, verified }: Ceremony): AuthenticatorData {
  if (bytes.length < headLength) throw new Error('The authenticator sent too little.')
  if (!timingSafeEqual(bytes.subarray(0, 32), sha256(rpId)))
    throw new Error('The passkey belongs to another site than this.')
  const flag = bytes[32] ?? 0
  if ((flag & flags.present) === 0) throw new Error('Nobody touched the authenticator.')
  const wasVerified = (flag & flags.verified) !== 0
  if (verified && !wasVerified) throw new Error('The authenticator did not ask for a finger, a face or a PIN.')
  const counter = new DataView(bytes.buffer, bytes.byteOffset).getUint32(33)
  const made = (flag & flags.made) === 0 ? null : readMade(bytes.subarray(headLength))
  return { bytes, counter, verified: wasVerified, made }
}

/** 16 bytes of its make, two of the id's length, the id, the key. */
function readMade(bytes: Uint8Array): { id: Uint8Array; key: Cbor } {
  if (bytes.length < 18) throw new Error('The authenticator sent too little.')
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint16(16)
  if (length === 0 || length > 1_023 || bytes.length < 18 + length) throw new Error('The key’s id has a wrong length.')
  return { id: bytes.slice(18, 18 + length), key: readCbor(bytes.subarray(18 + length)).value }
}

const text64 = (value: Cbor | undefined, least: number): string => {
  if (!(value instanceof Uint8Array) || value.length < least) throw new Error('The passkey’s key is not complete.')
  return Buffer.from(value).toString('base64url')
}

/** A COSE key (RFC 9053) as JWK: ES256, EdDSA with Ed25519, RS256. */
function keyOf(cose: Cbor): webcrypto.JsonWebKey & { alg: string } {
  if (!(cose instanceof Map)) throw new Error('The passkey’s key cannot be read.')
  const at = (name: number) => cose.get(name) as Cbor | undefined
  const [type, algorithm, curve] = [at(1), at(3), at(-1)]
  if (type === 2 && algorithm === -7 && curve === 1)
    return checked({ alg: 'ES256', kty: 'EC', crv: 'P-256', x: text64(at(-2), 32), y: text64(at(-3), 32) })
  if (type === 1 && algorithm === -8 && curve === 6)
    return checked({ alg: 'EdDSA', kty: 'OKP', crv: 'Ed25519', x: text64(at(-2), 32) })
  if (type === 3 && algorithm === -257)
    return checked({ alg: 'RS256', kty: 'RSA', n: text64(at(-1), 256), e: text64(at(-2), 1) })
  throw new Error('The passkey uses an algorithm that is not taken here.')
}

/** Throws for what is no key, such as a point that is not on the curve. */
function checked<Key extends webcrypto.JsonWebKey>(key: Key): Key {
  createPublicKey({ key, format: 'jwk' })
  return key
}
