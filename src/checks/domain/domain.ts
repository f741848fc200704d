// The kind `domain`: asks a registry by RDAP (RFC 9082) until when a domain is registered, and how it stands.
// Promises that what cannot be asked is unknown and never down, and to ask no more often than a registry wants.
import type { Facts } from '#core/observation.ts'
import { OutboundError } from '#platform/outbound.ts'
import { Attempt } from '../attempt.ts'
import { type ActiveKind, defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { failed, Failure } from '../failure.ts'
import type { Journey } from '../http/follow.ts'
import { createSecure, type Secure } from '../tls.ts'
import { Asker, strange, type Told } from './ask.ts'
import { Bootstrap } from './bootstrap.ts'
import { type DomainConfig, domainConfig } from './config.ts'
import { evidence, identityOf, judge } from './judge.ts'
import { readRegistration, type Registration } from './rdap.ts'

const bytesMost = 500_000

interface Means {
  readonly asker: Asker
  readonly bootstrap: Bootstrap
}

/** What is known so far, for evidence. */
interface Seen {
  journey: Journey | null
}

async function probe(means: Means, settings: DomainConfig, context: ProbeContext): Promise<Finding> {
  const attempt = new Attempt(context)
  const seen: Seen = { journey: null }
  const began = context.clock.monotonic()
  try {
    const registration = await attempt.run(() => ask(means, attempt, settings, seen))
    const latency = context.clock.monotonic() - began
    const facts = { ...evidence(registration, context.clock.now()), ...factsOf(seen) }
    const verdict = judge(registration, settings, context.clock.now())
    const identity = identityOf(registration)
    return { outcome: 'up', reason: null, sentence: null, ...verdict, latency, facts, ...(identity && { identity }) }
  } catch (error) {
    if (error instanceof Missing) return { ...failed(error, factsOf(seen)), latency: context.clock.monotonic() - began }
    return unasked(error, settings, factsOf(seen))
  }
}

/** The registry itself says that there is no such domain. */
class Missing extends Failure {
  constructor({ said, ascii }: DomainConfig['name']) {
    const [, ...above] = ascii.split('.')
    const hint = above.length > 1 ? `; if ${said} is a host, write the domain it belongs to` : ''
    super('registration', `The domain ${said} is not registered: the registry knows none of that name${hint}.`)
  }
}

async function ask(
  { asker, bootstrap }: Means,
  attempt: Attempt,
  { name, server, ip }: DomainConfig,
  seen: Seen,
): Promise<Registration> {
  const base = server === undefined ? await bootstrap.serverOf(attempt, name.ascii) : new URL(server)
  if (base === null) {
    const above = name.ascii.slice(name.ascii.lastIndexOf('.'))
    throw new Failure(
      'no_data',
      `IANA lists no RDAP server for ${above}; where there is one, write server: with its URL.`,
    )
  }
  const url = new URL(`${base.href.replace(/\/*$/, '')}/domain/${name.ascii}`)
  attempt.phase = `asking ${url.host}`
  seen.journey = asker.begin(url)
  const told = await asker.ask(attempt, seen.journey, bytesMost, ip)
  const { host } = seen.journey.request.url
  if (told.status === 404 && isOfRdap(told)) throw new Missing(name)
  if (told.status !== 200) throw strange(host, told.status)
  const registration = readRegistration(told.text, name.ascii)
  if (typeof registration !== 'string') return registration
  throw new Failure('protocol', `The answer of ${host} ${registration}; is it an RDAP server?`)
}

/** The top-level domain: `.com`. */
const aboveOf = ({ ascii }: DomainConfig['name']) => ascii.slice(ascii.lastIndexOf('.'))

/** A page that says 404 is of a server that speaks no RDAP, or not at that place. */
const isOfRdap = ({ headers, text }: Told) => text.trim() === '' || /\bjson\b/i.test(headers.get('content-type') ?? '')

/** The finding where nothing could be learned: that says nothing of the domain. */
function unasked(error: unknown, { name }: DomainConfig, facts: Facts): Finding {
  const finding = failed(error, facts)
  if (!(error instanceof Failure || error instanceof OutboundError) || error.reason === 'internal') return finding
  const why = (finding.sentence ?? '').replace(/^(The|No|Nothing|It) /, lower)
  const sentence = `Nothing is known of ${name.said}: ${why}`
  return { ...finding, outcome: 'unknown', sentence }
}

const lower = (word: string) => word.toLowerCase()

function factsOf({ journey }: Seen): Facts {
  if (journey === null) return {}
  const { phases, address, request } = journey
  const spent = Object.entries(phases).filter((entry): entry is [string, number] => Number(entry[1]) > 0)
  return {
    phases: Object.fromEntries(spent.map(([name, ms]) => [name, Math.round(ms * 100) / 100])),
    ...(address === null ? {} : { address }),
    asked: request.url.href,
  }
}

/** The kind with its own way to secure connections, and another list of servers, for tests. */
export function domainKind(secure: Secure, list?: string): ActiveKind {
  const asker = new Asker(secure)
  const means: Means = { asker, bootstrap: new Bootstrap(asker, list) }
  return defineCheck<DomainConfig>({
    kind: 'domain',
    title: 'Domain',
    summary: 'Asks the registry until when a domain is registered, by whom, and whether it is held or about to go.',
    config: domainConfig,
    target: 'name',
    example: { name: 'example.com', days_left: { degraded: 45, down: 14 } },
    interval: '1d',
    describe: ({ name }) => name.said,
    host: ({ name, server }) => (server === undefined ? `registry of ${aboveOf(name)}` : new URL(server).host),
    probe: (settings, context) => probe(means, settings, context),
  })
}

export const domain = domainKind(createSecure())
