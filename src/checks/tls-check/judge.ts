// Judgement of what a TLS server showed, and the evidence that goes with it.
// Promises the worst first, in a sentence that says what to do something about. Must not know sockets.
import type { X509Certificate } from 'node:crypto'
import type { Facts } from '#core/observation.ts'
import { type CertificateFacts, factsOf, sayDay, untrusted } from '../certificate.ts'
import { Failure } from '../failure.ts'
import type { Trust } from './options.ts'
import type { Shown } from './shown.ts'

const hour = 3_600_000
const day = 24 * hour

export interface Verdict {
  readonly outcome: 'degraded' | 'down'
  readonly failure: Failure
}

type Asked = Pick<Trust, 'verify' | 'days_left'>

/** What is wrong with what was shown by the service of that name, at an epoch time in ms; null when nothing is. */
export function judge(shown: Shown, name: string, asked: Asked, now: number): Verdict | null {
  const { verify, days_left: least = {} } = asked
  const [certificate] = shown.path
  const facts = factsOf(certificate.toLegacyObject())
  const down = (failure: Failure): Verdict => ({ outcome: 'down', failure })
  const [firstToEnd] = shown.path.toSorted((a, b) => endOf(a) - endOf(b))
  const early = shown.path.find((one) => beginOf(one) > now)
  const odd = shown.path.find((one) => Number.isNaN(beginOf(one) + endOf(one)))
  const whose = (one: X509Certificate) => sayWhose(one, shown, name)
  const last = firstToEnd ?? certificate
  if (odd) return down(wrong(`${whose(odd)} has dates that cannot be read.`))
  if (endOf(last) <= now) return down(wrong(`${whose(last)} expired ${sayAgo(now - endOf(last))}, on ${endDay(last)}.`))
  if (early) return down(wrong(`${whose(early)} is not valid before ${sayDay(early.validFrom)}.`))
  if (verify.name && !shown.named) return down(untrusted('ERR_TLS_CERT_ALTNAME_INVALID', name, facts))
  if (verify.chain && shown.distrust !== null) return down(untrusted(codeFor(shown.distrust, shown), name, facts))
  if (verify.chain && shown.staple?.status === 'revoked')
    return down(wrong(`${whose(certificate)} has been revoked; the OCSP answer that the server hands out says so.`))
  const left = endOf(last) - now
  const short = (days: number | undefined) => days !== undefined && left < days * day
  const soon = (days: number | undefined) =>
    wrong(`${whose(last)} expires in ${sayLeft(left)}, on ${endDay(last)}; ${sayAsked(days ?? 0, left)} asked for.`)
  if (short(least.down)) return down(soon(least.down))
  return short(least.degraded) ? { outcome: 'degraded', failure: soon(least.degraded) } : null
}

/** OpenSSL's code, the one for a missing issuer where the server showed nothing but its certificate. */
const codeFor = (code: string, { path }: Shown): string =>
  code === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' && path.length === 1 ? 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' : code

const wrong = (sentence: string) => new Failure('certificate', sentence)
const beginOf = (one: X509Certificate) => Date.parse(one.validFrom)
const endOf = (one: X509Certificate) => Date.parse(one.validTo)
const endDay = (one: X509Certificate) => sayDay(one.validTo)
const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? '' : 's'}`

function sayWhose(one: X509Certificate, shown: Shown, name: string): string {
  if (one === shown.path[0]) return `The certificate of ${name}`
  return `The certificate of ${brief(one).subject}, on which that of ${name} rests,`
}

/** `6 days`, `5 hours`, `less than an hour`: whole ones, so that nobody is told of more time than there is. */
function sayLeft(ms: number): string {
  if (ms >= day) return count(Math.floor(ms / day), 'day')
  return ms >= hour ? count(Math.floor(ms / hour), 'hour') : 'less than an hour'
}

const sayAgo = (ms: number) => `${sayLeft(ms)} ago`

/** `7 are`, or with their unit where the time left was not said in days. */
function sayAsked(days: number, left: number): string {
  return `${left >= day ? days : count(days, 'day')} ${days === 1 ? 'is' : 'are'}`
}

function brief(one: X509Certificate): CertificateFacts {
  return factsOf(one.toLegacyObject()) as CertificateFacts
}

/** What is kept of a handshake: the certificate with the days it has left, its chain, staple, version and cipher. */
export function evidence({ path, staple, version, cipher }: Shown, now: number): Facts {
  const [certificate, ...issuers] = path
  const daysLeft = (one: X509Certificate) => Math.floor((endOf(one) - now) / day)
  const chain = issuers.map((one) => {
    const { subject, issuer, validTo, fingerprint } = brief(one)
    return { subject, issuer, validTo, daysLeft: daysLeft(one), fingerprint }
  })
  return {
    certificate: { ...brief(certificate), daysLeft: daysLeft(certificate) },
    chain,
    staple: staple ?? { status: 'absent' },
    tls: { version, cipher },
  }
}
