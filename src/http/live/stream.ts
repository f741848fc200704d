// One stream of server-sent events to one client.
// Promises that what a slow client does not take is not heaped up: nothing more is written until it has. Knows no data.

const encoder = new TextEncoder()
/** So much may wait to be sent, bytes. */
const waitingMost = 65_536

export class Stream {
  readonly body: ReadableStream<Uint8Array>
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null
  #ended = false
  #written = 0
  #taken = -1
  readonly #gone: () => void

  /** `gone`: the client has left, or the stream was ended. */
  constructor(gone: () => void) {
    this.#gone = gone
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        cancel: () => this.#end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: waitingMost }),
    )
  }

  /** Whether there is room for more. */
  get isFree(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0
  }

  /** Whether nothing was taken of what waits since this was asked last. */
  isStuck(): boolean {
    const waits = waitingMost - (this.#controller?.desiredSize ?? waitingMost)
    const taken = this.#written - waits
    const stuck = waits > 0 && taken === this.#taken
    this.#taken = taken
    return stuck
  }

  /** `id`: where a client goes on that comes back. */
  send(event: string, data: unknown, id: string | null): void {
    this.#write(`${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** A line that says nothing, so that everybody in between knows that it lives. */
  beat(): void {
    this.#write(':\n\n')
  }

  /** After so many ms the client tries again when it is cut off. */
  retryAfter(ms: number): void {
    this.#write(`retry: ${ms}\n\n`)
  }

  end(): void {
    if (this.#ended) return
    try {
      this.#controller?.close()
    } catch {
      // It was cut off meanwhile.
    }
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#gone()
  }

  #write(text: string): void {
    if (this.#ended) return
    const bytes = encoder.encode(text)
    this.#written += bytes.length
    this.#controller?.enqueue(bytes)
  }
}
