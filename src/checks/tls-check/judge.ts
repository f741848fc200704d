// Judgement of what a TLS server showed, and the evidence that goes with it.
// Promises the worst first, in a sentence that says what to do something about. Must not know sockets.
import type { X509Certificate } from 'node:crypto'
import type { Facts } from '#core/observation.ts'
import { type CertificateFacts, factsOf, sayDay, untrusted } from '../certificate.ts'
import { Failure } from '../failure.ts'
import { daysLeft, judgeLasting, type Verdict } from '../lasting.ts'
import type { Trust } from './options.ts'
import type { Shown } from './shown.ts'

export type { Verdict }

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
  const lasting = judgeLasting(whose(last), endOf(last), least, now)
  if (endOf(last) <= now) return lasting
  if (early) return down(wrong(`${whose(early)} is not valid before ${sayDay(early.validFrom)}.`))
  if (verify.name && !shown.named) return down(untrusted('ERR_TLS_CERT_ALTNAME_INVALID', name, facts))
  if (verify.chain && shown.distrust !== null) return down(untrusted(codeFor(shown.distrust, shown), name, facts))
  if (verify.chain && shown.staple?.status === 'revoked')
    return down(wrong(`${whose(certificate)} has been revoked; the OCSP answer that the server hands out says so.`))
  return lasting
}

/** OpenSSL's code, the one for a missing issuer where the server showed nothing but its certificate. */
const codeFor = (code: string, { path }: Shown): string =>
  code === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' && path.length === 1 ? 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' : code

const wrong = (sentence: string) => new Failure('certificate', sentence)
const beginOf = (one: X509Certificate) => Date.parse(one.validFrom)
const endOf = (one: X509Certificate) => Date.parse(one.validTo)

function sayWhose(one: X509Certificate, shown: Shown, name: string): string {
  if (one === shown.path[0]) return `The certificate of ${name}`
  return `The certificate of ${brief(one).subject}, on which that of ${name} rests,`
}

export function brief(one: X509Certificate): CertificateFacts {
  return factsOf(one.toLegacyObject()) as CertificateFacts
}

/** What is kept of a handshake: the certificate with the days it has left, its chain, staple, version and cipher. */
export function evidence({ path, staple, version, cipher }: Shown, now: number): Facts {
  const [certificate, ...issuers] = path
  const left = (one: X509Certificate) => daysLeft(endOf(one), now)
  const chain = issuers.map((one) => {
    const { subject, issuer, validTo, fingerprint } = brief(one)
    return { subject, issuer, validTo, daysLeft: left(one), fingerprint }
  })
  return {
    certificate: { ...brief(certificate), daysLeft: left(certificate) },
    chain,
    staple: staple ?? { status: 'absent' },
    tls: { version, cipher },
  }
}
