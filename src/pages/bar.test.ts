// The bars: filled by share, honest about no data, readable without sight or mouse.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { type ComponentStatus, componentStatuses } from '#core/component.ts'
import { goldenView } from '#test/golden-pages.ts'
import { bar, partsOf } from './bar.ts'
import { componentsOf } from './model.ts'

const none = { operational: 0, degraded: 0, partial_outage: 0, major_outage: 0, maintenance: 0, unknown: 0 }
const parts = (ms: Partial<Record<ComponentStatus, number>>) =>
  partsOf({ start: 0, ms: { ...none, ...ms } }).map(({ status, top, bottom }) => [status, bottom - top])
const hour = 3_600_000
const day = 24 * hour

describe('a day of a bar', () => {
  it('is whole where it was well', () => {
    assert.deepEqual(parts({ operational: day }), [['operational', 28]])
  })

  it('is filled by share: half a day down is half a bar', () => {
    assert.deepEqual(parts({ operational: day / 2, major_outage: day / 2 }), [
      ['major_outage', 14],
      ['operational', 14],
    ])
  })

  it('shows two minutes of trouble without painting the day', () => {
    assert.deepEqual(parts({ operational: day - 120_000, major_outage: 120_000 }), [
      ['major_outage', 5],
      ['operational', 23],
    ])
  })

  it('is unknown when nothing is known of it', () => {
    assert.deepEqual(parts({}), [['unknown', 28]])
  })

  it('makes no story of a restart, but of hours without data', () => {
    assert.deepEqual(parts({ operational: day, unknown: 60_000 }), [['operational', 28]])
    assert.deepEqual(parts({ operational: day / 2, unknown: day / 2 }), [
      ['operational', 14],
      ['unknown', 14],
    ])
  })

  it('is always drawn whole, from the ground up, and never well where nothing was', () => {
    const ms = fc.record(
      Object.fromEntries(componentStatuses.map((status) => [status, fc.oneof(fc.constant(0), fc.nat(day))])) as Record<
        ComponentStatus,
        fc.Arbitrary<number>
      >,
    )
    fc.assert(
      fc.property(ms, (times) => {
        const drawn = partsOf({ start: 0, ms: times })
        let bottom = 28
        for (const part of drawn) {
          if (part.bottom !== bottom || part.top >= part.bottom) return false
          bottom = part.top
        }
        return bottom === 0 && (times.operational > 0 || drawn.every(({ status }) => status !== 'operational'))
      }),
    )
  })
})

describe('a bar', () => {
  const barOf = async (days: Readonly<Record<number, { down?: number; maintenance?: number }>>) => {
    const view = await goldenView({
      title: 'T',
      groups: [{ name: null, components: [{ name: 'A', monitors: [{ key: 'a', days }] }] }],
    })
    const [one] = componentsOf(view.groups)
    assert.ok(one)
    return bar(one, '/p/main/days/a').text
  }

  it('without trouble says nothing to those who hear it: the percent beside it does', async () => {
    const text = await barOf({})
    assert.match(text, /aria-hidden="true"/)
    assert.doesNotMatch(text, /<a /)
  })

  it('links a day with trouble to its row, with its story as the name', async () => {
    const text = await barOf({ 9: { down: 14 * 60_000 } })
    assert.match(text, /href="\/p\/main\/days\/a#d2026-11-12"/)
    assert.match(text, /<title>12 Nov: major outage 14 min<\/title>/)
  })

  it('links no more than the newest twenty days with trouble', async () => {
    const days = Object.fromEntries(Array.from({ length: 90 }, (_, back) => [back, { down: hour }]))
    const text = await barOf(days)
    assert.equal(text.match(/<a /g)?.length, 20)
    assert.match(text, /#d2026-11-21/)
  })

  it('outlines maintenance', async () => {
    assert.match(await barOf({ 3: { maintenance: 12 * hour } }), /class="maintenance" d="M[^"]+h3v12h-3z"/)
  })
})
