// Proxies: the setting, and the way through one: CONNECT for https, the whole URL in the request for http.
// Promises that a proxy comes from the monitor's own settings alone, that its credentials go to nobody else, and that
// what it does wrong is told apart from what the target does. Must not know what is asked of the target.
import { isIP, type Socket } from 'node:net'
import { z } from 'zod'
import type { Outbound } from '#platform/outbound.ts'
import type { Attempt } from '../attempt.ts'
import { type Dialled, dial, where } from '../dial.ts'
import { Failure, socketFailure } from '../failure.ts'
import type { Head } from './head.ts'
import { AnswerReader } from './reader.ts'
import { sayStatus } from './status.ts'

export interface Proxy {
  readonly host: string
  readonly port: number
  /** `host:port`, for sentences and evidence. */
  readonly shown: string
  /** The value of Proxy-Authorization; null where no credentials were given. */
  readonly authorization: string | null
}

const form = 'write it as http://host:port or http://user:password@host:port'

/** The proxy of a URL, or the sentence that says what is wrong with it; a credential is not repeated. */
export function readProxy(text: string): Proxy | string {
  if (/\s/.test(text)) return `a proxy has no spaces (a space in a password is %20); ${form}`
  if (!URL.canParse(text)) return `this is not a URL; ${form}, what is special in the password as %XX`
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text)
  if (protocol !== 'http:') return `a proxy is spoken to by http, not ${protocol.slice(0, 20)}//; ${form}`
  if (hostname === '') return `the proxy has no host; ${form}`
  if (pathname !== '/' || search !== '' || hash !== '') return `a proxy has neither path nor query; ${form}`
  if (port === '0') return `a port is a number from 1 to 65535; ${form}`
  const user = plainly(username)
  const secret = plainly(password)
  if (user === null || secret === null) return `a % in its credentials is not followed by two digits; write it as %25`
  if (user.includes(':')) return 'the user name of a proxy has no colon'
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const number = port === '' ? 80 : Number(port)
  const given = user !== '' || secret !== ''
  const authorization = given ? `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` : null
  return { host, port: number, shown: where(host, number), authorization }
}

function plainly(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** The setting `proxy: http://user:password@host:port`. */
export const proxySetting = z
  .string({ error: `expected the URL of a proxy; ${form}` })
  .max(2_000)
  .transform((text, context) => {
    const read = readProxy(text.trim())
    if (typeof read !== 'string') return read
    context.addIssue({ code: 'custom', message: read })
    return z.NEVER
  })
  .meta({
    title: 'Proxy',
    description: 'The HTTP proxy by which the target is reached; only this setting counts, not the environment.',
    examples: ['http://proxy.example.test:3128'],
  })

/** The names by which a machine calls itself; to a proxy they are the proxy's own machine. */
const selfNamed = /^(.*\.)?localhost\.?$/i

/**
 * The address of a target behind a proxy where it is spelled out, null for a name: that the proxy resolves, out of
 * sight. Throws OutboundError for an address that the guard forbids; `localhost` is one, the proxy's own machine.
 */
export async function guardBehind(attempt: Attempt, host: string, outbound: Outbound): Promise<string | null> {
  const literal = selfNamed.test(host) ? '127.0.0.1' : host
  if (isIP(literal) === 0) return null
  const [found] = await outbound.resolve(literal, { signal: attempt.signal })
  return found?.address ?? null
}

/** A connection to the proxy itself. */
export function dialProxy(attempt: Attempt, proxy: Proxy): Promise<Dialled> {
  return dial(attempt, proxy.host, proxy.port, 'any')
}

/** Asks the proxy for a way to `target` (`host:port`); what is spoken on the socket from then on is the target's. */
export async function tunnel(attempt: Attempt, socket: Socket, proxy: Proxy, target: string): Promise<void> {
  attempt.phase = `waiting for its way to ${target}`
  const reader = new AnswerReader('CONNECT', 0)
  const credentials = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`
  const status = await new Promise<number>((resolve, reject) => {
    const step = (take: () => void) => {
      try {
        take()
        if (reader.head) settle(() => resolve((reader.head as Head).status))
      } catch (error) {
        settle(() => reject(error))
      }
    }
    const onData = (bytes: Buffer) => step(() => reader.push(bytes))
    const onEnd = () => step(() => reader.end())
    const onError = (error: Error) => settle(() => reject(socketFailure(error, proxy.shown)))
    /** Leaves the socket as it was found, for whoever speaks next. */
    const settle = (end: () => void) => {
      socket.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError).pause()
      end()
    }
    socket.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', onError)
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${credentials}\r\n`)
  })
  if (status < 200 || status > 299) throw refused(status, proxy, target)
}

/** What a proxy says by the status of its own answer. */
export function refused(status: number, proxy: Proxy, target: string): Failure {
  if (status === 407) {
    const why = proxy.authorization === null ? 'asks for credentials; add them to proxy' : 'refuses the credentials'
    return new Failure('auth', `It ${why} (407).`)
  }
  const words = `It answered ${sayStatus(status)} when asked for a way to ${target}.`
  return new Failure(status === 502 || status === 503 || status === 504 ? 'unreachable' : 'status', words)
}
