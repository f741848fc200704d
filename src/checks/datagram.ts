// Datagrams: something said by UDP, again while no answer comes, each time to the next address of the host.
// Promises that an answer counts only from the address and port that was spoken to, that no socket outlives the
// attempt, and that a flood of strays costs little. Must not know what is said.
import { createSocket, type Socket } from 'node:dgram'
import type { Address } from '#platform/outbound.ts'
import type { Attempt } from './attempt.ts'
import { Failure, socketFailure } from './failure.ts'
import { sayLatency } from './latency.ts'

/** What happened so far, for sentences and facts. */
export interface Tally {
  tries: number
  /** Messages that came but did not answer. */
  strays: number
}

/** What one socket says and hears; each has its own, so that an answer to one is none to another. */
export interface Talker<Value> {
  spell(): Buffer
  /** What a message means; null where it is no answer. Throws a Failure where it settles that there will be none. */
  read(bytes: Buffer): Value | null
}

export interface DatagramOptions {
  readonly addresses: readonly Address[]
  readonly port: number
  /** `host:port`, for sentences. */
  readonly target: string
  /** It is said at most so often within the time. */
  readonly tries: number
}

interface Line<Value> {
  readonly socket: Socket
  readonly talker: Talker<Value>
  /** Whether messages can be sent; the first goes by itself as soon as they can. */
  isOpen: boolean
}

/** So many messages of one exchange are read. */
const readMost = 1_000

/** The first message that answers; waits until the attempt ends. Throws Failure when no address is left. */
export function exchange<Value>(
  attempt: Attempt,
  options: DatagramOptions,
  talk: () => Talker<Value>,
  tally: Tally,
): Promise<Value> {
  const { addresses, tries } = options
  const { clock, timeout } = attempt.context
  const lines: (Line<Value> | null)[] = addresses.map(() => null)
  const dead = new Set<number>()
  return new Promise((resolve, reject) => {
    let timer = { cancel: () => {} }
    const close = () => {
      timer.cancel()
      attempt.signal.removeEventListener('abort', close)
      for (const line of lines.splice(0)) line?.socket.close()
    }
    const end = (settle: () => void) => {
      close()
      settle()
    }
    const fail = (index: number, error: unknown) => {
      if (lines.length === 0) return
      dead.add(index)
      const hopeless = tally.tries >= tries && lines.every((line, at) => line === null || dead.has(at))
      if (hopeless || dead.size === addresses.length) return end(() => reject(socketFailure(error, options.target)))
      if (tally.tries < tries) next()
    }
    const hear = ({ socket, talker }: Line<Value>, bytes: Buffer) => {
      try {
        const value = talker.read(bytes)
        if (value !== null) return end(() => resolve(value))
      } catch (error) {
        return end(() => reject(error))
      }
      tally.strays += 1
      if (tally.strays >= readMost) socket.removeAllListeners('message')
    }
    const open = (index: number): void => {
      const address = addresses[index] as Address
      const line: Line<Value> = { socket: socketTo(address), talker: talk(), isOpen: false }
      lines[index] = line
      line.socket.on('error', (error) => fail(index, error))
      line.socket.on('message', (bytes) => hear(line, bytes))
      line.socket.once('connect', () => {
        line.isOpen = true
        if (lines[index] === line) line.socket.send(line.talker.spell())
      })
      line.socket.connect(options.port, address.address)
    }
    const next = () => {
      timer.cancel()
      const index = nextOf(tally.tries, dead, addresses.length)
      const line = lines[index]
      tally.tries += 1
      if (!line) open(index)
      else if (line.isOpen) line.socket.send(line.talker.spell())
      if (tally.tries < tries) timer = clock.after(patience(timeout, tries, tally.tries), next)
    }
    attempt.signal.addEventListener('abort', close, { once: true })
    if (attempt.signal.aborted) return end(() => reject(new Failure('internal', 'The check was over.')))
    return next()
  })
}

/** Each wait is twice the one before, so that the last is about half of the time. */
const patience = (timeout: number, tries: number, tried: number) => (timeout * 2 ** (tried - 1)) / (2 ** tries - 1)

/** The addresses in turn, without those that failed. */
function nextOf(tried: number, dead: ReadonlySet<number>, count: number): number {
  const alive = Array.from({ length: count }, (_, index) => index).filter((index) => !dead.has(index))
  return alive[tried % alive.length] ?? 0
}

/** A socket of its own, so from a port that nobody can know; what it connects to has been resolved and allowed. */
function socketTo({ family }: Address): Socket {
  return createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    // Asked for the address to connect to, and before it for the one to send from, which is any.
    lookup: (host, _options, done) => done(null, host, family),
  })
}

/** What is said of a host that had not answered when the time was over. */
export function saySilence(target: string, timeout: number, { tries, strays }: Tally): string {
  const within = `within ${sayLatency(timeout)}`
  if (tries === 0) return `${target} could not be asked ${within}.`
  const asked = tries === 1 ? 'asked once' : `asked ${tries} times`
  if (strays === 0) return `No answer from ${target} ${within}, ${asked}.`
  const heard = strays === 1 ? 'one message that did not belong' : `${strays} messages that did not belong`
  return `No answer from ${target} ${within}, ${asked}; ${heard} to the question came instead.`
}
