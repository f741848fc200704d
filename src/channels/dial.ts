// Dial: a connected socket to a host, through the guard, with the address pinned; TLS on top where wanted.
// Promises that a dead address does not use up the time of the next one. Must not know what is said on the line.
import { isIP, type Socket } from 'node:net'
import { connect as tlsConnect, type TLSSocket } from 'node:tls'
import type { SendContext } from './channel.ts'

type Way = Pick<SendContext, 'outbound' | 'clock' | 'signal' | 'timeout'>

/** No address is waited for longer while others are left, ms. */
const patienceMs = 3_000

/** Resolves and connects to the first address that answers; throws OutboundError or the socket's own error. */
export async function dial(host: string, port: number, way: Way): Promise<Socket> {
  const addresses = await way.outbound.resolve(host, { signal: way.signal })
  let failure: unknown = new Error(`${host} has no address.`)
  for (const [index, address] of addresses.entries()) {
    const last = index === addresses.length - 1
    const socket = way.outbound.connect(address, port)
    try {
      await ready(socket, 'connect', way, last ? null : Math.min(patienceMs, way.timeout / addresses.length))
      return socket
    } catch (error) {
      failure = error
      if (way.signal.aborted) break
    }
  }
  throw failure
}

/** TLS over a connected socket; throws when the certificate is not the host's, unless `verify` is false. */
export async function secure(socket: Socket, host: string, verify: boolean, way: Way): Promise<TLSSocket> {
  const name = host.replace(/^\[(.*)\]$/, '$1')
  const named = isIP(name) ? {} : { servername: name }
  const line = tlsConnect({ socket, host: name, rejectUnauthorized: verify, ...named })
  await ready(line, 'secureConnect', way, null)
  return line
}

/** Waits for the event; destroys the socket and throws when it fails, the signal aborts or the patience ends. */
function ready(socket: Socket, event: 'connect' | 'secureConnect', way: Way, patience: number | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = patience === null ? null : way.clock.after(patience, () => fail(new Error('no answer in time')))
    const settle = () => {
      timer?.cancel()
      socket.off(event, done).off('error', fail).off('close', closed)
      way.signal.removeEventListener('abort', stop)
    }
    const done = () => {
      settle()
      resolve()
    }
    const fail = (error: Error) => {
      settle()
      socket.on('error', () => {}).destroy()
      reject(error)
    }
    const closed = () => fail(Object.assign(new Error('closed at once'), { code: 'ECONNRESET' }))
    const stop = () => fail(new Error('no answer in time'))
    socket.once(event, done).once('error', fail).once('close', closed)
    way.signal.addEventListener('abort', stop, { once: true })
    if (way.signal.aborted) stop()
  })
}
