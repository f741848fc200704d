// The kind `group`: what follows from members in every mixture, and the sentences read at night.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ShownStatus, statuses } from '#core/words.ts'
import type { Members } from './check.ts'
import { group } from './group.ts'

const membersOf = (all: readonly ShownStatus[], name = (index: number) => `web-${index + 1}`): Members => {
  const members = all.map((status, index) => ({ key: `web-${index + 1}`, name: name(index), status }))
  return {
    count: (status) => members.filter((one) => status === undefined || one.status === status).length,
    first: (status, most) => members.filter((one) => one.status === status).slice(0, most),
  }
}
const derive = (spec: object, ...all: ShownStatus[]) =>
  group.derive(group.config.parse({ monitors: 'web-*', ...spec }), membersOf(all))
const says = (spec: object, ...all: ShownStatus[]) => {
  const { outcome, sentence } = derive(spec, ...all)
  return `${outcome}: ${sentence}`
}

test('all must be up unless another rule is given, and who fails is named', () => {
  assert.equal(says({}, 'up', 'up'), 'up: null')
  assert.equal(says({}, 'up', 'down', 'up'), 'down: 1 of 3 is down: web-2; all must be up.')
  assert.equal(says({}, 'degraded', 'up'), 'degraded: 1 of 2 is degraded: web-1.')
  assert.equal(says({}, 'up', 'unknown'), 'unknown: 1 of 2 is unknown: web-2; all must be up.')
  assert.equal(says({}, 'down', 'unknown'), 'down: 1 of 2 is down: web-1; 1 of 2 is unknown: web-2; all must be up.')
})

test('any: one is enough, and the others make it degraded', () => {
  const any = { up_when: 'any' }
  assert.equal(says(any, 'down', 'up', 'unknown').split(':')[0], 'degraded')
  assert.equal(
    says(any, 'down', 'degraded'),
    'degraded: 1 of 2 is down: web-1; 1 of 2 is degraded: web-2; at least 1 must be up, and 1 is.',
  )
  assert.equal(says(any, 'down', 'down'), 'down: 2 of 2 are down: web-1, web-2; at least 1 must be up, and none is.')
  assert.equal(says(any, 'down', 'unknown').split(':')[0], 'unknown')
  assert.equal(says(any, 'up', 'unknown', 'unknown'), 'up: null')
})

test('n of m and percent, which is rounded up', () => {
  const four = { up_when: { at_least: 4 } }
  assert.equal(
    says(four, 'down', 'down', 'up', 'up', 'up'),
    'down: 2 of 5 are down: web-1, web-2; at least 4 must be up, and 3 are.',
  )
  assert.equal(says(four, 'down', 'up', 'up', 'up', 'up').split(':')[0], 'degraded')
  assert.equal(says({ up_when: { percent: 60 } }, 'up', 'up', 'up', 'down', 'down').split(':')[0], 'degraded')
  assert.equal(says({ up_when: { percent: 61 } }, 'up', 'up', 'up', 'down', 'down').split(':')[0], 'down')
  assert.equal(says({ up_when: { percent: 0.1 } }, 'down', 'down').split(':')[0], 'down')
  assert.equal(
    says({ up_when: { percent: 70 } }, ...Array<ShownStatus>(7).fill('up'), 'down', 'down', 'down').split(':')[0],
    'degraded',
  )
})

test('how many that fail make it degraded can be said', () => {
  const never = { up_when: 'any', degraded_when: 'never' }
  assert.equal(says(never, 'up', 'down', 'degraded'), 'up: null')
  const two = { up_when: 'any', degraded_when: { at_least: 2 } }
  assert.equal(says(two, 'up', 'down', 'up'), 'up: null')
  assert.equal(says(two, 'up', 'down', 'degraded').split(':')[0], 'degraded')
  assert.equal(says({ up_when: 'any', degraded_when: { percent: 50 } }, 'up', 'down').split(':')[0], 'degraded')
})

test('those that are paused are left out and named; without any other nothing is known', () => {
  assert.equal(says({}, 'up', 'paused'), 'up: null')
  assert.equal(
    says({}, 'down', 'paused'),
    'down: 1 of 1 is down: web-1; all must be up; left out, since paused: web-2.',
  )
  const two = { up_when: { at_least: 2 } }
  assert.equal(says(two, 'up', 'paused', 'paused'), 'up: null')
  assert.equal(says(two, 'down', 'paused').split(';')[0], 'down: 1 of 1 is down: web-1')
  assert.equal(says({}, 'paused', 'paused'), 'unknown: All of its 2 are paused.')
  assert.equal(says({}, 'paused'), 'unknown: Its one monitor is paused.')
})

test('one without monitors, or with too few of them, is unknown and says why', () => {
  assert.equal(says({}), 'unknown: No monitor belongs to it; it takes web-*.')
  const labelled = { monitors: { keys: ['a', 'b-*'], labels: { tier: 'gold', zone: 'eu' } } }
  assert.equal(
    says(labelled),
    'unknown: No monitor belongs to it; it takes those of a, b-* with tier=gold and zone=eu.',
  )
  const three = { up_when: { at_least: 3 } }
  assert.equal(says(three, 'up', 'up'), 'unknown: Only 2 are there; at least 3 must be up, and 2 are.')
  assert.equal(says(three, 'down', 'down').split(':')[0], 'down')
})

test('of many only a few are named, and none at length', () => {
  const spec = group.config.parse({ monitors: '*' })
  const { sentence, facts } = group.derive(
    spec,
    membersOf(Array(5_000).fill('down'), () => 'x'.repeat(200)),
  )
  assert.ok((sentence ?? '').length < 400, sentence ?? '')
  assert.match(sentence ?? '', /^5000 of 5000 are down: x+…, .* and 4995 more; all must be up\.$/)
  assert.ok(JSON.stringify(facts).length < 2_000)
})

test('whatever its members are, nothing unknown makes it up or down that could be otherwise', () => {
  const status = fc.constantFrom<ShownStatus>(...statuses, 'paused')
  const rule = fc.oneof(
    fc.constantFrom('all', 'any'),
    fc.record({ at_least: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
  )
  fc.assert(
    fc.property(fc.array(status, { maxLength: 8 }), rule, (all, up_when) => {
      const spec = { up_when, degraded_when: 'never' }
      const { outcome } = derive(spec, ...all)
      const could = (['up', 'down'] as const).map(
        (one) => derive(spec, ...all.map((known) => (known === 'unknown' ? one : known))).outcome,
      )
      if (outcome !== 'unknown') assert.deepEqual(could, [outcome, outcome])
      else if (all.includes('unknown')) assert.ok(could[0] !== could[1] || could[0] === 'unknown')
      if (all.length === 0) assert.equal(outcome, 'unknown')
    }),
  )
})

test('it is described by its rule, and what makes no sense is refused', () => {
  const describe = (spec: object) => group.describe(group.config.parse(spec))
  assert.equal(describe({ monitors: 'web-*' }), 'all of web-*')
  assert.equal(describe({ monitors: ['a', 'b'], up_when: { at_least: 1 } }), 'at least 1 of a, b')
  assert.equal(
    describe({ monitors: { labels: { tier: 'gold' } }, up_when: { percent: 50 } }),
    'at least 50% of those with tier=gold',
  )
  const refused = (spec: object) => !group.config.safeParse({ monitors: '*', ...spec }).success
  for (const spec of [
    { up_when: 'none' },
    { up_when: {} },
    { up_when: { at_least: 0 } },
    { up_when: { at_least: 2, percent: 50 } },
    { up_when: { percent: 101 } },
    { up_when: { percent: 0 } },
    { degraded_when: 'all' },
    { monitors: [] },
    { monitors: {} },
    { monitors: 'a b' },
    { at_least: 2 },
  ])
    assert.ok(refused(spec), JSON.stringify(spec))
})
