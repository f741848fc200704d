// Logging in to MongoDB by SCRAM (https://www.mongodb.com/docs/manual/core/security-scram/).
// Promises that a server which only pretends to know the password is found out. Must not know how messages travel.
import { createHash } from 'node:crypto'
import { Failure } from '../failure.ts'
import { Scram } from '../service/scram.ts'
import type { Session } from '../talk/session.ts'
import type { Document, Sent } from './bson.ts'

export const mechanisms = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' } as const
export type Mechanism = keyof typeof mechanisms

export interface Login {
  readonly user: string
  readonly password: string
  /** The one in which the user is known. */
  readonly database: string
  /** Null: the best that the server has for the user. */
  readonly mechanism: Mechanism | null
}

type Run = (command: { readonly [name: string]: Sent }) => Promise<Document>

/** `hello`: how the server introduced itself. Throws a Failure. */
export async function logIn(session: Session, login: Login, hello: Document, run: Run): Promise<void> {
  const { user, password } = login
  const mechanism = login.mechanism ?? bestOf(hello['saslSupportedMechs'])
  const hash = mechanisms[mechanism]
  const scram = new Scram({ hash, user, password: hash === 'sha1' ? digest(user, password) : password })
  const say = async (command: { readonly [name: string]: Sent }) => turn(session, login, await run(command))
  const options = { skipEmptyExchange: true }
  const first = await say({ saslStart: 1, mechanism, payload: Buffer.from(scram.first()), options })
  const { id } = first
  const final = await scram.final(first.text)
  if (final === null) throw session.dialogue.strange('does not log us in as SCRAM has it', first.text)
  let last = await say({ saslContinue: 1, conversationId: id, payload: Buffer.from(final) })
  if (!scram.isGenuine(last.text))
    throw new Failure(
      'auth',
      `${session.target} does not know the password itself; it is not the server it seems to be.`,
    )
  // Older servers want one turn more, in which nothing is said.
  if (!last.isDone) last = await say({ saslContinue: 1, conversationId: id, payload: Buffer.alloc(0) })
  if (!last.isDone) throw session.dialogue.strange('does not end the login as SCRAM has it', last.text)
}

interface Turn {
  readonly id: number
  readonly text: string
  readonly isDone: boolean
}

/** Unauthorized, and AuthenticationFailed. */
const denials = new Set<unknown>([13, 18])

/** What the server says in its turn; throws a Failure where it refuses. */
function turn(session: Session, { user, database }: Login, answer: Document): Turn {
  const { ok, payload, conversationId: id, done, errmsg, code } = answer
  const said = typeof errmsg === 'string' ? errmsg : 'nothing of why'
  if (ok !== 1) {
    const what = denials.has(code) ? `refuses the user ${user} of ${database}` : 'does not let us log in'
    throw session.dialogue.refusal(denials.has(code) ? 'auth' : 'failed', what, said)
  }
  if (!Buffer.isBuffer(payload) || typeof id !== 'number')
    throw session.dialogue.strange('does not log us in as SCRAM has it', said)
  return { id, text: payload.toString('utf8'), isDone: done === true }
}

function bestOf(offered: unknown): Mechanism {
  const names = Array.isArray(offered) ? (offered as unknown[]) : []
  return !names.includes('SCRAM-SHA-256') && names.includes('SCRAM-SHA-1') ? 'SCRAM-SHA-1' : 'SCRAM-SHA-256'
}

/** What the older mechanism takes for the password. */
const digest = (user: string, password: string) => createHash('md5').update(`${user}:mongo:${password}`).digest('hex')
