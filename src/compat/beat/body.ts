// The body of a heartbeat request: the first part of it is kept, the rest is read and dropped.
// Promises bounds on one body, on all together and on time. Must not know what a body means.
import type { IncomingMessage } from 'node:http'
import type { Clock } from '#platform/clock.ts'

export interface BodyLimits {
  /** Bytes of one body that are kept. */
  readonly kept: number
  /** Bytes of one body that are read at all. */
  readonly read: number
  /** Bytes kept of all bodies that are on their way. */
  readonly together: number
  /** Ms from the headers to the last byte. */
  readonly within: number
}
export const bodyLimits: BodyLimits = { kept: 100_000, read: 10_000_000, together: 32_000_000, within: 30_000 }

export interface Body {
  readonly bytes: Buffer
  /** Bytes that came, kept or not. */
  readonly size: number
  /** Not all of it was read: the connection cannot be used again. */
  readonly unread: boolean
}

/** Whether a request can have a body at all. */
export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request
  const length = headers['content-length']
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined
}

export class Bodies {
  readonly #limits: BodyLimits
  readonly #clock: Clock
  #together = 0

  constructor(limits: BodyLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** Reads a body; null: it did not come in whole, or not in time. `release` it when it is no longer held. */
  read(request: IncomingMessage): Promise<Body | null> {
    const limits = this.#limits
    const parts: Buffer[] = []
    let kept = 0
    let total = 0
    return new Promise((resolve) => {
      const finish = (whole: boolean, unread = false) => {
        timer.cancel()
        request.off('data', take).off('end', end).off('close', gone).off('error', gone)
        if (!whole) this.release(kept)
        resolve(whole ? { bytes: Buffer.concat(parts, kept), size: total, unread } : null)
      }
      const take = (chunk: Buffer) => {
        total += chunk.length
        const room = Math.min(limits.kept - kept, limits.together - this.#together, chunk.length)
        if (room > 0) {
          parts.push(Buffer.from(chunk.subarray(0, room)))
          kept += room
          this.#together += room
        }
        if (total > limits.read) {
          request.pause()
          finish(true, true)
        }
      }
      const end = () => finish(true)
      const gone = () => finish(false)
      const timer = this.#clock.after(limits.within, gone)
      request.on('data', take).on('end', end).on('close', gone).on('error', gone)
    })
  }

  /** Gives back the room of a body. */
  release(bytes: number): void {
    this.#together -= bytes
  }
}
