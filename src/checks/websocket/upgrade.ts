// The upgrade from HTTP to a WebSocket (RFC 6455, 4): our request and what the server must answer.
// Promises that nothing is taken for a WebSocket but what agreed to be one. Must not know frames.
import { createHash, randomBytes } from 'node:crypto'
import { version } from '#platform/version.ts'
import { Failure } from '../failure.ts'
import { showUrl } from '../http/show.ts'
import { sayStatus } from '../http/status.ts'
import type { Dialogue } from '../talk/dialogue.ts'

export interface Upgrade {
  /** `example.test:8080`, the port where it is not the usual one. */
  readonly host: string
  /** Path and query. */
  readonly resource: string
  readonly headers: Readonly<Record<string, string>>
  readonly subprotocols: readonly string[]
}

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const headersMost = 100

/** Asks for a WebSocket; the subprotocol that was agreed on, null for none. Throws a Failure. */
export async function upgrade(
  dialogue: Dialogue,
  { host, resource, headers, subprotocols }: Upgrade,
): Promise<string | null> {
  const key = randomBytes(16).toString('base64')
  const all: Record<string, string> = {
    Host: host,
    'User-Agent': `Allswell/${version}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': '13',
    ...(subprotocols.length > 0 ? { 'Sec-WebSocket-Protocol': subprotocols.join(', ') } : {}),
  }
  for (const [name, value] of Object.entries(headers)) {
    for (const known of Object.keys(all)) if (known.toLowerCase() === name.toLowerCase()) delete all[known]
    all[name] = value
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  dialogue.say(`GET ${resource} HTTP/1.1\r\n${lines.join('')}\r\n`)
  const { status, answered } = await readHead(dialogue)
  if (status !== 101) throw declined(dialogue, status, answered)
  return agreed(dialogue, answered, key, subprotocols)
}

type Headers = ReadonlyMap<string, string>

async function readHead(dialogue: Dialogue): Promise<{ status: number; answered: Headers }> {
  const first = await dialogue.line()
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1]
  if (status === undefined) throw dialogue.strange('does not speak HTTP', first)
  const answered = new Map<string, string>()
  for (let count = 0; ; count += 1) {
    const line = await dialogue.line()
    if (line === '') return { status: Number(status), answered }
    const [, name = '', value = ''] = /^([^:\s]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === '' || count > headersMost) throw dialogue.strange('answers with headers that are none', line)
    const known = answered.get(name.toLowerCase())
    answered.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`)
  }
}

function declined(dialogue: Dialogue, status: number, answered: Headers): Failure {
  const location = answered.get('location')
  const where = status < 400 && location !== undefined ? `, to ${dialogue.quote(showUrl(location), 200)}` : ''
  const reason = status === 401 || status === 403 ? 'auth' : 'status'
  return new Failure(
    reason,
    `${dialogue.target} answered ${sayStatus(status)}${where}; 101 Switching Protocols was expected.`,
  )
}

const has = (value: string | undefined, word: string) =>
  (value ?? '').split(',').some((one) => one.trim().toLowerCase() === word)

/** What was agreed on; throws a Failure where that is no WebSocket, or not the one that was asked for. */
function agreed(dialogue: Dialogue, answered: Headers, key: string, subprotocols: readonly string[]): string | null {
  const odd = (what: string) => new Failure('protocol', `${dialogue.target} does not make a WebSocket of it: ${what}.`)
  if (!has(answered.get('upgrade'), 'websocket')) throw odd('it does not say Upgrade: websocket')
  if (!has(answered.get('connection'), 'upgrade')) throw odd('it does not say Connection: Upgrade')
  const accept = createHash('sha1').update(`${key}${guid}`).digest('base64')
  if (answered.get('sec-websocket-accept') !== accept) throw odd('Sec-WebSocket-Accept does not answer our key')
  if (answered.has('sec-websocket-extensions')) throw odd('it uses an extension that was not asked for')
  const chosen = answered.get('sec-websocket-protocol') ?? null
  const wanted = subprotocols.join(' or ')
  if (chosen === null && subprotocols.length > 0)
    throw new Failure('header', `${dialogue.target} does not speak the subprotocol ${wanted}.`)
  if (chosen !== null && !subprotocols.includes(chosen)) {
    const asked = subprotocols.length > 0 ? `${wanted} was asked for` : 'none was asked for'
    throw new Failure('header', `${dialogue.target} speaks the subprotocol ${dialogue.quote(chosen)}; ${asked}.`)
  }
  return chosen
}
