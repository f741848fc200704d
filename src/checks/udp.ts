// The kind `udp`: sends a message to a port and judges what comes back.
// Promises one finding within the timeout, and to call nothing well that nobody knows of. Knows no protocol.
import { z } from 'zod'
import { addressSetting, clash, ipSetting } from './address.ts'
import { Attempt } from './attempt.ts'
import { defineCheck, type Finding, type ProbeContext } from './check.ts'
import { exchange, saySilence, type Tally, type Talker } from './datagram.ts'
import { where } from './dial.ts'
import { answerFault, answerSetting, sayAnswer, showAnswer } from './expect/answer.ts'
import { failed, Failure } from './failure.ts'
import { hideAll } from './hide.ts'
import { judgeLatency, latencySetting, sayLatency } from './latency.ts'
import { payloadSetting } from './payload.ts'

const triesByDefault = 3
/** So many messages are judged; who floods us is heard no further. */
const judgedMost = 32
/** A host that refuses says so within so many ms, or never. */
const refusalMost = 1_000
const excerptMost = 1_000

const why =
  'UDP knows no connection, so silence tells nothing; say what must come back ({ contains: … }), ' +
  'answer for anything at all, or nothing to hear only of a port that is closed'

const config = z
  .strictObject({
    address: addressSetting,
    ip: ipSetting,
    send: payloadSetting
      .meta({ title: 'Send', description: 'What is sent: text, or { hex: "ff ff 54" }; left out: an empty message.' })
      .optional(),
    expect: z
      .union([z.enum(['answer', 'nothing']), answerSetting], { error: `expected what must come back: ${why}` })
      .meta({
        title: 'Expectations',
        description:
          'What must come back, in one message: mapping; answer for anything at all; nothing for no answer, ' +
          'which finds out only that a port is closed or a host away, and only where that is said (ICMP).',
      }),
    tries: z
      .int({ error: 'expected a number of tries' })
      .min(1)
      .max(10)
      .meta({ title: 'Tries', description: 'How often it is sent while nothing comes back; 3 unless set.' })
      .optional(),
    latency: latencySetting.optional(),
  })
  .transform((settings, context) => {
    const fault = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
    const wrong = clash(settings.address.host, settings.ip)
    if (wrong !== null) fault(wrong, 'ip')
    if (settings.expect === 'nothing' && settings.latency)
      fault('measures an answer, and expect: nothing waits for none', 'latency')
    if (settings.expect === 'nothing' && settings.tries !== undefined)
      fault('is for an answer that might be lost, and expect: nothing waits for none', 'tries')
    return settings
  })

type UdpConfig = z.output<typeof config>

/** What is known so far, for sentences and evidence. */
interface Heard extends Tally {
  readonly phases: Record<string, number>
  address: string | null
  /** The last message that came. */
  answer: Buffer | null
  /** What is wrong with it. */
  says: string | null
}

async function probe(settings: UdpConfig, context: ProbeContext): Promise<Finding> {
  const finding = await look(settings, context)
  return settings.send ? hideAll(finding, [settings.send]) : finding
}

async function look(settings: UdpConfig, context: ProbeContext): Promise<Finding> {
  const { clock, timeout } = context
  const attempt = new Attempt(context)
  const heard: Heard = { tries: 0, strays: 0, phases: {}, address: null, answer: null, says: null }
  const began = clock.monotonic()
  try {
    await attempt.run(() => converse(attempt, settings, heard))
  } catch (error) {
    return failed(attempt.isLate ? late(error, settings, heard, timeout) : error, factsOf(heard))
  }
  const latency = heard.answer ? clock.monotonic() - began : null
  const well: Finding = { outcome: 'up', latency, reason: null, sentence: null, facts: factsOf(heard) }
  return judgeLatency(well, settings.latency)
}

async function converse(attempt: Attempt, settings: UdpConfig, heard: Heard): Promise<void> {
  const { address, ip, tries = triesByDefault, expect } = settings
  const { clock } = attempt.context
  const began = clock.monotonic()
  const addresses = await attempt.resolve(address.host, ip)
  const resolved = clock.monotonic()
  heard.phases['resolve'] = resolved - began
  heard.address = addresses[0]?.address ?? null
  const target = where(address.host, address.port)
  attempt.phase = `waiting whether ${target} refuses`
  const options = { addresses, port: address.port, target, tries }
  const answered = exchange(attempt, options, () => talker(settings, heard), heard)
  if (expect === 'nothing') await Promise.race([answered, quiet(attempt)])
  else await answered
  if (expect === 'nothing' && heard.answer)
    throw new Failure('body', `${target} answered ${sayAnswer(heard.answer)}, and nothing was to come back.`)
  if (heard.answer) heard.phases['answer'] = clock.monotonic() - resolved
}

/** Resolves when who would refuse must have done so. */
function quiet(attempt: Attempt): Promise<void> {
  return new Promise((resolve) => {
    const { clock, timeout } = attempt.context
    const timer = clock.after(Math.min(refusalMost, timeout / 2), resolve)
    attempt.signal.addEventListener('abort', () => timer.cancel(), { once: true })
  })
}

function talker({ send, expect }: UdpConfig, heard: Heard): Talker<true> {
  return {
    spell: () => send ?? Buffer.alloc(0),
    read: (bytes) => {
      if (heard.strays >= judgedMost) return null
      heard.answer = bytes
      const wrong = typeof expect === 'string' ? null : answerFault(bytes, expect, false)
      heard.says = wrong?.says ?? null
      return wrong ? null : true
    },
  }
}

/** Time ran out: what was heard says more than how far it got. */
function late(error: unknown, { address, expect }: UdpConfig, heard: Heard, timeout: number): unknown {
  const target = where(address.host, address.port)
  // The name was not even resolved, or so late that nobody could have refused.
  if (heard.tries === 0 || expect === 'nothing') return error
  if (!heard.answer || heard.says === null) return new Failure('timeout', saySilence(target, timeout, heard), error)
  const said = `${target} answered ${sayAnswer(heard.answer)}, which ${heard.says}`
  return new Failure('body', `${said}, and nothing better within ${sayLatency(timeout)}.`, error)
}

function factsOf({ phases, address, tries, strays, answer }: Heard) {
  const rounded = Object.entries(phases).map(([name, ms]) => [name, Math.round(ms * 100) / 100])
  return {
    phases: Object.fromEntries(rounded) as Record<string, number>,
    ...(address === null ? {} : { address }),
    tries,
    ...(strays > 0 ? { strays } : {}),
    ...(answer ? { answer: showAnswer(answer, excerptMost) } : {}),
  }
}

export const udp = defineCheck<UdpConfig>({
  kind: 'udp',
  title: 'UDP',
  summary: 'Sends a message to a UDP port and judges what comes back.',
  config,
  target: 'address',
  example: {
    address: 'game.example.com:27015',
    send: { hex: 'ff ff ff ff 54 53 6f 75 72 63 65 20 45 6e 67 69 6e 65 20 51 75 65 72 79 00' },
    expect: { bytes: 'ff ff ff ff' },
  },
  secrets: ['send'],
  describe: ({ address }) => where(address.host, address.port),
  probe,
})
