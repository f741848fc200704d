// The board: the components and groups of a page with their numbers and how they are, as a request needs them.
// Promises that what is hidden is there only for those who may see it. Must not know the shape of any answer.
import { allows } from '#core/rights.ts'
import type { ComponentStatus } from '#core/component.ts'
import { componentName } from '#commands/components.ts'
import type { ComponentModel, GroupModel } from '#manifest/model.ts'
import type { Ask, CachetParts, Caller } from './ports.ts'
import { missing, Wrong } from './wrong.ts'

export interface Item {
  readonly id: number
  /** `page/component` */
  readonly name: string
  readonly model: ComponentModel
  readonly group: Group | null
  readonly hidden: boolean
  readonly status: ComponentStatus
  readonly createdAt: number
  readonly updatedAt: number
}

export interface Group {
  readonly id: number
  readonly model: GroupModel
  readonly createdAt: number
  readonly items: Item[]
}

export interface Board {
  readonly items: readonly Item[]
  readonly groups: readonly Group[]
}

/** All of the page that is asked for, hidden ones too. */
export async function boardOf(parts: CachetParts, { page, now }: Ask): Promise<Board> {
  if (page === null) return { items: [], groups: [] }
  const nameOf = (component: ComponentModel) => componentName({ page: page.key, component: component.key })
  const all = page.groups.flatMap((group) => group.components)
  const headed = page.groups.filter(({ name }) => name !== null)
  const groupName = ({ key }: GroupModel) => `${page.key}/${key}`
  const numbers = await parts.store.numbers.of('component', all.map(nameOf), now)
  const groupNumbers = await parts.store.numbers.of('group', headed.map(groupName), now)
  const faces = await parts.faces(page.key)
  const items: Item[] = []
  const groups: Group[] = []
  for (const model of page.groups) {
    const number = groupNumbers.get(groupName(model))
    const group = number === undefined ? null : { id: number.number, model, createdAt: number.at, items: [] as Item[] }
    for (const one of model.components) {
      const { number = 0, at = now } = numbers.get(nameOf(one)) ?? {}
      const { status = 'unknown', since = null } = faces?.get(one.key) ?? {}
      const times = { createdAt: at, updatedAt: Math.max(at, since ?? at) }
      const item = {
        id: number,
        name: nameOf(one),
        model: one,
        group,
        hidden: one.hidden || model.hidden,
        status,
        ...times,
      }
      items.push(item)
      group?.items.push(item)
    }
    if (group !== null) groups.push(group)
  }
  const byId = (one: { readonly id: number }, other: { readonly id: number }) => one.id - other.id
  return { items: items.toSorted(byId), groups: groups.toSorted(byId) }
}

/** Whether somebody sees what is hidden. */
export const seesHidden = (caller: Caller | null): boolean =>
  caller !== null && caller.limit === null && caller.components === null && allows(caller.scopes, 'read')

export const visible = (items: readonly Item[], caller: Caller | null): readonly Item[] =>
  items.filter((item) => !item.hidden || seesHidden(caller) || (caller?.components?.includes(item.name) ?? false))

/** The component with this number, as this caller sees it. */
export function itemOf(board: Board, id: number, caller: Caller | null): Item {
  const found = visible(board.items, caller).find((item) => item.id === id)
  if (found === undefined) throw missing()
  return found
}

export const groupsSeen = (groups: readonly Group[], caller: Caller | null): readonly Group[] =>
  groups.filter(({ model }) => !model.hidden || seesHidden(caller))

export function groupOf(board: Board, id: number, caller: Caller | null): Group {
  const found = groupsSeen(board.groups, caller).find((group) => group.id === id)
  if (found === undefined) throw missing()
  return found
}

type Need = 'edit' | 'respond' | 'report'

/** Refuses who may not; somebody limited to labels sees no pages at all, so may change none. */
export function must(caller: Caller | null, need: Need): Caller {
  if (caller === null) throw new Wrong(401)
  const { scopes, limit, components, name } = caller
  const may = allows(scopes, need) || (need === 'report' && (allows(scopes, 'edit') || allows(scopes, 'respond')))
  if (may && limit === null && (components === null || need === 'report')) return caller
  throw new Wrong(403, `The token "${name}" may not do this; it needs the scope ${need}.`)
}

/** Refuses who may not say how this component is. */
export function mustSay(caller: Caller | null, item: Item): Caller {
  const who = must(caller, 'report')
  if (who.components === null || who.components.includes(item.name)) return who
  throw new Wrong(403, `The token "${who.name}" may speak of ${who.components.join(', ')} alone.`)
}
