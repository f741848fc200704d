// One HTTP check: its steps in turn, each with its redirects, until one is not well or all are.
// Promises one finding within the timeout that names the step, and that nothing which was extracted stands in it.
// Must not know what a good answer is.
import type { Facts } from '#core/observation.ts'
import { Attempt } from '../attempt.ts'
import { certificateIdentity } from '../certificate.ts'
import type { Finding, ProbeContext } from '../check.ts'
import { failed } from '../failure.ts'
import { judgeLatency } from '../latency.ts'
import type { Secure } from '../tls.ts'
import type { HttpConfig } from './config.ts'
import { Jar } from './cookies.ts'
import { judgeDaysLeft } from './encryption.ts'
import { extract, type Extract } from './extract.ts'
import { fetchAnswer, type FollowOptions, type Journey, startJourney } from './follow.ts'
import { hideAll } from '../hide.ts'
import { evidence, factsOf, judge } from './judge.ts'
import { timings } from './phases.ts'
import type { Answer } from './reader.ts'
import { firstRequest } from './request.ts'
import { secretsOf, showUrl } from './show.ts'
import { fillStep, sayStep } from './steps.ts'
import type { OnlyHttp2Servers } from './version.ts'

/** What outlives a check. */
export interface Tools {
  readonly secure: Secure
  readonly onlyHttp2: OnlyHttp2Servers
}

/** A check under way, kept up to date so that it also tells how far a failed one got. */
interface Course {
  readonly config: HttpConfig
  readonly jar: Jar
  /** What steps have extracted. */
  readonly values: Map<string, string>
  /** Of the steps before. */
  readonly done: Done[]
  /** Of the step under way. */
  journey: Journey
  answer: Answer | null
  /** Until the last answer was complete, ms. */
  latency: number | null
}

interface Done {
  readonly journey: Journey
  readonly status: number
}

/** Of checks without steps, which extract nothing. */
const noValues: Map<string, string> = new Map()

/** Checks once. */
export async function probe(config: HttpConfig, context: ProbeContext, tools: Tools): Promise<Finding> {
  const journey = startJourney(firstRequest(config.steps?.[0] ?? config))
  const values = config.steps ? new Map<string, string>() : noValues
  const course: Course = { config, jar: new Jar(), values, done: [], journey, answer: null, latency: null }
  const attempt = new Attempt(context)
  try {
    await attempt.run(() => go(attempt, course, tools))
  } catch (error) {
    const facts = evidence(course.journey, course.answer, context.clock.now())
    return placed({ ...failed(error, facts), latency: course.answer && course.latency }, course)
  }
  return { ...judgeTimes(course, context), ...answeredBy(course.journey) }
}

/** Whose certificate was shown at the end: only there, since a check that fails on its way ends at another server. */
const answeredBy = ({ certificate }: Journey) => (certificate ? { identity: certificateIdentity(certificate) } : {})

/** The finding on answers that are all as expected: how long they took, and how long the certificates last. */
function judgeTimes(course: Course, { clock, thorough }: ProbeContext): Finding {
  const { config, journey, answer, latency } = course
  const now = clock.now()
  const seen = [...course.done.map((one) => one.journey), journey].flatMap((one) => one.lasting ?? [])
  const [firstToEnd = null] = seen.sort((one, other) => one.until - other.until)
  const verdict = judgeDaysLeft(firstToEnd, config.days_left, now)
  const isDown = verdict?.outcome === 'down'
  const facts = thorough === true || isDown ? evidence(journey, answer, now) : factsOf(journey, now)
  const good = placed({ outcome: 'up', latency, reason: null, sentence: null, facts }, course)
  const timed = isDown ? good : judgeLatency(good, config.latency)
  if (!verdict || timed.outcome === 'down') return timed
  const { reason, message: sentence } = verdict.failure
  return { ...good, outcome: verdict.outcome, reason, sentence }
}

type Step = Omit<NonNullable<HttpConfig['steps']>[number], 'extract'> & { readonly extract?: Record<string, Extract> }

async function go(attempt: Attempt, course: Course, tools: Tools): Promise<void> {
  const { config, values } = course
  const { clock } = attempt.context
  const began = clock.monotonic()
  const steps = config.steps ?? [config]
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index] as Step
    if (index > 0) nextStep(course)
    if (config.steps !== null) {
      // As it is written first, for the case that it cannot be filled in.
      course.journey = startJourney(firstRequest(step))
      course.journey = startJourney(firstRequest(fillStep(step, values)))
    }
    const answer = await fetchAnswer(attempt, course.journey, optionsOf(course, step.expect.max_size, tools))
    course.answer = answer
    course.latency = clock.monotonic() - began
    const wrong = judge(answer, step.expect)
    if (wrong) throw wrong
    if (step.extract)
      for (const [name, from] of Object.entries(step.extract)) values.set(name, extract(answer, name, from))
  }
}

function optionsOf({ config, jar }: Course, most: number, { secure, onlyHttp2 }: Tools): FollowOptions {
  const { encryption, ip, follow, follow_inside: followInside, http_version: version, proxy } = config
  const { verify, trust, own } = encryption
  return { secure, verify, trust, own, ip, follow, followInside, version, onlyHttp2, proxy, jar, most }
}

function nextStep(course: Course): void {
  if (course.answer) course.done.push({ journey: course.journey, status: course.answer.status })
  course.answer = null
}

/** The finding with where it was made: at which step, after which redirect, by which proxy. Nothing secret is left. */
function placed(finding: Finding, course: Course): Finding {
  const { config, journey } = course
  const { proxy, steps } = config
  const { hops, request } = journey
  const isOurs = finding.sentence === null || finding.reason === 'internal'
  const afterRedirect = hops.length > 0 && finding.reason !== 'redirect'
  const led = isOurs || !afterRedirect ? finding : lead(finding, `After a redirect to ${showUrl(request.url)}`)
  const hidden = hideAll(led, secretsIn(led, course))
  const by = proxy && !isOurs ? lead(hidden, `${journey.atProxy ? 'At' : 'Through'} the proxy ${proxy.shown}`) : hidden
  const shown = proxy || journey.version === '2' ? { ...by, facts: { ...by.facts, ...wayOf(course) } } : by
  if (steps === null) return shown
  const at = sayStep(course.done.length, steps[course.done.length]?.name)
  const facts = { ...shown.facts, ...factsOfSteps(course) }
  return { ...(isOurs ? shown : lead(shown, at)), facts }
}

/** What is not as usual on the way. */
const wayOf = ({ config: { proxy }, journey: { version } }: Course): Facts => ({
  ...(proxy ? { proxy: proxy.shown } : {}),
  ...(version === '2' ? { http: version } : {}),
})

/** The sentence with something before it. */
function lead(finding: Finding, where: string): Finding {
  const sentence = (finding.sentence ?? '').replace(/^(It|The|Nothing|No|Only|A|After|At|Through) /, (word) =>
    word.toLowerCase(),
  )
  return { ...finding, sentence: `${where}: ${sentence}` }
}

/** A cookie that is shorter is a setting rather than a secret. */
const cookieLeast = 8

/** What may stand in a finding and must not be shown; one that is well has nothing of what was sent in it. */
function secretsIn({ sentence, facts }: Finding, { config, values, jar }: Course): string[] {
  const isBare = sentence === null && !(facts && 'request' in facts)
  const sent = isBare ? [] : (config.steps ?? [config]).flatMap(secretsOf)
  return [...sent, ...values.values(), ...jar.values.filter((value) => value.length >= cookieLeast)]
}

/** Phases of all steps together, and of each with its status. */
function factsOfSteps({ config, done, journey, answer }: Course): Facts {
  const steps = [...done, { journey, status: answer?.status ?? null }].map(
    ({ journey: { phases }, status }, index) => ({
      step: config.steps?.[index]?.name ?? index + 1,
      ...(status === null ? {} : { status }),
      phases: timings(phases),
    }),
  )
  const sum = { ...journey.phases }
  for (const { journey: before } of done)
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += before.phases[name]
  return { phases: timings(sum), steps }
}
