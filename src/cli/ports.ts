// Whether an address can be listened on, and whether somebody answers at one.
// Promises to leave nothing open and to end within 5 s. Must not know what the addresses are for.
import { createSocket } from 'node:dgram'
import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import type { HostPort } from '#platform/settings.ts'

const codeOf = (error: Error) => (error as NodeJS.ErrnoException).code ?? error.message

/** Null when a TCP server can listen there; else the error's code. */
export function tryTcp({ host, port }: HostPort): Promise<string | null> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', (error) => done(codeOf(error)))
    server.listen({ host, port, exclusive: true }, () => server.close(() => done(null)))
  })
}

/** Null when a UDP socket can be bound there; else the error's code. */
export function tryUdp({ host, port }: HostPort): Promise<string | null> {
  return new Promise((done) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', (error) => {
      socket.close()
      done(codeOf(error))
    })
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => done(null)))
  })
}

const descriptionMost = 8_000_000

/** Which version of Allswell answers there; null: none does. */
export function runningVersion({ host, port }: HostPort): Promise<string | null> {
  const near = host === '::' || host === '0.0.0.0' ? 'localhost' : host
  return new Promise((done) => {
    const asked = get({ host: near, port, path: '/api/v2/openapi.json', timeout: 5_000, agent: false })
    const end = (version: string | null) => {
      asked.destroy()
      done(version)
    }
    asked.once('timeout', () => end(null)).once('error', () => end(null))
    asked.once('response', (answer) => {
      const parts: Buffer[] = []
      let size = 0
      answer.on('data', (part: Buffer) => {
        size += part.length
        parts.push(part)
        if (size > descriptionMost) end(null)
      })
      answer.once('end', () => end(versionIn(Buffer.concat(parts).toString())))
      answer.once('error', () => end(null))
    })
  })
}

function versionIn(text: string): string | null {
  try {
    const { info } = JSON.parse(text) as { info?: { title?: unknown; version?: unknown } }
    return info?.title === 'Allswell' && typeof info.version === 'string' ? info.version : null
  } catch {
    return null
  }
}

/** Null when a server accepts and (where `greeting` is given) greets so; else what went wrong, in words. */
export function greet({ host, port }: HostPort, greeting: RegExp | null): Promise<string | null> {
  return new Promise((done) => {
    const socket = connect({ host, port })
    const end = (trouble: string | null) => {
      socket.destroy()
      done(trouble)
    }
    socket.setTimeout(5_000, () => end('no answer within 5 s'))
    socket.once('error', (error) => end(codeOf(error)))
    socket.once('close', () => done('closed without a greeting'))
    socket.once('connect', () => {
      if (greeting === null) end(null)
    })
    socket.once('data', (data: Buffer) => {
      const line = data.toString('latin1').split(/\r?\n/)[0]?.slice(0, 200) ?? ''
      end(greeting === null || greeting.test(line) ? null : `unexpected greeting ${JSON.stringify(line)}`)
    })
  })
}
