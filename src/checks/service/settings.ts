// What the settings of all services that are logged in to have in common, and their way in.
// Promises that contradictions are refused, and that no password is sent where it must not be. Knows no protocol.
import type { z } from 'zod'
import { clash, ipSetting } from '../address.ts'
import type { IpChoice } from '../dial.ts'
import { latencySetting, type LatencyThresholds } from '../latency.ts'
import type { Reach, Session } from '../talk/session.ts'
import { keepSecret, serviceTls, type TlsChoice, usualTls } from './tls.ts'
import { passwordSetting, type ServiceUrl, type UrlForm, urlSetting } from './url.ts'

const usually = (form: UrlForm) => {
  const secured = Object.entries(form.schemes).filter(([, { tls }]) => tls === true)
  const names = secured.map(([name]) => `${name}://`).join(' or ')
  return `Left out: as the URL says${names === '' ? '' : `; ${names} means TLS`}.`
}

/** The settings that every service has, to be spread into its own mapping. */
export const serviceSettings = (form: UrlForm, otherwise = usually(form)) => ({
  url: urlSetting(form),
  password: passwordSetting.optional(),
  tls: serviceTls(otherwise),
  ip: ipSetting,
  latency: latencySetting.optional(),
})

interface ServiceConfig {
  readonly url: ServiceUrl
  readonly password?: string | undefined
  readonly tls?: TlsChoice
  readonly ip: IpChoice
  readonly latency?: LatencyThresholds | undefined
}

/** Refuses what contradicts itself, for the `superRefine` of a kind's own mapping. */
export function refuseClashes({ url, tls, ip }: ServiceConfig, context: z.RefinementCtx): void {
  // What is wrong by itself is told first, and has not the type that it seems to have.
  if (context.issues.length > 0) return
  const wrong = clash(url.host, ip)
  if (wrong !== null) context.addIssue({ code: 'custom', message: wrong, path: ['ip'] })
  if (url.tls && tls === null)
    context.addIssue({ code: 'custom', message: `${url.scheme}:// means TLS; leave one of them out`, path: ['tls'] })
}

/** Where a service is, as a session wants it. */
export const reachOf = ({ url, ip, latency }: ServiceConfig): Reach => ({
  address: { host: url.host, port: url.port },
  ip,
  tls: null,
  latency,
})

interface Entry {
  readonly url: Pick<ServiceUrl, 'tls'>
  readonly tls?: TlsChoice
  readonly password?: string | undefined
  /** Headers that hold a secret, in place of a password. */
  readonly secrets?: readonly string[]
}

/** Secures a session that begins with TLS where the settings want it; without, no secret crosses the internet. */
export async function enter(
  session: Session,
  { url, tls, password, secrets = [] }: Entry,
  alpn?: string,
): Promise<void> {
  const trust = tls ?? (url.tls ? usualTls : null)
  if (trust) await session.secure(trust, alpn)
  else if (password !== undefined) keepSecret(session.target, session.address, tls)
  else if (secrets.length > 0) keepSecret(session.target, session.address, tls, 'secret among the headers')
  for (const secret of password === undefined ? secrets : [password]) session.dialogue.hush(secret)
}
