// The last failure of a monitor in full: what was asked, what came, how long each phase took.
// Promises that of a monitor that is gone, too. Only reads.
import { z } from 'zod'
import { statuses } from '#core/words.ts'
import { everExisting } from '#commands/objects.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byKey, iso, micro, when } from '../shapes.ts'
import { reason, sentence } from './monitor-shapes.ts'

const failure = z.object({
  at: when,
  location: z.string(),
  outcome: z.enum(statuses),
  latency: z.number().nullable().describe('Milliseconds.'),
  reason,
  sentence,
  facts: z
    .record(z.string(), z.unknown())
    .describe('Evidence as the check found it: phases, certificate, address, request, response with an excerpt.'),
})

export function failureRoute(parts: ApiParts): Route {
  return route({
    at: 'GET /api/v2/monitors/{key}/failure',
    scope: 'read',
    summary: 'Read the last check that failed, confirmed or not, with all its evidence',
    params: byKey,
    answer: z.object({ failure: failure.nullable().describe('Null: none is known.') }),
    handle: async ({ params: { key } }) => {
      const { id } = await everExisting(parts.store, { type: 'monitor', key })
      const found = await parts.store.failures.get(id)
      if (found === null) return { failure: null }
      const { at, location, outcome, latency, reason, sentence, facts = {} } = found
      const what = { at: iso(at), location, outcome, latency: micro(latency), reason, sentence }
      return { failure: { ...what, facts: { ...facts } } }
    },
  })
}
