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

/** The present moment as the screen tells it, epoch ms. */
export const present = signal(clock.now())

/** Lets the moment go on. */
export function startClock(): void {
  clock.every(10_000, () => {
    if (!document.hidden) present.value = clock.now()
  })
  document.addEventListener('visibilitychange', () => {
    present.value = clock.now()
  })
}
