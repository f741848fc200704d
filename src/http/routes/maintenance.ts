// Maintenance: planned by one call, listed, changed and ended.
// Promises that a script which deploys needs no body and no second call: it ends by itself.
import { z } from 'zod'
import { duration } from '#core/duration.ts'
import { oneOrMany } from '#core/selection.ts'
import { changeMaintenance, endMaintenance, existingMaintenance, planMaintenance } from '#commands/maintenance.ts'
import type { StoredMaintenance } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'
import { byId, iso, isoOrNull, listOf, many, moment, when, whole } from '../shapes.ts'
import { labelFilters } from './objects.ts'

const path = '/api/v2/maintenance'
const minute = 60_000
const most = 366 * 24 * 60 * minute
const title = z.string().trim().min(1).max(200)
const message = z.string().max(20_000).describe('Markdown, for the public.')
const glob = z.string().regex(/^[a-zA-Z0-9._*?-]{1,128}$/, 'is not a key or a pattern of keys')
const component = z.string().regex(/^[^/]+\/.+$/, 'is not a component such as main/web: its page and its key')

const maintenance = z.object({
  id: z.int(),
  title: z.string(),
  message: z.string().nullable(),
  monitors: z.object({ keys: z.array(z.string()).nullable(), labels: z.record(z.string(), z.string()).nullable() }),
  components: z.array(z.string()).describe('Each `page/component`.'),
  from: when,
  until: when.describe('Of what comes again and again: no window begins later.'),
  recurs: z.object({ cron: z.string(), zone: z.string(), for: z.int().describe('Milliseconds.') }).nullable(),
  endedAt: when.nullable().describe('When somebody ended it before its time.'),
  by: z.string(),
  createdAt: when,
  revision: z.int(),
})

function show(one: StoredMaintenance): z.input<typeof maintenance> {
  const { id, title, message, selector, components, recurs, by, revision } = one
  const { keys, labels } = selector
  return {
    id,
    title,
    message,
    monitors: { keys: keys === null ? null : [...keys], labels: labels === null ? null : { ...labels } },
    components: components.map((each) => `${each.page}/${each.component}`),
    from: iso(one.from),
    until: iso(one.until),
    recurs: recurs === null ? null : { cron: recurs.cron, zone: recurs.zone, for: recurs.lasts },
    endedAt: isoOrNull(one.endedAt),
    by,
    createdAt: iso(one.createdAt),
    revision,
  }
}

const componentIn = (text: string) => {
  const slash = text.indexOf('/')
  return { page: text.slice(0, slash), component: text.slice(slash + 1) }
}

const planned = z
  .strictObject({
    for: duration({ min: minute, max: most }).describe('How long it lasts, such as 15m, 2h.').optional(),
    until: moment.describe('In place of `for`; with `cron` no window begins later.').optional(),
    from: moment.describe('When it begins; left out: now.').optional(),
    monitors: many(glob).describe('Key or pattern; may be given more often.').optional(),
    label: labelFilters.describe('`name:value`; all must match.'),
    components: many(component).describe('`page/component`; may be given more often.').optional(),
    title: title.optional(),
    message: message.optional(),
    cron: z.string().min(1).max(200).describe('Again and again: five fields, for `for` each time.').optional(),
    zone: z.string().max(100).describe('Of `cron`; left out: UTC.').optional(),
  })
  .refine((asked) => asked.for !== undefined || (asked.until !== undefined && asked.cron === undefined), {
    error: 'needs for: 15m, or until: 2026-11-21T14:05:00Z',
    path: ['for'],
  })

type Planned = z.output<typeof planned>

function planOf(asked: Planned, now: number) {
  const from = asked.from ?? now
  const lasts = asked.for ?? 0
  const labels = Object.fromEntries(
    (asked.label ?? []).map((pair) => pair.split(/:(.*)/s).slice(0, 2) as [string, string]),
  )
  const keys = asked.monitors ?? null
  const chosen = { keys, labels: Object.keys(labels).length === 0 ? null : labels }
  const recurs = asked.cron === undefined ? null : { cron: asked.cron, zone: asked.zone ?? 'UTC', lasts }
  const until = asked.until ?? (recurs === null ? from + lasts : from + most)
  const components = (asked.components ?? []).map(componentIn)
  const words = { title: asked.title ?? 'Maintenance', message: asked.message ?? null }
  return { ...words, selector: chosen, components, from, until, recurs }
}

export function maintenanceRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: `GET ${path}`,
      scope: 'read',
      summary: 'List maintenance, the newest first; what is over, too',
      query: z.strictObject({ limit: whole(1, 500).describe('100 when left out.').optional() }),
      answer: listOf(maintenance),
      handle: async ({ query }) => {
        const found = await parts.store.maintenances.list(query.limit ?? 100)
        return { items: found.map(show), next: null }
      },
    }),
    route({
      at: `POST ${path}`,
      scope: 'respond',
      summary: 'Plan maintenance: nobody is told of these monitors meanwhile, and their time counts apart',
      status: 201,
      query: planned,
      answer: maintenance,
      handle: async ({ query }) => {
        const made = await planMaintenance(parts, planOf(query, parts.clock.now()))
        return new Reply(201, show(made), { location: `${path}/${made.id}` })
      },
    }),
    route({
      at: `GET ${path}/{id}`,
      scope: 'read',
      summary: 'Read a plan of maintenance',
      params: byId,
      answer: maintenance,
      handle: async ({ params: { id } }) => show(await existingMaintenance(parts, id)),
    }),
    route({
      at: `PATCH ${path}/{id}`,
      scope: 'respond',
      summary: 'Change when maintenance is, or what is said of it',
      params: byId,
      body: z.strictObject({
        title: title.optional(),
        message: message.nullable().optional(),
        from: moment.optional(),
        until: moment.optional(),
        components: oneOrMany(component).optional(),
      }),
      answer: maintenance,
      handle: async ({ params: { id }, body: { components, ...rest } }) =>
        show(
          await changeMaintenance(parts, id, {
            ...rest,
            ...(components ? { components: components.map(componentIn) } : {}),
          }),
        ),
    }),
    route({
      at: `DELETE ${path}/{id}`,
      scope: 'respond',
      summary: 'End maintenance now, for good; it stays in the list',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id } }) => {
        await endMaintenance(parts, id)
        return new Reply(204, null)
      },
    }),
  ]
}
