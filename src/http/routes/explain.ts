// Explaining alerts: an event from what was seen to what became of each message, and who would be told of a monitor.
// Promises sentences for people beside the values. Only reads.
import { z } from 'zod'
import { sayHeld } from '#core/hold.ts'
import { fresh } from '#core/state.ts'
import { statuses } from '#core/words.ts'
import { existing } from '#commands/objects.ts'
import { Refused } from '#commands/refused.ts'
import type { Attempt, Delivery, Explanation, StoredEvent, StoredObject } from '#store/store.ts'
import { lookBack, type Seen, seenBefore } from '../explain/seen.ts'
import { type Sent, storyOf, type Told } from '../explain/story.ts'
import { heldNow, readAlerts, type Ruling, whomOf } from '../explain/whom.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byId, byKey, iso, isoOrNull, micro, when } from '../shapes.ts'
import { event, showEvents } from './events.ts'
import { reason } from './monitor-shapes.ts'

const sentences = z.array(z.string()).describe('The whole, told from beginning to end.')
const message = z.object({
  id: z.int(),
  state: z.enum(['pending', 'sending', 'delivered', 'dead']),
  nextAt: when.nullable(),
  finishedAt: when.nullable(),
  behind: z.int().describe('So many older messages about the same monitor go by this channel first.'),
  attempts: z.array(z.object({ attempt: z.int(), at: when, ms: z.number(), ok: z.boolean(), detail: z.string() })),
})
const line = z.object({ rule: z.string(), channel: z.string(), told: z.boolean(), why: z.string() })
const explained = z.object({
  event,
  sentences,
  seen: z
    .array(
      z.object({
        at: when,
        location: z.string(),
        outcome: z.enum(statuses),
        latency: z.number().nullable().describe('Milliseconds.'),
        reason,
        agrees: z.boolean().describe('Whether it speaks for what the event says.'),
      }),
    )
    .describe('The last ten results of each location before it, the oldest first; empty: they are not kept any more.'),
  told: z
    .array(line.extend({ message: message.nullable().describe('Null: none was sent, or it is not kept any more.') }))
    .describe('Each rule about the monitor and each channel that it names, as it was then.'),
})

export function explainRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/events/{id}/explain',
      scope: 'read',
      summary: 'Explain an event: what was seen, who was told, who not and why, and what became of each message',
      params: byId,
      answer: explained,
      handle: async ({ params: { id } }) => {
        const found = await parts.store.events.get(id)
        if (found === null) throw new Refused({ kind: 'missing', what: 'event', key: String(id) })
        const [monitor] = await parts.store.objects.byIds([found.monitor])
        const seen = await seenOf(parts, found, monitor)
        const told = await toldOf(parts, found)
        const [shown] = await showEvents(parts, [found])
        return {
          event: shown as z.input<typeof event>,
          sentences: storyOf(found, seen, told, monitor?.name ?? 'It'),
          seen: seen.map(showSeen),
          told: told.map(({ message, ...rest }) => ({ ...rest, message: message && showMessage(message) })),
        }
      },
    }),
    whomRoute(parts),
  ]
}

async function seenOf(parts: ApiParts, found: StoredEvent, monitor: StoredObject | undefined): Promise<Seen[]> {
  const read = monitor && parts.readers.readMonitor(monitor.key, monitor.spec)
  const interval = read?.ok ? read.value.policy.interval : null
  const from = found.at - lookBack(found.confirmations, interval)
  return seenBefore(found, await parts.store.history.read(found.monitor, from, found.at + 1))
}

/** Messages about one event are few: one for each channel. */
const messagesMost = 500

async function toldOf({ store }: ApiParts, { id, monitor, explanation }: StoredEvent): Promise<Told[]> {
  const { items } = await store.deliveries.list({ monitor, event: id, limit: messagesMost })
  const behind = await store.deliveries.behind(items.map((one) => one.id))
  const sent = new Map<string, Sent>()
  for (const one of items) {
    const log: readonly Attempt[] = (await store.deliveries.get(one.id))?.log ?? []
    sent.set(placeOf(one), { ...one, log, behind: behind.get(one.id) ?? 0 })
  }
  return explanation.map((one) => ({ ...one, message: one.told ? (sent.get(placeOf(one)) ?? null) : null }))
}

const placeOf = ({ rule, channel }: Pick<Delivery | Explanation, 'rule' | 'channel'>) => JSON.stringify([rule, channel])

const showSeen = ({ at, location, outcome, latency, reason, agrees }: Seen) => ({
  at: iso(at),
  location,
  outcome,
  latency: micro(latency),
  reason,
  agrees,
})

const showMessage = ({ id, state, nextAt, finishedAt, behind, log }: Sent): z.input<typeof message> => ({
  id,
  state,
  nextAt: state === 'pending' || state === 'sending' ? iso(nextAt) : null,
  finishedAt: isoOrNull(finishedAt),
  behind,
  attempts: log.map((one) => ({ ...one, at: iso(one.at) })),
})

const on = z.enum(['down', 'degraded', 'up', 'unknown', 'changed'])
const whom = z.object({
  sentences,
  held: z
    .object({ kind: z.enum(['acknowledged', 'snoozed', 'silenced']), by: z.string(), words: z.string() })
    .nullable()
    .describe('Why nobody would be told of trouble now, though rules would; null: nothing stands against it.'),
  rules: z
    .array(
      z.object({
        key: z.string(),
        name: z.string(),
        about: z.boolean().describe('Whether it is about this monitor.'),
        why: z.string().nullable().describe('Why it is not.'),
        on: z.array(on),
        channels: z.array(z.object({ key: z.string(), there: z.boolean() })),
      }),
    )
    .nullable()
    .describe('Every rule. Null: whoever is limited to labels does not see them.'),
  when: z
    .record(on, z.array(line))
    .nullable()
    .describe('Who would be told if this happened now, and who not, and why. Null as above.'),
})

const hiddenRules = 'Which rules there are is not shown to those who are limited to labels; ask somebody who is not.'

function whomRoute(parts: ApiParts): Route {
  return route({
    at: 'GET /api/v2/monitors/{key}/told',
    scope: 'read',
    summary: 'Read who would be told of a monitor now, who not, and why',
    params: byKey,
    answer: whom,
    handle: async ({ params: { key }, who }) => {
      const object = await existing(parts.store, { type: 'monitor', key })
      const read = parts.readers.readMonitor(key, object.spec)
      if (!read.ok)
        throw new Refused({ kind: 'impossible', why: `The monitor "${key}" cannot be read, so nothing happens to it.` })
      const state = (await parts.store.states.get([object.id])).get(object.id) ?? fresh(object.createdAt)
      const held = await heldNow(parts.store, read.value, state, parts.clock.now())
      const shownHeld = held && { kind: held.kind, by: held.by, words: sayHeld(held) }
      if (who?.limit != null) return { sentences: [hiddenRules], held: shownHeld, rules: null, when: null }
      const { alerts, unreadable } = await readAlerts(parts)
      const { sentences, rules, when } = whomOf(read.value, alerts, held, state.paused)
      const broken = unreadable.map((name) => `"${name}" cannot be read and counts for nothing.`)
      return { sentences: [...sentences, ...broken], held: shownHeld, rules: rules.map(showRule), when: showWhen(when) }
    },
  })
}

const showRule = ({ channels, on, ...rest }: Ruling) => ({
  ...rest,
  on: [...on],
  channels: channels.map((one) => ({ ...one })),
})

const showWhen = (of: Readonly<Record<z.infer<typeof on>, readonly Explanation[]>>) => {
  const show = (lines: readonly Explanation[]) => lines.map((one) => ({ ...one }))
  const { down, degraded, up, unknown, changed } = of
  return {
    down: show(down),
    degraded: show(degraded),
    up: show(up),
    unknown: show(unknown),
    changed: show(changed),
  }
}
