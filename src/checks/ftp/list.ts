// The list of a folder by FTP: a second connection to the same server, secured as the first one is.
// Promises that it leads to no other address than the first, whatever the server says, and that it is the same server.
// Must not know what a good list is.
import { isIP, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { dial, where } from '../dial.ts'
import { Failure, socketFailure } from '../failure.ts'
import type { Session } from '../talk/session.ts'
import type { Trust } from '../tls-check/options.ts'
import { contextOf, nameOf } from '../tls-check/shown.ts'
import { handshake } from '../tls.ts'
import { beginList, endList, enter, passive, protect } from './words.ts'

const listMost = 256 * 1024

/** The list as the server writes it; throws a Failure. */
export async function listFolder(session: Session, path: string, trust: Trust | null): Promise<string> {
  const { dialogue, attempt, address } = session
  await enter(dialogue, path)
  if (trust) await protect(dialogue)
  const port = await passive(dialogue)
  const target = where(address, port)
  const { socket } = await dial(attempt, address, port, 'any')
  attempt.phase = `waiting for the list of ${path}`
  // What the server says may come before, amid or after the handshake on the other connection.
  const begun = beginList(dialogue, path)
  const secured = trust ? secure(session, socket, trust, target) : null
  const heard = secured ? secured.then((inside) => readAll(inside, target)) : readAll(socket, target)
  const [text] = await Promise.all([heard, begun])
  await endList(dialogue, path)
  return text
}

/** Servers want the session of the first connection again, as a proof that it is the same client. */
async function secure(session: Session, raw: Socket, trust: Trust, target: string): Promise<TLSSocket> {
  const first = session.socket as TLSSocket
  const name = nameOf(session.reach.address.host, trust.server_name)
  const known = first.getSession()
  const socket = session.attempt.own(
    connect({
      socket: raw,
      servername: isIP(name) ? '' : name,
      secureContext: contextOf(trust),
      rejectUnauthorized: false,
      ...(known ? { session: known } : {}),
    }),
    raw,
  )
  await handshake(socket, target)
  const isSame = socket.getPeerX509Certificate()?.fingerprint256 === first.getPeerX509Certificate()?.fingerprint256
  if (!socket.isSessionReused() && !isSame)
    throw new Failure('certificate', `${target} shows another certificate than ${session.target} does.`)
  return socket
}

/** Everything until the end of the connection. */
function readAll(socket: Socket, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let length = 0
    socket.on('data', (part: Buffer) => {
      parts.push(part)
      length += part.length
      if (length <= listMost) return
      socket.destroy()
      reject(new Failure('too_large', `The list is longer than the ${listMost / 1_024} kB that are read.`))
    })
    socket.once('error', (error) => reject(socketFailure(error, target)))
    socket.once('close', () => resolve(Buffer.concat(parts).toString('utf8')))
  })
}
