// Payload: what a webhook is told, as plain JSON. The schema is the contract that receivers write against.
// Promises that every field is always there (null where there is nothing to say). Must not know HTTP.
import { z } from 'zod'
import { sayDuration } from '#core/duration.ts'
import { eventTypes } from '#core/event.ts'
import { type Message, sentence, text, title } from '#core/message.ts'
import { reasonNames } from '#core/reason.ts'
import { statuses } from '#core/words.ts'
import type { SendContext } from './channel.ts'

const time = z.string().meta({ format: 'date-time' })

export const payloadSchema = z.strictObject({
  version: z.literal(1).describe('Raised when a field changes its meaning; new fields may come without.'),
  id: z.string().describe('The same at every attempt of one delivery; also in the header Idempotency-Key.'),
  event: z.enum([...eventTypes, 'monitor.test']).describe('What happened.'),
  monitor: z.strictObject({
    key: z.string(),
    name: z.string(),
    labels: z.record(z.string(), z.string()),
    target: z.string().describe('What is watched, in words: a URL, an address, a rhythm.'),
  }),
  status: z.enum(statuses),
  previous: z.enum(statuses),
  reason: z.enum(reasonNames).nullable().describe('One word of a closed list; null when all is well.'),
  sentence: z.string().describe('Why, in one sentence for people.'),
  at: time.describe('When it became true.'),
  lasted_ms: z.number().describe('How long the previous status lasted.'),
  duration: z.string().describe('The same for people: "4 min".'),
  outage: z
    .strictObject({ id: z.string(), began_at: time })
    .nullable()
    .describe('The same id in all messages of one outage, its end included; null outside one.'),
  rule: z.string().describe('The rule that wanted it told.'),
  confirmations: z.number().describe('How many successive observations confirmed it.'),
  locations: z.array(z.string()).describe('From where it was seen.'),
  title: z.string().describe('One short line: "DOWN: Web shop".'),
  text: z.string().describe('Everything as text of several lines.'),
  again: z.string().nullable().describe('Why it is told though it is not new; null: it is new.'),
  acknowledge_url: z
    .string()
    .nullable()
    .describe('A page on which whoever opens it takes the trouble on, without signing in; null: nothing to take on.'),
  snooze_url: z.string().nullable().describe('The same to put it off for an hour.'),
  url: z.string().nullable().describe('Where people find out more; null when public_url is not set.'),
})

export type Payload = z.infer<typeof payloadSchema>

/** RFC 3339 in UTC with milliseconds. */
const rfc3339 = (at: number) => new Date(at).toISOString()

export function payload(
  message: Message,
  { idempotencyKey, settings }: Pick<SendContext, 'idempotencyKey' | 'settings'>,
): Payload {
  const { monitor, status, previous, reason, outage, rule, confirmations, locations } = message
  const { key, name, labels, target } = monitor
  return {
    version: 1,
    id: idempotencyKey,
    event: message.event === 'test' ? 'monitor.test' : message.event,
    monitor: { key, name, labels: { ...labels }, target },
    status,
    previous,
    reason,
    sentence: sentence(message),
    at: rfc3339(message.at),
    lasted_ms: message.lasted,
    duration: sayDuration(message.lasted),
    outage: outage === null ? null : { id: outage.id, began_at: rfc3339(outage.at) },
    rule,
    confirmations,
    locations: [...locations],
    title: title(message),
    text: text(message),
    again: message.again,
    acknowledge_url: message.links?.acknowledge ?? null,
    snooze_url: message.links?.snooze ?? null,
    url: settings.publicUrl,
  }
}
