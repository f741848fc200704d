// Stopping: a signal ends the program in time whatever hangs, and what was acknowledged is there after the next start.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { closed } from '../until.ts'
import { deliveriesOf, observationsOf } from './client.ts'
import { tcpFace, webFace } from './faces.ts'
import { openHome } from './program.ts'
import { eventually } from './wait.ts'

describe('stopping', { concurrency: true }, () => {
  test('SIGTERM and SIGINT end an idle program with 0 and leave nothing undone', async (t) => {
    const home = openHome(t)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const program = await home.start()
      assert.equal(await program.stop(signal), 0)
      assert.doesNotMatch(program.stderr(), /not everything stopped in time|"error"/)
    }
  })

  test('SIGTERM ends the program while a webhook hangs, a check stalls and an upload runs', async (t) => {
    const hook = await webFace(t)
    hook.answer(() => 'hang')
    const stalling = await tcpFace(t, () => undefined)
    const home = openHome(
      t,
      `version: 1
monitors:
  stalls: { http: { url: "http://127.0.0.1:${stalling.port}/" }, interval: 1m, timeout: 1m }
  job: { heartbeat: { every: 1d } }
channels:
  hook: { webhook: { url: "${hook.url}" }, timeout: 1m, retry: { first: 100ms } }
rules:
  all: { monitors: "*", tell: hook }
`,
    )
    const program = await home.start()
    assert.equal((await program.ask('/beat/job/fail', { method: 'POST' })).status, 200)
    const first = await hook.waitFor(() => true)
    const run = program.api('POST', '/monitors/stalls/run').catch(() => undefined)
    await eventually('a check stalls', () => stalling.count() > 0)

    const port = Number(new URL(program.url).port)
    const slow = connect(port, '127.0.0.1')
    slow.write('GET / HTTP/1.1\r\nHost: slow\r\nX-Slow')
    const upload = connect(port, '127.0.0.1')
    upload.write('POST /beat/job HTTP/1.1\r\nHost: upload\r\nContent-Length: 10000000\r\n\r\n')
    upload.write(Buffer.alloc(5_000_000, 'x'))
    const lines = connect(program.beats, '127.0.0.1')
    lines.write('half.of.a.line')
    await eventually('the upload and the line are under way', async () => {
      const text = (await program.ask('/metrics')).text
      return upload.writableLength === 0 && text.includes('allswell_beat_connections 1')
    })

    assert.equal(await program.stop(), 0)
    assert.doesNotMatch(program.stderr(), /not everything stopped in time/)
    await Promise.all([closed(slow), closed(upload), closed(lines), run])

    hook.answer(() => 200)
    const again = await home.start()
    const second = await hook.waitFor((request) => request !== first)
    assert.equal(second.headers['idempotency-key'], first.headers['idempotency-key'])
    await eventually('the message is delivered', async () => {
      const all = await deliveriesOf(again)
      return all.length === 1 && all[0]?.state === 'delivered'
    })
  })

  test('every heartbeat acknowledged while the program was stopping is there after the next start', async (t) => {
    const home = openHome(t, 'version: 1\nmonitors: { job: { heartbeat: { every: 1d } } }\n')
    const program = await home.start()
    let acknowledged = 0
    const sender = async () => {
      for (;;) {
        const answer = await program.ask('/beat/job', { method: 'POST' }).catch(() => null)
        if (answer?.status !== 200) return
        acknowledged += 1
      }
    }
    const senders = [1, 2, 3, 4].map(sender)
    await eventually('beats are flowing', () => acknowledged > 50)
    assert.equal(await program.stop(), 0)
    await Promise.all(senders)
    const again = await home.start()
    const stored = await observationsOf(again, 'job')
    assert.ok(stored.length >= acknowledged, `${stored.length} are there of ${acknowledged} that were acknowledged`)
  })
  test('that nobody reads its log any more does not end the program', async (t) => {
    const home = openHome(t, 'version: 1\n')
    const program = await home.start({ args: ['--log-level', 'debug'] })
    program.stopReading()
    for (let n = 0; n < 5; n += 1) assert.equal((await program.ask('/healthz')).status, 200)
    assert.equal(await program.stop(), 0)
  })
})
