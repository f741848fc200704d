// Pages from memory: one rendering per change, the newest for whoever asks after it, honest when the database is away.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silentLog } from '#platform/log.ts'
import { goldenNow, goldenPages, goldenView } from '#test/golden-pages.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import type { PageView } from './model.ts'
import { openPages } from './serve.ts'

/** Pages over a scripted store: `view` is what is read next, `fail` makes reading fail, `hold` makes it wait. */
function stand() {
  const clock = new VirtualClock(goldenNow)
  const world = {
    reads: 0,
    fail: false,
    title: 'first',
    hold: null as Promise<void> | null,
    view: async (): Promise<PageView | null> => ({
      ...(await goldenView(goldenPages['all-well'], clock.now())),
      title: world.title,
    }),
  }
  const load = async (slug: string | null) => {
    world.reads += 1
    if (world.hold) await world.hold
    if (world.fail) throw new Error('the database is away')
    return slug === null || slug === 'main' ? world.view() : null
  }
  const pages = openPages({ clock, log: silentLog, load })
  const get = async (slug: string | null = null, more = {}) => {
    const answer = await pages.answer(slug, more)
    return { ...answer, text: answer.body.toString() }
  }
  return { clock, world, pages, get }
}

describe('a page from memory', () => {
  it('is read once for any number of requests at the same time and after it', async () => {
    const { world, get } = stand()
    await Promise.all(Array.from({ length: 50 }, () => get()))
    await get()
    assert.equal(world.reads, 1)
  })

  it('shows a change on the next request', async () => {
    const { world, pages, get } = stand()
    assert.match((await get()).text, /first/)
    world.title = 'second'
    pages.invalidate()
    assert.match((await get()).text, /second/)
    assert.equal(world.reads, 2)
  })

  it('is read once for any number of changes that nobody looked at', async () => {
    const { world, pages, get } = stand()
    await get()
    for (let change = 0; change < 100; change += 1) pages.invalidate()
    await get()
    assert.equal(world.reads, 2)
  })

  it('is never older than the change before the request, even when a reading is under way', async () => {
    const { world, pages, get } = stand()
    const gate = Promise.withResolvers<void>()
    world.hold = gate.promise
    const before = get()
    world.hold = null
    pages.invalidate()
    const after = Array.from({ length: 20 }, () => get())
    world.title = 'second'
    gate.resolve()
    await before
    for (const answer of await Promise.all(after)) assert.match(answer.text, /second/)
    assert.equal(world.reads, 2)
  })

  it('is renewed after fifteen seconds, so that its clock goes on', async () => {
    const { clock, world, get } = stand()
    await get()
    await clock.advance(14_000)
    await get()
    assert.equal(world.reads, 1)
    await clock.advance(61_000)
    assert.match((await get()).text, /as of <time[^>]*>14:06 UTC/)
    assert.equal(world.reads, 2)
  })

  it('keeps its tag while its content stays the same', async () => {
    const { pages, get } = stand()
    const { headers } = await get()
    pages.invalidate()
    assert.equal((await get(null, { ifNoneMatch: headers['etag'] })).status, 304)
  })

  it('has a table of days for each component, and none for others', async () => {
    const { world, get } = stand()
    const table = await get('main', { component: 'payments' })
    assert.deepEqual([table.status, /Day by day/.test(table.text)], [200, true])
    assert.equal((await get('main', { component: 'nothing' })).status, 404)
    assert.equal((await get('nothing', { component: 'payments' })).status, 404)
    assert.equal(world.reads, 2)
  })
})

describe('no page', () => {
  it('at the first address says what to do', async () => {
    const { world, get } = stand()
    world.view = async () => null
    const answer = await get()
    assert.equal(answer.status, 200)
    assert.match(answer.text, /Nothing is published here yet/)
  })

  it('at another address is 404 in the same style', async () => {
    const { get } = stand()
    const answer = await get('unknown')
    assert.equal(answer.status, 404)
    assert.match(answer.text, /There is no page at this address/)
  })

  it('becomes one when it is made, and none again when it is taken away', async () => {
    const { world, pages, get } = stand()
    const { view } = world
    world.view = async () => null
    await get('main')
    world.view = view
    assert.equal((await get('main')).status, 200)
    world.view = async () => null
    pages.invalidate()
    assert.equal((await get('main')).status, 404)
  })

  it('of components says what to do, under the page’s own title', async () => {
    const { world, get } = stand()
    world.view = () => goldenView({ title: 'Bare page', groups: [] })
    const answer = await get()
    assert.match(answer.text, /Bare page/)
    assert.match(answer.text, /No component of this page has been set up/)
  })
})

describe('while the database is away', () => {
  it('the last page stands for a minute with its age, and then claims nothing', async () => {
    const { clock, world, get } = stand()
    await get()
    world.fail = true
    await clock.advance(30_000)
    const young = await get()
    assert.equal(young.status, 200)
    assert.match(young.text, /All systems operational/)
    assert.match(young.text, /Data is under a minute old/)
    await clock.advance(150_000)
    const old = await get()
    assert.match(old.text, /Status unknown since 14:05 UTC/)
    assert.match(old.text, /Data is 3 minutes old/)
    assert.doesNotMatch(old.text, /All systems operational/)
    assert.equal(old.headers['cdn-cache-control'], undefined)
  })

  it('it is tried again every five seconds, and not by each request', async () => {
    const { clock, world, get } = stand()
    await get()
    world.fail = true
    await clock.advance(20_000)
    await Promise.all([get(), get(), get()])
    await get()
    assert.equal(world.reads, 2)
    world.fail = false
    await clock.advance(5_000)
    assert.match((await get()).text, /All systems operational/)
  })

  it('a page that was never read is 503 and kept by nobody', async () => {
    const { world, get } = stand()
    world.fail = true
    const answer = await get()
    assert.equal(answer.status, 503)
    assert.match(answer.text, /Status unknown/)
    assert.deepEqual([answer.headers['cache-control'], answer.headers['retry-after']], ['no-store', '30'])
    world.fail = false
    assert.equal((await get()).status, 200)
  })

  it('a reading that hangs is given up after three seconds', async () => {
    const { clock, world, get } = stand()
    world.hold = new Promise(() => {})
    const asked = get()
    await clock.advance(3_000)
    assert.equal((await asked).status, 503)
    assert.equal(clock.pending(), 0)
  })
})
