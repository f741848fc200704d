// Components: listed, shown, made, set and taken away, in the shapes of all three generations.
// Promises that a status is a report on the river by whoever sends it, and all else a change of the page.
import { slug } from '#manifest/component-keys.ts'
import { componentOf, sayComponent } from '#commands/components.ts'
import { editPage, freeKey, keyOf, put, withAdded, withComponent, type Written } from '#commands/page-edits.ts'
import type { ComponentStatus } from '#core/component.ts'
import { type Board, boardOf, groupOf, type Item, itemOf, must, mustSay, visible } from './board.ts'
import { codeOf, statusLabels, statusOf, thirdLabels } from './codes.ts'
import { textIn } from './given.ts'
import { type Fields, filtered, listReply, sliceOf, sorted } from './lists.ts'
import { firstPage } from './pages.ts'
import type { Ask, CachetParts, Reply } from './ports.ts'
import { Rules } from './rules.ts'
import { ago, stamp } from './times.ts'
import { Wrong } from './wrong.ts'

const fields: Fields<Item> = {
  id: ({ id }) => id,
  name: ({ model }) => model.name,
  status: ({ status }) => codeOf(status),
  order: ({ model }) => model.order,
  group_id: ({ group }) => group?.id ?? 0,
  enabled: ({ hidden }) => !hidden,
}
const thirdFields: Fields<Item> = {
  ...fields,
  status: ({ status }) => codeOf(status, true),
  component_group_id: ({ group }) => group?.id ?? null,
}
const fieldsFor = ({ generation }: Ask) => (generation === 'v3' ? thirdFields : fields)

/** The list; the oldest generation gives all of it at once. */
export async function listComponents(parts: CachetParts, ask: Ask): Promise<Reply> {
  const board = await boardOf(parts, ask)
  const seen = tagged(filtered(visible(board.items, ask.caller), ask, fieldsFor(ask)), ask)
  const items = sorted(seen, ask, fieldsFor(ask))
  const counts = ask.generation === '2015' ? await countsOf(parts, ask) : none
  if (ask.generation === '2015') return { status: 200, body: { data: items.map((item) => oldComponent(item, counts)) } }
  const slice = sliceOf(items, ask)
  return listReply(ask, slice, shapeFor(ask), includedFor(ask, slice.items))
}

const none: ReadonlyMap<string, number> = new Map()

function tagged(items: readonly Item[], { given }: Ask): readonly Item[] {
  const asked = given['tags']
  if (!Array.isArray(asked) || asked.length === 0) return items
  const wanted = new Set(asked.map(String))
  return items.filter(({ model }) => model.tags.some((tag) => wanted.has(slug(tag))))
}

/** How many incidents each component has had, by its key. */
async function countsOf({ store }: CachetParts, { page }: Ask): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  if (page === null) return counts
  for (const { component, told } of await store.incidents.all(page.key, 20_000)) {
    if (told?.visible === false) continue
    const keys = told === undefined ? [component] : told.affected.map((one) => one.component)
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

export async function showComponent(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  return one(parts, ask, itemOf(await boardOf(parts, ask), id, ask.caller), 200)
}

async function one(parts: CachetParts, ask: Ask, item: Item, status: number): Promise<Reply> {
  if (ask.generation === '2015') return { status, body: { data: oldComponent(item, await countsOf(parts, ask)) } }
  const included = includedFor(ask, [item])
  return { status, body: { data: shapeFor(ask)(item), ...(included.length > 0 ? { included } : {}) } }
}

/** What a request says of a component. */
interface Said {
  readonly status: ComponentStatus | undefined
  readonly changes: Written
  /** Undefined: as before; null: of those without a heading. */
  readonly group: number | null | undefined
}

function read(ask: Ask, making: boolean): Said {
  const third = ask.generation === 'v3'
  const rules = new Rules(ask.given)
  if (making) rules.needs('name', ...(third ? [] : ['status']))
  const code = rules.int('status', third ? { least: 1, most: 6 } : { least: 0, most: 4 })
  const order = rules.int('order', { least: -1_000_000, most: 1_000_000 })
  const enabled = rules.flag('enabled')
  const group = rules.int(third ? 'component_group_id' : 'group_id', { least: 0 })
  const tags = rules.raw('tags')
  const changes = {
    name: rules.text('name', { most: 200 }),
    description: rules.clearable('description', { most: 2_000 }),
    link: rules.url('link'),
    order,
    hidden: enabled === undefined ? undefined : !enabled,
    tags: tags === undefined ? undefined : tagsIn(tags),
    meta: rules.mapping('meta'),
  }
  rules.done()
  const status = code === undefined ? undefined : (statusOf(code, third) ?? undefined)
  return { status, changes, group: group === 0 ? null : group }
}

/** `a, b`, a list, or slugs with names as they were answered. */
function tagsIn(tags: unknown): string[] {
  const all = Array.isArray(tags)
    ? tags
    : typeof tags === 'object' && tags !== null
      ? Object.values(tags)
      : String(tags).split(',')
  const plain = all.filter((tag) => typeof tag === 'string' || typeof tag === 'number')
  return [...new Set(plain.map((tag) => String(tag).trim().slice(0, 100)))].filter((tag) => tag !== '').slice(0, 50)
}

export async function createComponent(parts: CachetParts, ask: Ask): Promise<Reply> {
  const caller = must(ask.caller, 'edit')
  const said = read(ask, true)
  const page = await firstPage(parts, ask)
  const board = await boardOf(parts, ask)
  const group = said.group == null ? null : groupOf(board, said.group, caller).model.key
  const name = String(said.changes['name'])
  let key = ''
  await editPage(parts, page, (groups) => {
    const taken = new Set(groups.flatMap(({ components }) => components.map(keyOf)))
    key = freeKey(name, taken, 'component')
    return withAdded(groups, group, put({}, { ...said.changes, key }))
  })
  const status = said.status ?? (ask.generation === 'v3' ? 'unknown' : undefined)
  if (status !== undefined) await sayComponent(parts, { page, component: key }, { status, by: caller.name })
  return one(parts, ask, await again(parts, ask, page, key), ask.generation === 'v3' ? 201 : 200)
}

/** The component as it is after a change. */
async function again(parts: CachetParts, ask: Ask, page: string, key: string): Promise<Item> {
  const model = parts.pages().find((other) => other.key === page) ?? ask.page
  const board = await boardOf(parts, { ...ask, page: model })
  const found = board.items.find((item) => item.model.key === key)
  if (found === undefined) throw new Wrong(404)
  return found
}

export async function updateComponent(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  const { page } = ask
  if (ask.caller === null) throw new Wrong(401)
  const board = await boardOf(parts, ask)
  const item = itemOf(board, id, ask.caller)
  const said = read(ask, false)
  const caller = mustSay(ask.caller, item)
  const news = newsOf(item, said)
  if (page !== null && (Object.keys(news).length > 0 || isMoved(item, said))) {
    must(ask.caller, 'edit')
    const to = said.group == null ? null : groupOf(board, said.group, ask.caller).model.key
    await editPage(parts, page.key, (groups) => {
      const { key } = item.model
      // The key that was made from the name stays when the name is another one.
      if (!isMoved(item, said)) return withComponent(groups, key, (before) => put({ ...before, key }, news))
      const before = groups.flatMap(({ components }) => components).find((other) => keyOf(other) === key) ?? {}
      return withAdded(
        withComponent(groups, key, () => null),
        to,
        put({ ...before, key }, news),
      )
    })
  }
  if (page !== null && said.status !== undefined)
    await sayComponent(parts, { page: page.key, component: item.model.key }, { status: said.status, by: caller.name })
  return one(parts, ask, await again(parts, ask, page?.key ?? '', item.model.key), 200)
}

const isMoved = ({ group }: Item, said: Said) => said.group !== undefined && (said.group ?? 0) !== (group?.id ?? 0)

/** What is other than before: clients send back all that they were shown. */
function newsOf({ model }: Item, { changes }: Said): Written {
  const now: Written = { ...model, hidden: model.hidden }
  const same = (name: string, value: unknown) => JSON.stringify(now[name] ?? null) === JSON.stringify(value)
  return Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => value !== undefined && !same(name, value)),
  )
}

export async function removeComponent(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  const item = itemOf(await boardOf(parts, ask), id, must(ask.caller, 'edit'))
  const page = ask.page?.key ?? ''
  const { reported } = await componentOf(parts, { page, component: item.model.key })
  await editPage(parts, page, (groups) => withComponent(groups, item.model.key, () => null))
  const heard = await parts.store.objects.get('monitor', reported)
  if (heard?.owner === 'api') {
    await parts.store.objects.remove('monitor', reported, parts.clock.now())
    await parts.engine.catalogChanged()
  }
  return { status: 204, body: null }
}

/** The component that an incident names, and what it says of it. */
export function named(board: Board, rules: Rules, ask: Ask): { item: Item | null; status: ComponentStatus | null } {
  const third = ask.generation === 'v3'
  const id = rules.int('component_id', { least: 0 })
  const code = rules.int('component_status', third ? { least: 1, most: 6 } : { least: 0, most: 4 })
  const item =
    id === undefined || id === 0 ? null : (visible(board.items, ask.caller).find((one) => one.id === id) ?? null)
  if (id !== undefined && id !== 0 && item === null)
    rules.wrong('component_id', 'The selected component id is invalid.')
  if (code !== undefined && (id === undefined || id === 0))
    rules.wrong('component_id', 'The component id field is required when component status is present.')
  return { item, status: code === undefined ? null : statusOf(code, third) }
}

const shapeFor = (ask: Ask) => (item: Item) =>
  ask.generation === 'v3' ? thirdComponent(item, ask) : component(item, ask)

export function oldComponent(
  { id, model, status, createdAt, updatedAt }: Item,
  counts: ReadonlyMap<string, number>,
): unknown {
  const code = codeOf(status)
  return {
    id,
    name: model.name,
    description: model.description ?? '',
    status_id: code,
    status: statusLabels[code],
    incident_count: counts.get(model.key) ?? 0,
    created_at: Math.floor(createdAt / 1_000),
    updated_at: Math.floor(updatedAt / 1_000),
  }
}

export function component(item: Item, { zone, caller }: Ask): Record<string, unknown> {
  const { id, model, group, hidden, status, createdAt, updatedAt } = item
  const code = codeOf(status)
  return {
    id,
    name: model.name,
    description: model.description ?? '',
    link: model.link ?? '',
    status: caller?.stringNumbers ? String(code) : code,
    order: model.order,
    group_id: group?.id ?? 0,
    created_at: stamp(createdAt, zone),
    updated_at: stamp(updatedAt, zone),
    deleted_at: null,
    enabled: !hidden,
    meta: Object.keys(model.meta).length === 0 ? null : model.meta,
    status_name: statusLabels[code],
    tags: model.tags.length === 0 ? [] : Object.fromEntries(model.tags.map((tag) => [slug(tag), tag])),
  }
}

const dated = (at: number, { zone, now }: Ask) => ({ human: ago(at, now), string: stamp(at, zone) })

export function thirdComponent(item: Item, ask: Ask): unknown {
  const { id, model, group, hidden, status, createdAt, updatedAt } = item
  const value = codeOf(status, true)
  const shown = { human: thirdLabels[value], value }
  return {
    id: String(id),
    type: 'components',
    attributes: {
      id,
      name: model.name,
      description: model.description,
      link: model.link,
      order: model.order,
      status: shown,
      latest_status: shown,
      enabled: !hidden,
      meta: model.meta,
      created: dated(createdAt, ask),
      updated: dated(updatedAt, ask),
    },
    relationships: { group: { data: group === null ? null : { type: 'componentGroups', id: String(group.id) } } },
  }
}

const knownIncludes = new Set(['group', 'incidents'])

/** What stands beside the answer of the third generation. */
function includedFor(ask: Ask, items: readonly Item[]): unknown[] {
  const asked = ask.generation === 'v3' ? textIn(ask.query['include']).split(',').filter(Boolean) : []
  const strange = asked.find((name) => !knownIncludes.has(name))
  if (strange !== undefined) throw new Wrong(400, `Requested include(s) \`${strange.slice(0, 40)}\` are not allowed.`)
  if (!asked.includes('group')) return []
  return [...new Set(items.flatMap(({ group }) => group ?? []))].map((group) => ({
    id: String(group.id),
    type: 'componentGroups',
    attributes: { id: group.id, name: group.model.name },
  }))
}
