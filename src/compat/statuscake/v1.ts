// StatusCake's API v1 below /v1/: forms in, JSON out, 201 and 204 on writes, numbers as texts.
// Promises that what was written is read back exactly. Must not know how requests come.
import type { MonitorState } from '#core/state.ts'
import type { StoredObject } from '#store/store.ts'
import { type Form, textOf, type Value, valueOf } from './form.ts'
import { changeGroup, createGroup, type Group, groupFaults, groupIn, groupOf, isGroup, removeGroup } from './groups.ts'
import type { Ask, Reply } from './ports.ts'
import { must, type Shelf } from './shelf.ts'
import { allOf, entryOf, type Fields, faultsOf, fieldsIn, groupLabel, isTest, isUp, sentOf } from './tests.ts'

/** What the API's words are for one resource. */
interface Resource {
  readonly type: 'monitor' | 'rule'
  wanted(object: StoredObject): boolean
  /** As it is read; `whole`: by itself and not in a list. */
  show(shelf: Shelf, objects: readonly StoredObject[], ask: Ask, whole: boolean): Promise<Shown[]>
  create(shelf: Shelf, form: Form): Promise<StoredObject>
  change(shelf: Shelf, stored: StoredObject, form: Form): Promise<void>
  remove(shelf: Shelf, stored: StoredObject): Promise<void>
}
type Shown = Readonly<Record<string, unknown>> & { readonly tags?: unknown; readonly status?: unknown }

/** Parameters that cannot be taken, by name. */
export class Invalid extends Error {
  readonly errors: Readonly<Record<string, readonly string[]>>
  constructor(errors: Readonly<Record<string, readonly string[]>>) {
    super('The provided parameters are invalid')
    this.errors = errors
  }
}

const refuse = (errors: Record<string, string[]>): void => {
  if (Object.keys(errors).length > 0) throw new Invalid(errors)
}

const uptimeTests: Resource = {
  type: 'monitor',
  wanted: isTest,
  async show(shelf, tests, _, whole) {
    const [states, uptimes] = [await shelf.states(tests), await shelf.uptimes(tests)]
    return tests.map((test) => showTest(test, states.get(test.id), uptimes.get(test.id) ?? 0, whole))
  },
  async create(shelf, form) {
    const { fields, faults } = fieldsIn(form, null)
    refuse({ ...faultsOf(fields), ...faults })
    return await shelf.create('monitor', String(fields['name']), entryOf(fields))
  },
  async change(shelf, stored, form) {
    const sent = fieldsIn(form, null)
    const before = sentOf(stored)
    const { test_type: type = before['test_type'] } = sent.fields
    const fields = { ...before, ...sent.fields }
    const moved: Record<string, string[]> =
      type === before['test_type'] ? {} : { test_type: ['cannot be changed; make another test'] }
    refuse({ ...faultsOf(fields), ...sent.faults, ...moved })
    await shelf.replace(stored, entryOf(fields))
  },
  remove: (shelf, stored) => shelf.remove(stored),
}

const hidden = new Set(['basic_username', 'basic_password', 'regions', 'status_codes_csv'])

function showTest(test: StoredObject, state: MonitorState | undefined, uptime: number, whole: boolean): Shown {
  const all = allOf(test)
  const status = isUp(state) ? 'up' : 'down'
  const base = {
    id: String(test.id),
    name: all['name'],
    website_url: all['website_url'],
    test_type: all['test_type'],
    check_rate: all['check_rate'],
    contact_groups: all['contact_groups'],
    paused: state?.paused ?? all['paused'],
    status,
    tags: all['tags'],
    uptime,
  }
  if (!whole) return base
  const more = Object.entries(all).filter(([name, value]) => !hidden.has(name) && value !== '')
  const lastAt = state?.lastAt ?? null
  return {
    ...Object.fromEntries(more),
    ...base,
    processing: false,
    servers: [{ description: 'This server', region: 'Local', region_code: 'local', status: 'up' }],
    ...(lastAt === null ? {} : { last_tested_at: new Date(lastAt).toISOString() }),
  }
}

const heartbeats: Resource = {
  type: 'monitor',
  wanted: ({ spec }) => (spec as Annotated).annotations?.[kept] !== undefined,
  async show(shelf, beats, { origin }) {
    const [states, uptimes] = [await shelf.states(beats), await shelf.uptimes(beats)]
    return beats.map((beat) => {
      const state = states.get(beat.id)
      const lastAt = state?.lastAt ?? null
      return {
        ...heartbeatOf(beat),
        id: String(beat.id),
        url: `${origin}/beat/${encodeURIComponent(beat.key)}`,
        paused: state?.paused ?? false,
        status: isUp(state) ? 'up' : 'down',
        uptime: uptimes.get(beat.id) ?? 0,
        ...(lastAt === null ? {} : { last_tested_at: new Date(lastAt).toISOString() }),
      }
    })
  },
  create: (shelf, form) => {
    const wanted = heartbeatIn(form, {})
    return shelf.create('monitor', String(wanted['name']), heartbeatEntry(wanted))
  },
  async change(shelf, stored, form) {
    const wanted = heartbeatIn(form, heartbeatOf(stored))
    await shelf.replace(stored, { ...(stored.spec as object), ...heartbeatEntry(wanted) })
  },
  remove: (shelf, stored) => shelf.remove(stored),
}

/** Only those that were made by this API: others have schedules that it has no words for. */
const kept = 'statuscake-heartbeat'

interface Annotated {
  readonly annotations?: Readonly<Record<string, string>>
}

const heartbeatFields = {
  name: 'text',
  period: 'int',
  contact_groups: 'list',
  host: 'text',
  tags: 'list',
  paused: 'bool',
} as const

function heartbeatIn(form: Form, before: Fields): Fields {
  const fields: Record<string, Value> = { ...before }
  const errors: Record<string, string[]> = {}
  for (const [name, type] of Object.entries(heartbeatFields)) {
    const value = valueOf(form, name, type)
    if (value === null) errors[name] = ['has a value of another type']
    else if (value !== undefined) fields[name] = value
  }
  const period = Number(fields['period'] ?? 0)
  if (String(fields['name'] ?? '') === '') errors['name'] = ['is required']
  if (period < 30 || period > 172_800) errors['period'] = ['must be between 30 and 172800']
  refuse(errors)
  return fields
}

function heartbeatEntry(fields: Fields): object {
  const groups = (fields['contact_groups'] ?? []) as readonly string[]
  return {
    name: String(fields['name']).slice(0, 200),
    heartbeat: { every: `${String(fields['period'])}s`, grace: '0s' },
    labels: Object.fromEntries(groups.map((id) => [groupLabel(id), 'yes'])),
    paused: fields['paused'] === true,
    annotations: { [kept]: JSON.stringify(fields) },
  }
}

function heartbeatOf({ name, spec }: StoredObject): Fields {
  const known = { name, contact_groups: [], tags: [], host: '', paused: false }
  return { ...known, ...(JSON.parse((spec as Annotated).annotations?.[kept] ?? '{}') as Fields) }
}

const contactGroups: Resource = {
  type: 'rule',
  wanted: isGroup,
  show: (_, groups) => Promise.resolve(groups.map((group) => ({ id: String(group.id), ...groupOf(group) }))),
  create(shelf, form) {
    const group: Group = groupIn(form, null)
    refuse(groupFaults(group))
    return createGroup(shelf, group)
  },
  async change(shelf, stored, form) {
    const sent = groupIn(form, null)
    refuse(groupFaults({ ...groupOf(stored), ...sent }))
    await changeGroup(shelf, stored, sent)
  },
  remove: removeGroup,
}

const resources: Readonly<Record<string, Resource>> = {
  uptime: uptimeTests,
  heartbeat: heartbeats,
  'contact-groups': contactGroups,
}
const lists: Readonly<Record<string, readonly object[]>> = {
  'uptime-locations': [{ description: 'This server', region: 'Local', region_code: 'local', status: 'up' }],
  'pagespeed-locations': [],
  pagespeed: [],
  ssl: [],
  'maintenance-windows': [],
}

export const roots = new Set([...Object.keys(resources), ...Object.keys(lists)])

/** Null: there is nothing of that name. */
export async function v1(shelf: Shelf, ask: Ask): Promise<Reply | null> {
  const { path, method, form, caller } = ask
  const [root = '', id, more] = path
  const reads = method === 'GET' || method === 'HEAD'
  must(caller, reads ? 'read' : 'edit')
  const resource = resources[root]
  if (resource === undefined) {
    if (!reads) return notHere(root)
    return id === undefined ? pageOf(lists[root] ?? [], form) : null
  }
  if (id === undefined) {
    if (reads) return await listed(shelf, ask, resource)
    if (method !== 'POST') return null
    const made = await resource.create(shelf, form)
    return { status: 201, body: { data: { new_id: String(made.id) } } }
  }
  const stored = await shelf.byId(resource.type, id, (object) => resource.wanted(object))
  if (stored === null) return null
  if (more !== undefined) return reads && root === 'uptime' ? await past(shelf, stored, more, ask) : null
  if (reads) return { status: 200, body: { data: (await resource.show(shelf, [stored], ask, true))[0] } }
  if (method === 'DELETE') await resource.remove(shelf, stored)
  else if (method === 'PUT' || method === 'PATCH') await resource.change(shelf, stored, form)
  else return null
  return { status: 204, body: null }
}

const notHere = (root: string): Reply => ({
  status: 400,
  body: { message: `This server has no ${root} of its own yet`, errors: {} },
})

async function listed(shelf: Shelf, ask: Ask, resource: Resource): Promise<Reply> {
  const { form } = ask
  const all = await shelf.all(resource.type, (object) => resource.wanted(object))
  const rows = await resource.show(shelf, all, ask, false)
  const status = textOf(form, 'status')
  const tags = (valueOf(form, 'tags', 'list') ?? []) as readonly string[]
  const any = form.has('matchany') && textOf(form, 'matchany') !== 'false'
  return pageOf(
    rows
      .filter((row) => status === undefined || row.status === status)
      .filter(
        (row) => tags.length === 0 || tags[any ? 'some' : 'every']((tag) => (row.tags as string[]).includes(tag)),
      ),
    form,
  )
}

function pageOf(rows: readonly object[], form: Form): Reply {
  const number = (name: string, usual: number, most: number) =>
    Math.min(most, Math.max(1, Math.floor(Number(textOf(form, name) ?? usual)) || usual))
  const [limit, page] = [number('limit', 25, 100), number('page', 1, 1_000_000)]
  const metadata = { page, per_page: limit, page_count: Math.ceil(rows.length / limit), total_count: rows.length }
  return { status: 200, body: { data: rows.slice((page - 1) * limit, page * limit), metadata } }
}

/** Alerts, periods and history of a test, the newest first. */
async function past(shelf: Shelf, test: StoredObject, what: string, { form, address }: Ask): Promise<Reply | null> {
  const limit = Math.min(100, Math.max(1, Number(textOf(form, 'limit') ?? 25) || 25))
  const data = await pastOf(shelf, test, what, limit)
  return data && { status: 200, body: { data, links: { self: address }, metadata: {} } }
}

async function pastOf(shelf: Shelf, { id }: StoredObject, what: string, limit: number): Promise<object[] | null> {
  const iso = (at: number) => new Date(at).toISOString()
  if (what === 'history') {
    const seen = await shelf.recent(id, limit)
    return seen.map(({ at, outcome, latency }) => ({
      created_at: iso(at),
      location: 'local',
      performance: Math.round(latency ?? 0),
      status_code: outcome === 'up' || outcome === 'degraded' ? 200 : 0,
    }))
  }
  if (what !== 'alerts' && what !== 'periods') return null
  const events = (await shelf.events(id, limit)).filter(({ type }) =>
    /^monitor\.(up|down|degraded|unknown)$/.test(type),
  )
  const word = (type: string) => (type === 'monitor.up' || type === 'monitor.degraded' ? 'up' : 'down')
  if (what === 'alerts')
    return events.map((event) => ({
      id: String(event.id),
      status: word(event.type),
      status_code: 0,
      triggered_at: iso(event.at),
    }))
  return events.map((event, index) => {
    const end = events[index - 1]?.at
    const ended = end === undefined ? {} : { ended_at: iso(end), duration: end - event.at }
    return { status: word(event.type), created_at: iso(event.at), ...ended }
  })
}
