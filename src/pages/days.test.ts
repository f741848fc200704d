// Days of a component: exact for one monitor, the worst of several, honest about what is not known.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { componentStatuses, defaultMapping } from '#core/component.ts'
import { emptyRollup, type TimeOf } from '#core/rollup.ts'
import { goldenNow } from '#test/golden-pages.ts'
import { daysOf, firstDay, type Recorded } from './days.ts'
import { dayMs, uptimeOf } from './model.ts'

const today = Math.floor(goldenNow / dayMs) * dayMs
const hour = 3_600_000

const recorded = (ms: Partial<Record<TimeOf, number>>, start = today): Recorded => ({
  days: [{ start, rollup: { ...emptyRollup, ms: { ...emptyRollup.ms, ...ms } } }],
  rest: [],
})
const lastDay = (members: readonly Recorded[], mapping = defaultMapping) => {
  const day = daysOf(members, mapping, goldenNow).at(-1)
  assert.ok(day)
  return day.ms
}
const none = { operational: 0, degraded: 0, partial_outage: 0, major_outage: 0, maintenance: 0, unknown: 0 }

describe('the days of a component', () => {
  it('are ninety, oldest first, and end today', () => {
    const days = daysOf([], defaultMapping, goldenNow)
    assert.equal(days.length, 90)
    assert.equal(days[0]?.start, firstDay(goldenNow))
    assert.equal(days.at(-1)?.start, today)
  })

  it('hold nothing for a day without data', () => {
    assert.deepEqual(lastDay([recorded({ up: hour }, today - dayMs)]), none)
    assert.equal(uptimeOf(daysOf([], defaultMapping, goldenNow)), null)
  })

  it('are exactly those of its one monitor', () => {
    const ms = lastDay([recorded({ up: 5 * hour, degraded: 2 * hour, down: hour, unknown: 3 * hour })])
    assert.deepEqual(ms, { ...none, operational: 5 * hour, degraded: 2 * hour, major_outage: hour, unknown: 3 * hour })
  })

  it('include the time that is not in the roll-ups yet', () => {
    const rest = [{ start: today, status: 'down', ms: 7_000 }] as const
    assert.equal(lastDay([{ ...recorded({ up: hour }), rest }]).major_outage, 7_000)
  })

  it('leave out paused time', () => {
    assert.deepEqual(lastDay([recorded({ up: hour, paused: 5 * hour })]), { ...none, operational: hour })
  })

  it('speak in the words of the component’s own mapping', () => {
    const mapping = { down: 'partial_outage', degraded: 'operational', unknown: 'unknown' } as const
    const ms = lastDay([recorded({ up: hour, degraded: hour, down: hour })], mapping)
    assert.deepEqual(ms, { ...none, operational: 2 * hour, partial_outage: hour })
  })

  it('take the longest trouble of several monitors, as if all had been at the same time', () => {
    const ms = lastDay([
      recorded({ up: 8 * hour, down: 2 * hour }),
      recorded({ up: 7 * hour, down: hour, degraded: 2 * hour }),
    ])
    assert.deepEqual(ms, { ...none, operational: 6 * hour, degraded: 2 * hour, major_outage: 2 * hour })
  })

  it('never hold more than the longest day of any monitor, nor less trouble than the worst had', () => {
    const time = fc.record(
      Object.fromEntries(Object.keys(emptyRollup.ms).map((name) => [name, fc.nat(4 * hour)])) as Record<
        TimeOf,
        fc.Arbitrary<number>
      >,
    )
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 5 }), (all) => {
        const ms = lastDay(all.map((one) => recorded(one)))
        const total = componentStatuses.reduce((sum, status) => sum + ms[status], 0)
        const lengths = all.map((one) => one.up + one.degraded + one.down + one.unknown + one.maintenance)
        return total === Math.max(...lengths) && ms.major_outage === Math.max(...all.map((one) => one.down))
      }),
    )
  })

  it('count degraded time as usable, outages as not, and leave unknown and maintenance out', () => {
    const ms = { ...none, operational: 6, degraded: 2, major_outage: 1, partial_outage: 1, unknown: 50, maintenance: 9 }
    assert.equal(uptimeOf([{ start: 0, ms }]), 0.8)
  })
})
