// The kind `ntp`: asks a time server for the time, and judges whether it knows it and how far it is from ours.
// Promises one finding within the timeout, and no verdict on a difference that the way there may have made.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { duration } from '#core/duration.ts'
import { addressOr, clash, ipSetting } from '../address.ts'
import { Attempt } from '../attempt.ts'
import { defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { exchange, saySilence, type Tally } from '../datagram.ts'
import { where } from '../dial.ts'
import { failed, Failure } from '../failure.ts'
import { judgeLatency, latencySetting } from '../latency.ts'
import { evidence, judge, stratumMost, type Timed } from './judge.ts'
import { readAnswer, spellQuestion, type TimeAnswer } from './message.ts'

const usualPort = 123
const triesByDefault = 3

const offset = (outcome: string) =>
  duration({ min: 1 }).meta({ title: outcome, description: `More than this is ${outcome}.` })
const stratum = (outcome: string) =>
  z
    .int({ error: 'expected a number from 1 to 14' })
    .min(1)
    .max(stratumMost - 1)
    .meta({ title: outcome, description: `More than this is ${outcome}.` })
const limits = <Item extends z.ZodType>(item: (outcome: string) => Item) =>
  z
    .strictObject({ degraded: item('degraded').optional(), down: item('down').optional() })
    .refine(({ degraded, down }) => degraded === undefined || down === undefined || Number(degraded) < Number(down), {
      error: 'degraded must be less than down, or it would never apply',
      path: ['degraded'],
    })
    .refine((given) => Object.keys(given).length > 0, 'says nothing; give degraded, down or both')

const config = z
  .strictObject({
    address: addressOr(usualPort, 'time.example.com'),
    ip: ipSetting,
    offset: limits(offset)
      .meta({
        title: 'Offset',
        description: 'How far its clock may be from that of this machine, which must itself be right.',
      })
      .optional(),
    stratum: limits(stratum)
      .meta({ title: 'Stratum', description: 'How far it may be from a clock: 1 has one, 2 asks one of those.' })
      .optional(),
    leap: z
      .enum(['up', 'degraded', 'down'], { error: 'expected up, degraded or down' })
      .default('up')
      .meta({ title: 'Leap second', description: 'What it is when a leap second is announced.' }),
    tries: z
      .int({ error: 'expected a number of tries' })
      .min(1)
      .max(10)
      .default(triesByDefault)
      .meta({ title: 'Tries', description: 'How often it is asked within the timeout while no answer comes.' }),
    latency: latencySetting.optional(),
  })
  .superRefine(({ address, ip }, context) => {
    const wrong = clash(address.host, ip)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong, path: ['ip'] })
  })

type NtpConfig = z.output<typeof config>

interface Course extends Tally {
  readonly phases: Record<string, number>
  address: string | null
}

async function probe(settings: NtpConfig, context: ProbeContext): Promise<Finding> {
  const { clock, timeout } = context
  const attempt = new Attempt(context)
  const course: Course = { tries: 0, strays: 0, phases: {}, address: null }
  const { host, port } = settings.address
  const target = port === usualPort ? host : where(host, port)
  const began = clock.monotonic()
  let answer: Timed
  try {
    answer = await attempt.run(() => ask(attempt, settings, target, course))
  } catch (error) {
    const isSilent = attempt.isLate && course.tries > 0
    return failed(
      isSilent ? new Failure('timeout', saySilence(target, timeout, course), error) : error,
      factsOf(course),
    )
  }
  const latency = clock.monotonic() - began
  const facts = { ...factsOf(course), ...evidence(answer) }
  const [worst] = judge(answer, settings, target)
  const well = judgeLatency({ outcome: 'up', latency, reason: null, sentence: null, facts }, settings.latency)
  if (!worst || (well.outcome === 'down' && worst.outcome === 'degraded')) return well
  const { outcome, reason, sentence } = worst
  return { outcome, latency, reason, sentence, facts }
}

async function ask(attempt: Attempt, settings: NtpConfig, target: string, course: Course): Promise<Timed> {
  const { address, ip, tries } = settings
  const { clock } = attempt.context
  const began = clock.monotonic()
  const addresses = await attempt.resolve(address.host, ip)
  const resolved = clock.monotonic()
  course.phases['resolve'] = resolved - began
  course.address = addresses[0]?.address ?? null
  const talk = () => {
    const asked: { readonly cookie: Buffer; readonly wall: number; readonly at: number }[] = []
    return {
      spell: () => {
        const cookie = randomBytes(8)
        asked.push({ cookie, wall: clock.now(), at: clock.monotonic() })
        return spellQuestion(cookie)
      },
      read: (bytes: Buffer) => {
        const heard = clock.monotonic()
        for (const { cookie, wall, at } of asked) {
          const answer = readAnswer(bytes, cookie, wall)
          if (answer) return timed(answer, wall, heard - at)
        }
        return null
      },
    }
  }
  const answer = await exchange(attempt, { addresses, port: address.port, target, tries }, talk, course)
  course.phases['answer'] = clock.monotonic() - resolved
  return answer
}

/** `wall`: when it was asked, epoch ms; `took`: ms until the answer came. */
function timed(answer: TimeAnswer, wall: number, took: number): Timed {
  const { received, sent } = answer
  if (received === null || sent === null) return { ...answer, offset: null, delay: took }
  // A server cannot have thought longer than we have waited.
  const thought = Math.min(Math.max(0, sent - received), took)
  return { ...answer, offset: (received - wall + (sent - (wall + took))) / 2, delay: took - thought }
}

function factsOf({ phases, address, tries, strays }: Course) {
  const rounded = Object.entries(phases).map(([name, ms]) => [name, Math.round(ms * 100) / 100])
  return {
    phases: Object.fromEntries(rounded) as Record<string, number>,
    ...(address === null ? {} : { address }),
    tries,
    ...(strays > 0 ? { strays } : {}),
  }
}

export const ntp = defineCheck<NtpConfig>({
  kind: 'ntp',
  title: 'NTP',
  summary: 'Asks a time server for the time: whether it knows it, and how far its clock is from that of this machine.',
  config,
  target: 'address',
  example: { address: 'time.example.com', offset: { degraded: '100ms', down: '1s' } },
  interval: '5m',
  describe: ({ address: { host, port } }) => (port === usualPort ? host : where(host, port)),
  probe,
})
