// The kind `tcp`: connects to a port, where wanted begins TLS, says something and listens for the answer.
// Promises one finding within the timeout, which covers the whole exchange. Must not know any protocol.
import type { Socket } from 'node:net'
import { defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { where } from '../dial.ts'
import { type AnswerExpectation, sayAnswer, showAnswer } from '../expect/answer.ts'
import { Failure, socketFailure } from '../failure.ts'
import { hideAll } from '../hide.ts'
import { sayLatency } from '../latency.ts'
import { startTls } from '../starttls/starttls.ts'
import { hold, type Session } from '../talk/session.ts'
import { nameOf } from '../tls-check/shown.ts'
import { Answer } from './answer.ts'
import { tcpConfig, type TcpConfig } from './config.ts'

const mostByDefault = 16_000
const quietByDefault = 500
const excerptMost = 1_000

/** What is listened to, in its turn; the last one tells what was heard when the time is up. */
type Heard = { name: 'greeting' | 'answer'; answer: Answer } | null

async function probe(settings: TcpConfig, context: ProbeContext): Promise<Finding> {
  let heard: Heard = null
  const finding = await hold(settings, context, {
    talk: (session) => converse(session, settings, (now) => (heard = now)),
    late: (error, session) => mute(error, session, heard, context.timeout),
  })
  return settings.send ? hideAll(finding, [settings.send]) : finding
}

async function converse(session: Session, settings: TcpConfig, turn: (heard: Heard) => void): Promise<void> {
  const { tls, starttls: protocol, greeting, send, expect, address } = settings
  const { attempt, target } = session
  if (tls && protocol !== undefined) {
    const name = nameOf(address.host, tls.server_name)
    await session.timed('starttls', startTls(attempt, session.socket, { protocol, name, target }))
  }
  if (tls) await session.secure(tls)
  const { socket } = session
  const listen = async (name: 'greeting' | 'answer', expect: AnswerExpectation, words: Buffer | undefined) => {
    const { max_size: most = mostByDefault, quiet = quietByDefault } = settings
    attempt.phase = `waiting for ${name === 'answer' ? 'an answer' : 'its greeting'}`
    const answer = new Answer(attempt.context.clock, { expect, most, quiet, target })
    turn({ name, answer })
    const heard = session.timed(name, answer.listen(socket, attempt.signal))
    if (words) socket.write(words)
    try {
      await heard
      session.over = answer.heardAt
    } finally {
      session.facts[name] = showAnswer(answer.bytes, excerptMost)
    }
  }
  if (greeting) await listen('greeting', greeting, undefined)
  if (expect) await listen('answer', expect, send)
  else if (send) {
    attempt.phase = 'sending'
    session.over = null
    await sent(socket, send, target)
  }
  socket.end()
}

/** Resolves once the system has taken the bytes. */
function sent(socket: Socket, bytes: Buffer, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(socketFailure(error, target)))
    socket.write(bytes, (error) => (error ? reject(socketFailure(error, target)) : resolve()))
  })
}

/** Time ran out, but something had been said: that it was the wrong thing says more than that it was late. */
function mute(error: unknown, session: Session, heard: Heard, timeout: number): unknown {
  const says = heard?.answer.says() ?? null
  if (!heard || says === null) return error
  const { name, answer } = heard
  session.facts[name] = showAnswer(answer.bytes, excerptMost)
  const how = name === 'answer' ? 'it answered' : 'it greeted with'
  return new Failure('body', `Within ${sayLatency(timeout)} ${how} ${sayAnswer(answer.bytes)}, which ${says}.`, error)
}

export const tcp = defineCheck<TcpConfig>({
  kind: 'tcp',
  title: 'TCP',
  summary: 'Connects to a port; where wanted begins TLS, sends something and judges the answer.',
  config: tcpConfig,
  target: 'address',
  example: { address: 'mail.example.com:25', expect: { contains: '220' } },
  secrets: ['send', 'tls.client.key'],
  describe: ({ address, tls, starttls }) =>
    where(address.host, address.port) + (starttls === undefined ? (tls ? ' (TLS)' : '') : ` (STARTTLS, ${starttls})`),
  probe,
})
