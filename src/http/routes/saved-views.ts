// Saved views: what the list of monitors was narrowed to, under a name, for oneself or for everybody.
// Promises that a kept query is one that the list takes, and the same text for the same query. Only shapes answers.
import { z } from 'zod'
import { allows } from '#core/rights.ts'
import { changeView, type Keeper, removeView, saveView } from '#commands/saved-views.ts'
import { label } from '#commands/accounts/names.ts'
import { readBy } from '#manifest/faults.ts'
import { showPath } from '#manifest/show.ts'
import type { SavedView } from '#store/store.ts'
import type { Identity } from '../auth.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'
import { byId, iso, listOf, pageOf, paging, when } from '../shapes.ts'
import { monitorFilters, sortBy } from './monitor-list.ts'

const queryMost = 4_000

/** The query as it is kept. What is no filter of the list, nor its order, is refused with the name of it. */
function queryOf(parts: ApiParts) {
  const schema = z.strictObject({ ...monitorFilters(parts), sort: sortBy })
  return z
    .string()
    .max(queryMost)
    .transform((text, context) => {
      const given = new URLSearchParams(text)
      const names = [...new Set(given.keys())]
      const values = names.map((name) => {
        const all = given.getAll(name)
        return [name, all.length === 1 ? all[0] : all] as const
      })
      const read = readBy(schema, Object.fromEntries(values))
      if (read.ok) return given.toString()
      for (const { path, message } of read.faults)
        context.addIssue({ code: 'custom', message: path.length > 0 ? `"${showPath(path)}" ${message}` : message })
      return z.NEVER
    })
    .describe("As in the list's address, filters and `sort` alone: `status=down&label=team%3Ashop&sort=-since`.")
}

const view = z.object({
  id: z.int(),
  name: z.string(),
  query: z.string().describe('What the list is asked with.'),
  shared: z.boolean().describe('Everybody sees it; of those limited to labels they who have the same limit.'),
  madeBy: z.string(),
  createdAt: when,
  updatedAt: when,
})

const show = ({ id, name, query, user, madeBy, createdAt, updatedAt }: SavedView): z.input<typeof view> => {
  const times = { createdAt: iso(createdAt), updatedAt: iso(updatedAt) }
  return { id, name, query, shared: user === null, madeBy, ...times }
}

const keeper = (who: Identity | null): Keeper => ({
  user: who?.user?.id ?? null,
  mayShare: who !== null && allows(who.scopes, 'edit'),
})

export function savedViewRoutes(parts: ApiParts): Route[] {
  const wanted = z.strictObject({
    name: label,
    query: queryOf(parts),
    shared: z.boolean().describe('For everybody, which needs the scope `edit`; left out: for oneself.').optional(),
  })
  return [
    route({
      at: 'GET /api/v2/saved-views',
      scope: 'read',
      summary: "List one's own saved views and everybody's, by name",
      query: z.strictObject(paging),
      answer: listOf(view),
      handle: async ({ query, who }) => pageOf((await parts.store.savedViews.list(keeper(who).user)).map(show), query),
    }),
    route({
      at: 'POST /api/v2/saved-views',
      scope: 'read',
      summary: 'Keep a view of the list of monitors under a name',
      status: 201,
      body: wanted,
      answer: view,
      handle: async ({ body: { name, query, shared = false }, who }) =>
        show(await saveView(parts, keeper(who), { name, query, shared })),
    }),
    route({
      at: 'PATCH /api/v2/saved-views/{id}',
      scope: 'read',
      summary: 'Change a saved view: its name, its query, or for whom it is',
      params: byId,
      body: wanted.partial(),
      answer: view,
      handle: async ({ params: { id }, body: { name, query, shared }, who }) => {
        const change = {
          ...(name === undefined ? {} : { name }),
          ...(query === undefined ? {} : { query }),
          ...(shared === undefined ? {} : { shared }),
        }
        return show(await changeView(parts, keeper(who), id, change))
      },
    }),
    route({
      at: 'DELETE /api/v2/saved-views/{id}',
      scope: 'read',
      summary: 'Take a saved view away',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id }, who }) => {
        await removeView(parts, keeper(who), id)
        return new Reply(204, null)
      },
    }),
  ]
}
