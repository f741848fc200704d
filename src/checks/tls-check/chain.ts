// The chain of a certificate: from the one that was shown, over those that it rests on, to an authority.
// Promises the path that counts: what a server sends beyond it, such as an expired cross-signature, is left aside.
import { X509Certificate } from 'node:crypto'
import { getCACertificates } from 'node:tls'

/** Trusted certificates by their subject, the longest-lived first. */
export type Authorities = ReadonlyMap<string, readonly X509Certificate[]>

/** So many certificates of what a server sends are looked at. */
const sentMost = 20

const byAge = (a: X509Certificate, b: X509Certificate) => b.validToDate.getTime() - a.validToDate.getTime()

function collect(pems: readonly string[]): Authorities {
  const all = pems.map((pem) => new X509Certificate(pem)).sort(byAge)
  return Map.groupBy(all, ({ subject }) => subject)
}

let usual: Authorities | null = null

/** Those of the PEM text, or else those that Node trusts. */
export function authorities(pem: string | undefined): Authorities {
  if (pem === undefined) return (usual ??= collect(getCACertificates('default')))
  return collect(pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [])
}

/** The certificate that was shown, those that it rests on, and the authority at the end where it is known. */
export function pathOf(shown: X509Certificate, known: Authorities): X509Certificate[] {
  const sent = sentWith(shown).sort(byAge)
  const path = [shown]
  for (;;) {
    const last = path.at(-1) as X509Certificate
    const issued = (by: X509Certificate) => last.checkIssued(by)
    const authority = known.get(last.issuer)?.find(issued)
    if (authority) return path.some(isSame(authority)) ? path : [...path, authority]
    const next = sent.find((one) => !path.some(isSame(one)) && issued(one))
    if (!next) return path
    path.push(next)
  }
}

const isSame = (one: X509Certificate) => (other: X509Certificate) => one.fingerprint256 === other.fingerprint256

/** What the server sent after the certificate, in its order. */
function sentWith(shown: X509Certificate): X509Certificate[] {
  const sent: X509Certificate[] = []
  for (let next = shown.issuerCertificate; next && sent.length < sentMost; next = next.issuerCertificate)
    sent.push(next)
  return sent
}
