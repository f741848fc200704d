// Takes what a POST says of a service: a beat, its thresholds, or both; makes the monitor where there is none.
// Promises `{}` only after the commit of all of it. Must not know how it was said.
import type { IncomingMessage } from 'node:http'
import type { Named } from '#core/key.ts'
import { isIdText } from '#core/key.ts'
import type { Clock } from '#platform/clock.ts'
import { isFromHere } from '../from-here.ts'
import type { Gate } from '../gate.ts'
import type { BeatMonitor, LastingPort, Requests } from '../ports.ts'
import type { Refusal, Roster } from '../roster.ts'
import type { Rejection, Tally } from '../tally.ts'
import { type Answer, done, refused } from './answer.ts'
import type { Said } from './said.ts'

export interface ServicesParts {
  readonly port: LastingPort
  readonly roster: Roster
  readonly gate: Gate
  readonly tally: Tally
  readonly requests: Requests
  readonly clock: Clock
}

export class Services {
  readonly #parts: ServicesParts

  constructor(parts: ServicesParts) {
    this.#parts = parts
  }

  /** Whether this request may beat what has this key, or make it; the reason where it may not. */
  async may(request: IncomingMessage, key: string): Promise<true | Why> {
    const { port, gate, requests } = this.#parts
    const known = port.find(key)
    if (known?.access === 'id') return known.passive ? true : 'not_heartbeat'
    if (known === null && isIdText(key)) return 'unknown_id'
    const near = isFromHere(request, gate, requests)
    const isGuarded = known?.access === 'guarded'
    if ((!near || isGuarded) && !(await requests.allowed(request, 'report', key))) return near ? 'guarded' : 'network'
    if (known !== null) return known.passive ? true : 'not_heartbeat'
    return near ? true : 'foreign'
  }

  async take(named: Named, { beat, changes }: Said): Promise<Answer> {
    const { port, roster, tally, clock } = this.#parts
    const at = clock.now()
    const found = port.find(named.key)
    const monitor = found ?? (await roster.enroll(named.key, { name: named.name, said: changes }))
    if (typeof monitor === 'string') return this.refuse(monitor, named.key)
    if (!monitor.passive) return this.refuse('not_heartbeat', named.key)
    // What is said of one that is made is said once more: somebody else may have made it.
    if (beat && changes.length === 0) {
      await port.commit(beatOf(monitor, at))
      tally.accept()
      return done
    }
    const became = new Set(changes.map((change) => port.adjust(monitor.id, change)))
    const stored = became.has('taken') ? port.stored() : null
    if (beat) await Promise.all([stored, port.commit(beatOf(monitor, at))])
    else await stored
    if (became.has('full')) return this.refuse('full', named.key)
    if (became.has('fixed')) {
      if (!beat) return this.refuse('fixed', named.key)
      tally.reject('fixed')
    }
    tally.accept()
    return done
  }

  refuse(why: Why, key: string): Answer {
    const { status, reason, text } = refusals[why]
    this.#parts.tally.reject(reason)
    return refused(
      status,
      text.replace('KEY', () => key),
    )
  }
}

const beatOf = ({ id: monitor }: BeatMonitor, at: number) =>
  ({
    monitor,
    at,
    location: 'local',
    outcome: 'up',
    signal: 'beat',
    latency: null,
    reason: null,
    sentence: null,
  }) as const

export type Why = Refusal | 'not_heartbeat' | 'unknown_id' | 'network' | 'guarded' | 'foreign' | 'fixed'

/** `KEY` stands for the monitor's key. */
const refusals: Readonly<Record<Why, { readonly status: number; readonly reason: Rejection; readonly text: string }>> =
  {
    network: {
      status: 403,
      reason: 'network',
      text:
        'Heartbeats from here need a token with the scope "report": Authorization: Bearer TOKEN. Or name the network ' +
        'of the sender in the setting networks.beats; behind a proxy, name the proxy in networks.trusted_proxies.',
    },
    guarded: {
      status: 403,
      reason: 'guarded',
      text: 'The monitor "KEY" takes beats to its id, not to its key; to its key only those with a token.',
    },
    unknown_id: { status: 404, reason: 'unknown', text: 'No monitor has this id. Has it been changed or deleted?' },
    unknown: {
      status: 404,
      reason: 'unknown',
      text: 'No monitor has the key "KEY", and heartbeats are not made by their first beat here (heartbeats.create).',
    },
    foreign: {
      status: 404,
      reason: 'unknown',
      text: 'No monitor has the key "KEY"; only senders in the networks of networks.beats make one by its first beat.',
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
      text: 'The monitor "KEY" is checked by Allswell itself and takes no heartbeats. Choose another name.',
    },
    fixed: {
      status: 409,
      reason: 'fixed',
      text: 'The monitor "KEY" was set up by a file or by people, so its sender does not change its timeouts.',
    },
    full: { status: 503, reason: 'full', text: 'Too much is being changed at once. Send it again in a few seconds.' },
    unavailable: {
      status: 503,
      reason: 'unavailable',
      text: 'It could not be stored. Send it again in a few seconds.',
    },
  }
