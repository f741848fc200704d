// Lists as clients page, sort and filter them, in each generation's envelope.
// Promises that unknown names change nothing, and that no number asked for is too large to answer.
import { textIn } from './given.ts'
import type { Ask, Reply } from './ports.ts'
import { Wrong } from './wrong.ts'

/** What a list may be narrowed and sorted by: names and how to read them. */
export type Fields<Item> = Readonly<Record<string, (item: Item) => unknown>>

const numberIn = (value: unknown): number | null => (/^\d{1,9}$/.test(textIn(value)) ? Number(value) : null)

/** Those that have what the query asks for; other names are left alone. */
export function filtered<Item>(
  items: readonly Item[],
  { generation, query }: Ask,
  fields: Fields<Item>,
): readonly Item[] {
  if (generation === '2015') return items
  const wanted = generation === 'v3' ? thirdFilters(query['filter'], fields) : Object.entries(query)
  const tests = wanted.flatMap(([name, value]) => {
    const read = Object.hasOwn(fields, name) ? fields[name] : undefined
    return read === undefined || typeof value === 'object' ? [] : [{ read, name, value: textIn(value) }]
  })
  return items.filter((item) =>
    tests.every(({ read, name, value }) => fits(read(item), value, generation === 'v3' && name === 'name')),
  )
}

function fits(found: unknown, wanted: string, contains: boolean): boolean {
  if (contains) return String(found).toLowerCase().includes(wanted.toLowerCase())
  if (typeof found === 'boolean') return found === ['1', 'true'].includes(wanted.toLowerCase())
  return String(found) === wanted.trim()
}

function thirdFilters(filter: unknown, fields: object): [string, unknown][] {
  if (filter === undefined) return []
  if (typeof filter !== 'object' || filter === null) throw new Wrong(400, 'The filter must have names: filter[name]=x.')
  const asked = Object.entries(filter)
  const strange = asked.find(([name]) => !Object.hasOwn(fields, name) && name !== 'meta')
  if (strange) throw new Wrong(400, `Requested filter(s) \`${strange[0].slice(0, 40)}\` are not allowed.`)
  return asked
}

/** In the order asked for; by number where nothing known is. */
export function sorted<Item>(
  items: readonly Item[],
  { generation, query }: Ask,
  fields: Fields<Item>,
): readonly Item[] {
  const asked = typeof query['sort'] === 'string' ? query['sort'] : ''
  if (generation === '2015' || asked === '') return items
  const third = generation === 'v3'
  const name = third ? asked.replace(/^-/, '') : asked
  const read = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (read === undefined) {
    if (third) throw new Wrong(400, `Requested sort(s) \`${name.slice(0, 40)}\` is not allowed.`)
    return items
  }
  // What servers did where nobody says in which order: the largest first.
  const down = third ? asked.startsWith('-') : textIn(query['order'] ?? 'desc').toLowerCase() !== 'asc'
  const rank = (one: unknown, other: unknown) => {
    if (typeof one === 'number' && typeof other === 'number') return one - other
    const [a, b] = [String(one), String(other)]
    return a < b ? -1 : a > b ? 1 : 0
  }
  return items.toSorted((one, other) => rank(read(one), read(other)) * (down ? -1 : 1))
}

export interface Slice<Item> {
  readonly items: readonly Item[]
  readonly page: number
  readonly perPage: number
  readonly total: number
}

export function sliceOf<Item>(items: readonly Item[], { generation, given }: Ask): Slice<Item> {
  const third = generation === 'v3'
  const asked = numberIn(given['per_page'])
  const perPage = third ? Math.min(100, Math.max(1, asked ?? 15)) : Math.max(1, asked ?? 20)
  const page = Math.max(1, numberIn(given['page']) ?? 1)
  const from = (page - 1) * perPage
  return { items: items.slice(from, from + perPage), page, perPage, total: items.length }
}

/** The answer with one page of a list. */
export function listReply<Item>(
  ask: Ask,
  slice: Slice<Item>,
  shape: (item: Item) => unknown,
  included: readonly unknown[] = [],
): Reply {
  const data = slice.items.map(shape)
  const { page, perPage, total } = slice
  const last = Math.max(1, Math.ceil(total / perPage))
  const to = (number: number | null) => (number === null ? null : linkTo(ask, perPage, number))
  const [next, before] = [to(page < last ? page + 1 : null), to(page > 1 ? page - 1 : null)]
  if (ask.generation === 'v3') {
    const links = { first: to(1), ...(before ? { prev: before } : {}), ...(next ? { next } : {}) }
    const from = data.length === 0 ? null : (page - 1) * perPage + 1
    const meta = {
      current_page: page,
      from,
      path: `${ask.origin}${ask.address}`,
      per_page: perPage,
      to: from === null ? null : from + data.length - 1,
    }
    return { status: 200, body: { data, ...(included.length > 0 ? { included } : {}), links, meta } }
  }
  const counts = { total, count: data.length, per_page: perPage, current_page: page, total_pages: last }
  if (ask.generation === '2015') {
    const links =
      next === null && before === null ? [] : { ...(before ? { previous: before } : {}), ...(next ? { next } : {}) }
    return { status: 200, body: { data, meta: { pagination: { ...counts, links } } } }
  }
  const pagination = { ...counts, links: { next_page: next, previous_page: before } }
  return { status: 200, body: { meta: { pagination }, data } }
}

function linkTo({ origin, address, query }: Ask, perPage: number, page: number): string {
  const rest = Object.entries(query).filter(
    ([name, value]) => name !== 'page' && name !== 'per_page' && typeof value === 'string',
  )
  const search = new URLSearchParams([
    ...(rest as [string, string][]),
    ['per_page', String(perPage)],
    ['page', String(page)],
  ])
  return `${origin}${address}?${search.toString()}`
}
