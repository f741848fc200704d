// Asking by TCP or TLS: one question and one answer, each with its length before it (RFC 1035, 4.2.2; RFC 7858).
// Promises that nothing is kept of more than one message. Must not know what a good answer is.
import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Attempt } from '../attempt.ts'
import type { CertificateFacts } from '../certificate.ts'
import { dial, type IpChoice, where } from '../dial.ts'
import { Failure, socketFailure } from '../failure.ts'
import type { Secure } from '../tls.ts'
import { answersTo, type Question, spellQuestion } from './message.ts'

export interface StreamOptions {
  readonly host: string
  readonly port: number
  readonly ip: IpChoice
  readonly edns: boolean
  /** Null speaks without TLS. */
  readonly secure: Secure | null
  readonly verify: boolean
}

export interface StreamAnswer {
  readonly bytes: Buffer
  readonly address: string
  /** Ms of resolve, connect, tls. */
  readonly phases: Readonly<Record<string, number>>
  /** Of TLS. */
  readonly certificate: CertificateFacts | null
}

/** Throws Failure or OutboundError. The attempt owns the sockets. */
export async function askByStream(attempt: Attempt, question: Question, options: StreamOptions): Promise<StreamAnswer> {
  const { host, port, ip, verify } = options
  const target = where(host, port)
  const dialled = await dial(attempt, host, port, ip)
  const phases: Record<string, number> = { resolve: dialled.resolve, connect: dialled.connect }
  let socket: Socket = dialled.socket
  let certificate: CertificateFacts | null = null
  if (options.secure) {
    const secured = await options.secure(attempt, socket, { host, target, verify, alpn: 'dot' })
    phases['tls'] = secured.tls
    socket = secured.socket
    certificate = secured.certificate
  }
  const id = randomInt(0x10000)
  const asked = spellQuestion(question, id, options.edns)
  attempt.phase = 'waiting for the answer'
  const bytes = await listen(socket, Buffer.concat([lengthOf(asked), asked]), target)
  socket.destroy()
  if (!answersTo(bytes, question, id))
    throw new Failure('protocol', `${target} answered something else than what it was asked.`)
  return { bytes, address: dialled.address, phases, certificate }
}

const lengthOf = ({ length }: Buffer) => Buffer.of(length >> 8, length & 255)

/** The first whole message; it rejects when the connection ends before. */
function listen(socket: Socket, asked: Buffer, target: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const room = Buffer.allocUnsafe(2 + 0xffff)
    let filled = 0
    socket.on('data', (bytes: Buffer) => {
      filled += bytes.copy(room, filled)
      if (filled < 2) return
      const length = room.readUInt16BE(0)
      if (filled >= 2 + length) resolve(Buffer.from(room.subarray(2, 2 + length)))
    })
    socket.once('error', (error) => reject(socketFailure(error, target)))
    socket.once('close', () => {
      const how = filled === 0 ? 'without an answer' : 'in the middle of its answer'
      reject(new Failure('closed', `${target} closed the connection ${how}.`))
    })
    socket.write(asked)
  })
}
