// What is promised of stored incidents, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachStore } from '#test/stores.ts'
import type { NewIncident, StoredIncident } from './store.ts'

onEachStore('incidents', (ground) => {
  const incident = (component: string, more: Partial<NewIncident> = {}): NewIncident => ({
    page: 'main',
    component,
    name: `The ${component}`,
    phase: 'open',
    impact: 'major_outage',
    status: 'degraded',
    startedAt: 100,
    phaseAt: 160,
    wakeAt: null,
    updates: [],
    ...more,
  })
  const opened = { at: 100, kind: 'opened', status: 'major_outage' } as const
  const changed = { at: 130, kind: 'changed', status: 'degraded' } as const
  const plain = (list: readonly StoredIncident[]) =>
    list.map(({ id: _, updates, ...rest }) => ({ ...rest, updates: updates.map(({ id: __, ...one }) => one) }))
  const components = (list: readonly StoredIncident[]) => list.map(({ component }) => component)

  test('an incident is read as it was inserted', async () => {
    const whole = incident('web', { updates: [opened], wakeAt: 7 })
    await ground.store.incidents.insert(whole)
    assert.deepEqual(plain(await ground.store.incidents.running()), [whole])
  })

  test('an update changes the state and adds what is to be read, newest first', async () => {
    const id = await ground.store.incidents.insert(incident('web', { updates: [opened] }))
    const { phase: _, ...rest } = incident('web')
    await ground.store.incidents.update(id, { ...rest, phase: 'recovering', wakeAt: 500 }, [changed])
    const [stored] = plain(await ground.store.incidents.running())
    assert.deepEqual([stored?.phase, stored?.wakeAt, stored?.updates], ['recovering', 500, [changed, opened]])
  })

  test('running ones are those that have not ended, by page and component', async () => {
    const phases = ['watching', 'open', 'recovering', 'resolved', 'dropped'] as const
    for (const phase of phases) await ground.store.incidents.insert(incident(phase, { phase }))
    await ground.store.incidents.insert(incident('zoo', { page: 'aaa' }))
    assert.deepEqual(components(await ground.store.incidents.running()), ['zoo', 'open', 'recovering', 'watching'])
  })

  test('a page shows what was published and lasted into its time, newest first', async () => {
    await ground.store.incidents.insert(incident('secret', { phase: 'watching' }))
    await ground.store.incidents.insert(incident('never', { phase: 'dropped' }))
    await ground.store.incidents.insert(incident('other', { page: 'other' }))
    await ground.store.incidents.insert(incident('old', { phase: 'resolved', startedAt: 1, phaseAt: 49 }))
    await ground.store.incidents.insert(incident('long', { phase: 'resolved', startedAt: 2, phaseAt: 50 }))
    await ground.store.incidents.insert(incident('still', { phase: 'open', startedAt: 3 }))
    await ground.store.incidents.insert(incident('new', { phase: 'recovering', startedAt: 90, updates: [opened] }))
    const shown = await ground.store.incidents.ofPage('main', 50, 10)
    assert.deepEqual(components(shown), ['new', 'still', 'long'])
    assert.deepEqual(plain(shown)[0]?.updates, [opened])
    assert.deepEqual(components(await ground.store.incidents.ofPage('main', 50, 1)), ['new'])
  })

  test('dropped ones are forgotten in time, those that were published never', async () => {
    await ground.store.incidents.insert(incident('never', { phase: 'dropped', phaseAt: 49 }))
    await ground.store.incidents.insert(incident('lately', { phase: 'dropped', phaseAt: 50 }))
    await ground.store.incidents.insert(incident('old', { phase: 'resolved', phaseAt: 1 }))
    assert.equal(await ground.store.incidents.forgetDropped(50), 1)
    assert.deepEqual(components(await ground.store.incidents.ofPage('main', 0, 10)), ['old'])
  })

  test('due are running ones whose time has come', async () => {
    await ground.store.incidents.insert(incident('late', { phase: 'recovering', wakeAt: 20 }))
    await ground.store.incidents.insert(incident('soon', { phase: 'watching', wakeAt: 10 }))
    await ground.store.incidents.insert(incident('later', { phase: 'watching', wakeAt: 21 }))
    await ground.store.incidents.insert(incident('open'))
    assert.deepEqual(components(await ground.store.incidents.due(20)), ['soon', 'late'])
  })
})
