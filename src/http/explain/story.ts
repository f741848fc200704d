// An event told from beginning to end in sentences: what was seen, what the rules made of it, what became of messages.
// Promises whole sentences for people, each true by itself. Pure.
import { sayDuration } from '#core/duration.ts'
import { sayHeld } from '#core/hold.ts'
import { sayTime } from '#core/moment.ts'
import { reasons } from '#core/reason.ts'
import type { Attempt, Delivery, Explanation, StoredEvent } from '#store/store.ts'
import type { Seen } from './seen.ts'

export interface Sent extends Delivery {
  readonly log: readonly Attempt[]
  readonly behind: number
}

export interface Told extends Explanation {
  readonly message: Sent | null
}

export function storyOf(event: StoredEvent, seen: readonly Seen[], told: readonly Told[], name: string): string[] {
  return [begun(event, name), ...confirmed(event, seen), ...who(event, told), ...told.flatMap(become)]
}

/** What an event without an alert is. */
const quietly: Readonly<Record<string, string>> = {
  'monitor.paused': 'was paused',
  'monitor.resumed': 'was watched again',
  'monitor.changed': 'was changed, so that what was known of it counts no more',
  'monitor.identity_changed': 'is answered for by another one',
  'monitor.acknowledged': 'was acknowledged',
  'monitor.unacknowledged': 'was not acknowledged any more',
  'monitor.snoozed': 'was snoozed',
  'monitor.unsnoozed': 'was not snoozed any more',
  'monitor.hold_ended': 'was still in trouble when nothing held that back any more',
}

function begun({ type, status, previous, lasted, at, reason, sentence }: StoredEvent, name: string): string {
  const before = lasted < 1_000 ? '' : `, after ${sayDuration(lasted)} of being ${previous},`
  const what = quietly[type] ?? `became ${status}${before}`
  const why = reason === null ? '' : `: ${reasons[reason]}`
  return `${name} ${what} at ${sayTime(at)}${why}.${sentence === null ? '' : ` ${sentence}`}`
}

function confirmed({ confirmations, locations, type, reason }: StoredEvent, seen: readonly Seen[]): string[] {
  if (quietly[type] !== undefined) return []
  if (reason === 'late' || reason === 'overrun')
    return ['Nobody saw it: a time had passed by which something was expected.']
  if (confirmations === 0) return ['It follows from its monitors.']
  const agree = seen.filter((one) => one.agrees)
  const from = locations.length > 0 ? ` from ${locations.join(', ')}` : ''
  const results = confirmations === 1 ? 'One result' : `${confirmations} results in a row`
  const kept = agree.length === 0 ? ' The single results are not kept any more.' : ''
  return [`${results}${from} confirmed it.${kept}`]
}

function who({ held, alert, type }: StoredEvent, told: readonly Told[]): string[] {
  const sentences = held ? [`Nobody was to be told: ${sayHeld(held)}.`] : []
  if (told.length === 0)
    return [
      ...sentences,
      alert || type === 'monitor.identity_changed'
        ? 'Nobody was told: no rule was about this monitor.'
        : 'Nobody is told of this by any rule: it is not one of those events that people are told.',
    ]
  const lines = told.map(({ rule, channel, told: yes, why }) =>
    yes ? `The rule "${rule}" told ${channel}: ${why}` : `The rule "${rule}" did not tell ${channel}: ${why}`,
  )
  return [...sentences, ...lines]
}

/** What became of a message. */
function become({ told, channel, message }: Told): string[] {
  if (!told) return []
  if (message === null) return [`What became of the message to ${channel} is not kept any more.`]
  const { state, attempts, log, nextAt, behind, createdAt } = message
  const last = log.at(-1)
  const failed =
    last && !last.ok ? `; the last attempt, at ${sayTime(last.at)}, failed: ${last.detail.replace(/\.$/, '')}` : ''
  const after = attempts === 1 ? 'at the first attempt' : `at attempt ${attempts}`
  const wait = last ? `, ${sayDuration(Math.max(0, last.at - createdAt))} after the event was stored` : ''
  const said: Readonly<Record<Delivery['state'], string>> = {
    delivered: `was delivered ${after}${wait}`,
    dead: `was given up after ${attempts} attempts${failed}; it can be sent again`,
    sending: 'is being sent',
    pending:
      behind > 0
        ? `waits behind ${behind} older ones about the same monitor${failed}`
        : `waits to be tried at ${sayTime(nextAt)}${failed}`,
  }
  return [`The message to ${channel} ${said[state]}.`]
}
