// TLS to a service: the setting `tls`, and when a password may go without it.
// Promises that credentials do not cross the internet in clear text unless the setting says so. Knows no protocol.
import { z } from 'zod'
import { isInside } from '#platform/outbound.ts'
import { clientSetting } from '../client-certificate.ts'
import { Failure } from '../failure.ts'
import { refuseUnusedCa, trustSettings } from '../tls-check/options.ts'

const trust = z
  .strictObject({ ...trustSettings, days_left: trustSettings.days_left.optional(), client: clientSetting.optional() })
  .superRefine((settings, context) =>
    refuseUnusedCa(settings, (message, path) => context.addIssue({ code: 'custom', message, path: [path] })),
  )

type Trust = z.output<typeof trust>

/** What TLS must be like; null: none, not even for credentials. Left out: the kind's own way. */
export type TlsChoice = Trust | null | undefined

/** TLS as usual: verified. */
export const usualTls = trust.parse({})
/** TLS with anybody: enough against those who only listen. */
export const anyTls = trust.parse({ verify: false, min_version: '1.0' })
/** TLS with anybody who is vouched for, under whatever name. */
export const verifiedChain = trust.parse({ verify: { chain: true, name: false } })

/** The setting `tls: true | false | { verify, ca, … }`; `otherwise` says what happens where it is left out. */
export const serviceTls = (otherwise: string) =>
  z
    .union([z.boolean(), trust], { error: 'expected true, false or what TLS must be like, such as { verify: false }' })
    .transform((value) => (value === true ? usualTls : value === false ? null : value))
    .optional()
    .meta({
      title: 'TLS',
      description: `Whether TLS is spoken, and what it must be like; false: not even for a password. ${otherwise}`,
    })

/** Where `secrets` of a kind name what is never shown of the settings of every service. */
export const serviceSecrets = ['password', 'tls.client.key'] as const

/** Throws where what lets us in would cross the internet in clear text and nobody has said that it may. */
export function keepSecret(target: string, address: string, tls: TlsChoice, what = 'password'): void {
  if (tls === null || isInside(address)) return
  throw new Failure(
    'auth',
    `${target} is on the internet (${address}), so the ${what} was not sent there in clear text; ` +
      'set tls: true, or tls: false if it must be sent all the same.',
  )
}
