// Pages: the public faces, and the incidents that the public reads on them.
// Promises that incidents need no token, since the page shows them, and that nothing unpublished is among them.
import { z } from 'zod'
import { componentStatuses } from '#core/component.ts'
import { Refused } from '#commands/refused.ts'
import type { StoredIncident, StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byKey, iso, isoOrNull, listMost, listOf, moment, when, whole } from '../shapes.ts'
import { common, commonOf, listRoute, objectRoutes, type Resource } from './objects.ts'

const page = z.object({
  key: z.string(),
  name: z.string().describe('The title.'),
  path: z.string().describe('Where it is; the first page is at / too.'),
  ...common,
})
const status = z.enum(componentStatuses)
const incident = z.object({
  id: z.int(),
  component: z.object({ key: z.string(), name: z.string() }),
  phase: z.enum(['open', 'recovering', 'resolved']),
  status: status.describe("The component's status now, or when it was resolved."),
  impact: status.describe('The worst of it.'),
  startedAt: when,
  resolvedAt: when.nullable(),
  updates: z.array(z.object({ at: when, kind: z.enum(['opened', 'changed', 'resolved']), status })),
})

const dayMs = 86_400_000

export function pageRoutes(parts: ApiParts): Route[] {
  const show = async (objects: readonly StoredObject[]) =>
    objects.map((object) => {
      const { key, name } = object
      return { key, name, path: `/p/${encodeURIComponent(key)}`, ...commonOf(parts, object) }
    })
  const resource: Resource<typeof page> = { type: 'page', plural: 'pages', answer: page, show }
  return [
    listRoute(parts, resource, {}, () => ({})),
    ...objectRoutes(parts, resource),
    route({
      at: 'GET /api/v2/pages/{key}/incidents',
      scope: null,
      summary: 'List the published incidents of a page, newest first; public like the page itself',
      params: byKey,
      query: z.strictObject({
        since: moment.describe('Left out: ninety days ago.').optional(),
        limit: whole(1, listMost).describe('At most so many; 100 when left out.').optional(),
      }),
      answer: listOf(incident),
      handle: async ({ params: { key }, query }) => {
        // Without the page that was perhaps meant: not every page is one that strangers are told of.
        const page = await parts.store.objects.get('page', key)
        if (page === null) throw new Refused({ kind: 'missing', what: 'page', key })
        const since = query.since ?? parts.clock.now() - 90 * dayMs
        const found = await parts.store.incidents.ofPage(key, since, query.limit ?? 100)
        return { items: found.flatMap(showIncident), next: null }
      },
    }),
  ]
}

function showIncident(one: StoredIncident): z.input<typeof incident>[] {
  const { id, phase, status, impact } = one
  if (phase === 'watching' || phase === 'dropped') return []
  const resolved = one.updates.find((update) => update.kind === 'resolved')
  const component = { key: one.component, name: one.name }
  const updates = one.updates.map(({ at, kind, status }) => ({ at: iso(at), kind, status }))
  const times = { startedAt: iso(one.startedAt), resolvedAt: isoOrNull(resolved?.at ?? null) }
  return [{ id, component, phase, status, impact, ...times, updates }]
}
