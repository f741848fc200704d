// Attempt: one check in time. It carries the deadline, knows how far the check has got and owns its sockets.
// Promises that run() ends by the deadline with every owned socket destroyed, and that no target is blamed when this
// process itself was too busy. Must not know what is checked.
import type { Duplex } from 'node:stream'
import type { Address, Outbound } from '#platform/outbound.ts'
import { sayLatency } from './latency.ts'
import type { ProbeContext } from './check.ts'
import type { IpChoice } from './dial.ts'
import { Failure } from './failure.ts'

/** A given reason spares the making of an error at every end. */
const over = 'the check is over'
/** A deadline noticed so many ms late says that this process stood still; the target may have answered meanwhile. */
const lateMost = 100

export class Attempt {
  readonly context: ProbeContext
  /** How far it has got, as it stands in a sentence: `waiting for the first byte`. */
  phase = 'starting'
  /** Made when somebody asks for the signal: many checks need none. */
  #stop: AbortController | null = null
  #isOver = false
  #atEnd: (() => void) | null = null
  #owned: Set<Duplex> | null = null
  #isLate = false
  /** The name that is being resolved. */
  #resolving: string | null = null
  /** Ms that it waited for this process itself. */
  #waited = 0
  /** Brings that up to now, while it waits. */
  #counting: (() => void) | null = null

  constructor(context: ProbeContext) {
    this.context = context
  }

  /** Aborted when the attempt is over, however it ended. */
  get signal(): AbortSignal {
    if (this.#stop === null) {
      this.#stop = new AbortController()
      if (this.#isOver) this.#stop.abort(over)
    }
    return this.#stop.signal
  }

  /** Calls when the attempt is over, at once where it is already; costs less than the signal. */
  atEnd(call: () => void): void {
    const before = this.#atEnd
    if (this.#isOver) call()
    else if (before === null) this.#atEnd = call
    else
      this.#atEnd = () => {
        before()
        call()
      }
  }

  /** Whether time ran out before the work was done. */
  get isLate(): boolean {
    return this.#isLate
  }

  /** Whether it ran out of time after a wait of ours, so that nothing is known of its target. */
  get isBlameless(): boolean {
    return this.#isLate && this.#waited > lateMost
  }

  /**
   * Takes a socket into care: destroyed at the end, its late errors swallowed. Throws when the attempt is over.
   * `inner`: an owned socket that this one wraps, and from now on ends with it (closing both crashes Node).
   */
  own<Socket extends Duplex>(socket: Socket, inner?: Duplex): Socket {
    socket.on('error', ignore)
    this.#owned ??= new Set()
    this.#owned.add(socket)
    if (inner) this.#owned.delete(inner)
    if (this.#isOver) {
      this.#destroy()
      throw new Failure('internal', 'The check was over before it connected.')
    }
    return socket
  }

  /**
   * The addresses of a host; `way`: a narrower way out than the attempt's own. Running out of time meanwhile blames no
   * target where this machine resolves no name at all.
   */
  async resolve(host: string, ip: IpChoice, way: Outbound = this.context.outbound): Promise<Address[]> {
    this.phase = `resolving the name ${host}`
    this.#resolving = host
    const found = await way.resolve(host, ip === 'any' ? this : { family: ip, signal: this.signal })
    this.#resolving = null
    return found
  }

  /** Waits for something of this process; running out of time after such a wait blames no target. */
  async waitForUs<Value>(turn: Promise<Value>): Promise<Value> {
    const { clock } = this.context
    const began = clock.monotonic()
    const before = this.#waited
    const count = () => (this.#waited = before + clock.monotonic() - began)
    this.#counting = count
    try {
      return await turn
    } finally {
      count()
      this.#counting = null
    }
  }

  /**
   * Does the work, or rejects with a Failure when time is up or the check is called off. Use an attempt once.
   * Time up: `timeout`, or `internal` where this process noticed it too late to judge.
   */
  run<Value>(work: () => Promise<Value>): Promise<Value> {
    const { clock, timeout, signal } = this.context
    return new Promise<Value>((resolve, reject) => {
      const cancel = () => end(() => reject(new Failure('internal', 'The check was called off.')))
      const due = clock.monotonic() + timeout
      const timer = clock.after(timeout, () => {
        const late = clock.monotonic() - due
        if (late > lateMost) end(() => reject(this.#busy(late)))
        // What has come in time may lie there unread: timers come before sockets, and sockets before this.
        else setImmediate(() => end(() => reject(this.#late())))
      })
      const end = (settle: () => void) => {
        if (this.#isOver) return
        this.#isOver = true
        timer.cancel()
        signal.removeEventListener('abort', cancel)
        settle()
        this.#atEnd?.()
        this.#stop?.abort(over)
        this.#destroy()
      }
      signal.addEventListener('abort', cancel, { once: true })
      if (signal.aborted) return cancel()
      return void work().then(
        (value) => end(() => resolve(value)),
        (error: Error) => end(() => reject(error)),
      )
    })
  }

  #late(): Error {
    const blind = this.#resolving === null ? null : this.context.outbound.blindTo?.(this.#resolving)
    if (blind) return blind
    this.#isLate = true
    this.#counting?.()
    const time = sayLatency(this.context.timeout)
    if (this.isBlameless)
      return new Failure(
        'internal',
        `Allswell itself was too busy: of ${time} it waited ${sayLatency(this.#waited)} for its turn.`,
      )
    return new Failure('timeout', `No answer within ${time}; it got as far as ${this.phase}.`)
  }

  #busy(late: number): Failure {
    const time = sayLatency(this.context.timeout)
    return new Failure(
      'internal',
      `Allswell itself was too busy to judge: the time of ${time} ended ${sayLatency(late)} before it saw.`,
    )
  }

  #destroy(): void {
    for (const socket of this.#owned ?? []) socket.destroy()
    this.#owned = null
  }
}

function ignore(): void {}
