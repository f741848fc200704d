// Asking one server: by the protocol that is wanted, over TCP when an answer by UDP was cut short, and without
// EDNS when the server does not know it. Promises an answer or a Failure with the sentence, and a trace meanwhile.
import type { Attempt } from '../attempt.ts'
import type { CertificateFacts } from '../certificate.ts'
import { saySilence } from '../datagram.ts'
import { type IpChoice, where } from '../dial.ts'
import { Failure } from '../failure.ts'
import { sayLatency } from '../latency.ts'
import { createSecure, type Secure } from '../tls.ts'
import { type Answer, isTruncated, type Question, readAnswer } from './message.ts'
import { DnsError } from './name.ts'
import type { Server } from './server.ts'
import { askByStream } from './stream.ts'
import { askByUdp, type StrangeTally } from './udp.ts'

export type Protocol = 'udp' | 'tcp' | 'tls'

export interface Way {
  readonly protocol: Protocol
  readonly ip: IpChoice
  readonly verify: boolean
  /** Of UDP: the question is asked at most so often. */
  readonly tries: number
}

/** What is known of one server so far, also when it never answers. */
export interface Trace extends StrangeTally {
  readonly server: Server
  protocol: Protocol
  address: string | null
  certificate: CertificateFacts | null
  answer: Answer | null
  readonly phases: Record<string, number>
}

/** Opens nothing: a trace of a server that was not asked yet. */
export const startTrace = (server: Server, protocol: Protocol): Trace => ({
  server,
  protocol,
  tries: 0,
  strays: 0,
  strange: null,
  address: null,
  certificate: null,
  answer: null,
  phases: {},
})

const secureByDefault = createSecure()

/** Fills the trace until it has the answer; throws Failure or OutboundError. */
export async function ask(
  attempt: Attempt,
  question: Question,
  way: Way,
  trace: Trace,
  secure: Secure = secureByDefault,
): Promise<Answer> {
  const first = await askOnce(attempt, question, way, trace, secure, true)
  const answer = needsPlain(first) ? await askOnce(attempt, question, way, trace, secure, false) : first
  trace.answer = answer
  return answer
}

/** An old server answers so to what it does not know. */
const needsPlain = ({ rcode }: Answer) => rcode === 'FORMERR' || rcode === 'NOTIMP' || rcode === 'BADVERS'

async function askOnce(
  attempt: Attempt,
  question: Question,
  way: Way,
  trace: Trace,
  secure: Secure,
  edns: boolean,
): Promise<Answer> {
  if (way.protocol === 'udp') {
    const bytes = await overUdp(attempt, question, way, trace, edns)
    if (!isTruncated(bytes)) return read(bytes, trace)
    trace.protocol = 'tcp'
  }
  const bytes = await overStream(attempt, question, way, trace, edns, way.protocol === 'tls' ? secure : null)
  return read(bytes, trace)
}

async function overUdp(attempt: Attempt, question: Question, way: Way, trace: Trace, edns: boolean): Promise<Buffer> {
  const { clock } = attempt.context
  const { host, port } = trace.server
  trace.protocol = 'udp'
  const began = clock.monotonic()
  const addresses = await attempt.resolve(host, way.ip)
  const asked = clock.monotonic()
  spend(trace, { resolve: asked - began })
  trace.address = addresses[0]?.address ?? null
  const options = { addresses, port, target: where(host, port), tries: way.tries, edns }
  trace.tries = 0
  const bytes = await askByUdp(attempt, question, options, trace)
  spend(trace, { answer: clock.monotonic() - asked })
  return bytes
}

async function overStream(
  attempt: Attempt,
  question: Question,
  way: Way,
  trace: Trace,
  edns: boolean,
  secure: Secure | null,
): Promise<Buffer> {
  const { clock } = attempt.context
  const { host, port } = trace.server
  const began = clock.monotonic()
  trace.tries += 1
  const options = { host, port, ip: way.ip, edns, secure, verify: way.verify }
  const told = await askByStream(attempt, question, options).catch((error: unknown) => {
    throw way.protocol === 'udp' ? afterTruncation(error) : error
  })
  const spent = Object.values(told.phases).reduce((sum, ms) => sum + ms, 0)
  spend(trace, { ...told.phases, answer: clock.monotonic() - began - spent })
  trace.address = told.address
  trace.certificate = told.certificate
  return told.bytes
}

/** Why TCP was spoken at all belongs to the story. */
function afterTruncation(error: unknown): unknown {
  if (!(error instanceof Failure)) return error
  return new Failure(error.reason, `Its answer was cut short by UDP, and over TCP: ${error.message}`, error)
}

function spend(trace: Trace, phases: Readonly<Record<string, number>>): void {
  for (const [name, ms] of Object.entries(phases)) trace.phases[name] = (trace.phases[name] ?? 0) + ms
}

function read(bytes: Buffer, { server }: Trace): Answer {
  try {
    return readAnswer(bytes)
  } catch (error) {
    if (!(error instanceof DnsError)) throw error
    throw new Failure('protocol', `The answer of ${server.said} cannot be understood: ${error.message}.`, error)
  }
}

/** What is said of a server that had not answered when the time was over. */
export function sayLate({ server, protocol, tries, strays, strange }: Trace, timeout: number): string {
  const within = `within ${sayLatency(timeout)}`
  if (tries === 0) return `The name server ${server.said} could not be asked ${within}.`
  if (protocol === 'udp' && strange !== null)
    return `${server.said} sends ${strange}, so it does not count; nothing else came ${within}.`
  if (protocol === 'udp') return saySilence(server.said, timeout, { tries, strays })
  return `No answer from ${server.said} by ${protocol.toUpperCase()} ${within}.`
}
