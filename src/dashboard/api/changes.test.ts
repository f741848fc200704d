// What is told while somebody looks, put into what is shown.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyToList, longer, type RowChange } from './changes.ts'
import type { MonitorList, Row } from './types.ts'

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 14, 0, second)).toISOString()
const row = (key: string): Row => ({
  key,
  name: key,
  kind: 'http',
  status: 'up',
  since: at(0),
  reason: null,
  sentence: null,
  labels: {},
  target: null,
  paused: false,
  outage: null,
  lastAt: at(0),
  owner: 'api',
  revision: 1,
  results: { outcomes: '+'.repeat(30), latencies: Array.from({ length: 30 }, () => 5), from: at(0), to: at(1) },
})
const last = { at: at(9), location: 'local', outcome: 'down', latency: null } as const
const down = { status: 'down', since: at(9), reason: 'timeout', sentence: 'It is away.' } as const
const moving = (key: string, revision = 1): RowChange => {
  return { key, ...down, paused: false, outage: null, lastAt: at(9), revision, last }
}
const shown: MonitorList = { items: [row('a'), row('b')], next: null, total: 2 }

test('a row takes what moved and its last result, and the others stay the very same', () => {
  const { value, stale } = applyToList(shown, { rows: [moving('b')] })
  assert.equal(value.items[0], shown.items[0])
  assert.deepEqual([value.items[1]?.status, value.items[1]?.results?.outcomes], ['down', `${'+'.repeat(29)}-`])
  assert.equal(stale, false)
})

test('rows go, change places, and stay where they are until new ones among them were asked for', () => {
  const gone = applyToList(shown, { gone: ['a'], list: { keys: ['b'], total: 1 } })
  assert.deepEqual([gone.value.items.map(({ key }) => key), gone.value.total, gone.stale], [['b'], 1, false])
  const turned = applyToList(shown, { list: { keys: ['b', 'a'], total: 2 } })
  assert.deepEqual([turned.value.items.map(({ key }) => key), turned.stale], [['b', 'a'], false])
  const more = applyToList(shown, { list: { keys: ['c', 'a', 'b'], total: 3 } })
  assert.deepEqual([more.value.items.map(({ key }) => key), more.value.total, more.stale], [['a', 'b'], 3, true])
})

test('another revision means that more is other than what is told', () => {
  assert.equal(applyToList(shown, { rows: [moving('a', 2)] }).stale, true)
})

test('a result that is there already is not added again', () => {
  const strip = { outcomes: '+', latencies: [5], from: at(0), to: at(9) }
  assert.equal(longer(strip, last), strip)
})
