// Messages in lovebeat's words: states in upper case, the number of the incident, the fields in their order.
// Promises the same words by mail and by webhook. Pure.
import { wireName } from '#core/key.ts'
import type { Message } from '#core/message.ts'
import type { Status } from '#core/words.ts'

const states: Readonly<Record<Status, string>> = { up: 'OK', degraded: 'WARNING', down: 'ERROR', unknown: 'NEW' }

/** What its webhooks were told, its fields in this order. */
export const lovebeatFields = (message: Message) => ({
  name: wireName(message.monitor),
  from_state: states[message.previous],
  to_state: states[message.status],
  incident_number: message.outages ?? 0,
})

/** `[LOVEBEAT] invoice-2`; it is in one line since names are. */
export function lovebeatSubject(message: Message): string {
  const { name, incident_number: incident } = lovebeatFields(message)
  return `[LOVEBEAT] ${name}-${incident}`
}

/** The first line of its mails. */
export function lovebeatSentence(message: Message): string {
  const { name, from_state: from, to_state: to } = lovebeatFields(message)
  return `The status for view '${name}' has changed from '${from}' to '${to}'`
}

/** What marked its webhooks. */
export const lovebeatHeaders = { 'User-Agent': 'Lovebeat', Accept: 'application/json', 'X-Lovebeat': '1' } as const
