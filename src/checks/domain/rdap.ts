// What an RDAP server says of a domain (RFC 9083), read into plain values.
// Promises to read any JSON without a throw, bounded, with a sentence for what is no answer about that domain.
import { domainToASCII } from 'node:url'
import { quote } from '../quote.ts'

export interface Registration {
  /** In ASCII and lower case. */
  readonly name: string
  /** Epoch ms; null: it is not told. */
  readonly expires: number | null
  readonly registered: number | null
  readonly changed: number | null
  readonly registrar: string | null
  /** As EPP writes them: clientHold. */
  readonly status: readonly string[]
  /** In ASCII and lower case, sorted. */
  readonly nameservers: readonly string[]
  readonly dnssec: boolean | null
}

type Json = Readonly<Record<string, unknown>>
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** So many entries of a list, and characters of a text, are looked at. */
const entriesMost = 50
const textMost = 120
const textOf = (value: unknown): string | null => {
  const text = typeof value === 'string' ? quote(value, textMost).slice(1, -1) : ''
  return text === '' ? null : text
}

/** The registration, or the words for what is wrong with the answer, to follow on “the answer ”. */
export function readRegistration(text: string, asked: string): Registration | string {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return 'is not JSON'
  }
  if (!isJson(root) || root['objectClassName'] !== 'domain') return 'is not about a domain'
  const name = sameName(root['ldhName']) ?? sameName(root['unicodeName'])
  if (name !== asked) return `is about ${name === null ? 'a domain without a name' : name}`
  const events = listOf(root['events']).filter(isJson).slice(0, entriesMost)
  const secure = root['secureDNS']
  const signed = isJson(secure) ? secure['delegationSigned'] : null
  return {
    name,
    expires: earliest(events, 'expiration') ?? earliest(events, 'registrar expiration'),
    registered: earliest(events, 'registration'),
    changed: earliest(events, 'last changed'),
    registrar: registrarOf(root['entities']),
    status: textsOf(listOf(root['status']).map(eppStatus)),
    nameservers: textsOf(listOf(root['nameservers']).map((one) => (isJson(one) ? sameName(one['ldhName']) : null))),
    dnssec: typeof signed === 'boolean' ? signed : null,
  }
}

/** Each once, sorted. */
const textsOf = (found: readonly (string | null)[]): string[] =>
  [...new Set(found.slice(0, entriesMost).filter((one) => one !== null))].sort()

/** A name in ASCII as DNS has it, without the last dot; null for what is none. */
function sameName(value: unknown): string | null {
  const text = textOf(value)?.replace(/\.$/, '') ?? ''
  return domainToASCII(text).toLowerCase() || null
}

/** `client hold` and `Client Hold` are clientHold; what EPP does not know stays one word in that form. */
function eppStatus(value: unknown): string | null {
  const text = textOf(value)
  if (text === null || !text.includes(' ')) return text
  return text.toLowerCase().replaceAll(/ +(\S)/g, (_, letter: string) => letter.toUpperCase())
}

/** The earliest moment of an event; null where none can be read. */
function earliest(events: readonly Json[], action: string): number | null {
  const found = events
    .filter((event) => typeof event['eventAction'] === 'string' && event['eventAction'].toLowerCase() === action)
    .map((event) => momentOf(event['eventDate']))
    .filter((at) => at !== null)
  return found.length === 0 ? null : Math.min(...found)
}

/** RFC 3339, or a day alone; what has no zone is of UTC. */
function momentOf(value: unknown): number | null {
  const match =
    typeof value === 'string' ? /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?(.{0,6}))?$/.exec(value) : null
  if (!match) return null
  const [, date, time = '00:00:00', zone = ''] = match
  const at = Date.parse(`${date}T${time}${zone === '' ? 'Z' : zone.toUpperCase()}`)
  return Number.isNaN(at) ? null : at
}

/** The name of the entity with the role of registrar. */
function registrarOf(entities: unknown): string | null {
  const found = listOf(entities)
    .slice(0, entriesMost)
    .filter(isJson)
    .find((entity) => listOf(entity['roles']).some((role) => role === 'registrar'))
  if (!found) return null
  const [, properties] = listOf(found['vcardArray'])
  const named = (what: string) =>
    listOf(properties)
      .slice(0, entriesMost)
      .map(listOf)
      .find(([name]) => name === what)
  return textOf(named('fn')?.[3]) ?? textOf(named('org')?.[3]) ?? textOf(found['handle'])
}
