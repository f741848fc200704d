// Heartbeats by HTTP on the bare server: GET, POST, PUT or HEAD `/beat/{key}`, `/start`, `/fail`, `/log`, `/3`.
// Promises an OK only after the commit, and otherwise a sentence that says what is wrong and how to mend it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { isFromHere } from '../from-here.ts'
import type { Gate } from '../gate.ts'
import { isIdText, keyRule } from '#core/key.ts'
import type { BeatMonitor, BeatPort, Requests } from '../ports.ts'
import type { Refusal, Roster } from '../roster.ts'
import type { Rejection, Tally } from '../tally.ts'
import { Bodies, type Body, type BodyLimits, hasBody } from './body.ts'
import { observed } from './observed.ts'
import { type Fault, type Target, targetOf } from './target.ts'

export interface BeatHttpParts {
  readonly port: BeatPort
  readonly roster: Roster
  readonly gate: Gate
  readonly tally: Tally
  readonly requests: Requests
  readonly clock: Clock
  readonly log: Log
  readonly limits: BodyLimits
}

/** Takes a request that is a heartbeat and answers it; false: it is none and was not touched. */
export type BeatHandler = (request: IncomingMessage, response: ServerResponse) => boolean

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

const methods = new Set(['GET', 'POST', 'HEAD', 'PUT'])
const noBody: Body = { bytes: Buffer.alloc(0), size: 0, unread: false }
const ok: Answer = { status: 200, text: 'OK\n' }
const headersFor = (text: string) => ({
  'content-type': 'text/plain; charset=utf-8',
  'content-length': Buffer.byteLength(text),
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
})
const okHeaders = headersFor(ok.text)

export function beatHandler(parts: BeatHttpParts): BeatHandler {
  const desk = new Desk(parts)
  return (request, response) => {
    const target = targetOf(request.url ?? '')
    if (target === null) return false
    void desk.answer(request, target).then((answer) => send(response, answer))
    return true
  }
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return
  response.writeHead(answer.status, answer === ok ? okHeaders : { ...headersFor(answer.text), ...answer.headers })
  response.end(answer.text)
}

class Desk {
  readonly #parts: BeatHttpParts
  readonly #bodies: Bodies
  /** The last one could not be stored: said once in the log, until one can. */
  #failing = false

  constructor(parts: BeatHttpParts) {
    this.#parts = parts
    this.#bodies = new Bodies(parts.limits, parts.clock)
  }

  /** Never rejects: a failure of ours is an answer, too. */
  async answer(request: IncomingMessage, target: Target | Fault): Promise<Answer> {
    try {
      if (!methods.has(request.method ?? '')) return this.#refuse('method')
      if ('fault' in target) return this.#refuse(target.fault)
      const monitor = await this.#monitor(request, target)
      if (typeof monitor === 'string') return this.#refuse(monitor, target.key)
      if (!hasBody(request)) return await this.#take(monitor, target, noBody)
      // Nothing is made for a request that never comes in whole.
      const body = await this.#bodies.read(request)
      if (body === null) return this.#refuse('incomplete')
      try {
        return await this.#take(monitor, target, body)
      } finally {
        this.#bodies.release(body.bytes.length)
      }
    } catch (error) {
      // Its address may hold an id, which is a secret.
      if (!this.#failing) this.#parts.log.error('heartbeats by HTTP cannot be stored', { error })
      this.#failing = true
      return this.#refuse('unavailable')
    }
  }

  /** The monitor that may be beaten by this request; null: it may make one; or why none. */
  async #monitor(
    request: IncomingMessage,
    { key, create }: Target,
  ): Promise<BeatMonitor | null | keyof typeof refusals> {
    const { port, gate, requests } = this.#parts
    const known = port.find(key)
    if (known?.access === 'id') return known.passive ? known : 'not_heartbeat'
    if (known === null && isIdText(key)) return 'unknown_id'
    const near = isFromHere(request, gate, requests)
    const isGuarded = known?.access === 'guarded'
    if ((!near || isGuarded) && !(await requests.allowed(request, 'report', key))) return near ? 'guarded' : 'network'
    if (known !== null) return known.passive ? known : 'not_heartbeat'
    if (create === false) return 'not_asked'
    return near || create === true ? null : 'foreign'
  }

  async #take(known: BeatMonitor | null, target: Target, body: Body): Promise<Answer> {
    const { port, roster, tally, clock } = this.#parts
    const found = known ?? (await roster.enroll(target.key))
    if (typeof found === 'string') return this.#refuse(found, target.key)
    if (!found.passive) return this.#refuse('not_heartbeat', target.key)
    const { id: monitor, key } = found
    const at = clock.now()
    const { signal, run = null, exit } = target
    const { bytes, size } = body
    const entry = { monitor, at, signal, body: bytes, size, run, exit }
    if (signal === 'log') await port.log(entry)
    else {
      const stored = port.commit(observed({ monitor, key, at }, target, body))
      await (bytes.length > 0 ? Promise.all([stored, port.log(entry)]) : stored)
    }
    this.#failing = false
    tally.accept()
    if (size === bytes.length) return ok
    const text = `OK\nOnly the first ${bytes.length} bytes of the body were kept.\n`
    return { status: 200, text, ...(body.unread ? { headers: { connection: 'close' } } : {}) }
  }

  #refuse(why: keyof typeof refusals, key = ''): Answer {
    const { status, reason, text, headers }: Refused = refusals[why]
    this.#parts.tally.reject(reason)
    return { status, text: `${text.replace('KEY', () => key)}\n`, ...(headers ? { headers } : {}) }
  }
}

interface Refused {
  readonly status: number
  readonly reason: Rejection
  /** `KEY` stands for the monitor's key. */
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

const retryAfter = { 'retry-after': '5' }

const refusals = {
  method: {
    status: 405,
    reason: 'verb',
    text: 'A heartbeat is sent by GET, POST, PUT or HEAD.',
    headers: { allow: 'GET, POST, PUT, HEAD' },
  },
  name: { status: 400, reason: 'name', text: `This is not a key. ${keyRule}, as in /beat/nightly-backup` },
  verb: {
    status: 404,
    reason: 'verb',
    text: 'After the key may stand /start, /fail, /log, an exit status (0 to 255), or nothing: /beat/nightly-backup/3',
  },
  run: {
    status: 400,
    reason: 'syntax',
    text: 'A rid names a run by 1 to 64 of A-Z a-z 0-9 . _ : -, such as a UUID: /beat/nightly-backup/start?rid=42',
  },
  took: {
    status: 400,
    reason: 'syntax',
    text: 'took is how long the job took, in milliseconds: /beat/nightly-backup?took=5230',
  },
  create: { status: 400, reason: 'syntax', text: 'create is 1 or 0: /beat/nightly-backup?create=1' },
  network: {
    status: 403,
    reason: 'network',
    text:
      'Heartbeats from here need a token with the scope "report": Authorization: Bearer TOKEN. Or name the network ' +
      'of the sender in the setting networks.beats; behind a proxy, name the proxy in networks.trusted_proxies; ' +
      'where this address has a name of its own, set public_url or name it in networks.hosts.',
  },
  guarded: {
    status: 403,
    reason: 'guarded',
    text: 'The monitor "KEY" takes beats to its id, not to its key; to its key only those with a token. Use /beat/ID.',
  },
  unknown_id: { status: 404, reason: 'unknown', text: 'No monitor has this id. Has it been changed or deleted?' },
  not_asked: {
    status: 404,
    reason: 'unknown',
    text: 'No monitor has the key "KEY", and create=0 asks for none to be made. Is the key right?',
  },
  unknown: {
    status: 404,
    reason: 'unknown',
    text:
      'No monitor has the key "KEY", and heartbeats are not made by their first beat here. ' +
      'Add it to the configuration or by the API, or set heartbeats.create.',
  },
  foreign: {
    status: 404,
    reason: 'unknown',
    text:
      'No monitor has the key "KEY". Ask for one to be made with ?create=1, or add it to the configuration or by the ' +
      'API; without being asked, only senders in the networks of networks.beats make a heartbeat by its first beat.',
  },
  limit: {
    status: 403,
    reason: 'limit',
    text:
      'No monitor has the key "KEY", and as many heartbeats as may be made by their first beat exist. ' +
      'Add it to the configuration or by the API, or raise heartbeats.limit.',
  },
  not_heartbeat: {
    status: 409,
    reason: 'not_heartbeat',
    text: 'The monitor "KEY" is checked by Allswell itself and takes no heartbeats. Choose another key for this job.',
  },
  incomplete: {
    status: 408,
    reason: 'incomplete',
    text: 'The body did not come in whole, so the heartbeat was not taken. Send it again.',
    headers: { connection: 'close' },
  },
  full: {
    status: 503,
    reason: 'full',
    text: 'Too many new heartbeats are being made at once; this one was not taken. Send it again in a few seconds.',
    headers: retryAfter,
  },
  unavailable: {
    status: 503,
    reason: 'unavailable',
    text: 'The heartbeat could not be stored: too much waits, or the database is away. Send it again in a few seconds.',
    headers: retryAfter,
  },
} as const satisfies Record<string, Refused> & Record<Refusal, Refused>
