// The connections that this program has opened itself, as the other end sees them.
// Promises to know each of them until all that it said was read: what comes in by one is no neighbour's word, since
// whoever may say what is checked would speak through us. Must not know what is said there.
import type { Socket } from 'node:net'
import type { Clock } from './clock.ts'
import { plainAddress } from './networks.ts'

/** Both ports: another may have the same one here a moment later, but not to the same port there. */
export type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>

/** What was sent before a connection was closed may be read so much later. */
const lingerMs = 2_000

export class OwnCalls {
  readonly #open = new Set<string>()
  readonly #clock: Pick<Clock, 'after'>

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock
  }

  /** The socket, from now on known as ours. */
  opened(socket: Socket): Socket {
    let end: string | null = null
    socket.once('connect', () => {
      end = nameOf(socket.localAddress, socket.localPort, socket.remotePort)
      this.#open.add(end)
    })
    socket.once('close', () => {
      const name = end
      if (name !== null) this.#clock.after(lingerMs, () => this.#open.delete(name))
    })
    return socket
  }

  /** Whether what came in was opened by us. */
  has({ remoteAddress, remotePort, localPort }: Ends): boolean {
    return this.#open.size > 0 && this.#open.has(nameOf(remoteAddress, remotePort, localPort))
  }
}

const nameOf = (address = '', port = 0, to = 0) => `${plainAddress(address)?.address ?? address} ${port} ${to}`
