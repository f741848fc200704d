// PostgreSQL that goes away and comes back: nothing is acknowledged that is not stored, what was seen meanwhile comes
// in afterwards, pages and health are honest, and the program goes on by itself.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ownServer } from '../postgres.ts'
import { becomes, deliveriesOf, eventsOf, monitorsOf, observationsOf } from './client.ts'
import { webFace } from './faces.ts'
import { openHome, type Owner } from './program.ts'
import { eventually } from './wait.ts'

async function postgres(t: Owner) {
  const server = await ownServer()
  t.after(() => server.end())
  return server
}

describe('a PostgreSQL that goes away', { concurrency: true }, () => {
  test('no acknowledged heartbeat is lost, checks go on, and it all comes in when the database is back', async (t) => {
    const database = await postgres(t)
    const [target, hook] = await Promise.all([webFace(t), webFace(t)])
    const home = openHome(
      t,
      `version: 1
monitors:
  job: { heartbeat: { every: 1d } }
  web: { http: { url: "${target.url}" }, interval: 1s, fail_after: 1 }
channels: { hook: { webhook: { url: "${hook.url}" } } }
rules: { all: { monitors: web, tell: hook } }
pages:
  asked: { title: Asked before, groups: [{ components: [{ name: The web, monitors: web }] }] }
  unasked: { title: Never asked, groups: [{ components: [{ name: The web, monitors: web }] }] }
`,
    )
    const args = ['--database', database.url]
    const program = await home.start({ args })
    assert.match(program.stdout(), /data +PostgreSQL/)
    await becomes(program, 'web', 'up')
    assert.equal((await program.ask('/')).status, 200)

    const statuses: number[] = []
    const over = new AbortController()
    const sender = async () => {
      while (!over.signal.aborted) {
        statuses.push((await program.ask('/beat/job', { method: 'POST', body: 'log' })).status)
      }
    }
    const acknowledged = () => statuses.filter((status) => status === 200).length
    const senders = [1, 2, 3].map(sender)
    await eventually('heartbeats are flowing', () => acknowledged() > 50)
    await database.stop()
    const stoppedAt = Date.now()

    await eventually('heartbeats are refused', () => statuses.includes(503))
    const unready = await program.ask('/readyz')
    assert.equal(unready.status, 503)
    assert.match(unready.text, /database/)
    assert.equal((await program.ask('/healthz')).status, 200)
    const unasked = await program.ask('/p/unasked')
    assert.equal(unasked.status, 503)
    assert.match(unasked.text, /<title>Status unknown/)
    assert.equal((await program.ask('/')).status, 200, 'what was read before is still shown')
    assert.equal((await program.api('GET', '/monitors')).status, 503)
    target.answer(() => 500)
    const seen = target.requests.length
    await eventually('checks go on', () => target.requests.length > seen + 1)
    assert.equal(hook.requests.length, 0)

    const backAt = Date.now()
    const errors = program.logs().filter(({ level }) => level === 'error')
    const told = new Set(errors.map(({ message }) => message))
    assert.equal(errors.length, told.size, 'of what lasts the log tells once')
    await database.start()
    await program.said(/the database is back/)
    const down = await becomes(program, 'web', 'down')
    assert.ok(Date.parse(down.since) < backAt, 'it went down when it was seen, not when it could be stored')
    await hook.waitFor(() => true)
    await eventually('it is ready again', async () => (await program.ask('/readyz')).status === 200)
    const before = acknowledged()
    await eventually('heartbeats are taken again', () => acknowledged() > before)
    over.abort()
    await Promise.all(senders)
    assert.deepEqual(new Set(statuses), new Set([200, 503]))
    const looked = (await observationsOf(program, 'web')).map(({ at }) => Date.parse(at))
    assert.ok(
      looked.some((at) => at > stoppedAt && at < backAt),
      'what was observed meanwhile is kept',
    )

    await program.kill()
    const again = await home.start({ args })
    const stored = (await observationsOf(again, 'job')).length
    assert.ok(stored >= acknowledged(), `${stored} are there of ${acknowledged()} that were acknowledged`)
    assert.deepEqual((await eventsOf(again)).map(({ monitor, type }) => `${monitor} ${type}`).sort(), [
      'job monitor.up',
      'web monitor.down',
      'web monitor.up',
    ])
    await eventually('the message counts as delivered', async () => {
      const all = await deliveriesOf(again)
      return all.length === 1 && all[0]?.state === 'delivered'
    })
    assert.equal(new Set(hook.requests.map(({ headers }) => headers['idempotency-key'])).size, 1)
    assert.equal(await again.stop(), 0)
  })

  test('a file that cannot be stored is not taken over in part: neither its objects nor its settings', async (t) => {
    const database = await postgres(t)
    const config = 'version: 1\nmonitors: { job: { heartbeat: { every: 1d } } }\n'
    const home = openHome(t, config)
    const program = await home.start({ args: ['--database', database.url] })
    await database.stop()
    home.write(`${config.replace(' } }\n', ' }, other: { heartbeat: {} } }\n')}networks: { beats: [10.0.0.0/8] }\n`)
    program.signal('SIGHUP')
    await program.said(/could not be taken over; send SIGHUP again/)
    await database.start()
    await eventually('it is ready again', async () => (await program.ask('/readyz')).status === 200)
    const keys = async () => (await monitorsOf(program)).map(({ key }) => key)
    assert.deepEqual(await keys(), ['job'])
    assert.equal((await program.ask('/beat/job')).status, 200, 'its networks do not count')

    program.signal('SIGHUP')
    await eventually('it is taken over', async () => (await keys()).includes('other'))
    await eventually('its networks count', async () => (await program.ask('/beat/job')).status === 403)
    assert.equal(await program.stop(), 0)
  })

  test('a connection that is cut off between two statements harms nobody', async (t) => {
    const database = await postgres(t)
    const home = openHome(t, 'version: 1\nmonitors: { job: { heartbeat: { every: 1d } } }\n')
    const program = await home.start({ args: ['--database', database.url] })
    for (let round = 1; round <= 3; round += 1) {
      assert.equal((await program.ask('/beat/job')).status, 200, `round ${round}`)
      await database.stop()
      await database.start()
      await eventually('it is ready again', async () => (await program.ask('/readyz')).status === 200)
    }
    assert.equal((await observationsOf(program, 'job')).length, 3)
    await database.stop()
    assert.equal(await program.stop(), 0, 'it ends as told while the database is away')
  })
})
