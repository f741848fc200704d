// Pages: the public faces, and the incidents that the public reads on them.
// Promises that incidents need no token, since the page shows them, and that nothing unpublished is among them.
import { z } from 'zod'
import { componentStatuses } from '#core/component.ts'
import { stages } from '#core/told.ts'
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
export const incident = z.object({
  id: z.int(),
  component: z.object({ key: z.string(), name: z.string() }),
  phase: z.enum(['open', 'recovering', 'resolved']),
  status: status.describe("The component's status now, or when it was resolved."),
  impact: status.describe('The worst of it.'),
  startedAt: when,
  resolvedAt: when.nullable(),
  title: z.string(),
  stage: z.enum(stages).nullable().describe('How far people are with it; null: it opened by itself.'),
  pinned: z.boolean(),
  affected: z
    .array(z.object({ component: z.string(), status: status.nullable() }))
    .describe('Which components, and what each is meanwhile; null: what its monitors say.'),
  postmortem: z.string().nullable().describe('Markdown.'),
  updates: z.array(
    z.object({
      id: z.int(),
      at: when,
      kind: z.enum(['opened', 'changed', 'resolved', 'said']),
      status,
      stage: z.enum(stages).nullable(),
      message: z.string().nullable().describe('Markdown; null: it came by itself.'),
    }),
  ),
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
        const read = parts.readers.readPage(key, page.spec)
        const groups = read.ok ? read.value.groups : []
        const hidden = groups.flatMap((group) => group.components.filter((one) => group.hidden || one.hidden))
        const unseen = new Set(hidden.map((one) => one.key))
        const since = query.since ?? parts.clock.now() - 90 * dayMs
        const found = await parts.store.incidents.ofPage(key, since, query.limit ?? 100)
        return { items: found.filter((one) => !unseen.has(one.component)).flatMap(showIncident), next: null }
      },
    }),
  ]
}

export function showIncident(one: StoredIncident): z.input<typeof incident>[] {
  const { id, phase, status, impact, told } = one
  if (phase === 'watching' || phase === 'dropped') return []
  const component = { key: one.component, name: one.name }
  const updates = one.updates.map(({ id, at, kind, status, entry }) => ({
    id,
    at: iso(at),
    kind,
    status,
    stage: entry?.stage ?? null,
    message: entry?.message ?? null,
  }))
  const resolvedAt =
    phase === 'resolved' ? (one.updates.find(({ kind }) => kind === 'resolved')?.at ?? one.phaseAt) : null
  const times = { startedAt: iso(one.startedAt), resolvedAt: isoOrNull(resolvedAt) }
  const affected = told?.affected.map((each) => ({ ...each })) ?? [{ component: one.component, status }]
  const about = { title: told?.title ?? one.name, stage: told?.stage ?? null, pinned: told?.pinned ?? false }
  return [
    {
      id,
      component,
      phase,
      status,
      impact,
      ...times,
      ...about,
      affected,
      postmortem: told?.postmortem ?? null,
      updates,
    },
  ]
}
