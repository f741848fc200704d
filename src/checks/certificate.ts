// Certificates in plain words: the facts that people need, and what is wrong with one.
// Promises a sentence for every way in which verification fails. Must not know connections.
import type { PeerCertificate } from 'node:tls'
import type { Identity } from '#core/identity.ts'
import { Failure } from './failure.ts'

/** What people need to know of a certificate. */
export interface CertificateFacts {
  readonly subject: string
  readonly issuer: string
  /** Names it is good for, the first few. */
  readonly names: readonly string[]
  /** RFC 3339, or `unreadable`. */
  readonly validFrom: string
  readonly validTo: string
  /** SHA-256. */
  readonly fingerprint: string
}

const namesShown = 10
const nameMost = 253
const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)
/** A stranger's text, short and printable. */
const plain = (text: string) => text.slice(0, nameMost).replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, ' ')
const called = (name: PeerCertificate['subject'] | undefined) => first(name?.CN) ?? first(name?.O)
const months = 'January February March April May June July August September October November December'.split(' ')

/** `27 November 2026`, of UTC. */
export function sayDay(date: string | Date): string {
  const day = new Date(date)
  const month = months[day.getUTCMonth()]
  return month === undefined ? 'an unreadable day' : `${day.getUTCDate()} ${month} ${day.getUTCFullYear()}`
}

const readDate = (text: string) => (Number.isNaN(Date.parse(text)) ? 'unreadable' : new Date(text).toISOString())

/** The facts of a peer's certificate; null when it showed none. */
export function factsOf(peer: PeerCertificate): CertificateFacts | null {
  if (!peer.fingerprint256) return null
  const all = (peer.subjectaltname ?? '').split(', ').filter((name) => name !== '')
  const names = all.slice(0, namesShown).map((name) => plain(name.replace(/^(DNS|IP Address):/, '')))
  return {
    subject: plain(called(peer.subject) ?? names[0] ?? '(no name)'),
    issuer: plain(called(peer.issuer) ?? '(no name)'),
    names,
    validFrom: readDate(peer.valid_from),
    validTo: readDate(peer.valid_to),
    fingerprint: peer.fingerprint256,
  }
}

const most = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text)

/** The certificate as what answered: of another one there is an event. */
export function certificateIdentity(facts: CertificateFacts): Identity {
  const { subject, issuer, validFrom, validTo, fingerprint } = facts
  const words =
    `one of ${most(subject, 64)}, issued by ${most(issuer, 64)}, valid until ${sayDay(validTo)} ` +
    `(SHA-256 ${most(fingerprint, 22)})`
  return { what: 'certificate', id: fingerprint, words, facts: { subject, issuer, validFrom, validTo, fingerprint } }
}

type Words = (host: string, facts: CertificateFacts) => string

const unknownIssuer: Words = (_, { issuer }) => `The certificate was issued by ${issuer}, which is not trusted here.`
const missingIssuer: Words = (_, { issuer }) =>
  `The certificate was issued by ${issuer}, which is not trusted here, or the server does not send the whole chain.`
const selfSigned: Words = (_, { subject }) => `The certificate of ${subject} is self-signed, so nobody vouches for it.`
const byCode: Readonly<Record<string, Words>> = {
  CERT_HAS_EXPIRED: (_, { validTo }) => `The certificate expired on ${sayDay(validTo)}.`,
  CERT_NOT_YET_VALID: (_, { validFrom }) => `The certificate is not valid before ${sayDay(validFrom)}.`,
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: missingIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: missingIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: missingIssuer,
  CERT_REVOKED: () => 'The certificate has been revoked.',
  ERR_TLS_CERT_ALTNAME_INVALID: (host, { names, subject }) =>
    `The certificate is for ${names.length > 0 ? names.join(', ') : subject}, not for ${host}.`,
}

/**
 * Why a certificate is not trusted, from the code of OpenSSL or Node. `culprit`: whose dates are at fault, which may be
 * one that it rests on.
 */
export function untrusted(
  code: string,
  host: string,
  facts: CertificateFacts | null,
  culprit: CertificateFacts | null = null,
): Failure {
  if (!facts) return new Failure('certificate', 'The server showed no certificate.')
  const said = byCode[code]?.(host, culprit ?? facts) ?? `The certificate is not trusted (${code}).`
  const below = culprit !== null && culprit.fingerprint !== facts.fingerprint
  const whose = below ? `The certificate of ${culprit.subject}, on which that of ${host} rests,` : 'The certificate'
  const sentence = said.replace(/^The certificate/, () => whose)
  return new Failure('certificate', sentence, undefined, { certificate: facts })
}
