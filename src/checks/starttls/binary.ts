// STARTTLS where bytes are exchanged: PostgreSQL's SSLRequest, MySQL's handshake, LDAP's StartTLS (RFC 4511).
// Promises to read exactly what belongs to it, never into the TLS that follows. Must not know TLS.
import { measure, type Part, parts } from '../der.ts'
import { Failure } from '../failure.ts'
import type { Dialogue } from '../talk/dialogue.ts'

/** https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-SSLREQUEST */
export async function postgres(dialogue: Dialogue): Promise<void> {
  if (!(await offersPostgresTls(dialogue)))
    throw new Failure('tls', `${dialogue.target} does not offer TLS to PostgreSQL’s clients.`)
}

/** Asks a PostgreSQL for TLS; whether TLS begins now, or all goes on without. */
export async function offersPostgresTls(dialogue: Dialogue): Promise<boolean> {
  const request = Buffer.alloc(8)
  request.writeInt32BE(8, 0)
  request.writeInt32BE(80_877_103, 4)
  dialogue.say(request)
  const answer = (await dialogue.exactly(1)).toString('latin1')
  if (answer !== 'S' && answer !== 'N') throw dialogue.strange('does not speak PostgreSQL', answer)
  return answer === 'S'
}

const clientSsl = 0x0800
/** CLIENT_PROTOCOL_41, CLIENT_SSL, CLIENT_SECURE_CONNECTION. */
const wanted = 0x0200 | clientSsl | 0x8000
const utf8mb4 = 45

/** Protocol::HandshakeV10 and Protocol::SSLRequest of https://dev.mysql.com/doc/dev/mysql-server/latest/. */
export async function mysql(dialogue: Dialogue): Promise<void> {
  const head = await dialogue.exactly(4)
  const length = head.readUIntLE(0, 3)
  if (head[3] !== 0 || length < 3 || length > 1_024)
    throw dialogue.strange('does not speak MySQL', head.toString('latin1'))
  const greeting = await dialogue.exactly(length)
  if (greeting[0] === 0xff) throw dialogue.refusal('status', 'does not let us in', greeting.toString('utf8', 3))
  const versionEnd = greeting.indexOf(0, 1)
  // After the version: thread id (4), first part of the salt (8), a zero; then the lower half of the capabilities.
  const at = versionEnd + 1 + 4 + 8 + 1
  if (greeting[0] !== 10 || versionEnd < 0 || at + 2 > length)
    throw dialogue.strange('does not speak MySQL', greeting.toString('latin1'))
  if ((greeting.readUInt16LE(at) & clientSsl) === 0)
    throw new Failure('tls', `${dialogue.target} does not offer TLS to MySQL’s clients.`)
  const request = Buffer.alloc(36)
  request.writeUIntLE(32, 0, 3)
  request[3] = 1
  request.writeUInt32LE(wanted, 4)
  request.writeUInt32LE(0x1_000_000, 8)
  request[12] = utf8mb4
  dialogue.say(request)
}

const startTls = Buffer.from('1.3.6.1.4.1.1466.20037')
const tag = {
  sequence: 0x30,
  integer: 0x02,
  enumerated: 0x0a,
  request: 0x77,
  response: 0x78,
  requestName: 0x80,
} as const
const answerMost = 4_096

const part = (name: number, ...values: Buffer[]) => {
  const value = Buffer.concat(values)
  return Buffer.concat([Buffer.from([name, value.length]), value])
}

export async function ldap(dialogue: Dialogue): Promise<void> {
  const id = part(tag.integer, Buffer.from([1]))
  dialogue.say(part(tag.sequence, id, part(tag.request, part(tag.requestName, startTls))))
  const answer = await dialogue.take((bytes) => {
    const size = within(dialogue, bytes, () => measure(bytes))
    const length = size ? size.begin + size.length : 0
    if ((bytes[0] ?? tag.sequence) !== tag.sequence || length > answerMost) throw strange(dialogue, bytes)
    return size && bytes.length >= length ? { value: bytes.subarray(size.begin, length), length } : null
  })
  const [code, why] = within(dialogue, answer, () => result(parts(answer)))
  if (code !== 0) throw dialogue.refusal('tls', 'refuses StartTLS', `${why} (result ${code})`)
}

/** Code and words of an extended response; throws a RangeError when it is none. */
function result([, response]: readonly Part[]): readonly [number, string] {
  const [code, , why] = parts(response?.tag === tag.response ? response.value : Buffer.alloc(0))
  if (code?.tag !== tag.enumerated || code.value.length !== 1) throw new RangeError('not a result')
  return [code.value.readUInt8(), why?.value.toString('utf8') ?? '']
}

const strange = (dialogue: Dialogue, bytes: Buffer) => dialogue.strange('does not speak LDAP', bytes.toString('latin1'))

function within<Value>(dialogue: Dialogue, bytes: Buffer, read: () => Value): Value {
  try {
    return read()
  } catch {
    throw strange(dialogue, bytes)
  }
}
