// Asking by UDP: a question sent again while no answer comes, each time to the next address of the server.
// Promises that an answer counts only from the asked address, by id and question, and that no socket outlives it.
// Must not know what a good answer is.
import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import type { Address } from '#platform/outbound.ts'
import type { Attempt } from '../attempt.ts'
import { Failure, socketFailure } from '../failure.ts'
import { answersTo, type Question, spellQuestion } from './message.ts'

/** What happened so far, for sentences and facts. */
export interface Tally {
  tries: number
  /** Messages that came but did not answer the question. */
  strays: number
}

export interface UdpOptions {
  readonly addresses: readonly Address[]
  readonly port: number
  /** `host:port`, for sentences. */
  readonly target: string
  /** The question is asked at most so often within the time. */
  readonly tries: number
  readonly edns: boolean
}

interface Line {
  readonly socket: Socket
  readonly id: number
  /** Whether questions can be sent; the first goes by itself as soon as they can. */
  isOpen: boolean
}

/** The first message that answers; waits until the attempt ends. Throws Failure when no address is left. */
export function askByUdp(attempt: Attempt, question: Question, options: UdpOptions, tally: Tally): Promise<Buffer> {
  const { addresses, tries } = options
  const { clock, timeout } = attempt.context
  const lines: (Line | null)[] = addresses.map(() => null)
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
    const open = (index: number): void => {
      const address = addresses[index] as Address
      const line: Line = { socket: socketTo(address), id: randomInt(0x10000), isOpen: false }
      lines[index] = line
      line.socket.on('error', (error) => fail(index, error))
      line.socket.on('message', (bytes) => {
        if (answersTo(bytes, question, line.id)) end(() => resolve(bytes))
        else tally.strays += 1
      })
      line.socket.once('connect', () => {
        line.isOpen = true
        if (lines[index] === line) line.socket.send(spellQuestion(question, line.id, options.edns))
      })
      line.socket.connect(options.port, address.address)
    }
    const next = () => {
      timer.cancel()
      const index = nextOf(tally.tries, dead, addresses.length)
      const line = lines[index]
      tally.tries += 1
      if (!line) open(index)
      else if (line.isOpen) line.socket.send(spellQuestion(question, line.id, options.edns))
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
function socketTo({ address, family }: Address): Socket {
  return createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    lookup: (_host, _options, done) => done(null, address, family),
  })
}
