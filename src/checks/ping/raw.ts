// One run of pings over a raw socket: sends them evenly, waits for the answers, and counts.
// Promises to be over by its deadline, with the line given back. Must not know what makes a target well.
import type { Timer } from '#platform/clock.ts'
import type { Address } from '#platform/outbound.ts'
import type { Attempt } from '../attempt.ts'
import type { Line, Run } from './line.ts'
import { addressBytes } from './packet.ts'
import type { Tally } from './tally.ts'

/** How a run shall go. Times in ms. */
export interface Plan {
  readonly count: number
  readonly every: number
  readonly size: number
  /** On the monotonic clock: what has not been answered then is lost. */
  readonly until: number
}

/** The system would not send; `code` says why. */
export class SendError extends Error {
  override readonly name = 'SendError'
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** When others were answered, the rest get at least so long, or so many times as long as the slowest. */
const patienceLeast = 1_000
const patienceTimes = 4

/** Pings the address; rejects with IcmpError where there is no raw socket, and SendError when nothing can be sent. */
export async function pingRaw(attempt: Attempt, line: Line, { address }: Address, plan: Plan): Promise<Tally> {
  const run = await line.begin(addressBytes(address), plan.size)
  try {
    return tallyOf(run, await go(attempt, line, run, plan))
  } finally {
    line.end(run)
  }
}

interface Sent {
  /** Pings that were to be sent by then, sent or not. */
  readonly tried: number
  /** Why the first that was not sent was not. */
  readonly unsent: string | null
}

/** Resolves when all is answered or nobody waits any longer. */
function go(attempt: Attempt, line: Line, run: Run, { count, every, until }: Plan): Promise<Sent> {
  const { clock } = attempt.context
  const began = clock.monotonic()
  return new Promise((resolve) => {
    let next: Timer | null = null
    let end: Timer | null = null
    let tried = 0
    let unsent: string | null = null
    const stop = () => {
      run.changed = () => {}
      next?.cancel()
      end?.cancel()
      attempt.signal.removeEventListener('abort', stop)
      resolve({ tried, unsent })
    }
    const endAt = (at: number) => {
      end?.cancel()
      end = clock.after(Math.max(0, at - clock.monotonic()), stop)
    }
    const look = () => {
      if (tried < count) return
      if (run.echoes.every(({ rtt, report }) => rtt !== null || report !== null)) return stop()
      const slowest = Math.max(...run.echoes.map(({ rtt }) => rtt ?? -1))
      const last = run.echoes.at(-1)?.sent ?? began
      if (slowest >= 0) endAt(Math.min(until, last + Math.max(patienceLeast, patienceTimes * slowest)))
    }
    const send = () => {
      const wrong = line.send(run)
      tried += 1
      unsent ??= wrong
      if (wrong !== null && tried === 1) {
        stop()
        return
      }
      if (tried < count) next = clock.after(Math.max(0, began + tried * every - clock.monotonic()), send)
      look()
    }
    run.changed = look
    attempt.signal.addEventListener('abort', stop, { once: true })
    endAt(until)
    if (attempt.signal.aborted) stop()
    else send()
  })
}

function tallyOf({ echoes, duplicates, ignored }: Run, { tried, unsent }: Sent): Tally {
  if (unsent !== null && echoes.length === 0) throw new SendError(unsent)
  const reported = echoes.find(({ rtt, report }) => rtt === null && report !== null)?.report ?? null
  return {
    sent: tried,
    times: echoes.map(({ rtt }) => rtt).filter((rtt) => rtt !== null),
    duplicates,
    ignored,
    report: reported ?? (unsent === null ? null : `this machine could not send (${unsent})`),
  }
}
