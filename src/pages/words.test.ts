// The words of a page: what the first line answers, and how lengths, percents and days are said.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ComponentStatus } from '#core/component.ts'
import { goldenNow, goldenView } from '#test/golden-pages.ts'
import { overallOf, type PageView } from './model.ts'
import { answerOf, sayDay, sayLength, sayPercent, sayUpdate } from './words.ts'

const some = await goldenView({ title: 'x', groups: [{ name: null, components: [{ name: 'A', monitors: [] }] }] })
const [component] = some.groups[0]?.components ?? []
assert.ok(component)

function viewOf(statuses: readonly ComponentStatus[]): PageView {
  const components = statuses.map((status) => Object.assign({}, component, { status, since: goldenNow - 3_600_000 }))
  const groups = [{ key: 'all', name: null, collapsed: null, components }]
  return { ...some, groups, overall: overallOf(groups), staleSince: null }
}
const answer = (...statuses: ComponentStatus[]) => answerOf(viewOf(statuses))

describe('the first line', () => {
  it('says that all is well only when every component is', () => {
    assert.equal(answer('operational', 'operational'), 'All systems operational')
  })

  it('counts the components with problems', () => {
    assert.equal(answer('operational', 'major_outage', 'degraded'), '2 of 3 components have problems')
    assert.equal(answer('operational', 'partial_outage'), '1 of 2 components has a problem')
    assert.equal(answer('degraded', 'degraded'), 'Both components have problems')
    assert.equal(answer('degraded', 'degraded', 'degraded'), 'All 3 components have problems')
    assert.equal(answer('degraded'), 'The component has a problem')
  })

  it('never hides the unknown behind what is well or what is not', () => {
    assert.equal(answer('operational', 'unknown'), 'The status of 1 of 2 components is unknown')
    assert.equal(answer('major_outage', 'unknown', 'operational'), '1 of 3 components has a problem, 1 more is unknown')
    assert.equal(answer('unknown', 'unknown'), 'Status unknown since 13:05 UTC')
  })

  it('says since when nothing has been heard, with the day when it was not today', () => {
    assert.equal(
      answerOf({ ...viewOf(['operational']), staleSince: goldenNow - 60_000 }),
      'Status unknown since 14:04 UTC',
    )
    const yesterday = { ...viewOf(['operational']), staleSince: goldenNow - 86_400_000 }
    assert.equal(answerOf(yesterday), 'Status unknown since 20 Nov, 14:05 UTC')
  })

  it('tells of maintenance', () => {
    assert.equal(answer('operational', 'maintenance'), '1 of 2 components is under maintenance')
  })

  it('says that nothing is published when there is nothing', () => {
    assert.equal(answer(), 'Nothing is published here yet')
  })
})

describe('percents', () => {
  it('are a hundred only when they are', () => {
    assert.equal(sayPercent(1), '100 %')
    assert.equal(sayPercent(0.999999), '99.99 %')
    assert.equal(sayPercent(1 - Number.EPSILON), '99.99 %')
  })

  it('have two figures after the point, rounded down', () => {
    assert.equal(sayPercent(0.9995), '99.95 %')
    assert.equal(sayPercent(0.99956), '99.95 %')
    assert.equal(sayPercent(0), '0.00 %')
  })
})

describe('lengths', () => {
  it('are said in minutes and more', () => {
    assert.equal(sayLength(59_000), 'under 1 min')
    assert.equal(sayLength(14 * 60_000 + 59_000), '14 min')
    assert.equal(sayLength(2 * 3_600_000 + 5 * 60_000 + 3_000), '2 h 5 min')
  })
})

describe('a day in words', () => {
  const none = { operational: 0, degraded: 0, partial_outage: 0, major_outage: 0, maintenance: 0, unknown: 0 }
  const say = (ms: Partial<Record<ComponentStatus, number>>) => sayDay({ start: 0, ms: { ...none, ...ms } })

  it('names the worst first and silence last', () => {
    const ms = { operational: 1e7, unknown: 7_200_000, degraded: 180_000, major_outage: 840_000 }
    assert.equal(say(ms), 'major outage 14 min, degraded 3 min, no data 2 h')
  })

  it('says nothing of a good day, and no data of an empty one', () => {
    assert.equal(say({ operational: 5 }), null)
    assert.equal(say({}), 'no data')
  })
})

describe('an incident’s line', () => {
  const incident = {
    id: 1,
    component: 'a',
    name: 'A',
    phase: 'resolved',
    impact: 'major_outage',
    status: 'operational',
  } as const
  const full = { ...incident, startedAt: 0, phaseAt: 60_000 * 14, told: null, updates: [] }

  it('says what the trouble means for people', () => {
    const update = { at: 0, kind: 'opened', status: 'major_outage' } as const
    assert.deepEqual(sayUpdate(full, update), ['Major outage', 'A cannot be used.'])
  })

  it('says how long it took when it is resolved', () => {
    const update = { at: 60_000 * 14, kind: 'resolved', status: 'operational' } as const
    assert.deepEqual(sayUpdate(full, update), ['Resolved', 'A works again, after 14 min.'])
  })

  it('does not claim that a component works that was taken off the page', () => {
    const [word, sentence] = sayUpdate(full, { at: 1, kind: 'resolved', status: 'major_outage' })
    assert.equal(word, 'Closed')
    assert.doesNotMatch(sentence, /works/)
  })
})
