// Message: what people are told of an event, and its words: a title, one sentence, and lines with the evidence.
// Promises one line each, short, without control or direction-changing characters. Must not know any channel.
import { sayTime } from './deadline.ts'
import { sayDuration } from './duration.ts'
import type { EventType } from './event.ts'
import { type Reason, reasons } from './reason.ts'
import type { Status } from './words.ts'

/** What is told: complete, so that a channel needs to ask nobody. Times are epoch ms. */
export interface Message {
  /** `monitor.down` …, or `test`. */
  readonly event: EventType | 'test'
  readonly monitor: {
    readonly key: string
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly target: string
  }
  readonly status: Status
  readonly previous: Status
  readonly reason: Reason | null
  readonly sentence: string | null
  readonly at: number
  /** How long the previous status lasted, ms. */
  readonly lasted: number
  /** Identity of the outage: all its messages share it, so mails thread. Null outside one. */
  readonly outage: { readonly id: string; readonly at: number } | null
  /** How many outages the monitor has had, that one among them; left out where it has had none. */
  readonly outages?: number
  /** Why this was sent: the rule's key and how it was confirmed. */
  readonly rule: string
  readonly confirmations: number
  readonly locations: readonly string[]
  /** Why it is told though it is not new, in a sentence; null: it is new. */
  readonly again: string | null
  /** Where whoever reads it takes the trouble on, or puts it off, without signing in; null: there is nothing to do. */
  readonly links: { readonly acknowledge: string; readonly snooze: string } | null
}

/** What people are offered in messages of trouble. */
export const offers = { acknowledge: 'Acknowledge', snooze: 'Snooze for 1 h' } as const

/** One line of evidence: `Since` – `2026-11-21 14:05 UTC`. */
export interface Line {
  readonly label: string
  readonly value: string
}

/** Controls, line breaks, and what turns the direction of reading. */
const unprinted = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u202A-\u202E\u2066-\u2069]+/gu

/** Text fit for one line: well-formed, nothing unseen, at most `most` characters; what is too long loses its middle. */
export function plain(text: string, most = 1_000): string {
  const reach = most * 2
  const ends = text.length > 2 * reach ? text.slice(0, reach) + text.slice(-reach) : text
  const signs = Array.from(ends.toWellFormed().replaceAll(unprinted, ' ').trim())
  if (signs.length <= most) return signs.join('')
  const head = Math.ceil((most - 1) / 2)
  return `${signs.slice(0, head).join('')}…${signs.slice(head + 1 - most).join('')}`
}

/** What happened, in one word to be seen from afar. */
const headlines: Partial<Record<Message['event'], string>> = { test: 'TEST', 'monitor.identity_changed': 'CHANGED' }

/** `DOWN: Web shop`; the end of an outage says how long it was: `UP: Web shop, after 4 min`. */
export function title(message: Message): string {
  const word = headlines[message.event] ?? message.event.slice('monitor.'.length).toUpperCase()
  const trouble = message.event === 'monitor.up' ? outageLasted(message) : null
  return `${word}: ${plain(message.monitor.name, 120)}${trouble === null ? '' : `, after ${sayDuration(trouble)}`}`
}

/** Why, in one sentence: the check's own, or one that says what the event means; before it why it is told again. */
export function sentence(message: Message): string {
  return message.again === null ? why(message) : `${message.again} ${why(message)}`
}

function why(message: Message): string {
  if (message.sentence !== null && message.sentence.trim() !== '') return plain(message.sentence)
  if (message.event === 'monitor.up') return recovery(message)
  if (message.event === 'monitor.paused') return 'It is paused and not watched.'
  if (message.event === 'monitor.resumed') return 'It is watched again.'
  if (message.event === 'test') return 'This is a test; nothing is wrong.'
  return message.reason === null ? `It is ${message.status}.` : `It is ${message.status}: ${reasons[message.reason]}.`
}

/** How long it was not well, ms; null when that is not known. */
function outageLasted({ at, outage, previous, lasted }: Message): number | null {
  if (outage !== null) return Math.max(0, at - outage.at)
  return previous === 'down' || previous === 'degraded' ? lasted : null
}

function recovery(message: Message): string {
  const trouble = outageLasted(message)
  if (trouble === null) return message.previous === 'unknown' ? 'It is heard of again and well.' : 'It is well.'
  return `It is well again, after ${sayDuration(trouble)} of trouble that began at ${sayTime(message.at - trouble)}.`
}

/** The evidence, most wanted first: target, since when, what was before, reason, confirmation, where it is from. */
export function lines(message: Message): Line[] {
  const { monitor, at, previous, status, lasted, reason, rule } = message
  const found: Line[] = []
  const add = (label: string, value: string | null) => {
    if (value !== null && value !== '') found.push({ label, value: plain(value) })
  }
  add('Target', monitor.target)
  if (message.event === 'test') {
    add('Sent', sayTime(at))
    return found
  }
  add('Since', sayTime(message.again === null ? at : at - lasted))
  add('Before', previous === status || lasted < 1_000 ? null : `was ${previous} for ${sayDuration(lasted)}`)
  if (status !== 'up' && message.outage !== null && message.outage.at < at)
    add('In trouble', `for ${sayDuration(at - message.outage.at)}, since ${sayTime(message.outage.at)}`)
  add('Reason', reason === null ? null : reasons[reason])
  add('Seen', confirmed(message))
  add('Monitor', monitor.key)
  add('Labels', sayLabels(monitor.labels))
  add('Told by', `rule ${rule}`)
  return found
}

/** What nobody saw: time passed, or somebody paused it. */
const unseen: ReadonlySet<Reason | null> = new Set<Reason>(['late', 'overrun', 'no_data', 'paused'])

/** `2 times in a row, from local, berlin`; null where nobody looked. */
function confirmed({ confirmations, locations, reason }: Message): string | null {
  if (confirmations === 0 || unseen.has(reason)) return null
  const times = confirmations === 1 ? 'once' : `${confirmations} times in a row`
  return locations.length > 0 ? `${times}, from ${locations.join(', ')}` : times
}

/** `customer=acme, zone=eu` */
export function sayLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}

/** The links with what they are for, in the order in which they are shown. */
export const linked = (links: NonNullable<Message['links']>): { label: string; url: string }[] =>
  (['acknowledge', 'snooze'] as const).map((deed) => ({ label: offers[deed], url: links[deed] }))

/** The whole as plain text: title, sentence, lines, links. */
export function text(message: Message): string {
  const evidence = lines(message).map(({ label, value }) => `${label}: ${value}`)
  const { links } = message
  const deeds = links === null ? [] : ['', ...linked(links).map(({ label, url }) => `${label}: ${url}`)]
  return [title(message), '', sentence(message), '', ...evidence, ...deeds].join('\n')
}
