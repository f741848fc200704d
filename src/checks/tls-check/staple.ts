// The OCSP staple: what the issuer said lately about a certificate, handed over by the server itself (RFC 6960).
// Promises the status as it is written; the signature is not verified. Must not know connections.
import { type Part, parts } from '../der.ts'

export interface Staple {
  readonly status: 'good' | 'revoked' | 'unknown' | 'unreadable'
  /** When that was so, RFC 3339. */
  readonly at?: string
}

const tag = { enumerated: 0x0a, time: 0x18, version: 0xa0 } as const
/** Context tags of `certStatus`, with and without content. */
const statuses = new Map([
  [0x80, 'good'],
  [0xa1, 'revoked'],
  [0x82, 'unknown'],
] as const)

/** What the staple says of the first certificate in it. */
export function readStaple(bytes: Buffer): Staple {
  try {
    return read(bytes)
  } catch {
    return { status: 'unreadable' }
  }
}

function read(bytes: Buffer): Staple {
  const [status, body] = inside(parts(bytes)[0])
  if (status?.tag !== tag.enumerated || status.value[0] !== 0) return { status: 'unreadable' }
  const [, octets] = inside(inside(body)[0])
  const [signed] = inside(parts(octets?.value ?? Buffer.alloc(0))[0])
  const fields = inside(signed).filter((one) => one.tag !== tag.version)
  // Responder, time of making, answers.
  const [answer] = inside(fields[2])
  const [, verdict, since] = inside(answer)
  const found = statuses.get(verdict?.tag as 0x80 | 0xa1 | 0x82)
  if (found === undefined) return { status: 'unreadable' }
  const at = readTime(since)
  return at === null ? { status: found } : { status: found, at }
}

const inside = (part: Part | undefined): Part[] => parts(part?.value ?? Buffer.alloc(0))

/** `20261121033000Z` as RFC 3339; null for anything else. */
function readTime(part: Part | undefined): string | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(
    part?.tag === tag.time ? part.value.toString('latin1') : '',
  )
  if (!match) return null
  const [, year, month, day, hour, minute, second] = match
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
}
