// What a service in a report of Monit means: the whole report is the truth, the event the cause.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { judge } from './judge.ts'
import { type Event, scan, type Service } from './scan.ts'

const base: Service = {
  name: 'mysql',
  type: 3,
  collected: 0,
  status: 0,
  hint: 0,
  monitor: 1,
  rarely: false,
  output: null,
}
const up = { status: 'up', sentence: null } as const
const down = { status: 'down', sentence: 'Monit says: it does not exist.' } as const
const said = (
  service: Partial<Service>,
  event: Partial<Event> | null = null,
  known: Parameters<typeof judge>[2] = up,
) =>
  judge(
    { ...base, ...service },
    event && { service: 'mysql', id: 0, state: 1, action: 1, message: '', ...event },
    known,
  )
/** What a captured message means for the service that its event is about, whose monitor is like this. */
const golden = (name: string, known: Parameters<typeof judge>[2]) => {
  const report = scan(readFileSync(new URL(`../../../test/golden/monit/${name}.xml`, import.meta.url)))
  const event = report?.event ?? null
  const service = report?.services.find((one) => one.name === event?.service)
  assert.ok(service, name)
  return judge(service, event, known)
}

describe('a service of Monit', () => {
  it('is down or degraded by the tests that fail, with the cause that the event tells', () => {
    const failed = said({ status: 0x200 }, { id: 0x200, message: 'process is not running' })
    assert.deepEqual(failed, {
      outcome: 'down',
      signal: 'fail',
      reason: 'failed',
      sentence: 'Monit says: it does not exist (“process is not running”).',
    })
    assert.equal(said({ status: 0x2 })?.sentence, 'Monit says: a resource limit is passed.')
    assert.equal(said({ status: 0x2 })?.outcome, 'degraded')
    assert.equal(said({ status: 0x22 })?.outcome, 'down')
    assert.match(said({ type: 7, status: 0x20_0000, output: 'disk is broken' })?.sentence ?? '', /“disk is broken”/)
  })

  it('is well where only something changed, exists as it should not, or is another process now', () => {
    for (const name of ['13-event-program-status-changed', '14-event-checksum-changed', '15-event-content-match'])
      assert.equal(golden(`${name}.trimmed`, up), null, name)
    assert.equal(golden('18-event-pid-changed.trimmed', up), null)
    assert.equal(golden('28-event-does-exist.trimmed', up), null)
  })

  it('recovers by the report alone, whatever event came or got lost', () => {
    assert.equal(said({}, null, down)?.outcome, 'up')
    assert.equal(golden('20-event-monitor-by-cli.trimmed', down), null, 'not while it only begins')
    assert.equal(golden('05-event-connection-succeeded.trimmed', down)?.outcome, 'up')
    assert.equal(said({ status: 0x20 }, { state: 0 }, down), null, 'one test recovered, another fails')
  })

  it('moves nothing while Monit has not looked yet', () => {
    for (const known of [up, down, null]) assert.equal(said({ monitor: 2, status: 0 }, null, known), null)
    for (const name of ['07-event-exists-again', '08-event-exec-failed-to-start'])
      assert.equal(golden(`${name}.trimmed`, down), null)
  })

  it('is down when Monit gives it up, and stays so while nobody looks at it', () => {
    const given = golden('09-event-timeout-unmonitor.trimmed', down)
    assert.equal(given?.outcome, 'down')
    assert.equal(said({ monitor: 0 }, null, down), null)
    const last = said({ monitor: 0 }, { id: 4, action: 5, message: 'service restarted 3 times' }, down)
    assert.equal(last?.sentence, 'Monit has given it up: service restarted 3 times.')
  })

  it('is unknown, never up, where Monit does not look: by its people, by what it depends on, or never', () => {
    const told = said({ monitor: 0 }, { id: 0x2_0000, state: 2, message: 'stop action done' }, down)
    assert.deepEqual(
      [told?.outcome, told?.sentence],
      ['unknown', 'Monit was told by its people: stop; it does not look at it any more.'],
    )
    assert.equal(golden('19-event-unmonitor-by-cli.trimmed', up)?.outcome, 'unknown')
    assert.equal(said({ monitor: 0 })?.outcome, 'unknown')
    assert.equal(said({ monitor: 0 }, null, null)?.outcome, 'unknown')
    assert.equal(said({ monitor: 0 }, null, { status: 'unknown', sentence: 'x' }), null)
  })

  it('says nothing twice', () => {
    assert.equal(said({}), null)
    assert.equal(said({ status: 0x200 }, null, down), null)
    assert.equal(said({ status: 0x2 }, null, down)?.outcome, 'degraded')
  })
})
