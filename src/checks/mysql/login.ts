// Logging in to MySQL or MariaDB: TLS where it must or may be, and the proof of the password that the server asks for.
// Promises that the password itself is said only under encryption. Must not know what is asked later.
import { isInside } from '#platform/outbound.ts'
import { Failure } from '../failure.ts'
import { anyTls, keepSecret, type TlsChoice, usualTls } from '../service/tls.ts'
import type { Session } from '../talk/session.ts'
import { encrypt, knownPlugins, prove } from './password.ts'
import { can, type Complaint, complaintOf, hello, Packets, Reader, strange } from './wire.ts'

export interface Login {
  readonly user: string
  /** Empty: none. */
  readonly database: string
  readonly password: string | undefined
  readonly tls: TlsChoice
}

interface Greeting {
  /** `8.0.36`, `10.11.6-MariaDB`. */
  readonly version: string
  readonly capabilities: number
  readonly nonce: Buffer
  readonly plugin: string
}

const needed = can.protocol41 | can.secureConnection
const asked = needed | can.transactions | can.pluginAuth
const usualPlugin = 'mysql_native_password'
const nonceSize = 20
const pemMost = 8_000

/** Comes to the point where questions may be asked; the packets, and the server's version. Throws a Failure. */
export async function logIn(session: Session, login: Login): Promise<{ packets: Packets; version: string }> {
  const opening = new Packets(session.dialogue)
  const greeting = await session.step('auth', 'the greeting', () => greet(opening))
  const offered = (greeting.capabilities & can.tls) !== 0
  const { tls, password, user, database } = login
  const capabilities = asked | (database === '' ? 0 : can.withDatabase) | (offered && tls !== null ? can.tls : 0)
  if (tls && !offered) throw new Failure('tls', `${session.target} does not offer TLS to MySQL’s clients.`)
  if (offered && tls !== null) {
    opening.say(hello(capabilities))
    await session.secure(tls ?? (isInside(session.address) ? anyTls : usualTls))
  } else if (password !== undefined) keepSecret(session.target, session.address, tls)
  // Inside of TLS the count goes on, in a dialogue of its own.
  const packets = new Packets(session.dialogue, opening.number)
  if (password !== undefined) packets.dialogue.hush(password)
  const isEncrypted = offered && tls !== null
  // Who wants another proof says so next.
  const plugin = knownPlugins.includes(greeting.plugin) ? greeting.plugin : usualPlugin
  const first = prove(plugin, password, greeting.nonce) ?? Buffer.alloc(0)
  const text = (value: string) => Buffer.from(`${value}\0`)
  const parts = [hello(capabilities), text(user), Buffer.from([first.length]), first]
  if (database !== '') parts.push(text(database))
  packets.say(Buffer.concat([...parts, text(plugin)]))
  await session.step('auth', 'the login', () => finish(packets, login, greeting, isEncrypted))
  return { packets, version: greeting.version }
}

async function greet(packets: Packets): Promise<Greeting> {
  const body = await packets.read()
  const complaint = complaintOf(body)
  if (complaint) throw refused(packets, null, complaint)
  const { dialogue } = packets
  const reader = new Reader(dialogue, body)
  if (reader.number(1) !== 10) throw strange(dialogue, body)
  const version = reader.untilZero().toString('latin1').slice(0, 100)
  reader.take(4)
  const begin = reader.take(8)
  reader.take(1)
  const low = reader.number(2)
  if ((low & needed) !== needed) throw new Failure('protocol', `${dialogue.target} is too old: it is ${version}.`)
  reader.take(3)
  const capabilities = low + reader.number(2) * 0x1_0000
  reader.take(11)
  const rest = reader.take(Math.min(reader.left, nonceSize - begin.length))
  if (reader.left > 0) reader.take(1)
  const plugin = reader.untilZero().toString('latin1') || usualPlugin
  return { version, capabilities, nonce: Buffer.concat([begin, rest]), plugin }
}

/** Whatever the server still wants before it lets us in. */
async function finish(packets: Packets, login: Login, greeting: Greeting, isEncrypted: boolean): Promise<void> {
  const { dialogue } = packets
  let { nonce } = greeting
  for (;;) {
    const body = await packets.read()
    const complaint = complaintOf(body)
    if (complaint) throw refused(packets, login, complaint)
    if (body[0] === 0x00) return
    if (body[0] === 0xfe) {
      const reader = new Reader(dialogue, body, 1)
      const plugin = reader.untilZero().toString('latin1') || 'mysql_old_password'
      nonce = reader.rest().subarray(0, nonceSize)
      packets.say(answerTo(packets, plugin, login, nonce, isEncrypted))
    } else if (body[0] === 0x01 && body[1] === 4) await showPassword(packets, login, nonce, isEncrypted)
    // It knows the password from before (3), and lets us in next.
    else if (body[0] !== 0x01 || body[1] !== 3) throw strange(dialogue, body)
  }
}

function answerTo({ dialogue }: Packets, plugin: string, login: Login, nonce: Buffer, isEncrypted: boolean): Buffer {
  const { password } = login
  if (plugin === 'mysql_clear_password' && isEncrypted && password !== undefined) return Buffer.from(`${password}\0`)
  const proof = prove(plugin, password, nonce)
  if (proof) return proof
  throw dialogue.refusal('auth', 'wants a way to log in that is not known here', plugin)
}

/** The server has not seen the password for a while and wants to see it whole. */
async function showPassword(
  packets: Packets,
  { password = '' }: Login,
  nonce: Buffer,
  isEncrypted: boolean,
): Promise<void> {
  if (isEncrypted) return packets.say(Buffer.from(`${password}\0`))
  packets.say(Buffer.from([2]))
  const body = await packets.read()
  const encrypted = body.length > pemMost ? null : encrypt(password, nonce, body.toString('latin1', 1))
  if (body[0] !== 0x01 || !encrypted) throw strange(packets.dialogue, body)
  packets.say(encrypted)
}

/** Access denied to a user, a database, a host; a password that has expired, an account that is locked. */
const denials = new Set([1044, 1045, 1130, 1698, 1820, 1862, 3118, 3955, 4151])

function refused({ dialogue }: Packets, login: Login | null, { code, text }: Complaint): Failure {
  if (login && denials.has(code)) return dialogue.refusal('auth', `refuses the user ${login.user}`, text)
  return dialogue.refusal(denials.has(code) ? 'auth' : 'failed', 'does not let us in', text)
}
