// Judgement of an HTTP answer against what is expected, and the evidence that goes with a verdict.
// Promises a sentence that names what was found and what was wanted. Must not know sockets.
import type { Facts } from '#core/observation.ts'
import { judgeJson } from '../expect/json.ts'
import { type TextExpectation, textFault } from '../expect/text.ts'
import { Failure } from '../failure.ts'
import { daysLeft } from '../lasting.ts'
import { quote } from '../quote.ts'
import type { HttpConfig } from './config.ts'
import { textOf } from './decode.ts'
import type { HeaderExpectation } from './expectation.ts'
import type { Journey } from './follow.ts'
import { timings } from './phases.ts'
import type { Answer } from './reader.ts'
import { showReceived, showSent, showUrl } from './show.ts'
import { sayRanges, sayStatus, within } from './status.ts'

const headersShown = 40
const excerptMost = 1_024

/** What is wrong with an answer; null when nothing is. */
export function judge(answer: Answer, expect: HttpConfig['expect']): Failure | null {
  if (!within(answer.status, expect.status)) {
    const wanted = sayRanges(expect.status)
    return new Failure('status', `It answered ${sayStatus(answer.status)}; ${wanted} was expected.`)
  }
  for (const [name, wanted] of Object.entries(expect.headers ?? {})) {
    const wrong = judgeHeader(name, answer.headers.get(name.toLowerCase()), wanted)
    if (wrong) return wrong
  }
  return judgeContent(answer, expect)
}

function judgeHeader(name: string, value: string | undefined, wanted: HeaderExpectation): Failure | null {
  const fault = (predicate: string) => new Failure('header', `The header ${name} ${predicate}.`)
  if (value === undefined) return wanted.present === false ? null : fault('is missing')
  const shown = quote(showReceived(name, value))
  if (wanted.present === false) return fault(`is there, with the value ${shown}; it must not be`)
  const wrong = textFault(value, wanted)
  if (wrong === null) return null
  const { setting, says } = wrong
  if (setting === 'equals') return fault(`is ${shown}; ${quote(wanted.equals ?? '')} was expected`)
  return fault(setting === 'empty' && wanted.empty === false ? says : `is ${shown}, which ${says}`)
}

/** What is wrong with the body as text or JSON; it is made into text only where somebody wants to know. */
function judgeContent(answer: Answer, { body, json, max_size: most }: HttpConfig['expect']): Failure | null {
  if (!body && !json) return null
  const text = textOf(answer)
  const wrong = body ? judgeBody(text, body, answer.truncated, most) : null
  if (wrong || !json) return wrong
  if (!answer.truncated) return judgeJson(text, json, 'The body')
  return new Failure('too_large', `Only the first ${saySize(most)} of the body were read, so its JSON is not whole.`)
}

function judgeBody(text: string, expect: TextExpectation, isCut: boolean, most: number): Failure | null {
  const wrong = textFault(text, expect, isCut)
  if (wrong === null) return null
  const { setting, says, searched } = wrong
  if (wrong.isUnread) {
    const part = searched === null ? `${saySize(most)} of the body were read` : `${searched} characters were searched`
    const [, what] = /^does not (?:contain|match) (.*)$/s.exec(says) ?? []
    const verdict = what === undefined ? 'it cannot be judged' : `${what} is not in that part`
    return new Failure('too_large', `Only the first ${part}; ${verdict}.`)
  }
  if (setting !== 'equals') return new Failure('body', `The body ${says}.`)
  return new Failure('body', `The body is ${quote(text)}; ${quote(expect.equals ?? '')} was expected.`)
}

const saySize = (bytes: number): string =>
  bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : bytes >= 1_000 ? `${bytes / 1_000} kB` : `${bytes} bytes`

/** What is kept of every check: how long each phase took, and the certificate. */
export function factsOf({ certificate, address, phases }: Journey, now: number): Facts {
  return {
    phases: timings(phases),
    ...(address ? { address } : {}),
    ...(certificate
      ? { certificate: { ...certificate, daysLeft: daysLeft(Date.parse(certificate.validTo), now) } }
      : {}),
  }
}

/** What is kept of a failed check as well: the request and the answer, with secrets masked. */
export function evidence(journey: Journey, answer: Answer | null, now: number): Facts {
  const { request, hops } = journey
  const headers = (all: Iterable<readonly [string, string]>, show: (name: string, value: string) => string) =>
    Object.fromEntries([...all].slice(0, headersShown).map(([name, value]) => [name, show(name, value)]))
  return {
    ...factsOf(journey, now),
    request: { method: request.method, url: showUrl(request.url), headers: headers(request.headers, showSent) },
    ...(hops.length > 0 ? { redirects: hops.map(showUrl) } : {}),
    ...(answer
      ? { response: { status: answer.status, headers: headers(answer.headers, showReceived), body: excerpt(answer) } }
      : {}),
  }
}

/** The beginning of a body as text. */
function excerpt(answer: Answer): string {
  const { headers, body } = answer
  return textOf({ headers, body: body.subarray(0, excerptMost) }).replaceAll('\0', '')
}
