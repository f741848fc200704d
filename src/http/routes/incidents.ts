// Incidents as people tell them: opened, updated, changed, taken back; and the templates that help to write them.
// Promises that drafts and hidden ones are for those with a token or a session alone, and only on pages that they see.
import { z } from 'zod'
import { componentStatuses } from '#core/component.ts'
import { type Affected, stages } from '#core/told.ts'
import { fromTemplate, keepTemplates, templatesOf } from '#commands/incident-templates.ts'
import {
  changeIncident,
  incidentOf,
  openIncident,
  removeIncident,
  removeUpdate,
  rewordUpdate,
  updateIncident,
} from '#commands/incidents.ts'
import { Refused } from '#commands/refused.ts'
import type { StoredIncident } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'
import { byId, listOf, moment, whole } from '../shapes.ts'
import { incident, showIncident } from './pages.ts'

const stage = z.enum(stages)
const message = z.string().min(1).max(20_000).describe('Markdown.')
const title = z.string().trim().min(1).max(200)
const affected = z
  .array(
    z.strictObject({
      component: z.string().min(1).max(200).describe('Its key.'),
      status: z
        .enum(componentStatuses)
        .nullable()
        .prefault(null)
        .describe('What it is while the incident runs; null or left out: what its monitors say.'),
    }),
  )
  .max(500)
const told = incident.extend({
  page: z.string(),
  visible: z.boolean().describe('False: a draft.'),
  by: z.string().nullable().describe('Who wrote it; null: it opened by itself.'),
})
const byUpdate = byId.extend({ update: whole(1, Number.MAX_SAFE_INTEGER) })
const template = z.strictObject({
  slug: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,99}$/, 'is not a short name such as database-down'),
  name: z.string().min(1).max(200),
  text: z.string().max(20_000).describe('Markdown with places such as {{ component }} and {{ incident.name }}.'),
})

const opening = z
  .strictObject({
    page: z.string().max(200),
    title,
    stage: stage.prefault('investigating'),
    message: message.optional(),
    template: z.string().max(100).describe('Instead of a message: one made by this template.').optional(),
    vars: z.record(z.string().max(100), z.unknown()).describe('What stands at the places of it.').optional(),
    components: affected.optional(),
    visible: z.boolean().describe('False: a draft. Left out: true.').optional(),
    pinned: z.boolean().optional(),
    startedAt: moment.describe('When it began; left out: now.').optional(),
  })
  .refine((body) => (body.message === undefined) !== (body.template === undefined), {
    error: 'needs either a message or a template',
    path: ['message'],
  })

/** The incident, if its page is one that is seen. */
async function seen(parts: ApiParts, id: number): Promise<StoredIncident> {
  const found = await incidentOf(parts.store, id)
  const page = await parts.store.objects.get('page', found.page)
  if (page === null) throw new Refused({ kind: 'missing', what: 'incident', key: String(id) })
  return found
}

function show(one: StoredIncident): z.input<typeof told> {
  const [shown] = showIncident(one)
  const more = { page: one.page, visible: one.told?.visible ?? true, by: one.told?.by ?? null }
  return { ...(shown as z.input<typeof incident>), ...more }
}

const once = (list: readonly Affected[] | undefined): readonly Affected[] | undefined =>
  list && [...new Map(list.map((one) => [one.component, one])).values()]

export function incidentRoutes(parts: ApiParts): Route[] {
  return [...readingRoutes(parts), ...writingRoutes(parts), ...updateRoutes(parts), ...templateRoutes(parts)]
}

function readingRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/incidents',
      scope: 'read',
      summary: 'List incidents of a page, drafts too, newest first',
      query: z.strictObject({
        page: z.string().max(200).describe('The key of the page; left out: all pages.').optional(),
        limit: whole(1, 500).describe('At most so many; 100 when left out.').optional(),
      }),
      answer: listOf(told),
      handle: async ({ query }) => {
        const pages = (await parts.store.objects.all('page')).map(({ key }) => key)
        const wanted = query.page === undefined ? pages : pages.filter((key) => key === query.page)
        if (query.page !== undefined && wanted.length === 0)
          throw new Refused({ kind: 'missing', what: 'page', key: query.page })
        const limit = query.limit ?? 100
        const heads = await Promise.all(wanted.map((key) => parts.store.incidents.all(key, limit)))
        const newest = heads.flat().toSorted((one, other) => other.startedAt - one.startedAt || other.id - one.id)
        const ids = newest.slice(0, limit).map(({ id }) => id)
        const whole = new Map((await parts.store.incidents.byIds(ids)).map((one) => [one.id, one]))
        return { items: ids.flatMap((id) => whole.get(id) ?? []).map(show), next: null }
      },
    }),
    route({
      at: 'GET /api/v2/incidents/{id}',
      scope: 'read',
      summary: 'Read an incident',
      params: byId,
      answer: told,
      handle: async ({ params: { id } }) => show(await seen(parts, id)),
    }),
  ]
}

function writingRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'POST /api/v2/incidents',
      scope: 'respond',
      summary: 'Open an incident',
      status: 201,
      body: opening,
      answer: told,
      handle: async ({ body, who }) => {
        const { page, title, stage, vars, components, visible, pinned, startedAt } = body
        const values = { ...vars, page, incident: { name: title, stage } }
        const text = body.message ?? (await fromTemplate(parts, body.template ?? '', values))
        const by = who?.name ?? 'somebody'
        const asked = { page, title, stage, message: text, visible, pinned, at: startedAt, by }
        const id = await openIncident(parts, { ...asked, affected: once(components) })
        return show(await incidentOf(parts.store, id))
      },
    }),
    route({
      at: 'PATCH /api/v2/incidents/{id}',
      scope: 'respond',
      summary: 'Change an incident without an update; one that opened by itself is yours from now on',
      params: byId,
      body: z.strictObject({
        title: title.optional(),
        visible: z.boolean().optional(),
        pinned: z.boolean().optional(),
        components: affected.describe('In the place of those before.').optional(),
        postmortem: z.string().max(20_000).nullable().describe('Markdown; null takes it away.').optional(),
        startedAt: moment.optional(),
      }),
      answer: told,
      handle: async ({ params: { id }, body, who }) => {
        await seen(parts, id)
        const { components, startedAt, ...rest } = body
        const changes = { ...rest, at: startedAt, affected: once(components) }
        await changeIncident(parts, id, changes, who?.name ?? 'somebody')
        return show(await incidentOf(parts.store, id))
      },
    }),
    route({
      at: 'DELETE /api/v2/incidents/{id}',
      scope: 'respond',
      summary: 'Take an incident back: nobody reads it any more',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id } }) => {
        await seen(parts, id)
        await removeIncident(parts, id)
        return new Reply(204, null)
      },
    }),
  ]
}

function updateRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'POST /api/v2/incidents/{id}/updates',
      scope: 'respond',
      summary: 'Write an update; saying the same again changes nothing',
      status: 201,
      params: byId,
      body: z.strictObject({
        stage,
        message,
        components: affected.describe('What is otherwise from now on.').optional(),
        at: moment.describe('When; left out: now.').optional(),
      }),
      answer: told,
      handle: async ({ params: { id }, body: { components, ...rest }, who }) => {
        await seen(parts, id)
        const by = who?.name ?? 'somebody'
        await updateIncident(parts, id, { ...rest, affected: once(components), by })
        return show(await incidentOf(parts.store, id))
      },
    }),
    route({
      at: 'PATCH /api/v2/incidents/{id}/updates/{update}',
      scope: 'respond',
      summary: 'Change the words, the stage or the time of an update',
      params: byUpdate,
      body: z.strictObject({ stage: stage.optional(), message: message.optional(), at: moment.optional() }),
      answer: told,
      handle: async ({ params: { id, update }, body, who }) => {
        await seen(parts, id)
        await rewordUpdate(parts, id, update, { ...body, by: who?.name ?? 'somebody' })
        return show(await incidentOf(parts.store, id))
      },
    }),
    route({
      at: 'DELETE /api/v2/incidents/{id}/updates/{update}',
      scope: 'respond',
      summary: 'Take an update back',
      status: 204,
      params: byUpdate,
      answer: null,
      handle: async ({ params: { id, update }, who }) => {
        await seen(parts, id)
        await removeUpdate(parts, id, update, who?.name ?? 'somebody')
        return new Reply(204, null)
      },
    }),
  ]
}

function templateRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/incident-templates',
      scope: 'respond',
      summary: 'List the templates of incidents',
      answer: z.object({ items: z.array(template) }),
      handle: async () => ({ items: (await templatesOf(parts)).map((one) => ({ ...one })) }),
    }),
    route({
      at: 'PUT /api/v2/incident-templates',
      scope: 'admin',
      summary: 'Keep these templates of incidents, in the place of those before',
      body: z.strictObject({
        items: z
          .array(template)
          .max(200)
          .refine((all) => new Set(all.map(({ slug }) => slug)).size === all.length, 'has one slug twice'),
      }),
      answer: z.object({ items: z.array(template) }),
      handle: async ({ body }) => {
        await keepTemplates(parts, body.items)
        return body
      },
    }),
  ]
}
