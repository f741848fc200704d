// Judgement of how a domain stands with its registry, and the evidence that goes with it.
// Promises the worst first, in a sentence that says what it means. Must not know how the registry was asked.
import { createHash } from 'node:crypto'
import type { Identity } from '#core/identity.ts'
import type { Facts } from '#core/observation.ts'
import type { Reason } from '#core/reason.ts'
import { daysLeft, judgeLasting } from '../lasting.ts'
import type { DomainConfig } from './config.ts'
import type { Registration } from './rdap.ts'

interface Verdict {
  readonly outcome: 'degraded' | 'down' | 'unknown'
  readonly reason: Reason
  readonly sentence: string
}

/** What a status means for people; the others stand for themselves. */
const meanings: Readonly<Record<string, string>> = {
  inactive: 'it has no name servers, so nothing of it is found',
  clientHold: 'the registrar has taken it out of DNS',
  serverHold: 'the registry has taken it out of DNS',
  redemptionPeriod: 'it was deleted, and can still be bought back',
  pendingDelete: 'it was deleted, and will soon be free for anybody',
  pendingTransfer: 'somebody asked to move it to another registrar',
  pendingRestore: 'it was deleted, and is being bought back',
  clientTransferProhibited: 'it is locked against being moved to another registrar',
}
const sayStatus = (status: string) => (meanings[status] ? `${status} (${meanings[status]})` : status)

/** What is wrong with a registration at an epoch time in ms; null when nothing is. */
export function judge({ status, expires }: Registration, settings: DomainConfig, now: number): Verdict | null {
  const { name, days_left: least, status: rules } = settings
  const wrong = (outcome: Verdict['outcome'], sentence: string): Verdict => ({
    outcome,
    reason: 'registration',
    sentence,
  })
  const lasting =
    expires === null || least === false ? null : judgeLasting(`The registration of ${name.said}`, expires, least, now)
  if (lasting?.outcome === 'down') return wrong('down', lasting.failure.message)
  const bad = rules.down.find((one) => status.includes(one))
  if (bad) return wrong('down', `The domain ${name.said} has the status ${sayStatus(bad)}.`)
  const odd = rules.degraded.find((one) => status.includes(one))
  if (odd) return wrong('degraded', `The domain ${name.said} has the status ${sayStatus(odd)}.`)
  const missing = rules.needed.find((one) => !status.includes(one))
  if (missing) return wrong('degraded', `The domain ${name.said} does not have the status ${sayStatus(missing)}.`)
  if (lasting) return wrong('degraded', lasting.failure.message)
  if (expires !== null || least === false) return null
  const mend = 'write days_left: false to do without'
  const sentence = `The registry does not tell until when ${name.said} is registered; ${mend}.`
  return { outcome: 'unknown', reason: 'no_data', sentence }
}

/** What is kept of a registration; who it is registered by and where it points to among it. */
export function evidence(registration: Registration, now: number): Facts {
  const { name, expires, registered, changed, registrar, status, nameservers, dnssec } = registration
  const moments = Object.entries({ registered, changed, expires })
    .filter((entry): entry is [string, number] => entry[1] !== null)
    .map(([what, at]) => [what, new Date(at).toISOString()])
  return {
    registration: {
      domain: name,
      ...(registrar === null ? {} : { registrar }),
      ...(Object.fromEntries(moments) as Record<string, string>),
      ...(expires === null ? {} : { daysLeft: daysLeft(expires, now) }),
      status,
      nameservers,
      ...(dnssec === null ? {} : { dnssec }),
    },
  }
}

const digits = 32
const serversShown = 3

/** Who a domain is registered with and where it points to: of another registrar or name server there is an event. */
export function identityOf({ registrar, nameservers }: Registration): Identity | null {
  if (registrar === null && nameservers.length === 0) return null
  const hash = createHash('sha256').update(JSON.stringify([registrar, nameservers]))
  const more = nameservers.length - serversShown
  const shown = nameservers.slice(0, serversShown).join(', ') || 'no name server'
  return {
    what: 'registration',
    id: hash.digest('hex').slice(0, digits),
    words: `with ${registrar ?? 'an unknown registrar'}, at ${shown}${more > 0 ? ` and ${more} more` : ''}`,
    facts: { registrar: registrar ?? '', nameservers: nameservers.join(' ').slice(0, 500) },
  }
}
