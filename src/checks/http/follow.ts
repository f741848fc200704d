// Following redirects: from the first request to the answer that is judged, each hop resolved and guarded anew.
// Promises an end, so many hops and no circle, and that nobody outside leads us inside; cookies go along.
// Must not know what a good answer is.
import { isInside, type Outbound, outsideOnly } from '#platform/outbound.ts'
import type { Attempt } from '../attempt.ts'
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import { Jar } from './cookies.ts'
import { decoded } from './decode.ts'
import type { OwnServer } from './encryption.ts'
import { exchange, type ExchangeOptions, type Trace } from './exchange.ts'
import { asText } from './head.ts'
import { startPhases } from './phases.ts'
import type { Answer } from './reader.ts'
import { redirected, type Request, withCookies } from './request.ts'
import { showUrl } from './show.ts'
import { isRedirect } from './status.ts'

/** What came of a check, kept up to date so that it also tells how far a failed one got. */
export interface Journey extends Trace {
  /** The request under way, or the last one. */
  request: Request
  /** URLs before the last one. */
  readonly hops: URL[]
}

export const startJourney = (request: Request): Journey => ({
  request,
  hops: [],
  phases: startPhases(),
  address: null,
  certificate: null,
  lasting: null,
  version: '1.1',
  atProxy: false,
})

export interface FollowOptions extends Omit<ExchangeOptions, 'outbound' | 'serverName'> {
  /** What holds in place of `trust` at the first server, and at no other. */
  readonly own?: OwnServer | undefined
  /** So many redirects at most. */
  readonly follow: number
  /** Whether a public server may redirect to this machine or into private networks. */
  readonly followInside: boolean
  /** Cookies of the check so far; left out, they are kept for the redirects alone. */
  readonly jar?: Jar | undefined
}

/** The answer at the end of at most `follow` redirects, its body decoded; throws Failure or OutboundError. */
export async function fetchAnswer(attempt: Attempt, journey: Journey, options: FollowOptions): Promise<Answer> {
  const { jar = new Jar(), follow } = options
  const { origin } = journey.request.url
  let here = optionsAt(options, true)
  /** The state of the jar at each hop. */
  const before = [jar.changes]
  for (;;) {
    const { url } = journey.request
    const answer = await exchange(attempt, withCookies(journey.request, jar), journey, here)
    if (answer.cookies.length > 0) jar.take(url, answer.cookies, attempt.context.clock.now())
    const location = answer.headers.get('location')
    if (follow === 0 || location === undefined || !isRedirect(answer.status))
      return decoded(attempt, answer, options.most)
    const next = redirected(journey.request, answer.status, target(asText(location), url))
    journey.hops.push(url)
    if (journey.hops.some((hop, index) => hop.href === next.url.href && before[index] === jar.changes))
      refuseCircle(journey, next)
    if (journey.hops.length > follow)
      throw new Failure('redirect', `It redirects more than ${follow} times, at last to ${showUrl(next.url)}.`)
    here = optionsAt(options, next.url.origin === origin, onwards(attempt, journey, options))
    before.push(jar.changes)
    journey.request = next
    journey.certificate = null
    journey.address = null
  }
}

/** What holds for a request to the first server (`isOwn`) or another one, by this way out. */
function optionsAt(options: FollowOptions, isOwn: boolean, outbound?: Outbound): ExchangeOptions {
  if (outbound === undefined && !(isOwn && options.own)) return options
  return { ...options, ...(isOwn ? options.own : {}), outbound }
}

/** The way out from the server that redirects: from a public one only to others, unless the settings say so. */
function onwards({ context }: Attempt, { address }: Journey, { followInside }: FollowOptions): Outbound | undefined {
  if (followInside || (address !== null && isInside(address))) return undefined
  const why = 'it is private, and a public server redirects there; follow_inside: true allows it'
  return outsideOnly(context.outbound, why)
}

/** Where a Location leads, without credentials and fragment. */
function target(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href))
    throw new Failure('redirect', `It redirects to ${quote(showUrl(location))}, which is no URL.`)
  const url = new URL(location, from.href)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Failure('redirect', `It redirects to ${quote(showUrl(location))}, which is neither http nor https.`)
  url.username = url.password = url.hash = ''
  return url
}

/** The same request with the same cookies has the same answer: coming back means for ever. */
function refuseCircle({ request }: Journey, next: Request): void {
  if (next.method !== request.method) return
  const back = next.url.href === request.url.href
  throw new Failure(
    'redirect',
    `It redirects in a circle: ${showUrl(request.url)} leads back to ${back ? 'itself' : showUrl(next.url)}.`,
  )
}
