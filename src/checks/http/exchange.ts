// Exchange: one request and its answer over one fresh connection, every phase timed.
// Promises that nothing of the connection is left when the attempt ends. Must not know what a good answer is.
import type { Socket } from 'node:net'
import type { Outbound } from '#platform/outbound.ts'
import type { Attempt } from '../attempt.ts'
import type { CertificateFacts } from '../certificate.ts'
import { dial, type IpChoice, where } from '../dial.ts'
import { socketFailure } from '../failure.ts'
import type { Secure } from '../tls.ts'
import { type Answer, AnswerReader } from './reader.ts'
import { type Request, spell } from './request.ts'

/** Ms of each phase; the sum over all hops. */
export interface Phases {
  resolve: number
  connect: number
  tls: number
  firstByte: number
  body: number
}

export interface ExchangeOptions {
  readonly secure: Secure
  readonly outbound: Outbound
  readonly ip: IpChoice
  readonly verify: boolean
  /** Bytes of the body that are wanted. */
  readonly most: number
}

/** What is known of the hop under way, also when it fails. */
export interface Trace {
  readonly phases: Phases
  address: string | null
  certificate: CertificateFacts | null
}

/** Sends the request and reads the answer; throws Failure or OutboundError, with the trace telling how far it got. */
export async function exchange(
  attempt: Attempt,
  request: Request,
  trace: Trace,
  options: ExchangeOptions,
): Promise<Answer> {
  const { url } = request
  const { clock } = attempt.context
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const encrypted = url.protocol === 'https:'
  const port = url.port === '' ? (encrypted ? 443 : 80) : Number(url.port)
  const target = where(host, port)
  const dialled = await dial(attempt, host, port, options.ip, options.outbound)
  trace.address = dialled.address
  trace.phases.resolve += dialled.resolve
  trace.phases.connect += dialled.connect
  let socket: Socket = dialled.socket
  if (encrypted) {
    const secured = await options.secure(attempt, socket, { host, target, verify: options.verify })
    trace.phases.tls += secured.tls
    trace.certificate = secured.certificate
    socket = secured.socket
  }
  attempt.phase = 'waiting for the first byte'
  const sent = clock.monotonic()
  let began = sent
  const answer = await talk(socket, request, options.most, target, () => {
    began = clock.monotonic()
    attempt.phase = 'reading the answer'
  })
  trace.phases.firstByte += began - sent
  trace.phases.body += clock.monotonic() - began
  socket.destroy()
  return answer
}

/** Writes the request, reads the answer. */
function talk(socket: Socket, request: Request, most: number, target: string, onFirst: () => void): Promise<Answer> {
  const reader = new AnswerReader(request.method, most)
  return new Promise((resolve, reject) => {
    let first = true
    /** Rejects with what the step throws; resolves once the answer is complete. */
    const step = (take: () => void) => {
      try {
        take()
        if (reader.done) resolve(reader.answer())
      } catch (error) {
        reject(error)
      }
    }
    socket.on('data', (bytes: Buffer) => {
      if (first) onFirst()
      first = false
      step(() => reader.push(bytes))
    })
    socket.once('end', () => step(() => reader.end()))
    socket.once('error', (error) => reject(socketFailure(error, target)))
    socket.once('close', () => step(() => reader.end()))
    socket.write(spell(request))
  })
}
