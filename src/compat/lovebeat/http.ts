// lovebeat's HTTP of both generations on the bare server: services, views, alarms, status, version.
// Promises their bodies and headers, a beat's `{}` only after its commit, and nothing done for half a request.
// Holds nothing itself: services and views are monitors like all others.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Named } from '#core/key.ts'
import { Bodies, type BodyLimits, hasBody } from '../beat/body.ts'
import { fromAnotherSite, isFromHere } from '../from-here.ts'
import type { Gate } from '../gate.ts'
import type { Identified, Known, Watch } from '../ports.ts'
import type { Rejection, Tally } from '../tally.ts'
import { type Answer, empty, jsonAnswer, listAnswer, nothingHere, refused, send, textAnswer } from './answer.ts'
import type { Changes } from './changes.ts'
import { Look } from './look.ts'
import { namedIn, type Place, placeOf } from './place.ts'
import { type Said, saidBy } from './said.ts'
import type { Services } from './services.ts'
import * as show from './show.ts'

export interface LovebeatParts {
  readonly watch: Watch
  readonly services: Services
  readonly changes: Changes
  readonly gate: Gate
  readonly tally: Tally
  readonly requests: Identified
  readonly clock: Clock
  readonly log: Log
  readonly limits: BodyLimits
}

/** What the generation is asked for by each request; null: lovebeat is not spoken here. */
export type Speaks = () => show.Generation | null
/** Takes a request that is lovebeat's and answers it; false: it is none and was not touched. */
export type LovebeatHandler = (request: IncomingMessage, response: ServerResponse) => boolean

export function lovebeatHandler(parts: LovebeatParts, speaks: Speaks): LovebeatHandler {
  const desk = new Desk(parts)
  return (request, response) => {
    const generation = speaks()
    const place = generation === null ? null : placeOf(request.url ?? '')
    if (place === null || generation === null) return false
    void desk.answer({ request, place, generation }).then((answer) => send(response, answer))
    return true
  }
}

interface Asked {
  readonly request: IncomingMessage
  readonly place: Place
  readonly generation: show.Generation
}

const methods: Readonly<Record<Exclude<Place['at'], 'moved' | 'nowhere'>, readonly string[]>> = {
  services: ['GET'],
  service: ['GET', 'POST', 'DELETE'],
  mute: ['POST'],
  unmute: ['POST'],
  views: ['GET'],
  view: ['GET', 'POST', 'DELETE'],
  alarms: ['GET'],
  alarm: ['GET', 'DELETE'],
  'alarm-status': ['GET'],
  status: ['GET'],
  version: ['GET'],
}

class Desk {
  readonly #parts: LovebeatParts
  readonly #bodies: Bodies
  #failing = false

  constructor(parts: LovebeatParts) {
    this.#parts = parts
    this.#bodies = new Bodies(parts.limits, parts.clock)
  }

  /** Never rejects: a failure of ours is an answer, too. */
  async answer(asked: Asked): Promise<Answer> {
    const { request, place } = asked
    try {
      if (place.at === 'nowhere') return this.#turnAway('name', nothingHere, request)
      if (place.at === 'moved') return empty(301, { Location: place.to })
      if (!methods[place.at].includes(request.method ?? '')) {
        return this.#turnAway('verb', empty(405, { Allow: methods[place.at].join(', ') }), request)
      }
      const answer = request.method === 'GET' ? await this.#read(asked) : await this.#write(asked)
      this.#failing = false
      return answer
    } catch (error) {
      if (!this.#failing) this.#parts.log.error('requests in lovebeat’s words cannot be answered', { error })
      this.#failing = true
      return this.#turnAway('unavailable', unavailable, request)
    }
  }

  /** Only what may have been a beat is counted as one that was turned away. */
  #turnAway(reason: Rejection, answer: Answer, { method }: IncomingMessage): Answer {
    if (method === 'POST') this.#parts.tally.reject(reason)
    return answer
  }

  async #read(asked: Asked): Promise<Answer> {
    const { request, place } = asked
    if (place.at === 'version') return version(request)
    const who = await this.#reader(request)
    if ('why' in who) return refused(who.status, who.why)
    const { watch, clock } = this.#parts
    return reading(asked, new Look(watch, await watch.states(), who.limit), clock.now())
  }

  /** From an allowed network everything is shown; whoever sends a token sees what that may see. */
  async #reader(request: IncomingMessage): Promise<Pick<Known, 'limit'> | Refusal> {
    const { gate, requests } = this.#parts
    if (request.headers.authorization !== undefined) return await requests.admit(request, 'read')
    return isFromHere(request, gate, requests) ? { limit: null } : { status: 403, why: fromAfar('read') }
  }

  async #write(asked: Asked): Promise<Answer> {
    const { request, place } = asked
    if (!('named' in place)) return nothingHere
    if (place.at === 'service' && request.method === 'POST') return await this.#beat(request, place.named)
    // A browser sends a password that somebody typed once with whatever another site makes it ask.
    if (fromAnotherSite(request)) return refused(403, 'This changes something, and comes from a page of another site.')
    const { requests, changes } = this.#parts
    const who = await requests.admit(request, 'edit')
    if ('why' in who) return refused(who.status, `${who.why} It changes something, which needs the scope "edit".`)
    const { at, named } = place
    if (at === 'mute' || at === 'unmute') return await changes.mute(who, named, at === 'mute')
    if (at === 'service') return await changes.removeService(who, named.key)
    if (request.method === 'DELETE') {
      return at === 'view' ? await changes.removeView(who, named.key) : await changes.removeAlarm(who, named.key)
    }
    const body = await this.#body(request)
    return 'status' in body ? body : await changes.putView(who, named, new URLSearchParams(queryOf(request)), body.text)
  }

  async #beat(request: IncomingMessage, named: Named): Promise<Answer> {
    const { services } = this.#parts
    const may = await services.may(request, named.key)
    if (typeof may === 'string') return services.refuse(may, named.key)
    const query = queryOf(request)
    if (!hasBody(request) && query === '') return await services.take(named, beat)
    const body = hasBody(request) ? await this.#body(request) : { text: '' }
    if ('status' in body) return body
    const said = await saidBy(request.headers['content-type'] ?? '', query, Buffer.from(body.text, 'latin1'))
    if ('wrong' in said) return this.#turnAway('syntax', refused(400, said.wrong), request)
    return await services.take(named, said)
  }

  /** The whole of a body as Latin-1; an answer where it did not come in whole, or is too long. */
  async #body(request: IncomingMessage): Promise<{ readonly text: string } | Answer> {
    const body = await this.#bodies.read(request)
    if (body === null) return this.#turnAway('incomplete', incomplete, request)
    const { bytes, size, unread } = body
    this.#bodies.release(bytes.length)
    if (size === bytes.length) return { text: bytes.toString('latin1') }
    const most = this.#parts.limits.kept
    const answer = refused(413, `The body is longer than ${most} bytes, or too many come at once. Nothing was done.`)
    return this.#turnAway('too_long', unread ? { ...answer, close: true } : answer, request)
  }
}

const beat: Said = { beat: true, changes: [] }

interface Refusal {
  readonly status: number
  readonly why: string
}

const fromAfar = (scope: string) =>
  `Requests from here need a token with the scope "${scope}": Authorization: Bearer TOKEN. Or name the network of ` +
  'the sender in the setting networks.beats, the proxy in networks.trusted_proxies, the name that was asked for in ' +
  'networks.hosts.'

const incomplete = {
  ...refused(408, 'The body did not come in whole, so nothing was done. Send it again.'),
  close: true,
}
const unavailable = refused(503, 'It could not be stored or read now. Send it again in a few seconds.', {
  'Retry-After': '5',
})

const queryOf = ({ url = '' }: IncomingMessage): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')

/** The release whose words these are; which program speaks them stands in a header of its own. */
const spoken = '1.0.3'

function version(request: IncomingMessage): Answer {
  return wantsJson(request) ? jsonAnswer(`{"version": "${spoken}"}\n`) : textAnswer(200, `${spoken}\n`)
}

/** They compared the header as a whole. */
const wantsJson = ({ headers }: IncomingMessage): boolean => headers.accept === 'application/json'

function reading({ request, place, generation }: Asked, look: Look, now: number): Answer {
  const query = new URLSearchParams(queryOf(request))
  switch (place.at) {
    case 'services':
      return place.bare && generation === '0.8' ? older(look, query, now) : newer(look, now)
    case 'service':
      return oneService(look, place.named.key, generation, query.has('details'), now)
    case 'alarms':
      return listAnswer(alarms(look), { head: {}, name: 'alarms', now })
    case 'alarm':
      return oneAlarm(look, place.named.key, now)
    case 'alarm-status':
      return status(request, show.countsOf(statesOf(look, place.named.key)), false)
    case 'status':
      return status(request, show.countsOf(statesOf(look, viewIn(query, look))), place.warnings)
    case 'views':
      return jsonAnswer(show.json(look.views().map((one) => show.view(one, null))))
    case 'view':
      return oneView(look, place.named.key)
    case 'mute':
    case 'unmute':
    case 'version':
    case 'moved':
    case 'nowhere':
      break
  }
  return nothingHere
}

function* alarms(look: Look): Generator<object> {
  for (const one of look.views()) yield show.alarm(one, look.failed(one.key))
}

function* statesOf(look: Look, view: string | null) {
  for (const { state } of look.services(view)) yield state
}

/** The view that is asked for; null: everything, which is also what `all` means where no view is called that. */
function viewIn(query: URLSearchParams, look: Look): string | null {
  const text = query.get('view') ?? ''
  if (text === '' || (text === 'all' && look.view(text) === null)) return null
  return namedIn(text)?.key ?? ' '
}

function status(request: IncomingMessage, counts: show.Counts, warnings: boolean): Answer {
  const lines = show.status(counts, warnings)
  return wantsJson(request) ? jsonAnswer(show.json(lines)) : textAnswer(200, show.statusText(lines), 'text/plain')
}

function newer(look: Look, now: number): Answer {
  const names = look.viewNames()
  const shown = (one: show.Service) => show.service(one, names(one.key))
  return listAnswer(services(look, null, shown), { head: {}, name: 'services', now })
}

function older(look: Look, query: URLSearchParams, now: number): Answer {
  const names = query.has('details') ? look.viewNames() : null
  const shown = (one: show.Service) => show.olderService(one, names === null ? null : ['all', ...names(one.key)], now)
  return listAnswer(services(look, viewIn(query, look), shown), null)
}

function* services(look: Look, view: string | null, shown: (one: show.Service) => object): Generator<object> {
  for (const one of look.services(view)) yield shown(one)
}

function oneService(look: Look, key: string, generation: show.Generation, details: boolean, now: number): Answer {
  const found = look.service(key)
  if (found === null) return nothingHere
  const views = look.viewsOf(key)
  if (generation === '1.0') return jsonAnswer(show.json({ service: show.service(found, views), now }))
  return jsonAnswer(show.json(show.olderService(found, details ? ['all', ...views] : null, now)))
}

function oneAlarm(look: Look, key: string, now: number): Answer {
  const found = look.view(key)
  if (found === null) return nothingHere
  const names = look.viewNames()
  const head = { alarm: show.alarm(found, look.failed(key)) }
  const shown = (one: show.Service) => show.service(one, names(one.key))
  return listAnswer(services(look, key, shown), { head, name: 'services', now })
}

function oneView(look: Look, key: string): Answer {
  const found = look.view(key)
  return found === null ? nothingHere : jsonAnswer(show.json(show.view(found, look.moreOf(key))))
}
