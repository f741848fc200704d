// The self report: how the server itself is doing.
// Promises to answer while the database is away. Decides nothing.
import { z } from 'zod'
import { leftBehind } from '#commands/apply-file.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'

const report = z.object({
  status: z
    .enum(['ok', 'not_storing', 'database_away'])
    .describe('`not_storing`: the database can be read but not written, so all that it says grows old.'),
  version: z.string(),
  database: z.enum(['sqlite', 'postgres']),
  leftBehind: z
    .array(z.object({ file: z.string(), type: z.string(), count: z.int(), keys: z.array(z.string()) }))
    .nullable()
    .describe(
      'Objects that go on though the configuration file that made them is not loaded, with the first keys of them: ' +
        'name them in the file that is, or delete them with ?take_over=true.',
    ),
  deliveries: z.record(z.string(), z.int()).nullable().describe('How many are in each state.'),
  engine: z.record(z.string(), z.unknown()).describe('Lateness in milliseconds, queues in counts.'),
})

export function healthRoutes(parts: ApiParts): Route[] {
  const { store, engine, version } = parts
  return [
    route({
      at: 'GET /api/v2/health',
      scope: 'read',
      summary: 'How the server itself is doing',
      answer: report,
      handle: async () => {
        const deliveries = await store.deliveries.counts().catch(() => null)
        const storing = engine.unstoredSince() === null ? ('ok' as const) : ('not_storing' as const)
        const status = deliveries === null ? ('database_away' as const) : storing
        const left = await leftBehind(store, parts.loaded).catch(() => null)
        const orphans = left && left.map(({ keys, ...one }) => ({ ...one, keys: [...keys] }))
        return { status, version, database: store.dialect, leftBehind: orphans, deliveries, engine: engine.health() }
      },
    }),
  ]
}
