// Session: one connection of a check, dialled, secured where wanted, and left politely.
// Promises phases, the address and the certificate as evidence also of what failed, that a certificate which must not
// be trusted ends it before anything is said inside, and a goodbye within the time. Knows no protocol.
import type { Socket } from 'node:net'
import type { Facts } from '#core/observation.ts'
import type { HostPort } from '../address.ts'
import { Attempt } from '../attempt.ts'
import type { Finding, ProbeContext } from '../check.ts'
import { dial, type IpChoice, where } from '../dial.ts'
import { failed, Failure } from '../failure.ts'
import { judgeLatency, type LatencyThresholds } from '../latency.ts'
import { evidence, judge, type Verdict } from '../tls-check/judge.ts'
import type { Trust } from '../tls-check/options.ts'
import { nameOf, shakeHands, type Shown } from '../tls-check/shown.ts'
import { Dialogue } from './dialogue.ts'

/** Where a session leads, and what must be kept on the way. */
export interface Reach {
  readonly address: HostPort
  readonly ip: IpChoice
  /** What TLS must be like; null: none is spoken. */
  readonly tls: Trust | null
  readonly latency?: LatencyThresholds | undefined
  /** So many bytes are listened to, where that differs from the usual. */
  readonly most?: number
}

/** What a kind does with a session. */
export interface Course {
  /** All that counts for the outcome and the latency; throws a Failure. */
  talk(session: Session): Promise<void>
  /** What to say of a time that ran out, where more is known than how far it got. */
  late?(error: unknown, session: Session): unknown
}

/** The answer to a goodbye is waited for so many ms. */
const byeMost = 1_000

export class Session {
  readonly reach: Reach
  /** `host:port`, for sentences. */
  readonly target: string
  /** Evidence of the kind's own; bounded by whoever puts it there. */
  readonly facts: Record<string, unknown> = {}
  /** What is said before the connection is closed, once there is somebody to say it to. */
  bye: string | Buffer | null = null
  /** When what counts was over, monotonic ms, where that is before the talk ends. */
  over: number | null = null
  readonly #attempt: Attempt
  readonly #phases: Record<string, number> = {}
  #address: string | null = null
  #socket: Socket | null = null
  #dialogue: Dialogue | null = null
  #shown: Shown | null = null
  #verdict: Verdict | null = null

  constructor(attempt: Attempt, reach: Reach) {
    this.#attempt = attempt
    this.reach = reach
    this.target = where(reach.address.host, reach.address.port)
  }

  get attempt(): Attempt {
    return this.#attempt
  }

  get socket(): Socket {
    if (!this.#socket) throw new Error('the session is not open')
    return this.#socket
  }

  /** The turns over what is the connection now; begins to listen. */
  get dialogue(): Dialogue {
    return (this.#dialogue ??= new Dialogue(this.socket, this.target, this.reach.most))
  }

  /** The address that was connected to; empty before. */
  get address(): string {
    return this.#address ?? ''
  }

  /** What is not well, but not so bad as to end the session: a certificate that is about to expire. */
  get verdict(): Verdict | null {
    return this.#verdict
  }

  /** Something else that is not well, and no reason to end the session; the first one counts. */
  degrade(failure: Failure): void {
    this.#verdict ??= { outcome: 'degraded', failure }
  }

  async open(): Promise<void> {
    const { address, ip } = this.reach
    const dialled = await dial(this.#attempt, address.host, address.port, ip)
    this.#address = dialled.address
    this.#phases['resolve'] = dialled.resolve
    this.#phases['connect'] = dialled.connect
    this.#socket = dialled.socket
  }

  /**
   * From here on all is said inside of TLS. Throws a Failure where that is not as it must be.
   * `alpn`: the name of what will be said, where the protocol has one.
   */
  async secure(trust: Trust, alpn?: string): Promise<void> {
    const raw = this.socket
    const { bye } = this
    // Amid a handshake there is nobody to say goodbye to.
    this.bye = null
    this.#dialogue?.end()
    this.#dialogue = null
    const name = nameOf(this.reach.address.host, trust.server_name)
    const options = { name, target: this.target, ...(alpn === undefined ? {} : { alpn }) }
    const { socket, shown } = await this.timed('tls', shakeHands(this.#attempt, raw, trust, options))
    this.#socket = socket
    this.#shown = shown
    this.bye = bye
    const { chain, name: named } = trust.verify
    if (!chain && !named && !trust.days_left) return
    this.#verdict = judge(shown, name, trust, this.#attempt.context.clock.now())
    if (this.#verdict?.outcome === 'down') throw this.#verdict.failure
  }

  /** Waits for something said; `awaited` stands in sentences: `its greeting`. */
  step<Value>(phase: string, awaited: string, work: (dialogue: Dialogue) => Promise<Value>): Promise<Value> {
    this.#attempt.phase = `waiting for ${awaited}`
    this.dialogue.awaited = awaited
    return this.timed(phase, work(this.dialogue))
  }

  async timed<Value>(phase: string, work: Promise<Value>): Promise<Value> {
    const { clock } = this.#attempt.context
    const began = clock.monotonic()
    const value = await work
    this.#phases[phase] = (this.#phases[phase] ?? 0) + clock.monotonic() - began
    return value
  }

  /** Says goodbye and waits a little for the answer, so that nobody's log complains of us. Never throws. */
  async leave(most: number): Promise<void> {
    const { bye, socket } = this
    if (bye === null || !socket.writable) return
    this.dialogue.say(bye)
    const { clock } = this.#attempt.context
    await new Promise<void>((resolve) => {
      const timer = clock.after(Math.max(0, Math.min(most, byeMost)), resolve)
      this.#attempt.signal.addEventListener('abort', () => timer.cancel(), { once: true })
      this.dialogue.line().then(
        () => resolve(),
        () => resolve(),
      )
    })
    socket.end()
  }

  evidence(now: number): Facts {
    const rounded = Object.entries(this.#phases).map(([name, ms]) => [name, Math.round(ms * 100) / 100])
    return {
      phases: Object.fromEntries(rounded) as Record<string, number>,
      ...(this.#address === null ? {} : { address: this.#address }),
      ...this.facts,
      ...(this.#shown ? evidence(this.#shown, now) : {}),
    }
  }
}

/** How the talk ended: its latency, or what it failed by. */
type End = { readonly latency: number } | { readonly error: unknown }

/** Holds one session and judges it; never throws for what the target does. */
export async function hold(reach: Reach, context: ProbeContext, course: Course): Promise<Finding> {
  const { clock, timeout } = context
  const attempt = new Attempt(context)
  const session = new Session(attempt, reach)
  const began = clock.monotonic()
  const passed = () => clock.monotonic() - began
  const ends: End[] = []
  const work = async () => {
    await session.open()
    try {
      await course.talk(session)
      ends.push({ latency: (session.over ?? clock.monotonic()) - began })
    } catch (error) {
      ends.push({ error })
      // Who is not understood would not understand a goodbye.
      if (error instanceof Failure && error.reason === 'protocol') session.bye = null
    }
    await session.leave(timeout - passed())
  }
  await attempt.run(work).catch((error: unknown) => {
    ends.push({ error: attempt.isLate && course.late ? course.late(error, session) : error })
  })
  // What counts was known before the goodbye, however that went.
  const [end = { error: new Failure('internal', 'The check was over before it began.') }] = ends
  const facts = session.evidence(clock.now())
  if ('error' in end) return failed(end.error, facts)
  const { latency } = end
  const well = judgeLatency({ outcome: 'up', latency, reason: null, sentence: null, facts }, reach.latency)
  const { verdict } = session
  return !verdict || well.outcome === 'down'
    ? well
    : { ...failed(verdict.failure), outcome: 'degraded', latency, facts }
}
