// A passkey in software, for tests: answers what a browser would, with keys of every kind that is taken.
// Promises the byte layout of WebAuthn, written apart from the code that reads it; knobs bend what it says.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export type Algorithm = 'ES256' | 'EdDSA' | 'RS256'

/** What it says otherwise than it should. */
export interface Bent {
  readonly origin?: string
  readonly type?: string
  readonly challenge?: string
  readonly rpId?: string
  /** Bits of the flags byte: 1 present, 4 verified. */
  readonly flags?: number
  readonly counter?: number
  readonly crossOrigin?: boolean
}

interface Options {
  readonly challenge: string
  readonly rpId?: string
  readonly rp?: { readonly id: string }
}

export class SoftAuthenticator {
  readonly id = randomBytes(24)
  readonly #key: KeyObject
  readonly #public: KeyObject
  readonly #algorithm: Algorithm
  readonly #origin: string
  counter = 0

  constructor(origin: string, algorithm: Algorithm = 'ES256') {
    this.#origin = origin
    this.#algorithm = algorithm
    const pair =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : algorithm === 'EdDSA'
          ? generateKeyPairSync('ed25519')
          : generateKeyPairSync('rsa', { modulusLength: 2_048 })
    this.#key = pair.privateKey
    this.#public = pair.publicKey
  }

  /** As `navigator.credentials.create()` gives it, in JSON. */
  create(options: Options, bent: Bent = {}) {
    const client = this.#client('webauthn.create', options, bent)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const made = Buffer.concat([Buffer.alloc(16), length, this.id, this.#cose()])
    const authData = Buffer.concat([this.#head(options, bent, 64), made])
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      text('fmt'),
      text('none'),
      text('attStmt'),
      Buffer.from([0xa0]),
      text('authData'),
      bytes(authData),
    ])
    const response = {
      clientDataJSON: client.toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal', 'made-up'],
    }
    return { id: this.id.toString('base64url'), rawId: this.id.toString('base64url'), type: 'public-key', response }
  }

  /** As `navigator.credentials.get()` gives it, in JSON. */
  get(options: Options, bent: Bent = {}) {
    this.counter += 1
    const client = this.#client('webauthn.get', options, bent)
    const authData = this.#head(options, bent, 0)
    const signed = Buffer.concat([authData, createHash('sha256').update(client).digest()])
    const signature = sign(this.#algorithm === 'EdDSA' ? null : 'sha256', signed, this.#key)
    const response = {
      clientDataJSON: client.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: null,
    }
    return { id: this.id.toString('base64url'), type: 'public-key', response }
  }

  #client(type: string, { challenge }: Options, bent: Bent): Buffer {
    const said = { type, challenge, origin: this.#origin, crossOrigin: false, ...bent }
    return Buffer.from(JSON.stringify(said))
  }

  #head({ rpId, rp }: Options, bent: Bent, more: number): Buffer {
    const id = bent.rpId ?? rpId ?? rp?.id ?? ''
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(bent.counter ?? this.counter)
    return Buffer.concat([createHash('sha256').update(id).digest(), Buffer.from([(bent.flags ?? 5) | more]), counter])
  }

  #cose(): Buffer {
    const { x = '', y = '', n = '', e = '' } = this.#public.export({ format: 'jwk' })
    const raw = (value: string) => bytes(Buffer.from(value, 'base64url'))
    if (this.#algorithm === 'ES256')
      return Buffer.concat([
        Buffer.from('a5010203262001', 'hex'),
        Buffer.from([0x21]),
        raw(x),
        Buffer.from([0x22]),
        raw(y),
      ])
    if (this.#algorithm === 'EdDSA')
      return Buffer.concat([Buffer.from('a4010103272006', 'hex'), Buffer.from([0x21]), raw(x)])
    return Buffer.concat([Buffer.from('a401030339010020', 'hex'), raw(n), Buffer.from([0x21]), raw(e)])
  }
}

function bytes(value: Buffer): Buffer {
  const { length } = value
  const head = length < 24 ? [0x40 + length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), value])
}

const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)])
