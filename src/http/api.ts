// All routes of the API, and its description among them.
// Promises that the description is complete, itself included, and written out once.
import { z } from 'zod'
import { describeApi } from './openapi.ts'
import type { ApiParts } from './parts.ts'
import { Reply, type Route, route } from './route.ts'
import { auditRoutes } from './routes/audit.ts'
import { channelRoutes } from './routes/channels.ts'
import { deedRoutes } from './routes/deeds.ts'
import { componentRoutes } from './routes/components.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { documentRoutes } from './routes/document.ts'
import { eventRoutes } from './routes/events.ts'
import { explainRoutes } from './routes/explain.ts'
import { healthRoutes } from './routes/health.ts'
import { historyRoutes } from './routes/history.ts'
import { homeRoute } from './routes/home.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { invitationRoutes } from './routes/invitations.ts'
import { liveRoute } from './routes/live.ts'
import { maintenanceRoutes } from './routes/maintenance.ts'
import { meRoutes } from './routes/me.ts'
import { monitorRoutes } from './routes/monitors.ts'
import { oidcRoutes } from './routes/oidc.ts'
import { pageRoutes } from './routes/pages.ts'
import { passkeyRoutes } from './routes/passkeys.ts'
import { ruleRoutes } from './routes/rules.ts'
import { savedViewRoutes } from './routes/saved-views.ts'
import { schemasRoute } from './routes/schemas.ts'
import { sessionRoutes } from './routes/session.ts'
import { silenceRoutes } from './routes/silences.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { tryRoutes } from './routes/try-out.ts'
import { userRoutes } from './routes/users.ts'

export function apiRoutes(parts: ApiParts): Route[] {
  const routes: Route[] = []
  let document: Buffer | null = null
  routes.push(
    route({
      at: 'GET /api/v2/openapi.json',
      scope: null,
      summary: 'This description',
      answer: z.record(z.string(), z.unknown()),
      handle: async () => {
        document ??= Buffer.from(`${JSON.stringify(describeApi(routes, parts.version))}\n`)
        return new Reply(200, document)
      },
    }),
    ...sessionRoutes(parts),
    ...healthRoutes(parts),
    homeRoute(parts),
    schemasRoute(parts),
    liveRoute(parts),
    ...monitorRoutes(parts),
    ...savedViewRoutes(parts),
    ...historyRoutes(parts),
    ...deedRoutes(parts),
    ...silenceRoutes(parts),
    ...eventRoutes(parts),
    ...explainRoutes(parts),
    ...deliveryRoutes(parts),
    ...tryRoutes(parts),
    ...documentRoutes(parts),
    ...channelRoutes(parts),
    ...ruleRoutes(parts),
    ...pageRoutes(parts),
    ...componentRoutes(parts),
    ...incidentRoutes(parts),
    ...maintenanceRoutes(parts),
    ...tokenRoutes(parts),
    ...userRoutes(parts),
    ...invitationRoutes(parts),
    ...meRoutes(parts),
    ...passkeyRoutes(parts),
    ...oidcRoutes(parts),
    ...auditRoutes(parts),
  )
  return routes
}
