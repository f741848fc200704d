// The settings of a TLS check. Form, validation, manual and manifest schema follow from here.
// Promises that what makes no sense together is refused with the reason. Must not know how a check is done.
import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import { addressSetting, clash, ipSetting } from '../address.ts'
import { latencySetting } from '../latency.ts'
import { startTlsSetting } from '../starttls/starttls.ts'

const days = z.int({ error: 'expected a whole number of days' }).min(0).max(3_650)
const usualDays = { degraded: 21, down: 7 }

const daysLeft = z
  .strictObject({
    degraded: days.meta({ title: 'Degraded below', description: 'Fewer days left than this is degraded.' }).optional(),
    down: days.meta({ title: 'Down below', description: 'Fewer days left than this is down.' }).optional(),
  })
  .refine(({ degraded, down }) => degraded === undefined || down === undefined || degraded > down, {
    error: 'degraded must be more days than down, or it would never apply',
    path: ['degraded'],
  })
  .default(usualDays)
  .meta({
    title: 'Days left',
    description:
      'How many days the certificate must still be valid, and those it rests on. What has expired is always down.',
  })

const verify = z
  .union(
    [
      z.boolean(),
      z.strictObject({
        chain: z
          .boolean()
          .default(true)
          .meta({ title: 'Chain', description: 'Whether somebody trusted must vouch for the certificate.' }),
        name: z
          .boolean()
          .default(true)
          .meta({ title: 'Name', description: 'Whether the certificate must be for this name.' }),
      }),
    ],
    { error: 'expected true, false or { chain, name }, each true or false' },
  )
  .default(true)
  .transform((value) => (typeof value === 'boolean' ? { chain: value, name: value } : value))
  .meta({
    title: 'Verify',
    description: 'What of the certificate is verified: true for all, false for nothing, or each by itself.',
  })

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/** What is wrong with a text that ought to hold certificates; null when nothing is. */
function faultOf(pem: string): string | null {
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

const ca = z
  .string({ error: 'expected certificates as PEM text, such as ${file:ca.pem}' })
  .max(1_000_000)
  .superRefine((pem, context) => {
    const wrong = faultOf(pem)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong })
  })
  .meta({
    title: 'Authorities',
    description: 'Certificates (PEM) that are trusted, in place of those that everybody trusts.',
  })

const label = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?'
const serverName = z
  .string()
  .max(253)
  .regex(new RegExp(`^${label}(\\.${label})*$`, 'i'), 'expected the name of a host, such as shop.example.test')
  .refine((name) => isIP(name) === 0, 'expected a name; an address is not sent as server name')
  .meta({
    title: 'Server name',
    description: 'Sent as the name that is asked for (SNI) and verified; left out: the host of the address.',
  })

/** YAML reads 1.2 as a number, and 1.0 as 1. */
const versions = ['1.0', '1.1', '1.2', '1.3', 1, 1.1, 1.2, 1.3] as const
const minVersion = z
  .literal(versions, { error: 'expected one of 1.0, 1.1, 1.2, 1.3' })
  .default('1.2')
  .transform((value) => (value === 1 ? '1.0' : String(value)) as '1.0' | '1.1' | '1.2' | '1.3')
  .meta({ title: 'Least version', description: 'The oldest version of TLS that is good enough.' })

export const tlsConfig = z
  .strictObject({
    address: addressSetting,
    ip: ipSetting,
    server_name: serverName.optional(),
    starttls: startTlsSetting.optional(),
    days_left: daysLeft,
    verify,
    ca: ca.optional(),
    min_version: minVersion,
    latency: latencySetting.optional(),
  })
  .transform((settings, context) => {
    const fault = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
    const wrong = clash(settings.address.host, settings.ip)
    if (wrong !== null) fault(wrong, 'ip')
    if (settings.ca !== undefined && !settings.verify.chain)
      fault('is used to verify the chain, which verify turns off; leave one of them out', 'ca')
    return settings
  })

export type TlsConfig = z.output<typeof tlsConfig>
