// PEM texts as people paste them.
// Promises to say what is wrong with one that ought to hold certificates. Must not know what they are for.
import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/** What is wrong with a text that ought to hold certificates; null when nothing is. */
export function pemFault(pem: string): string | null {
  const blocks = pem.match(block) ?? []
  if (blocks.length === 0) {
    const what = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem) ? 'holds a private key' : 'holds no certificate'
    return `${what}; expected PEM text with BEGIN CERTIFICATE, such as \${file:ca.pem}`
  }
  try {
    for (const one of blocks) void new X509Certificate(one)
    return null
  } catch {
    return 'holds a certificate that cannot be read; is the text complete?'
  }
}
