// TLS to a service: the setting `tls`, and when a password may go without it.
// Promises that credentials do not cross the internet in clear text unless the setting says so. Knows no protocol.
import { isInside } from '#platform/outbound.ts'
import { Failure } from '../failure.ts'
import { type Trust, tlsSetting } from '../tls-check/options.ts'

/** What TLS must be like; null: none, not even for credentials. Left out: the kind's own way. */
export type TlsChoice = Trust | null | undefined

/** TLS as usual: verified. */
export const usualTls = tlsSetting.parse(true) as Trust
/** TLS with anybody: enough against those who only listen. */
export const anyTls = tlsSetting.parse({ verify: false, min_version: '1.0' }) as Trust

/** TLS with anybody who is vouched for, under whatever name. */
export const verifiedChain = tlsSetting.parse({ verify: { chain: true, name: false } }) as Trust

/** The setting `tls: true | false | { verify, ca, … }`; `otherwise` says what happens where it is left out. */
export const serviceTls = (otherwise: string) =>
  tlsSetting.optional().meta({
    title: 'TLS',
    description: `Whether TLS is spoken, and what it must be like; false: not even for a password. ${otherwise}`,
  })

/** Throws where a password would cross the internet in clear text and nobody has said that it may. */
export function keepSecret(target: string, address: string, tls: TlsChoice): void {
  if (tls === null || isInside(address)) return
  throw new Failure(
    'auth',
    `${target} is on the internet (${address}), so the password was not sent there in clear text; ` +
      'set tls: true, or tls: false if it must be sent all the same.',
  )
}
