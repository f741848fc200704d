// What a page is read as: statuses, silence, incidents and history, and that nothing internal gets out.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StoredIncident } from '#store/store.ts'
import {
  goldenIncident,
  goldenNow,
  goldenPages,
  goldenSources,
  goldenView,
  type GoldenMonitor,
} from '#test/golden-pages.ts'
import { aged, componentsOf, dayMs } from './model.ts'
import { readPage } from './read.ts'
import { renderDays } from './render-days.ts'
import { renderPage } from './render.ts'

const min = 60_000
const component = (name: string, ...monitors: GoldenMonitor[]) => ({ name, monitors })
const pageOf = (...components: ReturnType<typeof component>[]) => ({ title: 'T', groups: [{ name: null, components }] })
const only = async (...monitors: GoldenMonitor[]) => {
  const view = await goldenView(pageOf(component('A', ...monitors)))
  const [one] = componentsOf(view.groups)
  assert.ok(one)
  return { view, one }
}

describe('a component', () => {
  it('is the worst of its monitors, since the first of them failed', async () => {
    const { one } = await only(
      { key: 'a', interval: 30_000 },
      { key: 'b', interval: 30_000, status: 'down', for: 4 * min },
      { key: 'c', interval: 30_000, status: 'down', for: 9 * min },
    )
    assert.equal(one.status, 'major_outage')
    assert.equal(one.since, goldenNow - 9 * min)
    assert.equal(one.sentence, '2 of 3 checks report this.')
  })

  it('is unknown without monitors, and says why', async () => {
    const { one } = await only()
    assert.deepEqual([one.status, one.sentence, one.uptime90], ['unknown', 'Nothing watches it yet.', null])
  })

  it('is unknown while its only monitor is paused', async () => {
    const { one } = await only({ key: 'a', paused: true, status: 'unknown' })
    assert.deepEqual([one.status, one.sentence], ['unknown', 'It is not being watched at the moment.'])
  })

  it('is unknown before its first observation', async () => {
    const { one } = await only({ key: 'a', status: 'unknown', heard: null, interval: 30_000 })
    assert.deepEqual([one.status, one.sentence], ['unknown', 'Nothing has been observed yet.'])
  })

  it('counts its incidents of ninety days', async () => {
    const incidents = [
      goldenIncident(2, 'A', 'degraded', goldenNow - 2 * dayMs, 5 * min),
      goldenIncident(1, 'B', 'degraded', goldenNow - 3 * dayMs, 5 * min),
    ]
    const view = await goldenView({ ...pageOf(component('A', { key: 'a' })), incidents })
    assert.equal(componentsOf(view.groups)[0]?.incidentsCount, 1)
  })
})

describe('silence', () => {
  it('makes a monitor unknown whose checks have not come for three intervals, whatever its state says', async () => {
    const fresh: GoldenMonitor = { key: 'b', interval: 60_000, heard: 2 * min }
    const { view, one } = await only({ key: 'a', interval: 30_000, heard: 2 * min }, fresh)
    assert.equal(one.status, 'unknown')
    assert.equal(one.since, goldenNow - 2 * min)
    assert.equal(view.staleSince, null)
  })

  it('is not a minute of quiet of a fast monitor', async () => {
    const { one } = await only({ key: 'a', interval: 1_000, heard: 59_000 })
    assert.equal(one.status, 'operational')
  })

  it('of everything that is checked makes the whole page unknown, heartbeats too', async () => {
    const view = await goldenView(
      pageOf(
        component('A', { key: 'a', interval: 30_000, heard: 42 * min }),
        component('B', { key: 'b', interval: null, heard: 40 * min }),
      ),
    )
    assert.equal(view.staleSince, goldenNow - 40 * min)
    assert.deepEqual([view.overall.status, view.overall.unknown], ['unknown', 2])
  })

  it('of checks leaves the rest alone while heartbeats still arrive', async () => {
    const view = await goldenView(
      pageOf(
        component('A', { key: 'a', interval: 30_000, heard: 42 * min }),
        component('B', { key: 'b', interval: null, heard: 5_000 }),
      ),
    )
    assert.equal(view.staleSince, null)
    assert.deepEqual(
      componentsOf(view.groups).map(({ status }) => status),
      ['unknown', 'operational'],
    )
  })

  it('of a store that takes nothing makes heartbeats unknown, too, and checks that look fresh', async () => {
    const { page, sources } = goldenSources(
      pageOf(component('A', { key: 'a', interval: 30_000 }), component('B', { key: 'b', interval: null })),
    )
    const view = await readPage(page, { ...sources, unstoredSince: goldenNow - 2 * min })
    assert.deepEqual(
      componentsOf(view.groups).map(({ status, since }) => [status, since]),
      [
        ['unknown', goldenNow - 2 * min],
        ['unknown', goldenNow - 2 * min],
      ],
    )
  })

  it('of a paused monitor is none', async () => {
    const { view } = await only({ key: 'a', interval: 30_000, heard: 42 * min, paused: true, status: 'unknown' })
    assert.equal(view.staleSince, null)
  })

  it('is counted as unknown time, not as time in the last known status', async () => {
    const { one } = await only({ key: 'a', interval: 30_000, heard: 8 * min })
    assert.equal(one.days.at(-1)?.ms.unknown, 8 * min)
  })
})

describe('a view that grows old', () => {
  it('stands for a minute and then claims nothing to be well', async () => {
    const view = await goldenView(goldenPages['one-outage'])
    assert.deepEqual(aged(view, goldenNow + min).overall, view.overall)
    const old = aged(view, goldenNow + min + 1)
    assert.equal(old.staleSince, goldenNow)
    assert.ok(componentsOf(old.groups).every(({ status }) => status === 'unknown'))
  })
})

describe('incidents of a page', () => {
  const past = (incidents: readonly StoredIncident[], zone = 'UTC') =>
    goldenView({ ...pageOf(component('A', { key: 'a' })), incidents, zone })

  it('are shown once they are published, and not before', async () => {
    const opened = goldenIncident(2, 'A', 'major_outage', goldenNow - 13 * min, null)
    const watching = { ...goldenIncident(1, 'A', 'major_outage', goldenNow - min, null), phase: 'watching' } as const
    const dropped = { ...watching, id: 3, phase: 'dropped' } as const
    const view = await past([opened, watching, dropped])
    assert.deepEqual(
      view.activeIncidents.map(({ id }) => id),
      [2],
    )
    assert.equal(componentsOf(view.groups)[0]?.incidentsCount, 1)
  })

  it('are told by day, fifteen of them, empty ones too', async () => {
    const view = await past([goldenIncident(1, 'A', 'degraded', goldenNow - 2 * dayMs, 5 * min)])
    assert.equal(view.pastIncidents.length, 15)
    assert.deepEqual(
      view.pastIncidents.slice(0, 3).map((day) => [day.date, day.incidents.length]),
      [
        ['2026-11-21', 0],
        ['2026-11-20', 0],
        ['2026-11-19', 1],
      ],
    )
  })

  it('belong to the day that it was in the page’s zone', async () => {
    const night = [goldenIncident(1, 'A', 'degraded', Date.UTC(2026, 10, 20, 23, 30), 5 * min)]
    const told = async (zone: string) => (await past(night, zone)).pastIncidents.find((day) => day.incidents.length > 0)
    assert.equal((await told('UTC'))?.date, '2026-11-20')
    assert.equal((await told('Europe/Berlin'))?.date, '2026-11-21')
  })

  it('are named on every day that they lasted into', async () => {
    const view = await past([goldenIncident(1, 'A', 'degraded', goldenNow - 3 * dayMs, 2 * dayMs)])
    const days = view.pastIncidents.slice(0, 5).map((day) => [day.incidents.length, day.running.length])
    assert.deepEqual(days, [
      [0, 0],
      [0, 1],
      [0, 1],
      [1, 0],
      [0, 0],
    ])
  })

  it('that began before all days shown are told on the day they ended', async () => {
    const view = await past([goldenIncident(1, 'A', 'degraded', goldenNow - 20 * dayMs, 18 * dayMs)])
    assert.deepEqual(
      view.pastIncidents[2]?.incidents.map(({ id }) => id),
      [1],
    )
  })

  it('that run are named on the days they have lasted, and told above', async () => {
    const view = await past([goldenIncident(1, 'A', 'degraded', goldenNow - dayMs, null)])
    assert.deepEqual(
      view.pastIncidents.slice(0, 3).map((day) => day.running.length),
      [1, 1, 0],
    )
    assert.equal(view.activeIncidents.length, 1)
  })
})

describe('reading', () => {
  it('asks the store twice, however many components there are', async () => {
    const { page, sources } = goldenSources(goldenPages.thirty)
    let asked = 0
    const { rollups, incidents } = sources.store
    const counted = {
      rollups: { read: (...query: Parameters<typeof rollups.read>) => ((asked += 1), rollups.read(...query)) },
      incidents: {
        ofPage: (...query: Parameters<typeof incidents.ofPage>) => ((asked += 1), incidents.ofPage(...query)),
      },
    } as unknown as typeof sources.store
    await readPage(page, { ...sources, store: counted })
    assert.equal(asked, 2)
  })

  it('lets no error text, address or key of a monitor onto the page', async () => {
    const { page, sources } = goldenSources(
      pageOf(component('A', { key: 'db-internal-7', status: 'down', for: 5 * min, labels: { rack: 'r17' } })),
    )
    const states = new Map(
      [...sources.states].map(([id, state]) => [id, { ...state, sentence: 'refused by 10.1.2.3:5432' }]),
    )
    const view = await readPage(page, { ...sources, states })
    const [one] = componentsOf(view.groups)
    assert.ok(one)
    const everything = JSON.stringify(view) + renderPage(view) + renderDays(view, one)
    for (const secret of ['10.1.2.3', 'db-internal-7', 'r17', 'refused'])
      assert.ok(!everything.includes(secret), secret)
  })
})
