// Which monitors a selection means, before it is put into a rule, a page or a silence.
// Promises only what whoever asks may see: all are counted, the first of many named.
import { z } from 'zod'
import { selects } from '#core/glob.ts'
import { isWithin } from '#core/rights.ts'
import { selection } from '#core/selection.ts'
import { entryOf } from '../board/filter.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { momentOf } from './monitor-list.ts'
import { status } from './monitor-shapes.ts'

const namedMost = 20

export function selectRoute(parts: ApiParts): Route {
  return route({
    at: 'POST /api/v2/monitors/select',
    scope: 'read',
    summary: 'Which monitors a selection means as they are now; nothing is changed',
    body: z.strictObject({ monitors: selection }),
    answer: z.object({
      total: z.int().describe('How many there are, of those that you may see.'),
      items: z
        .array(z.object({ key: z.string(), name: z.string(), status }))
        .describe(`The first ${namedMost} of them, by key.`),
    }),
    handle: async ({ body: { monitors }, who }) => {
      const board = await parts.board.look()
      const limit = who?.limit ?? null
      const found = board.rows.filter((row) => isWithin(limit, row.labels) && selects(monitors, row))
      const moment = momentOf(parts)
      const items = found
        .slice(0, namedMost)
        .map((row) => ({ key: row.key, name: row.name, status: entryOf(row, board, moment, limit).status }))
      return { total: found.length, items }
    },
  })
}
