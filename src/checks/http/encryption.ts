// What TLS must be like for an https check: the settings, what of them holds at which server, days that are left.
// Promises that a certificate of our own and a server name are for the servers of the settings alone, never for those
// that they redirect to. Must not know sockets.
import { clientSetting } from '../client-certificate.ts'
import { Failure } from '../failure.ts'
import { type DaysLeft, judgeLasting, type Verdict } from '../lasting.ts'
import type { Secured, Verify } from '../tls.ts'
import { refuseUnusedCa, trustSettings } from '../tls-check/options.ts'
import type { Trust } from '../tls-context.ts'

/** The settings, to stand beside the URL. */
export const encryptionSettings = {
  ...trustSettings,
  days_left: trustSettings.days_left.optional(),
  client: clientSetting.optional(),
}

interface Given {
  readonly server_name?: string | undefined
  readonly days_left?: DaysLeft | undefined
  readonly verify: { readonly chain: boolean; readonly name: boolean }
  readonly follow: number
  readonly ca?: string | undefined
  readonly min_version: '1.0' | '1.1' | '1.2' | '1.3'
  readonly client?: { readonly cert: string; readonly key: string } | undefined
}

/** Refuses what no server of the settings, or none at all, would be asked for. */
export function refuseUnused(
  given: Given,
  urls: readonly string[],
  fault: (message: string, path: string) => void,
): void {
  refuseUnusedCa(given, fault)
  const hosts = new Set(urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).host))
  if (given.server_name !== undefined && hosts.size > 1)
    fault('is one name, and the steps lead to several servers; make monitors of them', 'server_name')
  if (urls.some((url) => /^https:/i.test(url))) return
  const unused = (name: string) => fault('means nothing here: the URL is http, which is not encrypted', name)
  for (const name of ['server_name', 'days_left', 'client'] as const) if (given[name] !== undefined) unused(name)
  if (!given.verify.chain || !given.verify.name)
    fault('means nothing here: the URL is http, which is not encrypted; write the https URL, or leave it out', 'verify')
  if (given.follow === 0 && given.ca !== undefined) unused('ca')
  if (given.follow === 0 && given.min_version !== '1.2') unused('min_version')
}

/** What holds at the servers of the settings alone. */
export interface OwnServer {
  readonly trust?: Trust | undefined
  readonly serverName?: string | undefined
}

export interface Encryption {
  readonly verify: Verify
  /** What differs from the usual at every server. */
  readonly trust?: Trust | undefined
  readonly own?: OwnServer | undefined
}

/** What the settings ask for. Made once for a monitor: contexts are known again by the objects in it. */
export function encryptionOf({
  server_name: serverName,
  verify,
  ca,
  min_version: minVersion,
  client,
}: Given): Encryption {
  const trust = ca === undefined && minVersion === '1.2' ? undefined : { ca, minVersion }
  const own =
    client || serverName !== undefined
      ? { trust: client ? { ca, minVersion, ...client } : trust, serverName }
      : undefined
  return { verify, trust, own }
}

/** The certificate that expires first of those that were seen in a check. */
export interface Lasting {
  /** `The certificate of shop.example.com` */
  readonly whose: string
  /** Epoch ms. */
  readonly until: number
}

/** What expires first, from what was known before and what a handshake with the service of that name showed. */
export function firstToEnd(before: Lasting | null, lasting: Secured['lasting'], name: string): Lasting | null {
  if (!lasting || (before && before.until <= lasting.until)) return before
  const { until, weakest } = lasting
  const whose = weakest === null ? `of ${name}` : `of ${weakest}, on which that of ${name} rests,`
  return { whose: `The certificate ${whose}`, until }
}

/** What is wrong with the days that are left, at an epoch time in ms; null when nothing is, or nobody asked. */
export function judgeDaysLeft(lasting: Lasting | null, least: DaysLeft | undefined, now: number): Verdict | null {
  if (!lasting || !least) return null
  if (lasting.until > 0) return judgeLasting(lasting.whose, lasting.until, least, now)
  return { outcome: 'down', failure: new Failure('certificate', `${lasting.whose} has dates that cannot be read.`) }
}
