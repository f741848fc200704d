// A small server of MongoDB's kind for tests: introduces itself, lets users in by SCRAM, answers a ping.
// Promises to know of a password no more than a server keeps of it (RFC 5802, 3), and to check as one.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { Talk } from '#test/targets.ts'
import { decode, type Document, encode, type Sent } from './bson.ts'

export type Hash = 'sha1' | 'sha256'
type Command = { readonly [name: string]: Sent }

/** What a server keeps of a password. */
export interface Kept {
  readonly hash: Hash
  readonly salt: Buffer
  readonly rounds: number
  readonly storedKey: Buffer
  readonly serverKey: Buffer
}

const sizes = { sha1: 20, sha256: 32 } as const
const hmac = (hash: Hash, key: Buffer, text: string) => createHmac(hash, key).update(text).digest()
const digest = (hash: Hash, bytes: Buffer) => createHash(hash).update(bytes).digest()

export function keep(hash: Hash, password: string, salt: Buffer, rounds = 4_096): Kept {
  const salted = pbkdf2Sync(password, salt, rounds, sizes[hash], hash)
  const storedKey = digest(hash, hmac(hash, salted, 'Client Key'))
  return { hash, salt, rounds, storedKey, serverKey: hmac(hash, salted, 'Server Key') }
}

/** A server's side of one SCRAM exchange. `more`: what it adds to the client's nonce. */
export class ScramServer {
  readonly #kept: Kept
  readonly #more: string
  #bare = ''
  #challenge = ''

  constructor(kept: Kept, more: string) {
    this.#kept = kept
    this.#more = more
  }

  challenge(first: string): string {
    this.#bare = first.replace(/^n,,/, '')
    const nonce = /r=(.*)$/.exec(this.#bare)?.[1] ?? ''
    const { salt, rounds } = this.#kept
    this.#challenge = `r=${nonce}${this.#more},s=${salt.toString('base64')},i=${rounds}`
    return this.#challenge
  }

  /** The server's proof; null where the client has none. */
  accept(final: string): string | null {
    const { hash, storedKey, serverKey } = this.#kept
    const [, unproven = '', proof = ''] = /^(.*),p=(.*)$/.exec(final) ?? []
    const all = `${this.#bare},${this.#challenge},${unproven}`
    const signature = hmac(hash, storedKey, all)
    const key = Buffer.from(Buffer.from(proof, 'base64').map((byte, at) => byte ^ (signature[at] ?? 0)))
    if (!unproven.startsWith('c=biws,') || !digest(hash, key).equals(storedKey)) return null
    return `v=${hmac(hash, serverKey, all).toString('base64')}`
  }
}

export interface MongoOptions {
  /** Added to its introduction. */
  readonly hello?: Command
  /** Users by database and name: `admin.watcher`. */
  readonly users?: Readonly<Record<string, readonly Kept[]>>
  /** Whether it wants a turn more at the end of a login, as older ones do. */
  readonly isOld?: boolean
  /** In place of the answers of a server. */
  readonly answer?: (command: Document) => Command | null
}

const failure = (code: number, errmsg: string): Command => ({ ok: 0, errmsg, code })
const denied = failure(18, 'Authentication failed.')

/** Talks as a server of MongoDB does. */
export function mongo({ hello = {}, users = {}, isOld = false, answer }: MongoOptions = {}): Talk {
  return (socket) => {
    let exchange: ScramServer | null = null
    let proved = false
    const commands: Readonly<Record<string, (command: Document) => Command>> = {
      hello: ({ saslSupportedMechs: who }) => {
        const kept = users[String(who)] ?? []
        const names = kept.map(({ hash }) => (hash === 'sha1' ? 'SCRAM-SHA-1' : 'SCRAM-SHA-256'))
        return { isWritablePrimary: true, maxWireVersion: 21, ...hello, saslSupportedMechs: names, ok: 1 }
      },
      saslStart: ({ mechanism, payload, $db }) => {
        const first = (payload as Buffer).toString()
        const user = /n=([^,]*)/.exec(first)?.[1] ?? ''
        const hash = mechanism === 'SCRAM-SHA-1' ? 'sha1' : 'sha256'
        const kept = users[`${String($db)}.${user}`]?.find((one) => one.hash === hash)
        if (!kept) return denied
        exchange = new ScramServer(kept, 'server')
        return { conversationId: 7, done: false, payload: Buffer.from(exchange.challenge(first)), ok: 1 }
      },
      saslContinue: ({ payload, conversationId }) => {
        if (conversationId !== 7 || !exchange) return denied
        if (proved) return { conversationId: 7, done: true, payload: Buffer.alloc(0), ok: 1 }
        const proof = exchange.accept((payload as Buffer).toString())
        proved = proof !== null
        return proof === null ? denied : { conversationId: 7, done: !isOld, payload: Buffer.from(proof), ok: 1 }
      },
      ping: () => ({ ok: 1 }),
    }
    let heard = Buffer.alloc(0)
    socket.on('data', (bytes: Buffer) => {
      heard = Buffer.concat([heard, bytes])
      while (heard.length >= 16 && heard.length >= heard.readInt32LE(0)) {
        const message = heard.subarray(0, heard.readInt32LE(0))
        heard = heard.subarray(message.length)
        const command = decode(message.subarray(21)) ?? {}
        const [name = ''] = Object.keys(command)
        const said = answer?.(command) ?? commands[name]?.(command) ?? failure(59, `no such command: '${name}'`)
        socket.write(reply(message.readInt32LE(4), encode(said)))
      }
    })
  }
}

/** An OP_MSG in answer to the message of that number. */
export function reply(to: number, document: Buffer, { flags = 0, kind = 0, code = 2013, length = 0 } = {}): Buffer {
  const head = Buffer.alloc(21)
  head.writeInt32LE(length || head.length + document.length, 0)
  head.writeInt32LE(99, 4)
  head.writeInt32LE(to, 8)
  head.writeInt32LE(code, 12)
  head.writeUInt32LE(flags, 16)
  head[20] = kind
  return Buffer.concat([head, document])
}
