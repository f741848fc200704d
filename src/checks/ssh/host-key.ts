// The host key of an SSH server, proven: a key exchange (RFC 5656, 8731), of which the server signs what was said.
// Promises that a fingerprint is only told of a key whose owner answered here and now. Must not know what is expected.
import { createHash, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import type { webcrypto } from 'node:crypto'
import { Failure } from '../failure.ts'
import type { Dialogue } from '../talk/dialogue.ts'
import { broken, message, mpint, pack, Pieces, readPacket, string } from './wire.ts'

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa'

/** Signatures by the type of key, best first. */
export const signatures: Readonly<Record<KeyType, readonly string[]>> = {
  ed25519: ['ssh-ed25519'],
  ecdsa: ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  rsa: ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
}

/** The ways to agree on a secret that are known here, best first; each hashes by SHA-256. */
export const exchanges = ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'] as const
type Exchange = (typeof exchanges)[number]

export interface HostKey {
  readonly type: string
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string
}

/** What both sides have said so far. */
export interface Said {
  readonly ours: { readonly line: string; readonly init: Buffer }
  readonly theirs: { readonly line: string; readonly init: Buffer }
}

/** Throws a Failure where the server does not prove that the key is its own. */
export async function proveHostKey(dialogue: Dialogue, exchange: Exchange, said: Said): Promise<HostKey> {
  const own = ownKey(exchange)
  dialogue.say(pack(Buffer.concat([Buffer.of(message.ecdhInit), string(own.public)])))
  const reply = await readPacket(dialogue)
  if (reply[0] !== message.ecdhReply) throw dialogue.strange('does not exchange keys', `message ${reply[0]}`)
  const pieces = new Pieces(reply.subarray(1), dialogue)
  const [key, theirs, signature] = [pieces.string(), pieces.string(), pieces.string()]
  const secret = attempt(dialogue, () => own.agree(theirs))
  const texts = [said.ours.line, said.theirs.line].map((line) => string(Buffer.from(line, 'latin1')))
  const parts = [said.ours.init, said.theirs.init, key, own.public, theirs].map(string)
  const hash = createHash('sha256')
    .update(Buffer.concat([...texts, ...parts, mpint(secret)]))
    .digest()
  if (!attempt(dialogue, () => isSigned(dialogue, key, signature, hash)))
    throw new Failure('protocol', `${dialogue.target} does not prove that its host key is its own (bad signature).`)
  const digest = createHash('sha256').update(key).digest('base64').replace(/=+$/, '')
  return { type: new Pieces(key, dialogue).string().toString('latin1'), fingerprint: `SHA256:${digest}` }
}

/** What a stranger sends as a key may be none. */
function attempt<Value>(dialogue: Dialogue, work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    if (error instanceof Failure) throw error
    throw dialogue.strange('exchanges keys in a way that is not SSH’s', 'a key that is none')
  }
}

interface OwnKey {
  readonly public: Buffer
  agree(theirs: Buffer): Buffer
}

type Jwk = webcrypto.JsonWebKey
const url = (bytes: Buffer) => bytes.toString('base64url')
const keyOf = (jwk: Jwk): KeyObject => createPublicKey({ key: jwk, format: 'jwk' })
const bytesOf = (text: string | undefined) => Buffer.from(text ?? '', 'base64url')

function ownKey(exchange: Exchange): OwnKey {
  if (exchange !== 'ecdh-sha2-nistp256') {
    const { publicKey, privateKey } = generateKeyPairSync('x25519')
    return {
      public: bytesOf(publicKey.export({ format: 'jwk' }).x),
      agree: (theirs) => diffieHellman({ privateKey, publicKey: keyOf({ kty: 'OKP', crv: 'X25519', x: url(theirs) }) }),
    }
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = publicKey.export({ format: 'jwk' })
  return {
    public: Buffer.concat([Buffer.of(4), bytesOf(x), bytesOf(y)]),
    agree: (theirs) => diffieHellman({ privateKey, publicKey: keyOf(pointOf('P-256', theirs)) }),
  }
}

/** An uncompressed point: 4, x, y. */
function pointOf(crv: string, point: Buffer): Jwk {
  const half = (point.length - 1) / 2
  if (point[0] !== 4 || !Number.isInteger(half)) throw new RangeError('not a point')
  return { kty: 'EC', crv, x: url(point.subarray(1, 1 + half)), y: url(point.subarray(1 + half)) }
}

const rsaHashes: Readonly<Record<string, string>> = {
  'rsa-sha2-512': 'sha512',
  'rsa-sha2-256': 'sha256',
  'ssh-rsa': 'sha1',
}
const curves: Readonly<Record<string, readonly [string, string, number]>> = {
  'ecdsa-sha2-nistp256': ['P-256', 'sha256', 32],
  'ecdsa-sha2-nistp384': ['P-384', 'sha384', 48],
  'ecdsa-sha2-nistp521': ['P-521', 'sha512', 66],
}

/** Whether the owner of the key has signed the hash. */
function isSigned(dialogue: Dialogue, blob: Buffer, signature: Buffer, hash: Buffer): boolean {
  const key = new Pieces(blob, dialogue)
  const signed = new Pieces(signature, dialogue)
  const type = key.string().toString('latin1')
  const way = signed.string().toString('latin1')
  const value = signed.string()
  if (type === 'ssh-ed25519' && way === type)
    return verify(null, hash, keyOf({ kty: 'OKP', crv: 'Ed25519', x: url(key.string()) }), value)
  const curve = curves[type]
  if (curve && way === type) {
    const [crv, digest, size] = curve
    key.string()
    const point = keyOf(pointOf(crv, key.string()))
    const numbers = new Pieces(value, dialogue)
    const raw = Buffer.concat([fixed(dialogue, numbers.string(), size), fixed(dialogue, numbers.string(), size)])
    return verify(digest, hash, { key: point, dsaEncoding: 'ieee-p1363' }, raw)
  }
  const digest = rsaHashes[way]
  if (type !== 'ssh-rsa' || digest === undefined)
    throw dialogue.strange('shows a host key of a kind that was not asked for', type)
  const [e, n] = [key.string(), key.string()]
  return verify(digest, hash, keyOf({ kty: 'RSA', e: url(bare(e)), n: url(bare(n)) }), value)
}

const bare = (number: Buffer) =>
  number.subarray(
    Math.max(
      0,
      number.findIndex((byte) => byte !== 0),
    ),
  )

function fixed(dialogue: Dialogue, number: Buffer, size: number): Buffer {
  const digits = bare(number)
  if (digits.length > size) throw broken(dialogue)
  return Buffer.concat([Buffer.alloc(size - digits.length), digits])
}
