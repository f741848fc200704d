// The settings of what TLS must be like: whom the certificate is for, who vouches for it, how long it is still valid.
// Promises the same settings to every kind that speaks TLS. Must not know what is spoken inside.
import { isIP } from 'node:net'
import { z } from 'zod'
import { clientSetting } from '../client-certificate.ts'
import { pemFault } from '../pem.ts'

const days = z.int({ error: 'expected a whole number of days' }).min(0).max(3_650)
export const usualDays = { degraded: 21, down: 7 }

const daysLeft = z
  .strictObject({
    degraded: days.meta({ title: 'Degraded below', description: 'Fewer days left than this is degraded.' }).optional(),
    down: days.meta({ title: 'Down below', description: 'Fewer days left than this is down.' }).optional(),
  })
  .refine(({ degraded, down }) => degraded === undefined || down === undefined || degraded > down, {
    error: 'degraded must be more days than down, or it would never apply',
    path: ['degraded'],
  })
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

const ca = z
  .string({ error: 'expected certificates as PEM text, such as ${file:ca.pem}' })
  .max(1_000_000)
  .superRefine((pem, context) => {
    const wrong = pemFault(pem)
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

/** What every kind that speaks TLS may ask of it. */
export const trustSettings = {
  server_name: serverName.optional(),
  days_left: daysLeft,
  verify,
  ca: ca.optional(),
  min_version: minVersion,
}

interface Unused {
  readonly ca?: string | undefined
  readonly verify: { readonly chain: boolean }
}

/** Authorities that nothing is compared with are a mistake. */
export function refuseUnusedCa({ ca, verify }: Unused, fault: (message: string, path: string) => void): void {
  if (ca !== undefined && !verify.chain)
    fault('is used to verify the chain, which verify turns off; leave one of them out', 'ca')
}

const trust = z
  .strictObject({ ...trustSettings, days_left: daysLeft.optional(), client: clientSetting.optional() })
  .superRefine((settings, context) =>
    refuseUnusedCa(settings, (message, path) => context.addIssue({ code: 'custom', message, path: [path] })),
  )

/** What TLS must be like, for those who speak inside it. */
export type Trust = z.output<typeof trust>

/** The setting `tls: true`, or what TLS must be like; null for `tls: false`. */
export const tlsSetting = z
  .union([z.boolean(), trust], { error: 'expected true, false or what TLS must be like, such as { verify: false }' })
  .transform((value) => (value === true ? trust.parse({}) : value === false ? null : value))
  .meta({ title: 'TLS', description: 'Whether TLS is spoken, from the first byte unless starttls asks for it later.' })
