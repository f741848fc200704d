// Waiting for something outside of this process: a promise, or a condition that has to be asked for.
// Promises an end: with what was waited for, or with an error that names what never happened.
import { type Clock, sleep, systemClock } from '#platform/clock.ts'

const clock: Clock = systemClock
const everyMs = 25

/** The promise, or an error after `ms`. */
export async function within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = clock.after(ms, () => late.reject(new Error(`did not happen within ${ms} ms: ${what}`)))
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    timer.cancel()
  }
}

/** Asks again and again until `look` gives something: not null, undefined or false. Errors of `look` end the wait. */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | null | undefined | false> | Value | null | undefined | false,
  ms = 20_000,
): Promise<Value> {
  const end = clock.monotonic() + ms
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false) return found
    if (clock.monotonic() > end) throw new Error(`did not happen within ${ms} ms: ${what}`)
    await sleep(clock, everyMs)
  }
}
