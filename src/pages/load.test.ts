// Finding pages: the first one, one by its key, none; and only what the page shows is asked for.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { goldenNow, goldenPages, goldenSources } from '#test/golden-pages.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { type LoadParts, pageLoader } from './load.ts'

const { page, sources } = goldenSources(goldenPages['all-well'])

function loader() {
  const asked: number[][] = []
  const monitors = new Map(
    [...sources.monitors, { id: 99, key: 'elsewhere', labels: {}, createdAt: 0 }].map((monitor) => [
      monitor.id,
      { ...monitor, policy: { interval: sources.interval(monitor.id) } },
    ]),
  )
  const states = {
    get: async (ids: readonly number[]) => {
      asked.push([...ids])
      return sources.states
    },
  }
  const catalog = { pages: [page, { ...page, key: 'second', title: 'The second' }], monitors }
  const store = { ...sources.store, states } as unknown as LoadParts['store']
  const load = pageLoader({
    catalog: () => catalog,
    store,
    clock: new VirtualClock(goldenNow),
    unstoredSince: () => null,
    windows: () => [],
    announced: async () => [],
  })
  return { load, asked }
}

describe('a page', () => {
  it('is the first one without a key, and its own with one', async () => {
    const { load } = loader()
    assert.equal((await load(null))?.title, 'Example status')
    assert.equal((await load('second'))?.title, 'The second')
  })

  it('that does not exist is null, and asks the store nothing', async () => {
    const { load, asked } = loader()
    assert.equal(await load('third'), null)
    assert.deepEqual(asked, [])
  })

  it('asks for the states of its own monitors only, once', async () => {
    const { load, asked } = loader()
    const view = await load('main')
    assert.deepEqual(asked, [sources.monitors.map(({ id }) => id)])
    assert.deepEqual(view?.overall, { status: 'operational', total: 6, troubled: 0, unknown: 0, maintenance: 0 })
  })
})
