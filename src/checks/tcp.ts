// The kind `tcp`: connects to a port, and where wanted says something and listens for the answer.
// Promises one finding within the timeout, which covers the whole exchange. Must not know any protocol.
import type { Socket } from 'node:net'
import { z } from 'zod'
import { addressSetting, clash, ipSetting } from './address.ts'
import { Attempt } from './attempt.ts'
import { defineCheck, type Finding, type ProbeContext } from './check.ts'
import { dial, where } from './dial.ts'
import { failed, Failure, socketFailure } from './failure.ts'
import { judgeLatency, latencySetting, sayLatency } from './latency.ts'
import { quote } from './quote.ts'

/** So much of an answer is listened to. */
const answerMost = 16 * 1024
const excerptMost = 1_024

const text = z.string().min(1, 'an empty text says nothing').max(10_000)

const config = z
  .strictObject({
    address: addressSetting,
    ip: ipSetting,
    send: text
      .meta({ title: 'Send', description: 'Text sent once connected, as it is: add "\\r\\n" where a line must end.' })
      .optional(),
    expect: z
      .strictObject({
        contains: text.meta({ title: 'Contains', description: 'Text that what the server says must contain.' }),
      })
      .meta({ title: 'Expectations', description: 'What the server must say, unasked or after what was sent.' })
      .optional(),
    latency: latencySetting.optional(),
  })
  .transform((settings, context) => {
    const wrong = clash(settings.address.host, settings.ip)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong, path: ['ip'] })
    return settings
  })

type TcpConfig = z.output<typeof config>

/** What is known so far, for evidence. */
interface Heard {
  readonly phases: Record<string, number>
  address: string | null
  text: string
}

async function probe(settings: TcpConfig, context: ProbeContext): Promise<Finding> {
  const attempt = new Attempt(context)
  const heard: Heard = { phases: {}, address: null, text: '' }
  const began = context.clock.monotonic()
  try {
    await attempt.run(() => converse(attempt, settings, heard))
  } catch (error) {
    return failed(mute(error, settings, heard, context.timeout), facts(heard))
  }
  const latency = context.clock.monotonic() - began
  return judgeLatency({ outcome: 'up', latency, reason: null, sentence: null, facts: facts(heard) }, settings.latency)
}

async function converse(attempt: Attempt, { address, ip, send, expect }: TcpConfig, heard: Heard): Promise<void> {
  const { host, port } = address
  const { clock } = attempt.context
  const dialled = await dial(attempt, host, port, ip)
  heard.address = dialled.address
  heard.phases['resolve'] = dialled.resolve
  heard.phases['connect'] = dialled.connect
  const connected = clock.monotonic()
  const { socket } = dialled
  if (expect) {
    attempt.phase = 'waiting for an answer'
    const answer = listen(socket, expect.contains, heard, where(host, port))
    if (send !== undefined) socket.write(send)
    await answer
    heard.phases['answer'] = clock.monotonic() - connected
  } else if (send !== undefined) await sent(socket, send, where(host, port))
  socket.end()
}

/** Resolves once the text has been heard; throws a Failure when the server closes or has said too much before. */
function listen(socket: Socket, wanted: string, heard: Heard, target: string): Promise<void> {
  const missing = () => `${target} answered ${quote(heard.text)}, which does not contain ${quote(wanted)}.`
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    socket.on('data', (part: Buffer) => {
      bytes = Buffer.concat([bytes, part])
      heard.text = bytes.toString('utf8')
      if (heard.text.includes(wanted)) resolve()
      else if (bytes.length > answerMost) reject(new Failure('body', missing()))
    })
    socket.once('error', (error) => reject(socketFailure(error, target)))
    socket.once('close', () => {
      const silent = new Failure('closed', `${target} closed the connection without a word.`)
      reject(heard.text === '' ? silent : new Failure('body', missing()))
    })
  })
}

/** Resolves once the system has taken the text. */
function sent(socket: Socket, text: string, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(text, (error) => (error ? reject(socketFailure(error, target)) : resolve()))
  })
}

/** Time ran out, but something had been said: that it was the wrong thing says more than that it was late. */
function mute(error: unknown, { expect }: TcpConfig, heard: Heard, timeout: number): unknown {
  if (!(error instanceof Failure) || error.reason !== 'timeout' || !expect || heard.text === '') return error
  const said = `Within ${sayLatency(timeout)} it answered ${quote(heard.text)}`
  return new Failure('body', `${said}, which does not contain ${quote(expect.contains)}.`, error)
}

function facts({ phases, address, text }: Heard) {
  const rounded = Object.entries(phases).map(([name, ms]) => [name, Math.round(ms * 100) / 100])
  return {
    phases: Object.fromEntries(rounded) as Record<string, number>,
    ...(address ? { address } : {}),
    ...(text === '' ? {} : { answer: text.slice(0, excerptMost) }),
  }
}

export const tcp = defineCheck<TcpConfig>({
  kind: 'tcp',
  title: 'TCP',
  summary: 'Connects to a port; where wanted sends a text and looks for another in the answer.',
  config,
  target: 'address',
  example: { address: 'mail.example.com:25', expect: { contains: '220' } },
  secrets: ['send'],
  describe: ({ address }) => where(address.host, address.port),
  probe,
})
