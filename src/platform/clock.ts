// Time as a value. The one place that reads the system's clocks; everything else is handed a Clock.
// Promises that a virtual clock (test/sim) can take its place anywhere. Must not know what the time is for.

export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Wall clock, epoch ms. It may jump. */
  now(): number
  /** Never goes back; ms with fractions from an arbitrary start. */
  monotonic(): number
  /** Calls once after `ms`. The timer does not keep the process alive. */
  after(ms: number, call: () => void): Timer
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, call) {
    const handle = setTimeout(call, Math.min(ms, 2_147_483_647))
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}

/** Keeps the process alive until it is cancelled: a Clock's timers do not. */
export function stayAwake(): Timer {
  const handle = setInterval(() => {}, 2_147_483_647)
  return { cancel: () => clearInterval(handle) }
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve()
      return
    }
    const done = () => {
      signal?.removeEventListener('abort', done)
      timer.cancel()
      resolve()
    }
    const timer = clock.after(ms, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}
