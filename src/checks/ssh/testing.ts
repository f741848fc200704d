// An SSH server for tests up to its host key: written from the RFCs apart from the client, and able to lie.
// Promises a true signature unless told otherwise. Must not share code with what it tests.
import { createHash, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Talk } from '#test/targets.ts'

const u32 = (value: number) => Buffer.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
const str = (value: Buffer | string) => {
  const bytes = Buffer.from(value)
  return Buffer.concat([u32(bytes.length), bytes])
}
const number = (value: Buffer) => {
  let bytes = value
  while (bytes[0] === 0) bytes = bytes.subarray(1)
  return str(bytes[0] !== undefined && bytes[0] >= 128 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}
export const packet = (payload: Buffer): Buffer => {
  const padding = 8 + ((8 - ((payload.length + 5) % 8)) % 8)
  return Buffer.concat([u32(payload.length + padding + 1), Buffer.of(padding), payload, Buffer.alloc(padding)])
}

export const kexInit = (exchanges: string, keys: string): Buffer => {
  const lists = [exchanges, keys, 'aes256-ctr', 'aes256-ctr', 'hmac-sha2-256', 'hmac-sha2-256', 'none', 'none', '', '']
  return Buffer.concat([Buffer.of(20), Buffer.alloc(16, 7), ...lists.map(str), Buffer.alloc(5)])
}

export interface HostKey {
  /** The name of its signatures. */
  readonly way: string
  readonly blob: Buffer
  readonly fingerprint: string
  sign(hash: Buffer): Buffer
}

const raw = (text: string | undefined) => Buffer.from(text ?? '', 'base64url')

/** A new key of that kind. */
export function newKey(kind: 'ed25519' | 'rsa' | 'P-256' | 'P-384' | 'P-521'): HostKey {
  const made = make(kind)
  const fingerprint = `SHA256:${createHash('sha256').update(made.blob).digest('base64').replace('=', '')}`
  return { ...made, fingerprint }
}

function make(kind: Parameters<typeof newKey>[0]): Omit<HostKey, 'fingerprint'> {
  if (kind === 'ed25519') {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const blob = Buffer.concat([str('ssh-ed25519'), str(raw(publicKey.export({ format: 'jwk' }).x))])
    return { way: 'ssh-ed25519', blob, sign: (hash) => sign(null, hash, privateKey) }
  }
  if (kind === 'rsa') {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const { e, n } = publicKey.export({ format: 'jwk' })
    const blob = Buffer.concat([str('ssh-rsa'), number(raw(e)), number(raw(n))])
    return { way: 'rsa-sha2-512', blob, sign: (hash) => sign('sha512', hash, privateKey) }
  }
  const bits = kind.slice(2)
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: kind })
  const { x, y } = publicKey.export({ format: 'jwk' })
  const name = `nistp${bits}`
  const way = `ecdsa-sha2-${name}`
  const blob = Buffer.concat([str(way), str(name), str(Buffer.concat([Buffer.of(4), raw(x), raw(y)]))])
  const digest = { 256: 'sha256', 384: 'sha384', 521: 'sha512' }[bits] ?? ''
  return {
    way,
    blob,
    sign: (hash) => {
      const both = sign(digest, hash, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      const half = both.length / 2
      return Buffer.concat([number(both.subarray(0, half)), number(both.subarray(half))])
    },
  }
}

export interface SshOptions {
  readonly key: HostKey
  readonly exchange?: 'curve25519-sha256' | 'ecdh-sha2-nistp256'
  /** Changes the reply before it is packed; to lie. */
  readonly reply?: (parts: { key: Buffer; public: Buffer; signature: Buffer }) => Buffer
}

export const spellReply = (parts: { key: Buffer; public: Buffer; signature: Buffer }): Buffer =>
  Buffer.concat([Buffer.of(31), str(parts.key), str(parts.public), str(parts.signature)])

export interface SshSaid {
  /** Types of the messages that came, in order. */
  readonly types: number[]
}

/** Speaks SSH until the client takes its leave. */
export const serveSsh =
  ({ key, exchange = 'curve25519-sha256', reply = spellReply }: SshOptions, said: SshSaid = { types: [] }): Talk =>
  (socket) => {
    const own = 'SSH-2.0-Test_1.0'
    const init = kexInit(exchange, key.way)
    let bytes: Buffer = Buffer.alloc(0)
    let line: Buffer | null = null
    let theirInit: Buffer = Buffer.alloc(0)
    const hear = (payload: Buffer) => {
      said.types.push(payload[0] ?? 0)
      if (payload[0] === 20) theirInit = payload
      else if (payload[0] === 30) {
        const theirs = payload.subarray(5)
        const { publicKey, secret } = agree(exchange, theirs)
        const texts = [str(line ?? ''), str(own), str(theirInit), str(init), str(key.blob), str(theirs), str(publicKey)]
        const hash = createHash('sha256')
          .update(Buffer.concat([...texts, number(secret)]))
          .digest()
        const signature = Buffer.concat([str(key.way), str(key.sign(hash))])
        socket.write(packet(reply({ key: key.blob, public: publicKey, signature })))
      } else socket.end()
    }
    socket.write(`${own}\r\n`)
    socket.write(packet(Buffer.concat([Buffer.of(2), str('ignore me')])))
    socket.write(packet(init))
    socket.on('data', (part: Buffer) => {
      bytes = Buffer.concat([bytes, part])
      if (line === null) {
        const end = bytes.indexOf('\r\n')
        if (end < 0) return
        line = bytes.subarray(0, end)
        bytes = bytes.subarray(end + 2)
      }
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
        const length = bytes.readUInt32BE()
        hear(bytes.subarray(5, 4 + length - (bytes[4] ?? 0)))
        bytes = bytes.subarray(4 + length)
      }
    })
  }

function agree(exchange: string, theirs: Buffer): { publicKey: Buffer; secret: Buffer } {
  const isCurve = exchange === 'curve25519-sha256'
  const pair = isCurve ? generateKeyPairSync('x25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const half = (theirs.length - 1) / 2
  const x = (bytes: Buffer) => bytes.toString('base64url')
  const jwk = isCurve
    ? { kty: 'OKP', crv: 'X25519', x: x(theirs) }
    : { kty: 'EC', crv: 'P-256', x: x(theirs.subarray(1, 1 + half)), y: x(theirs.subarray(1 + half)) }
  const peer: KeyObject = createPublicKey({ key: jwk, format: 'jwk' })
  const own = pair.publicKey.export({ format: 'jwk' })
  const point = isCurve ? raw(own.x) : Buffer.concat([Buffer.of(4), raw(own.x), raw(own.y)])
  return { publicKey: point, secret: diffieHellman({ privateKey: pair.privateKey, publicKey: peer }) }
}
