// Name servers as people write them: a name or an address, with or without a port, IPv6 with or without brackets.
// Promises that what is wrong says how to write it. Must not know what is asked there.
import { getServers } from 'node:dns'
import { isIP } from 'node:net'
import { where } from '../dial.ts'

export interface Server {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
  /** As it stands in a sentence: without the port that is usual. */
  readonly said: string
}

const form = /^(?:\[([^[\]]+)\]|([^:[\]\s/]+))(?::(\d{1,5}))?$/

/** The server that a text means, or the sentence that says what is wrong with it. `usual` is the port left out. */
export function readServer(text: string, usual: number): Server | string {
  if (isIP(text)) return { host: text, port: usual, said: text }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `${text} is a URL; write only the server, such as 192.0.2.53`
  const match = form.exec(text)
  if (!match) return `${text} is no name server; write 192.0.2.53, ns1.example.test:5353 or [2001:db8::53]:53`
  const [, bracketed, name, digits] = match
  const port = digits === undefined ? usual : Number(digits)
  if (port < 1 || port > 65_535) return `${text}: a port is a number from 1 to 65535`
  if (bracketed !== undefined && isIP(bracketed) !== 6) return `${text}: in brackets stands an IPv6 address`
  const host = bracketed ?? name ?? ''
  return { host, port, said: port === usual ? host : where(host, port) }
}

/** The first resolver of this machine; null when it has none. */
export function systemServer(usual: number): Server | null {
  const [first] = getServers()
  const server = first === undefined ? 'none' : readServer(first, 53)
  if (typeof server === 'string') return null
  return server.port === 53 && usual !== 53 ? { ...server, port: usual } : server
}
