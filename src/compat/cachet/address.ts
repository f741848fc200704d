// Which requests are Cachet's: by address, and where two generations share one, by how it is asked.
// Promises to leave alone what belongs to others: /api/v2 and the addresses of other dialects. Pure.
import type { IncomingHttpHeaders } from 'node:http'
import { textIn } from './given.ts'
import type { Generation, Given } from './ports.ts'

export interface Address {
  /** The page that is named; null: the first. */
  readonly page: string | null
  readonly generation: Generation
  readonly path: readonly string[]
  /** Without the query. */
  readonly full: string
}

const oldOnes = new Set(['components', 'incidents', 'metrics'])
const newOnes = new Set(['component-groups', 'incident-templates', 'schedules', 'subscribers', 'ping', 'version'])
const newIncludes = /(?:^|,)(?:group|updates|user|meta|points|components(?:\.group)?)(?:,|$)/

/** Null: it is somebody else's. */
export function addressOf(url: string, headers: IncomingHttpHeaders, query: Given): Address | null {
  const full = url.replace(/[?#].*$/s, '')
  const found = /^(?:\/p\/([^/]+))?\/api\/(.*)$/.exec(full)
  if (found === null) return null
  const page = found[1] === undefined ? null : decoded(found[1])
  const [first = '', ...rest] = (found[2] ?? '').split('/').filter((step) => step !== '')
  if (first === 'v1') return { page, generation: 'v1', path: rest, full }
  const third = isThird(headers, query)
  if (first === 'status')
    return third === 'said' || page !== null ? { page, generation: 'v3', path: [first, ...rest], full } : null
  if (newOnes.has(first)) return { page, generation: 'v3', path: [first, ...rest], full }
  if (!oldOnes.has(first)) return null
  return { page, generation: third === false ? '2015' : 'v3', path: [first, ...rest], full }
}

/** `said`: it asks for the third generation's own media type. */
function isThird(headers: IncomingHttpHeaders, query: Given): 'said' | boolean {
  if (/vnd\.api\+json/i.test(`${headers.accept ?? ''} ${headers['content-type'] ?? ''}`)) return 'said'
  if (/^bearer\b/i.test(headers.authorization ?? '')) return true
  return query['filter'] !== undefined || newIncludes.test(textIn(query['include']))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
