// Groups of components, in the shapes of the two generations that know them.
// Promises that the components of a group that goes stay, without a heading.
import { worstComponent } from '#core/component.ts'
import { editPage, freeKey, groupKeyOf, put, type Written, type WrittenGroup } from '#commands/page-edits.ts'
import type { Collapsed } from '#manifest/model.ts'
import { boardOf, type Group, groupOf, groupsSeen, must, visible } from './board.ts'
import { codeOf, statusLabels } from './codes.ts'
import { component } from './components.ts'
import { type Fields, filtered, listReply, sliceOf, sorted } from './lists.ts'
import { firstPage } from './pages.ts'
import type { Ask, CachetParts, Reply } from './ports.ts'
import { Rules } from './rules.ts'
import { ago, stamp } from './times.ts'

const collapsing: readonly Collapsed[] = ['never', 'always', 'well']
const collapsedCode = (collapsed: Collapsed) => (collapsed === null ? 2 : collapsing.indexOf(collapsed))

const fields: Fields<Group> = {
  id: ({ id }) => id,
  name: ({ model }) => model.name ?? '',
  order: ({ model }) => model.order,
  collapsed: ({ model }) => collapsedCode(model.collapsed),
  visible: ({ model }) => Number(!model.hidden),
}

export async function listGroups(parts: CachetParts, ask: Ask): Promise<Reply> {
  const { groups } = await boardOf(parts, ask)
  const items = sorted(filtered(groupsSeen(groups, ask.caller), ask, fields), ask, fields)
  return listReply(ask, sliceOf(items, ask), shapeFor(ask))
}

export async function showGroup(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  return { status: 200, body: { data: shapeFor(ask)(groupOf(await boardOf(parts, ask), id, ask.caller)) } }
}

function read({ given, generation }: Ask, making: boolean): Written {
  const rules = new Rules(given)
  if (making) rules.needs('name')
  const collapsed = rules.int('collapsed', { least: 0, most: 4 })
  const visible =
    generation === 'v3' ? rules.int('visible', { least: 0, most: 2 }) : rules.int('visible', { least: 0, most: 1 })
  const found = {
    name: rules.text('name', { most: 200 }),
    order: rules.int('order', { least: -1_000_000, most: 1_000_000 }),
    collapsed: collapsed === undefined ? undefined : (collapsing[Math.min(collapsed, 2)] ?? undefined),
    hidden: visible === undefined ? undefined : visible !== 1,
  }
  rules.done()
  return found
}

export async function createGroup(parts: CachetParts, ask: Ask): Promise<Reply> {
  must(ask.caller, 'edit')
  const said = read(ask, true)
  const page = await firstPage(parts, ask)
  let key = ''
  await editPage(parts, page, (groups) => {
    const taken = new Set(groups.map((group) => groupKeyOf(groups, group)))
    key = freeKey(String(said['name']), taken, 'group')
    return [...groups, { ...put({}, { ...said, key }), components: [] }]
  })
  return one(parts, ask, page, key, ask.generation === 'v3' ? 201 : 200)
}

export async function updateGroup(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  const { model } = groupOf(await boardOf(parts, ask), id, must(ask.caller, 'edit'))
  const said = read(ask, false)
  const page = ask.page?.key ?? ''
  await editPage(parts, page, (groups) =>
    groups.map((group) => {
      if (groupKeyOf(groups, group) !== model.key) return group
      return { ...put({ ...group, key: model.key }, said), components: group.components }
    }),
  )
  return one(parts, ask, page, model.key, 200)
}

async function one(parts: CachetParts, ask: Ask, page: string, key: string, status: number): Promise<Reply> {
  const model = parts.pages().find((other) => other.key === page) ?? ask.page
  const { groups } = await boardOf(parts, { ...ask, page: model })
  const found = groups.find((group) => group.model.key === key)
  return { status, body: { data: found === undefined ? null : shapeFor(ask)(found) } }
}

export async function removeGroup(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  const { model } = groupOf(await boardOf(parts, ask), id, must(ask.caller, 'edit'))
  await editPage(parts, ask.page?.key ?? '', (groups) => {
    const gone = groups.find((group) => groupKeyOf(groups, group) === model.key)
    const rest = groups.filter((group) => group !== gone)
    if (gone === undefined || gone.components.length === 0) return rest
    const plain = (group: WrittenGroup) => group['name'] === undefined && group['hidden'] !== true
    const place = rest.findIndex(plain)
    if (place < 0) return [...rest, { components: gone.components }]
    return rest.map((group, at) =>
      at === place ? { ...group, components: [...group.components, ...gone.components] } : group,
    )
  })
  return { status: 204, body: null }
}

const shapeFor = (ask: Ask) => (group: Group) => (ask.generation === 'v3' ? third(group, ask) : second(group, ask))

function second(group: Group, ask: Ask): unknown {
  const { id, model, createdAt, items } = group
  const seen = visible(items, ask.caller).filter((item) => !item.model.hidden)
  const worst = seen.toSorted((one, other) => codeOf(other.status) - codeOf(one.status))
  const [first] = worst
  return {
    id,
    name: model.name,
    created_at: stamp(createdAt, ask.zone),
    updated_at: stamp(createdAt, ask.zone),
    order: model.order,
    collapsed: collapsedCode(model.collapsed),
    visible: Number(!model.hidden),
    enabled_components: seen.map((item) => component(item, ask)),
    enabled_components_lowest: worst.map((item) => component(item, ask)),
    lowest_human_status:
      first === undefined ? null : statusLabels[codeOf(worstComponent(seen.map(({ status }) => status)))],
  }
}

function third({ id, model, createdAt, items }: Group, ask: Ask): unknown {
  const dated = { human: ago(createdAt, ask.now), string: stamp(createdAt, ask.zone) }
  const seen = visible(items, ask.caller)
  return {
    id: String(id),
    type: 'componentGroups',
    attributes: {
      id,
      name: model.name,
      order: model.order,
      collapsed: collapsedCode(model.collapsed),
      visible: Number(!model.hidden),
      created: dated,
      updated: dated,
    },
    relationships: { components: { data: seen.map((item) => ({ type: 'components', id: String(item.id) })) } },
  }
}
