// All routes of the API, and its description among them.
// Promises that the description is complete, itself included.
import { z } from 'zod'
import { describeApi } from './openapi.ts'
import type { ApiParts } from './parts.ts'
import { type Raw, type Route, route } from './route.ts'
import { monitorRoutes } from './routes/monitors.ts'

export function apiRoutes(parts: ApiParts): Route[] {
  const routes: Route[] = []
  let document: Raw | null = null
  routes.push(
    route({
      at: 'GET /api/v2/openapi.json',
      scope: null,
      summary: 'This description',
      answer: z.record(z.string(), z.unknown()),
      handle: async () => (document ??= describeApi(routes, parts.version)),
    }),
    ...monitorRoutes(parts),
  )
  return routes
}
