// Waiting in a test for something that becomes true by itself.
// Promises an end: the condition holds, or an error names what never happened.
import type { Socket } from 'node:net'
import { systemClock } from '#platform/clock.ts'

/** Looks at every turn of the event loop, for at most `ms`. */
export async function until(what: string, holds: () => boolean, ms = 10_000): Promise<void> {
  const end = systemClock.monotonic() + ms
  while (!holds()) {
    if (systemClock.monotonic() > end) throw new Error(`did not happen within ${ms} ms: ${what}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Waits until a socket is closed, however it came to that; what still comes over it is dropped. */
export function closed(socket: Socket): Promise<void> {
  socket.on('error', () => {})
  socket.resume()
  return until('the connection is closed', () => socket.closed)
}
