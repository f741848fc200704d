// Targets that misbehave: each goes down with the right reason and a sentence, and all others are checked meanwhile.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { becomes, metric, monitorOf } from './client.ts'
import { freePort, tcpFace, webFace } from './faces.ts'
import { start } from './program.ts'
import { eventually } from './wait.ts'

describe('targets in trouble', { concurrency: true }, () => {
  test('targets that stall, reset, flood or lie go down with their reasons, others are checked in time', async (t) => {
    const [good, endless, wrong, ill] = await Promise.all([1, 2, 3, 4].map(() => webFace(t)))
    if (!good || !endless || !wrong || !ill) throw new Error('no faces')
    endless.answer(() => 'endless')
    wrong.answer(() => ({ status: 200, body: 'nothing of the sort' }))
    ill.answer(() => 503)
    const silent = await tcpFace(t, () => undefined)
    const resetting = await tcpFace(t, (socket) => void socket.once('data', () => socket.resetAndDestroy()))
    const closing = await tcpFace(t, (socket) => void socket.once('data', () => socket.end()))
    const noise = await tcpFace(t, (socket) => void socket.end(Buffer.alloc(100_000, 0xff)))
    const dripping = await tcpFace(
      t,
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow'),
    )
    const headers = await tcpFace(t, (socket) => {
      const pour = () => {
        while (socket.writable && socket.write(`X-Header: ${'y'.repeat(8_000)}\r\n`));
      }
      socket.on('drain', pour)
      socket.write('HTTP/1.1 200 OK\r\n')
      pour()
    })
    const nobody = await freePort()
    const http = (key: string, port: number) => `  ${key}: { http: { url: "http://127.0.0.1:${port}/" }, <<: *fast }\n`
    const program = await start(t, {
      config: `version: 1
x-fast: &fast { interval: 1s, timeout: 400ms, fail_after: 1 }
monitors:
  good: { http: { url: "${good.url}" }, interval: 1s }
  wrong: { http: { url: "${wrong.url}", expect: { body: { contains: well } } }, <<: *fast }
  unnamed: { http: { url: "http://nowhere.invalid/" }, <<: *fast }
  metadata: { http: { url: "http://169.254.169.254/latest/" }, <<: *fast }
  tcp-gone: { tcp: { address: "127.0.0.1:${nobody}" }, <<: *fast }
${http('gone', nobody)}${http('stalls', silent.port)}${http('resets', resetting.port)}${http('closes', closing.port)}\
${http('noise', noise.port)}${http('drips', dripping.port)}${http('headers', headers.port)}${http('ill', ill.port)}\
  floods: { http: { url: "${endless.url}", expect: { status: 500, body: { contains: well } } }, <<: *fast }
`,
    })
    const reasons = {
      wrong: ['body'],
      unnamed: ['dns', 'timeout'],
      metadata: ['forbidden'],
      'tcp-gone': ['refused'],
      gone: ['refused'],
      stalls: ['timeout'],
      resets: ['reset'],
      closes: ['closed'],
      noise: ['protocol'],
      drips: ['timeout'],
      headers: ['too_large', 'protocol'],
      ill: ['status'],
      floods: ['too_large'],
    }
    for (const [key, allowed] of Object.entries(reasons)) {
      const seen = await becomes(program, key, 'down')
      assert.ok(allowed.includes(seen.reason ?? ''), `${key}: ${seen.reason}: ${seen.sentence}`)
      assert.match(seen.sentence ?? '', /^\S.*\S\.$/, `${key} is explained by a sentence: ${seen.sentence}`)
    }
    await becomes(program, 'good', 'up')
    const before = good.requests.length
    await eventually('the good one is checked on', () => good.requests.length > before + 2)
    assert.equal((await monitorOf(program, 'good')).status, 'up')
    assert.ok((await metric(program, 'allswell_checks_total{outcome="down"}')) >= 13)
    assert.equal(await program.stop(), 0)
    assert.deepEqual(
      program.logs().filter(({ level }) => level === 'error'),
      [],
    )
  })

  test('hundreds of targets that stall for a minute keep nobody else waiting', async (t) => {
    const good = await webFace(t)
    const silent = await tcpFace(t, () => undefined)
    const stalling = Array.from(
      { length: 300 },
      (_, n) => `  stalls-${n}: { http: { url: "http://127.0.0.1:${silent.port}/${n}" }, interval: 1m, timeout: 1m }\n`,
    )
    const program = await start(t, {
      config: `version: 1
limits: { per_host: 1000 }
monitors:
  good: { http: { url: "${good.url}" }, interval: 1s }
${stalling.join('')}`,
    })
    for (let n = 0; n < 300; n += 1) void program.api('POST', `/monitors/stalls-${n}/run`).catch(() => undefined)
    await eventually('all of them stall at once', () => silent.count() >= 300)
    const before = good.requests.length
    await eventually('the good one is checked on', () => good.requests.length > before + 1)
    assert.equal((await program.ask('/healthz')).status, 200)
    assert.equal(await program.stop(), 0)
  })
})
