// What is promised of filters and of the order of a list, on made-up monitors.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fresh, type MonitorState } from '#core/state.ts'
import { BadCursor } from '#store/store.ts'
import type { BoardRow, Snapshot } from './board.ts'
import { type Filter, matches, select, selectAndCount } from './filter.ts'
import { pageOf, type Sorting, sortings } from './order.ts'

const now = 1_000_000
const moment = { now, unstoredSince: null }

interface Made {
  readonly labels?: Record<string, string>
  readonly state?: Partial<MonitorState>
  readonly row?: Partial<BoardRow>
}

function boardOf(made: Readonly<Record<string, Made>>): Snapshot {
  const rows = Object.entries(made)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { labels = {}, row }], index): BoardRow => {
      const words = Object.entries(labels).map(([name, value]) => `${name}:${value}`)
      const times = { createdAt: 1, updatedAt: 1, revision: 1 }
      const about = { id: index + 1, key, name: key, kind: 'http', labels, owner: 'api', target: null, interval: null }
      return { ...about, text: [key, ...words].join('\n').toLowerCase(), ...times, ...row }
    })
  const states = new Map(
    rows.map((row) => [row.id, { ...fresh(1), status: 'up' as const, lastAt: now, ...made[row.key]?.state }]),
  )
  return {
    rows,
    states,
    byId: new Map(rows.map((row) => [row.id, row])),
    byKey: new Map(rows.map((row) => [row.key, row])),
    version: {},
    membersOf: () => null,
  }
}

const keys = (board: Snapshot, filter: Partial<Filter>) =>
  select(board, { within: null, ...filter }, moment).map(({ row }) => row.key)

const shops = boardOf({
  a: { labels: { team: 'shop', tier: '1' } },
  b: { labels: { team: 'pay', tier: '1' }, state: { status: 'down', since: 5 } },
  c: { labels: { team: 'shop' }, state: { paused: true }, row: { kind: 'tcp' } },
  d: { state: { status: 'degraded', since: 9 }, row: { owner: 'beat', kind: 'tcp' } },
})

test('of one filter any value may match, and every filter must', () => {
  assert.deepEqual(keys(shops, { status: ['down', 'degraded'] }), ['b', 'd'])
  assert.deepEqual(keys(shops, { status: ['down', 'degraded'], kind: ['tcp'] }), ['d'])
  assert.deepEqual(keys(shops, { labels: new Map([['team', new Set(['shop', 'pay'])]]) }), ['a', 'b', 'c'])
  const both = new Map([
    ['team', new Set(['shop'])],
    ['tier', null],
  ])
  assert.deepEqual(keys(shops, { labels: both }), ['a'])
  assert.deepEqual(keys(shops, { owner: ['beat'] }), ['d'])
  assert.deepEqual(keys(shops, { status: ['up'] }), ['a'])
})

test('all words of a search must be there, whatever their case and order', () => {
  assert.deepEqual(keys(shops, { search: 'TEAM:shop' }), ['a', 'c'])
  assert.deepEqual(keys(shops, { search: ' tier:1  team ' }), ['a', 'b'])
  assert.deepEqual(keys(shops, { search: 'shop pay' }), [])
})

test('nothing outside of a limit is found or counted', () => {
  const within = { team: ['shop'] }
  const { found, counts } = selectAndCount(shops, { within, status: ['down'] }, moment)
  assert.deepEqual(
    [found.length, [...counts.status], [...counts.label.keys()]],
    [
      0,
      [
        ['up', 1],
        ['paused', 1],
      ],
      [],
    ],
  )
  const [entry] = select(shops, { within: null, status: ['down'] }, moment)
  assert.ok(entry)
  assert.equal(matches({ within }, entry), false)
  assert.equal(matches({ within: null, status: ['down'] }, entry), true)
})

test('a filter is counted for each of its values whatever it is set to, by all other filters', () => {
  const { found, counts } = selectAndCount(shops, { within: null, status: ['down'], kind: ['http'] }, moment)
  assert.deepEqual(
    found.map(({ row }) => row.key),
    ['b'],
  )
  assert.deepEqual(Object.fromEntries(counts.status), { up: 1, down: 1 })
  assert.deepEqual(Object.fromEntries(counts.kind), { http: 1 })
  assert.deepEqual(Object.fromEntries(counts.label.get('team') ?? []), { pay: 1 })
})

test('a state that nobody believes counts as unknown', () => {
  const board = boardOf({ quiet: { state: { lastAt: 1 }, row: { interval: 1_000 } } })
  assert.deepEqual(keys(board, { status: ['unknown'] }), ['quiet'])
})

test('what hurts most comes first by status, and what has no value last in both directions', () => {
  const order = (by: Sorting, down: boolean) => {
    const entries = select(shops, { within: null }, moment)
    const figures = (id: number) => (id < 3 ? { latency: 10 - id, uptime: null } : undefined)
    return pageOf(entries, { by, down }, { limit: 10 }, figures)
      .items.map(({ row }) => row.key)
      .join('')
  }
  assert.equal(order('status', false), 'bdac')
  assert.equal(order('latency', false), 'bacd')
  assert.equal(order('latency', true), 'abcd')
})

test('names are sorted as people do', () => {
  const names = ['web-10', 'Web-2', 'api', 'Ärger']
  const board = boardOf(Object.fromEntries(names.map((name, index) => [`k${index}`, { row: { name } }])))
  const { items } = pageOf(
    select(board, { within: null }, moment),
    { by: 'name', down: false },
    { limit: 9 },
    () => undefined,
  )
  assert.deepEqual(
    items.map(({ row }) => row.name),
    ['api', 'Ärger', 'Web-2', 'web-10'],
  )
})

test('pages put together are the list, in any order and of any size', () => {
  const made = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,3}$/),
    fc.record({
      state: fc.record({ status: fc.constantFrom('up', 'down', 'degraded'), since: fc.nat(3) }),
      row: fc.record({ name: fc.constantFrom('x', 'X', 'y1', 'y10') }),
    }),
  )
  const past = (id: number) => (id % 3 === 0 ? undefined : { latency: id % 2 === 0 ? null : id, uptime: 0.5 })
  fc.assert(
    fc.property(
      made,
      fc.constantFrom(...sortings),
      fc.boolean(),
      fc.integer({ min: 1, max: 5 }),
      (all, by, down, limit) => {
        const entries = select(boardOf(all), { within: null }, moment)
        const whole = pageOf(entries, { by, down }, { limit: 1_000 }, past).items
        const paged: (typeof whole)[number][] = []
        let cursor: string | undefined
        do {
          const { items, next } = pageOf(entries, { by, down }, { limit, cursor }, past)
          paged.push(...items)
          cursor = next ?? undefined
        } while (cursor !== undefined)
        assert.deepEqual(paged, whole)
        const jumped = pageOf(entries, { by, down }, { limit, offset: 2 }, past).items
        assert.deepEqual(jumped, whole.slice(2, 2 + limit))
      },
    ),
  )
})

test('a list goes on after an item that is gone, and takes no cursor of another one', () => {
  const order = { by: 'since', down: true } as const
  const entries = select(shops, { within: null }, moment)
  const { items, next } = pageOf(entries, order, { limit: 2 }, () => undefined)
  const left = entries.filter((entry) => entry !== items[1])
  const rest = pageOf(left, order, { limit: 9, cursor: next ?? '' }, () => undefined).items
  assert.deepEqual(new Set([...items, ...rest]), new Set(entries))
  assert.throws(
    () => pageOf(entries, { by: 'key', down: false }, { limit: 2, cursor: next ?? '' }, () => undefined),
    BadCursor,
  )
})
