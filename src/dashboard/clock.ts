// The dashboard's only clock and timers, and the moment that all relative times on screen are told from.
// Promises that times on screen age while nobody does anything, once in ten seconds, and not while the tab is hidden.
import { signal } from '@preact/signals'

export const clock = {
  now: () => Date.now(),
  /** Calls once, later; what is given back calls it off. */
  after(ms: number, call: () => void): () => void {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
  every(ms: number, call: () => void): () => void {
    const timer = setInterval(call, ms)
    return () => clearInterval(timer)
  },
  /** Gives up what it is handed to. */
  timeout: (ms: number): AbortSignal => AbortSignal.timeout(ms),
}

/** How far the server's clock is ahead of this machine's, ms; little is none. */
let ahead = 0
const noticedMs = 10_000
/** Answers take their time: so much of a difference is none. */
const sameMs = 5_000

/** The present moment as the screen tells it, epoch ms. */
export const present = signal(clock.now())
const goOn = () => {
  present.value = clock.now() + ahead
}

/** What the server says the time is: spans on screen are told by its clock, for its moments are. */
export function serverSaid(date: string | null): void {
  const ms = Date.parse(date ?? '') - clock.now()
  if (Number.isNaN(ms)) return
  const next = Math.abs(ms) < noticedMs ? 0 : ms
  if (Math.abs(next - ahead) < sameMs) return
  ahead = next
  goOn()
}

/** Lets the moment go on. */
export function startClock(): void {
  clock.every(10_000, () => {
    if (!document.hidden) goOn()
  })
  document.addEventListener('visibilitychange', goOn)
}
