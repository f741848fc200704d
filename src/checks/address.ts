// Addresses as people write them: `db.example.test:5432`, `[2001:db8::1]:53`.
// Promises that what is wrong says how to write it instead. Must not know what is spoken there.
import { isIP } from 'node:net'
import { z } from 'zod'
import { plainAddress } from '#platform/networks.ts'
import type { IpChoice } from './dial.ts'

export interface HostPort {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
}

const form = /^(?:\[([^[\]]+)\]|([^:[\]\s/\p{Cc}]+)):(\d{1,5})$/u

/** The host and port of an address, or the sentence that says what is wrong with it. */
export function readHostPort(text: string): HostPort | string {
  const match = form.exec(text)
  if (!match) return complain(text)
  const [, bracketed, name, digits] = match
  const port = Number(digits)
  if (port < 1 || port > 65_535) return `${text}: a port is a number from 1 to 65535`
  if (bracketed !== undefined && isIP(bracketed) !== 6) return `${text}: in brackets stands an IPv6 address`
  return { host: bracketed ?? (name as string), port }
}

function complain(text: string): string {
  if (isIP(text) === 6) return `${text} has no port; write the address in brackets and add it: [${text}]:443`
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `${text} is a URL; write only host:port, such as example.test:443`
  const colons = text.split(':').length - 1
  if (colons > 1) return `${text}: write an IPv6 address in brackets, such as [2001:db8::1]:443`
  if (colons === 0 || text.endsWith(':'))
    return `${text} has no port; write host:port, such as ${text.replace(/:$/, '')}:443`
  return `${text} is not host:port, such as db.example.test:5432 or [2001:db8::1]:5432`
}

/** The setting `address: "host:port"`. */
export const addressSetting = z
  .string({ error: 'expected host:port, such as db.example.test:5432' })
  .transform((text, context) => {
    const read = readHostPort(text.trim())
    if (typeof read !== 'string') return read
    context.addIssue({ code: 'custom', message: read })
    return z.NEVER
  })
  .meta({
    title: 'Address',
    description: 'Host and port; an IPv6 address stands in brackets.',
    examples: ['db.example.test:5432', '[2001:db8::1]:5432'],
  })

/** The setting `address: host`, with a port where it is not the usual one. Not for kinds with secrets. */
export const addressOr = (usual: number, example: string) =>
  z
    .string({ error: `expected a host, such as ${example}, with a port where it is not ${usual}` })
    .transform((text, context) => {
      const bare = text.trim()
      const host = isIP(bare) === 6 ? `[${bare}]` : bare
      const read = readHostPort(/^(\[[^[\]]*\]|[^:[\]]+)$/.test(host) ? `${host}:${usual}` : host)
      if (typeof read !== 'string') return read
      context.addIssue({ code: 'custom', message: read })
      return z.NEVER
    })
    .meta({
      title: 'Address',
      description: `Host, and port where it is not ${usual}; an IPv6 address with a port stands in brackets.`,
      examples: [example, `${example}:${usual + 2_000}`],
    })

/** The setting `ip: any | 4 | 6`. */
export const ipSetting = z
  .union([z.literal('any'), z.literal(4), z.literal(6)], { error: 'expected any, 4 or 6' })
  .default('any')
  .meta({ title: 'IP version', description: 'Which version of IP is used: 4, 6, or any that answers.' })

/** What is wrong when a spelled-out address is not of the chosen IP version; null when nothing is. */
export function clash(host: string, ip: IpChoice): string | null {
  const literal = plainAddress(host)
  if (!literal || ip === 'any' || literal.family === ip) return null
  return `${host} is an IPv${literal.family} address, which ip: ${ip} excludes`
}
