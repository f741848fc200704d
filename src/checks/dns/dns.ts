// The kind `dns`: asks one or several name servers for a name, and judges what they answer.
// Promises one finding within the timeout, whatever a server sends. Must not know what bytes are exchanged.
import type { Facts } from '#core/observation.ts'
import { openOutbound } from '#platform/outbound.ts'
import { Attempt } from '../attempt.ts'
import { type ActiveKind, defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { failed, Failure } from '../failure.ts'
import { judgeLatency } from '../latency.ts'
import { createSecure, type Secure } from '../tls.ts'
import { ask, sayLate, startTrace, type Trace } from './ask.ts'
import { type DnsConfig, dnsConfig, usualPort } from './config.ts'
import { judge, judgeSerials } from './expect.ts'
import type { Answer } from './message.ts'
import { systemServer } from './server.ts'

const recordsShown = 50
const valueMost = 500

/** The kind; `secure` opens TLS, for tests with an authority of their own; `own`: the name server of this machine. */
export function createDns(secure: Secure, own: typeof systemServer = systemServer): ActiveKind {
  return defineCheck<DnsConfig>({
    kind: 'dns',
    title: 'DNS',
    summary: 'Asks name servers for a name, and looks at the records that they answer.',
    config: dnsConfig,
    target: 'name',
    example: { name: 'shop.example.com', type: 'A', expect: { contains: '192.0.2.1' } },
    describe,
    host: ({ servers }) => (servers.length === 0 ? null : servers.map(({ host }) => host).join(' ')),
    probe: (config, context) => probe(config, context, secure, own),
  })
}

export const dns = createDns(createSecure())

function describe({ servers, name, question }: DnsConfig): string {
  const at = servers.length === 0 ? '' : ` at ${servers.map(({ said }) => said).join(', ')}`
  return `${question.type} of ${name}${at}`
}

/** To the machine's own resolver: who runs the machine chose it, and in clouds it has an address denied to others. */
const unguarded = openOutbound({ denied: [] })

async function probe(
  config: DnsConfig,
  context: ProbeContext,
  secure: Secure,
  ownServer: typeof systemServer,
): Promise<Finding> {
  const { protocol } = config.way
  const own = config.servers.length === 0 ? ownServer(usualPort[protocol]) : null
  const servers = own ? [own] : config.servers
  if (servers.length === 0)
    return failed(new Failure('internal', 'This machine knows no name server to ask; give one as server.'))
  const traces = servers.map((server) => startTrace(server, protocol))
  const attempt = new Attempt(own ? { ...context, outbound: unguarded } : context)
  const began = context.clock.monotonic()
  try {
    await attempt.run(() => askAll(attempt, config, traces, secure))
  } catch (error) {
    const fault = attempt.isLate ? late(error, traces, context.timeout) : error
    return failed(own ? notTheirs(fault) : fault, factsOf(traces))
  }
  const latency = context.clock.monotonic() - began
  const facts = factsOf(traces)
  return judgeLatency({ outcome: 'up', latency, reason: null, sentence: null, facts }, config.latency)
}

/** All servers at the same time; throws what is wrong with the first of them that is not well. */
async function askAll(attempt: Attempt, config: DnsConfig, traces: readonly Trace[], secure: Secure): Promise<void> {
  const { question, way, expect } = config
  const all = await Promise.all(
    traces.map(async (trace) => {
      const answer = await ask(attempt, question, way, trace, secure)
      const { said } = trace.server
      const wrong = judge(answer, expect, { question, name: config.name, server: said, several: traces.length > 1 })
      if (wrong) throw wrong
      return { server: said, answer }
    }),
  )
  const wrong = expect.same_serial ? judgeSerials(all, question) : null
  if (wrong) throw wrong
}

/** Time ran out: who did not answer says more than how far it got. */
function late(error: unknown, traces: readonly Trace[], timeout: number): unknown {
  const silent = traces.find(({ answer }) => answer === null)
  if (!silent) return error
  return new Failure(silent.strange === null ? 'timeout' : 'protocol', sayLate(silent, timeout), error)
}

/** Of silence that is no answer at all. */
const silences: ReadonlySet<string> = new Set(['timeout', 'refused', 'unreachable', 'reset', 'closed'])

/** That the name server of this machine is away says nothing of a name. */
function notTheirs(fault: unknown): unknown {
  if (!(fault instanceof Failure) || !silences.has(fault.reason)) return fault
  const mend = 'It is the name server of this machine; to watch that one itself, name it under server.'
  return new Failure('internal', `${fault.message} ${mend}`, fault, fault.facts)
}

/** What is kept of one server; of several, a list of it. */
function factsOf(traces: readonly Trace[]): Facts {
  const [first, ...others] = traces.map(factsOfOne)
  return first && others.length === 0 ? first : { servers: [first, ...others] }
}

function factsOfOne({ server, address, protocol, tries, strays, phases, certificate, answer }: Trace): Facts {
  const rounded = Object.entries(phases).map(([name, ms]) => [name, Math.round(ms * 100) / 100])
  return {
    phases: Object.fromEntries(rounded) as Record<string, number>,
    server: server.said,
    ...(address === null ? {} : { address }),
    protocol,
    tries,
    ...(strays > 0 ? { strays } : {}),
    ...(certificate ? { certificate } : {}),
    ...(answer ? factsOfAnswer(answer) : {}),
  }
}

const factsOfAnswer = ({ rcode, flags, records, explanation }: Answer): Facts => ({
  rcode,
  flags,
  records: records.slice(0, recordsShown).map((record) => ({ ...record, value: shorten(record.value) })),
  ...(records.length > recordsShown ? { records_total: records.length } : {}),
  ...(explanation === null ? {} : { explanation: shorten(explanation) }),
})

/** Bounded, and without the character that no database takes. */
const shorten = (text: string): string => text.slice(0, valueMost).replaceAll('\0', '')
