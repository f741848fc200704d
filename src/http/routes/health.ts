// The self report: how the server itself is doing.
// Promises to answer while the database is away. Decides nothing.
import { z } from 'zod'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'

const report = z.object({
  status: z
    .enum(['ok', 'not_storing', 'database_away'])
    .describe('`not_storing`: the database can be read but not written, so all that it says grows old.'),
  version: z.string(),
  database: z.enum(['sqlite', 'postgres']),
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
        return { status, version, database: store.dialect, deliveries, engine: engine.health() }
      },
    }),
  ]
}
