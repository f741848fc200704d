// The collector: `POST /collector` on the bare server, to which Monit reports (`set mmonit https://user:TOKEN@host/…`).
// Promises an answer within milliseconds, before anything is decided, since Monit's own checks wait for it; a bound on
// what waits; and never a redirect, which Monit takes for success. Must not know what a report means.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Counter, Metrics } from '#platform/metrics.ts'
import { Trouble } from '#platform/trouble.ts'
import { Bodies } from '../beat/body.ts'
import type { InventoryPort, Reporters } from '../ports.ts'
import { Machines, type Sender } from './machines.ts'
import { scan } from './scan.ts'

export interface CollectorParts {
  readonly port: InventoryPort
  readonly reporters: Reporters
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits?: Partial<typeof collectorLimits>
}

export const collectorLimits = {
  /** Bytes of one report as it comes, and unpacked. */
  packed: 4_000_000,
  unpacked: 4_000_000,
  /** Reports that wait to be taken in, and their bytes. */
  waiting: 20_000,
  bytes: 64_000_000,
  /** Ms for a report to come in. */
  within: 30_000,
}

export interface Collector {
  /** Takes a request to the collector and answers it; false: it is none and was not touched. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Resolves when all that was acknowledged is taken in, or given up. */
  close(): Promise<void>
}

interface Waiting {
  readonly bytes: Buffer
  readonly packed: boolean
  readonly sender: Sender
}

/** Monit packs what it sends where the first answer after its start has this; nobody else minds. */
const serverName = 'mmonit/3.7 (Allswell)'
const path = /^\/collector(?:\/([\w-]{1,200}))?\/?(?:\?|$)/
const triesMost = 5
const tryAgainMs = 200
const unpack = promisify(gunzip)

export function openCollector(parts: CollectorParts): Collector {
  const desk = new Desk(parts)
  return {
    handler(request, response) {
      const [whole, token] = path.exec(request.url ?? '') ?? []
      if (whole === undefined) return false
      void desk.answer(request, token).then(({ status, text }) => send(response, status, text))
      return true
    },
    close: () => desk.close(),
  }
}

interface Answer {
  readonly status: number
  readonly text: string
}

function send(response: ServerResponse, status: number, text: string): void {
  if (response.destroyed) return
  const body = text === '' ? '' : `${text}\n`
  response.writeHead(status, {
    server: serverName,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...(status === 401 ? { 'www-authenticate': 'Basic realm="Allswell"' } : {}),
    ...(status === 405 ? { allow: 'POST' } : {}),
  })
  response.end(body)
}

class Desk {
  readonly #parts: CollectorParts
  readonly #limits: typeof collectorLimits
  readonly #bodies: Bodies
  readonly #machines: Machines
  readonly #waiting: Waiting[] = []
  readonly #counter: Counter
  readonly #trouble: Trouble
  #working: Promise<void> | null = null
  #closing = false

  constructor(parts: CollectorParts) {
    this.#parts = parts
    const { clock, log, metrics } = parts
    this.#limits = { ...collectorLimits, ...parts.limits }
    const { packed, bytes, within } = this.#limits
    this.#bodies = new Bodies({ kept: packed, read: packed, together: bytes, within }, clock)
    this.#machines = new Machines(parts)
    this.#counter = metrics.counter('allswell_monit_reports_total', 'Reports of Monit, by what became of them.')
    metrics.gauge('allswell_monit_waiting', 'Reports of Monit that wait to be taken in.', () => this.#waiting.length)
    const what = 'reports of Monit cannot be stored now'
    this.#trouble = new Trouble({ log, clock, what, over: 'reports of Monit are stored again' })
  }

  /** Never rejects. */
  async answer(request: IncomingMessage, token: string | undefined): Promise<Answer> {
    try {
      if (request.method !== 'POST') return { status: 405, text: 'Monit reports here by POST; see the manual.' }
      const who = await this.#parts.reporters.reporter(request, token)
      if ('status' in who) return this.#refuse('unauthorized', who.status, who.message)
      const body = await this.#bodies.read(request)
      if (body === null) return this.#refuse('incomplete', 400, 'The report did not come in whole.')
      const { bytes, size } = body
      const isWhole = size === bytes.length && !body.unread
      const fits = this.#waiting.length < this.#limits.waiting && !this.#closing
      if (!isWhole || !fits) this.#bodies.release(bytes.length)
      // What Monit cannot send it sends again for ever, so one that is too large is taken and not looked at.
      if (!isWhole) return this.#drop('too_large')
      if (!fits) return this.#refuse('full', 503, 'Too much waits to be taken in; Monit sends it again.')
      const packed = /\bgzip\b/i.test(request.headers['content-encoding'] ?? '')
      this.#waiting.push({ bytes, packed, sender: { token: who.token, labels: labelsOf(who.limit) } })
      this.#working ??= this.#work().finally(() => (this.#working = null))
      return { status: 200, text: '' }
    } catch (error) {
      this.#trouble.note(error)
      return this.#refuse('unavailable', 503, 'It cannot be taken in now; Monit sends it again.')
    }
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#working
  }

  #refuse(result: string, status: number, text: string): Answer {
    this.#counter.add(1, { result })
    return { status, text }
  }

  #drop(result: string): Answer {
    this.#counter.add(1, { result })
    return { status: 200, text: '' }
  }

  /** One after another, in the order in which they came. */
  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const result = await this.#take(next)
      this.#counter.add(1, { result })
      this.#bodies.release(next.bytes.length)
    }
  }

  async #take({ bytes, packed, sender }: Waiting): Promise<string> {
    const maxOutputLength = this.#limits.unpacked
    const plain = packed ? await unpack(bytes, { maxOutputLength }).catch(() => null) : bytes
    const report = plain && scan(plain)
    if (report === null) return 'unreadable'
    for (let tries = 1; ; tries += 1) {
      try {
        const taken = await this.#machines.take(report, sender)
        this.#trouble.over()
        return taken
      } catch (error) {
        this.#trouble.note(error)
        if (tries >= triesMost || this.#closing) return 'unavailable'
        await new Promise<void>((resolve) => this.#parts.clock.after(tryAgainMs * tries, resolve))
      }
    }
  }
}

/** The labels that what a limited token makes must have: the first that is allowed of each. */
function labelsOf(limit: Readonly<Record<string, readonly string[]>> | null): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(limit ?? {}).flatMap(([name, [value]]) => (value ? [[name, value]] : [])))
}
