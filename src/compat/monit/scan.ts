// Reading what Monit sends: it looks like XML and is none, for names stand in it as they are, and any bytes may.
// Promises for any bytes a report or null, in time that grows with their number, and that passwords in it are not read.
// Knows no DTD, no entities, and not what a report means.
export interface Service {
  readonly name: string
  /** 0 filesystem, 1 directory, 2 file, 3 process, 4 host, 5 system, 6 fifo, 7 program, 8 network. */
  readonly type: number
  /** When Monit looked last, epoch ms of its machine. */
  readonly collected: number
  /** Bits of the tests that fail, and of those that only noticed a change. */
  readonly status: number
  readonly hint: number
  /** Bit 1 monitored, 2 initialising, 4 waiting for its turn. */
  readonly monitor: number
  /** It is looked at in some cycles only. */
  readonly rarely: boolean
  /** The first line of what a program said; null: nothing. */
  readonly output: string | null
}

export interface Event {
  readonly service: string
  readonly id: number
  /** 0 succeeded, 1 failed, 2 changed. */
  readonly state: number
  readonly action: number
  readonly message: string
}

export interface Report {
  readonly machine: string
  /** Another number after every start and reload. */
  readonly incarnation: number
  readonly version: string
  /** As Monit calls its machine. */
  readonly host: string
  /** Seconds from report to report. */
  readonly poll: number
  readonly services: readonly Service[]
  /** Null: it tells how all is, and of no news. */
  readonly event: Event | null
}

const servicesMost = 5_000
const nameMost = 512
const messageMost = 1_000

/** A report; null: these bytes are none. */
export function scan(bytes: Uint8Array): Report | null {
  const { text, cdata } = opened(opaque(bytes))
  const head = /<monit id="([0-9a-f]{8,64})" incarnation="(\d{1,15})" version="([\w.+-]{1,40})">/.exec(text)
  const from = text.indexOf('<services>')
  const to = text.lastIndexOf('</services>')
  if (head === null || from < 0 || to < from) return null
  const server = text.slice(0, from)
  const rest = text.slice(to)
  const { 1: machine = '', 2: incarnation = '0', 3: version = '' } = head
  return {
    machine,
    incarnation: Number(incarnation),
    version,
    host: plain(between(server, '<localhostname>', '</localhostname>') ?? '', nameMost),
    poll: Math.min(Math.max(numberIn(server, 'poll') ?? 30, 1), 86_400),
    services: servicesIn(text.slice(from, to), cdata),
    event: eventIn(rest, cdata),
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })

/** Each byte a character, without control characters: what it means is found for each text by itself. */
const opaque = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replaceAll(/[^\P{Cc}\t\n\u0080-\u009f]/gu, '')

/** UTF-8, or else Latin-1, which any bytes are. */
function legible(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text)) return text
  try {
    return strict.decode(Buffer.from(text, 'latin1'))
  } catch {
    return text
  }
}

/** Free text is taken out, for anything may stand in it; a mark with its number is left. No text has such marks. */
function opened(text: string): { text: string; cdata: string[] } {
  const cdata: string[] = []
  const parts: string[] = []
  for (let at = 0; ;) {
    const begin = text.indexOf('<![CDATA[', at)
    const end = begin < 0 ? -1 : text.indexOf(']]>', begin)
    if (end < 0) return { text: parts.join('') + text.slice(at), cdata }
    parts.push(text.slice(at, begin), `\0${cdata.length}\0`)
    cdata.push(text.slice(begin + 9, end).replaceAll(']]&gt;', ']]>'))
    at = end + 3
  }
}

/** No quotation mark can stand in a name. */
const opening = /<service name="([^"]{1,512})"><type>(\d)<\/type>/g

function servicesIn(text: string, cdata: readonly string[]): Service[] {
  const found = [...text.matchAll(opening)].slice(0, servicesMost)
  return found.flatMap((match, index) => {
    const block = text.slice(match.index + match[0].length, found[index + 1]?.index ?? text.length)
    const status = numberIn(block, 'status')
    const monitor = numberIn(block, 'monitor')
    if (status === null || monitor === null) return []
    const seconds = numberIn(block, 'collected_sec') ?? 0
    return {
      name: legible(match[1] as string),
      type: Number(match[2]),
      collected: seconds * 1_000 + (numberIn(block, 'collected_usec') ?? 0) / 1_000,
      status,
      hint: numberIn(block, 'status_hint') ?? 0,
      monitor,
      rarely: block.includes('<every>'),
      output: firstLine(freeText(between(block, '<output>', '</output>'), cdata)),
    }
  })
}

function eventIn(text: string, cdata: readonly string[]): Event | null {
  const inside = between(text, '<event>', '</event>')
  if (inside === null) return null
  const [id, state, action] = ['id', 'state', 'action'].map((name) => numberIn(inside, name))
  // A name may have anything in it, even what looks like an end.
  const end = inside.lastIndexOf('</service><type>')
  const begin = inside.indexOf('<service>')
  if (id == null || state == null || action == null || begin < 0 || end < begin) return null
  const message = freeText(between(inside, '<message>', '</message>'), cdata)
  const service = legible(inside.slice(begin + 9, end).slice(0, nameMost))
  return { service, id, state, action, message: plain(message ?? '', messageMost) }
}

function between(text: string, open: string, close: string): string | null {
  const begin = text.indexOf(open)
  const end = begin < 0 ? -1 : text.indexOf(close, begin + open.length)
  return end < 0 ? null : text.slice(begin + open.length, end)
}

/** A whole number below 2^53 in an element; null: there is none. */
function numberIn(text: string, name: string): number | null {
  const inside = between(text, `<${name}>`, `</${name}>`)
  return inside !== null && /^-?\d{1,15}$/.test(inside) ? Number(inside) : null
}

/** The text that a mark stands for. */
function freeText(mark: string | null, cdata: readonly string[]): string | null {
  const [, number] = /^\0(\d+)\0$/.exec(mark ?? '') ?? []
  return number === undefined ? null : (cdata[Number(number)] ?? null)
}

const firstLine = (text: string | null) => {
  const line = plain(text?.trim().split('\n', 1)[0] ?? '', 200)
  return line === '' ? null : line
}

/** What people can read, in one line. */
const plain = (text: string, most: number) =>
  legible(text)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, most)
