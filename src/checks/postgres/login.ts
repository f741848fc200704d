// Logging in to PostgreSQL: TLS where it must or may be, and whichever proof of the password the server asks for.
// Promises that a server which only pretends to know the password is found out. Must not know what is asked later.
import { createHash } from 'node:crypto'
import { Failure } from '../failure.ts'
import { Scram } from '../service/scram.ts'
import { anyTls, keepSecret, type TlsChoice, usualTls } from '../service/tls.ts'
import { isInside } from '#platform/outbound.ts'
import { offersPostgresTls } from '../starttls/binary.ts'
import type { Dialogue } from '../talk/dialogue.ts'
import type { Session } from '../talk/session.ts'
import {
  complaintOf,
  type Complaint,
  type Message,
  parameterOf,
  password as passwordMessage,
  read,
  sasl,
  startup,
  strange,
} from './wire.ts'

export interface Login {
  readonly user: string
  readonly database: string
  readonly password: string | undefined
  readonly tls: TlsChoice
}

/** Comes to the point where questions may be asked; the server's settings by name. Throws a Failure. */
export async function logIn(session: Session, login: Login): Promise<ReadonlyMap<string, string>> {
  await secure(session, login)
  if (login.password !== undefined) session.dialogue.hush(login.password)
  await session.step('auth', 'the login', (dialogue) => {
    dialogue.say(startup(login.user, login.database))
    return prove(dialogue, login)
  })
  return session.step('auth', 'the end of the login', settle)
}

/** TLS by the setting; where nothing is set, where it is offered: with anybody inside, verified on the internet. */
async function secure(session: Session, { tls, password }: Login): Promise<void> {
  const offered =
    tls !== null && (await session.step('starttls', 'the answer whether it speaks TLS', offersPostgresTls))
  if (offered) return session.secure(tls ?? (isInside(session.address) ? anyTls : usualTls), 'postgresql')
  if (tls) throw new Failure('tls', `${session.target} does not offer TLS to PostgreSQL’s clients.`)
  if (password !== undefined) keepSecret(session.target, session.address, tls)
}

/** Shows the password in the way that the server asks for. */
async function prove(dialogue: Dialogue, login: Login): Promise<void> {
  for (;;) {
    const message = await next(dialogue, login)
    const kind = message.type === 'R' && message.body.length >= 4 ? message.body.readUInt32BE(0) : -1
    if (kind === 0) return
    const { password, user } = login
    if (kind < 0) throw strange(dialogue, message.body)
    if (password === undefined)
      throw new Failure('auth', `${dialogue.target} wants a password of the user ${user}; give it under password.`)
    if (kind === 3) dialogue.say(passwordMessage(password))
    else if (kind === 5) dialogue.say(passwordMessage(md5(user, password, message.body.subarray(4, 8))))
    else if (kind === 10) return scram(dialogue, login, password, message)
    else throw new Failure('auth', `${dialogue.target} wants a way to log in that is not known here (number ${kind}).`)
  }
}

async function scram(dialogue: Dialogue, login: Login, password: string, { body }: Message): Promise<void> {
  const offered = body.toString('latin1', 4).split('\0')
  const mechanism = 'SCRAM-SHA-256'
  if (!offered.includes(mechanism))
    throw dialogue.refusal('auth', `offers no way to log in that is known here`, offered.join(' '))
  // The user was told at the beginning.
  const exchange = new Scram({ hash: 'sha256', user: '', password })
  dialogue.say(sasl(exchange.first(), mechanism))
  const challenge = await continued(dialogue, login, 11)
  const final = await exchange.final(challenge)
  if (final === null) throw dialogue.strange('does not log us in as SCRAM has it', challenge)
  dialogue.say(sasl(final))
  if (!exchange.isGenuine(await continued(dialogue, login, 12)))
    throw new Failure(
      'auth',
      `${dialogue.target} does not know the password itself; it is not the server it seems to be.`,
    )
  const end = await next(dialogue, login)
  if (end.type !== 'R' || end.body.length < 4 || end.body.readUInt32BE(0) !== 0) throw strange(dialogue, end.body)
}

/** The text of the SASL message of that number. */
async function continued(dialogue: Dialogue, login: Login, kind: number): Promise<string> {
  const { type, body } = await next(dialogue, login)
  if (type !== 'R' || body.length < 4 || body.readUInt32BE(0) !== kind) throw strange(dialogue, body)
  return body.toString('latin1', 4)
}

/** The next message that counts; throws a Failure for an error. */
async function next(dialogue: Dialogue, login: Login): Promise<Message> {
  for (;;) {
    const message = await read(dialogue)
    if (message.type === 'E') throw refused(dialogue, login, complaintOf(message.body))
    // Notices, and a newer protocol that we did not ask for.
    if (message.type !== 'N' && message.type !== 'v') return message
  }
}

/** Class 28 is about who we are; everything else is the server's own trouble. A pool says it in words alone. */
function refused(dialogue: Dialogue, { user }: Login, { code, text }: Complaint): Failure {
  if (code.startsWith('28') || /authentication failed/i.test(text))
    return dialogue.refusal('auth', `refuses the user ${user}`, text)
  return dialogue.refusal('failed', 'does not let us in', text)
}

/** All that follows a login until the server waits for a question: its settings by name. */
async function settle(dialogue: Dialogue): Promise<ReadonlyMap<string, string>> {
  const settings = new Map<string, string>()
  for (;;) {
    const { type, body } = await read(dialogue)
    if (type === 'Z') return settings
    if (type === 'E') throw dialogue.refusal('failed', 'does not let us in', complaintOf(body).text)
    if (type === 'S') {
      const [name, value] = parameterOf(body)
      settings.set(name, value)
    } else if (type !== 'K' && type !== 'N') throw strange(dialogue, body)
  }
}

const hex = (...parts: (string | Buffer)[]) => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
const md5 = (user: string, password: string, salt: Buffer) => `md5${hex(hex(password, user), salt)}`
