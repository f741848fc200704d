// The setting of a certificate of our own, for servers that ask their clients for one.
// Promises that a key which does not belong to it, or cannot be used, is refused with the reason and never repeated.
// Must not know what it is shown to.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { pemFault } from './pem.ts'

const pemMost = 100_000

const cert = z
  .string({ error: 'expected a certificate as PEM text, such as ${file:client.pem}' })
  .max(pemMost)
  .superRefine((pem, context) => {
    const wrong = pemFault(pem)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong })
  })
  .meta({ title: 'Certificate', description: 'The certificate (PEM), and after it those that it rests on.' })

const key = z
  .string({ error: 'expected a private key as PEM text, such as ${file:client.key}' })
  .max(pemMost)
  .superRefine((pem, context) => {
    const wrong = keyFault(pem)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong })
  })
  .meta({ title: 'Key', description: 'The private key of the certificate (PEM), not encrypted.' })

function keyFault(pem: string): string | null {
  if (/ENCRYPTED/.test(pem))
    return 'is encrypted, and there is nobody to ask for its password; decrypt it with: openssl pkey -in client.key'
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    const what = pem.includes('BEGIN CERTIFICATE') ? 'holds a certificate' : 'holds no private key'
    return `${what}; expected PEM text with BEGIN PRIVATE KEY, such as \${file:client.key}`
  }
  return readKey(pem) ? null : 'holds a private key that cannot be read; is the text complete?'
}

function readKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}

/** The setting `client: { cert: ${file:client.pem}, key: ${file:client.key} }`. */
export const clientSetting = z
  .strictObject({ cert, key })
  .superRefine((given, context) => {
    if (context.issues.length > 0) return
    const own = readKey(given.key)
    // The certificate itself stands first; OpenSSL takes no other.
    if (own && new X509Certificate(given.cert).checkPrivateKey(own)) return
    context.addIssue({ code: 'custom', message: 'does not belong to the certificate', path: ['key'] })
  })
  .meta({
    title: 'Client certificate',
    description: 'A certificate of our own, for a server that asks for one; shown to nobody else.',
  })
