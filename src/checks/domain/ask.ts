// Asking by HTTPS for JSON, politely: who asks us to wait is not asked again before that time.
// Promises a bounded answer, or a Failure with the sentence. Must not know what is asked.
import { version } from '#platform/version.ts'
import type { Attempt } from '../attempt.ts'
import type { IpChoice } from '../dial.ts'
import { Failure } from '../failure.ts'
import { encodings, textOf } from '../http/decode.ts'
import { fetchAnswer, type FollowOptions, type Journey, startJourney } from '../http/follow.ts'
import { sayStatus } from '../http/status.ts'
import type { Secure } from '../tls.ts'

/** What was answered with a status that a question may have. */
export interface Told {
  readonly status: number
  readonly text: string
  readonly headers: ReadonlyMap<string, string>
}

const redirectsMost = 5
const minute = 60_000
const hour = 60 * minute
/** How long a server is let alone that asks for it: as long as it says, within bounds. */
const rest = { least: minute, usual: 15 * minute, most: 24 * hour }
const hostsMost = 500

/** Thrown where a server asks us to wait. */
export class Busy extends Failure {
  constructor(sentence: string) {
    super('no_data', sentence)
  }
}

/** Asks servers, and remembers which of them want to be let alone until when. */
export class Asker {
  readonly #secure: Secure
  /** Host → monotonic ms. */
  readonly #resting = new Map<string, number>()

  constructor(secure: Secure) {
    this.#secure = secure
  }

  /** A journey that `ask` follows, so that it tells how far a failed one got. */
  begin(url: URL): Journey {
    const headers = new Map([
      ['User-Agent', `Allswell/${version}`],
      ['Accept', 'application/rdap+json, application/json'],
      ['Accept-Encoding', encodings],
    ])
    return startJourney({ url, method: 'GET', headers, body: null })
  }

  /** What is answered at the end of the journey; throws Failure, Busy or OutboundError. `most`: bytes of the body. */
  async ask(attempt: Attempt, journey: Journey, most: number, ip: IpChoice): Promise<Told> {
    const { clock } = attempt.context
    const first = journey.request.url.host
    const until = this.#resting.get(first) ?? 0
    if (until > clock.monotonic()) throw new Busy(sayResting(first, clock.now() + until - clock.monotonic()))
    const options: FollowOptions = {
      secure: this.#secure,
      ip,
      verify: true,
      follow: redirectsMost,
      followInside: false,
      most,
    }
    const answer = await fetchAnswer(attempt, journey, options)
    const { host } = journey.request.url
    if (answer.status === 429 || (answer.status === 503 && answer.headers.has('retry-after'))) {
      const wait = readWait(answer.headers.get('retry-after'), clock.now())
      for (const one of new Set([first, host])) this.#let(one, clock.monotonic() + wait, clock.monotonic())
      throw new Busy(sayResting(host, clock.now() + wait))
    }
    if (answer.truncated) throw new Failure('too_large', `${host} answered with more than ${most} bytes.`)
    return { status: answer.status, text: textOf(answer), headers: answer.headers }
  }

  #let(host: string, until: number, now: number): void {
    for (const [other, end] of this.#resting) if (end <= now) this.#resting.delete(other)
    const [oldest] = this.#resting.keys()
    if (this.#resting.size >= hostsMost && oldest !== undefined) this.#resting.delete(oldest)
    this.#resting.set(host, until)
  }
}

/** Ms that a Retry-After asks for: seconds or a date. */
function readWait(text: string | undefined, now: number): number {
  const asked = text === undefined ? Number.NaN : /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  if (Number.isNaN(asked)) return rest.usual
  return Math.min(rest.most, Math.max(rest.least, asked))
}

const sayResting = (host: string, until: number) =>
  `${host} asks not to be asked again before ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC.`

/** The failure for a status that is no answer to a question. */
export const strange = (host: string, status: number): Failure =>
  new Failure('status', `${host} answered ${sayStatus(status)}.`)
