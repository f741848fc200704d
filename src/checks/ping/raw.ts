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
  // What came together with the last answer is taken in before this goes on.
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
    let isOver = false
    const stop = () => {
      isOver = true
      run.changed = () => {}
      next?.cancel()
      end?.cancel()
      resolve({ tried, unsent })
    }
    const endAt = (at: number) => {
      end?.cancel()
      end = clock.after(Math.max(0, at - clock.monotonic()), stop)
    }
    const look = () => {
      if (tried < count) return
      let slowest = -1
      let open = 0
      for (let echo = run.last; echo; echo = echo.before) {
        if (echo.rtt !== null) slowest = Math.max(slowest, echo.rtt)
        else if (echo.report === null) open += 1
      }
      if (open === 0) return stop()
      const last = run.last?.sent ?? began
      if (slowest >= 0) endAt(Math.min(until, last + Math.max(patienceLeast, patienceTimes * slowest)))
    }
    const send = () => {
      const wrong = line.send(run)
      tried += 1
      unsent ??= wrong
      if (wrong !== null && tried === 1) return stop()
      if (tried < count) next = clock.after(Math.max(0, began + tried * every - clock.monotonic()), send)
      look()
    }
    run.changed = look
    endAt(until)
    attempt.atEnd(stop)
    if (!isOver) send()
  })
}

function tallyOf({ last, duplicates, ignored }: Run, { tried, unsent }: Sent): Tally {
  if (unsent !== null && last === null) throw new SendError(unsent)
  const times: number[] = []
  let report: string | null = null
  for (let echo = last; echo; echo = echo.before) {
    if (echo.rtt !== null) times.push(echo.rtt)
    else report = echo.report ?? report
  }
  times.reverse()
  report ??= unsent === null ? null : `this machine could not send (${unsent})`
  return { sent: tried, times, duplicates, ignored, by: 'raw socket', report }
}
