// Taking a monitor's trouble on and putting it off, and taking either back.
// Promises that doing it twice is doing it once. Must not know who is told.
import { z } from 'zod'
import { acknowledge, snooze, unacknowledge, unsnooze } from '#commands/deeds.ts'
import { existing } from '#commands/objects.ts'
import type { Identity } from '../auth.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byKey } from '../shapes.ts'
import { monitor, showMonitors } from './monitor-shapes.ts'
import { lasting, sayOnce, saysOnce, untilOf } from './spans-asked.ts'

const noteMost = 1_000
export const note = z
  .string()
  .max(noteMost)
  .transform((text) => text.trim() || null)
  .nullable()
  .describe('For those who look at it later.')
  .optional()

/** A person's address; a token is said to be one. */
export const nameOf = (who: Identity | null): string =>
  who === null ? 'somebody' : who.user === null ? `the token ${who.name}` : who.name

export function deedRoutes(parts: ApiParts): Route[] {
  /** Read anew, so that nothing is shown beyond a limit. */
  const shown = async (key: string) => {
    const [found] = await showMonitors(parts, [await existing(parts.store, { type: 'monitor', key })])
    return found as z.input<typeof monitor>
  }
  return [
    route({
      at: 'POST /api/v2/monitors/{key}/acknowledge',
      scope: 'respond',
      summary: 'Take the running outage on: nobody is told of it again until it is over, or worse',
      params: byKey,
      body: z.strictObject({ note }).optional(),
      answer: monitor,
      handle: async ({ params: { key }, body, who }) => {
        await acknowledge(parts, key, { by: nameOf(who), note: body?.note ?? null })
        return shown(key)
      },
    }),
    route({
      at: 'DELETE /api/v2/monitors/{key}/acknowledge',
      scope: 'respond',
      summary: 'Take an acknowledgement back',
      params: byKey,
      answer: monitor,
      handle: async ({ params: { key }, who }) => {
        await unacknowledge(parts, key, nameOf(who))
        return shown(key)
      },
    }),
    route({
      at: 'POST /api/v2/monitors/{key}/snooze',
      scope: 'respond',
      summary: 'Tell nobody of what is wrong with a monitor until then; who is in trouble at the end is told of',
      params: byKey,
      body: z.strictObject(lasting).refine(saysOnce, sayOnce),
      answer: monitor,
      handle: async ({ params: { key }, body, who }) => {
        const until = untilOf(body, parts.clock.now())
        await snooze(parts, key, { by: nameOf(who), until })
        return shown(key)
      },
    }),
    route({
      at: 'DELETE /api/v2/monitors/{key}/snooze',
      scope: 'respond',
      summary: 'End a snooze: what was held and still lasts is told now',
      params: byKey,
      answer: monitor,
      handle: async ({ params: { key }, who }) => {
        await unsnooze(parts, key, nameOf(who))
        return shown(key)
      },
    }),
  ]
}
