// Heartbeats by mail: a listener to which mail is sent, for what can send nothing but mail. It passes none on.
// Promises bounds on connections, time and mails, and an answer of success only after the commit.
// Must not know how mails are read.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { isIdText, isKeyText } from '#core/key.ts'
import { mailSays } from '#core/mail-rules.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Counter } from '#platform/metrics.ts'
import { observed } from '../beat/observed.ts'
import { type Target, targetOf } from '../beat/target.ts'
import type { Gate } from '../gate.ts'
import type { BeatMonitor, BeatPort } from '../ports.ts'
import type { Refusal, Roster } from '../roster.ts'
import type { Rejection, Tally } from '../tally.ts'
import { Dialogue, type DialogueLimits, type Mail } from './dialogue.ts'
import { readMail } from './message.ts'

export interface MailLimits extends DialogueLimits {
  readonly connections: number
  /** Of one address. */
  readonly each: number
  /** Ms without a byte, and of a connection in all. */
  readonly idle: number
  readonly whole: number
}
export const mailLimits: MailLimits = {
  connections: 200,
  each: 20,
  idle: 60_000,
  whole: 300_000,
  line: 2_048,
  mail: 1_000_000,
  recipients: 10,
  mails: 100,
  mistakes: 10,
}

export interface MailParts {
  readonly port: BeatPort
  readonly roster: Roster
  readonly gate: Gate
  readonly tally: Tally
  /** Connections turned away, by `reason`. */
  readonly refused: Counter
  readonly clock: Clock
  readonly log: Log
  readonly limits: MailLimits
}

export interface MailDoor {
  readonly address: AddressInfo
  close(): Promise<void>
}

/** Of the text of a mail so much is kept. */
const keptMost = 100_000

/** Whose mail it is and what its address says, as the address of a heartbeat by HTTP does. */
interface To {
  readonly target: Target
  /** Null: its first mail makes it. */
  readonly monitor: BeatMonitor | null
}

/** Listens on an address; rejects with the system's error. Until `ready` resolves nobody is greeted. */
export async function openMail(parts: MailParts, host: string, port: number, ready?: Promise<void>): Promise<MailDoor> {
  const { limits, refused, log } = parts
  const sockets = new Map<Socket, string>()
  const server = createServer((socket) => {
    const address = socket.remoteAddress ?? ''
    const same = [...sockets.values()].filter((one) => one === address).length
    socket.on('error', () => socket.destroy())
    if (sockets.size >= limits.connections || same >= limits.each) {
      refused.of({ reason: 'limit' }).add()
      socket.end('421 4.7.0 So many connections are enough; come again\r\n')
      return
    }
    sockets.set(socket, address)
    socket.once('close', () => sockets.delete(socket))
    if (ready === undefined) serve(parts, socket)
    else void ready.then(() => serve(parts, socket))
  })
  server.on('error', (error) => log.error('the listener for mail failed', { error }))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    address: server.address() as AddressInfo,
    close() {
      for (const socket of sockets.keys()) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function serve(parts: MailParts, socket: Socket): void {
  const { clock, gate, limits } = parts
  const near = gate.isOpen(socket.remoteAddress ?? null)
  const stop = () => socket.destroy()
  const whole = clock.after(limits.whole, stop)
  let idle = clock.after(limits.idle, stop)
  const dialogue = new Dialogue<To>({
    limits,
    recipient: (address) => recipient(parts, near, address),
    deliver: (mail) => deliver(parts, mail),
    reply: (line) => void socket.write(`${line}\r\n`),
    end: () => socket.end(),
  })
  socket.on('data', (piece: Buffer) => {
    idle.cancel()
    idle = clock.after(limits.idle, stop)
    // Who sends on while a mail is stored waits in the system's own queue.
    socket.pause()
    void dialogue.take(piece).then(() => socket.resume())
  })
  socket.once('close', () => {
    whole.cancel()
    idle.cancel()
  })
}

/** Whom an address means: `key@…`, `uuid@…`, and `key+start@…`, `key+fail@…`, `key+3@…`. */
function recipient({ port, tally }: MailParts, near: boolean, address: string): To | string {
  const at = address.lastIndexOf('@')
  const [name = '', verb = ''] = (at < 0 ? address : address.slice(0, at)).split(/\+(.*)/s)
  const refuse = (reason: Rejection, reply: string) => {
    tally.reject(reason)
    return reply
  }
  if (!isKeyText(name)) return refuse('name', '550 5.1.1 This is not the key of a heartbeat')
  const target = targetOf(`/beat/${name}/${verb}`)
  if (target === null || 'fault' in target)
    return refuse('verb', '550 5.1.1 After + may stand start, fail, log or an exit status')
  const monitor = port.find(name)
  // Whether a key exists is nobody's knowledge outside.
  if (monitor?.access !== 'id' && !near) return refuse('network', '550 5.7.1 There is nobody of this name')
  if (monitor?.access === 'guarded') return refuse('guarded', '550 5.7.1 This heartbeat takes mail to its id')
  if (monitor !== null && !monitor.passive) return refuse('not_heartbeat', '550 5.7.1 This monitor takes no heartbeats')
  if (monitor === null && isIdText(name)) return refuse('unknown', '550 5.1.1 No heartbeat has this id')
  return { target, monitor }
}

async function deliver(parts: MailParts, { to, bytes }: Mail<To>): Promise<string> {
  const { subject, text } = readMail(bytes)
  let worst = '250 2.0.0 Taken'
  for (const one of to) {
    const reply = await deliverOne(parts, one, subject, text).catch(() => {
      parts.tally.reject('unavailable')
      return '451 4.3.0 It could not be stored; send it again'
    })
    if (!reply.startsWith('2') || to.length === 1) worst = reply
  }
  return worst
}

const refusals: Readonly<Record<Refusal, string>> = {
  limit: '550 5.7.1 As many heartbeats as are allowed exist',
  unknown: '550 5.1.1 No heartbeat has this key, and none is made by its first mail',
  full: '451 4.3.2 Too many heartbeats are being made; send it again',
  unavailable: '451 4.3.0 It could not be stored; send it again',
}

async function deliverOne(parts: MailParts, to: To, subject: string, text: string): Promise<string> {
  const { port, tally, clock, roster } = parts
  const monitor = to.monitor ?? (await roster.enroll(to.target.key))
  if (typeof monitor === 'string') {
    tally.reject(monitor)
    return refusals[monitor]
  }
  const said = to.target.signal === 'beat' && to.target.exit === null
  const signal = said ? mailSays(port.mailRules(monitor.id), subject, text) : to.target.signal
  if (signal === null) {
    tally.reject('words')
    return '250 2.0.0 Taken, but none of the words is in it that were to be there'
  }
  const target = { ...to.target, signal }
  const at = clock.now()
  const whole = Buffer.from(`${subject}\n\n${text}`)
  const body = { bytes: whole.subarray(0, keptMost), size: whole.length, unread: false }
  const entry = { monitor: monitor.id, at, signal, body: body.bytes, size: body.size, run: null, exit: target.exit }
  if (signal === 'log') await port.log(entry)
  else {
    const { key } = monitor
    await Promise.all([port.commit(observed({ monitor: monitor.id, key, at }, target, body)), port.log(entry)])
  }
  tally.accept()
  return '250 2.0.0 Taken'
}
