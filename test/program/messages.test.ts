// Messages to those who cannot be reached: one channel in trouble delays no other and no check, its message is tried
// again and arrives, what is given up can be seen and sent again.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { becomes, deliveriesOf, type DeliverySeen, metric } from './client.ts'
import { freePort, mailFace, webFace } from './faces.ts'
import { openHome, type Program, start } from './program.ts'
import { eventually } from './wait.ts'

const retry = 'retry: { first: 100ms, most: 1s, give_up_after: 1m }'

/** Waits until the newest message of a channel is in a state. */
const state = (program: Program, channel: string, wanted: DeliverySeen['state']) =>
  eventually(`the message to ${channel} is ${wanted}`, async () => {
    const [newest] = await deliveriesOf(program, channel)
    return newest?.state === wanted && newest
  })

describe('receivers in trouble', { concurrency: true }, () => {
  test('channels that hang, refuse, fail or cut off delay nobody else, and get theirs in the end', async (t) => {
    const [hangs, fails, resets, floods, good, target] = await Promise.all([1, 2, 3, 4, 5, 6].map(() => webFace(t)))
    if (!hangs || !fails || !resets || !floods || !good || !target) throw new Error('no faces')
    hangs.answer(() => 'hang')
    fails.answer(() => ({ status: 500, body: 'the far side is ill' }))
    resets.answer(() => 'reset')
    floods.answer(() => 'endless')
    const smtpPort = await freePort()
    const program = await start(t, {
      config: `version: 1
smtp: { url: "smtp://127.0.0.1:${smtpPort}", from: "Allswell <allswell@example.test>" }
monitors:
  web: { http: { url: "${target.url}" }, interval: 1s, fail_after: 1 }
  job: { heartbeat: { every: 1d } }
channels:
  ops: { email: { to: [ops@example.test] }, timeout: 2s, ${retry} }
  hangs: { webhook: { url: "${hangs.url}" }, timeout: 1m, ${retry} }
  fails: { webhook: { url: "${fails.url}" }, ${retry} }
  resets: { webhook: { url: "${resets.url}" }, ${retry} }
  floods: { webhook: { url: "${floods.url}" }, timeout: 2s, ${retry} }
  good: { webhook: { url: "${good.url}" } }
rules:
  all: { monitors: "*", tell: [hangs, fails, resets, floods, ops, good] }
`,
    })
    await becomes(program, 'web', 'up')
    assert.equal((await program.ask('/beat/job/fail', { method: 'POST' })).status, 200)
    await hangs.waitFor(() => true)
    // From here on one attempt at the hanging receiver is under way, and all of this happens before it ends.
    await good.waitFor(({ json }) => (json as { monitor: { key: string } }).monitor.key === 'job')
    await state(program, 'good', 'delivered')
    const checked = target.requests.length
    await eventually('checks go on', () => target.requests.length > checked)
    target.answer(() => 500)
    await good.waitFor(({ json }) => (json as { monitor: { key: string } }).monitor.key === 'web')
    assert.equal((await becomes(program, 'web', 'down')).reason, 'status')
    assert.equal(hangs.requests.filter((one) => /"job"/.test(one.body)).length, 1, 'the first attempt still hangs')

    for (const channel of ['fails', 'resets', 'floods', 'ops']) {
      await eventually(`the message to ${channel} is tried again`, async () => {
        const oldest = (await deliveriesOf(program, channel)).at(-1)
        return oldest !== undefined && oldest.attempts > 1
      })
    }
    const details = new Map((await deliveriesOf(program)).map(({ channel, detail }) => [channel, detail]))
    assert.match(details.get('fails') ?? '', /500/)
    assert.match(details.get('ops') ?? '', new RegExp(`127\\.0\\.0\\.1:${smtpPort}|refused`, 'i'))

    await hangs.stop()
    const hung = hangs.requests
    const healed = await webFace(t, hangs.port)
    for (const face of [fails, resets, floods]) face.answer(() => 200)
    const mail = await mailFace(t, { port: smtpPort })
    for (const channel of ['hangs', 'fails', 'resets', 'floods', 'ops']) {
      await eventually(`everything is delivered to ${channel}`, async () => {
        const all = await deliveriesOf(program, channel)
        return all.length === 2 && all.every((one) => one.state === 'delivered')
      })
    }
    assert.deepEqual(
      mail.messages.map(({ to }) => to),
      [['ops@example.test'], ['ops@example.test']],
    )
    for (const requests of [[...hung, ...healed.requests], fails.requests, resets.requests, floods.requests]) {
      const keys = new Set(requests.map(({ headers }) => headers['idempotency-key']))
      assert.equal(keys.size, 2, 'each of the two messages has one key however often it is tried')
    }
    assert.equal(good.requests.length, 2)
  })

  test('a message that is given up can be seen, and is sent again on demand with the same key', async (t) => {
    const face = await webFace(t)
    face.answer(() => ({ status: 503, body: 'closed for the season' }))
    const home = openHome(
      t,
      `version: 1
monitors: { job: { heartbeat: { every: 1d } } }
channels:
  hook: { webhook: { url: "${face.url}" }, retry: { first: 100ms, most: 1s, give_up_after: 1s } }
rules: { all: { monitors: "*", tell: hook } }
`,
    )
    const program = await home.start()
    assert.equal((await program.ask('/beat/job/fail', { method: 'POST' })).status, 200)
    const dead = await state(program, 'hook', 'dead')
    assert.match(dead.detail ?? '', /503/)
    const shown = await program.api('GET', `/deliveries/${dead.id}`)
    const { log } = shown.json() as { log: { ok: boolean; detail: string }[] }
    assert.equal(log.length, dead.attempts)
    assert.ok(log.every(({ ok, detail }) => !ok && /503/.test(detail)))
    const counted = () => metric(program, 'allswell_deliveries{state="dead"}')
    await eventually('the metrics tell of it', async () => (await counted()) === 1)

    face.answer(() => 200)
    const before = face.requests.length
    assert.equal((await program.api('POST', `/deliveries/${dead.id}/resend`)).status, 200)
    const delivered = await state(program, 'hook', 'delivered')
    assert.equal(delivered.id, dead.id)
    const sent = face.requests[before]
    assert.equal(sent?.headers['idempotency-key'], dead.idempotencyKey)
    assert.equal((await program.api('POST', '/deliveries/999/resend')).status, 404)

    await program.kill()
    const again = await home.start()
    assert.equal((await state(again, 'hook', 'delivered')).id, dead.id)
    assert.equal(face.requests.length, before + 1, 'it is not sent once more after a restart')
  })

  test('a mail server that hangs in the greeting delays no webhook', async (t) => {
    const mail = await mailFace(t, { answer: (stage) => (stage === 'connect' ? 'hang' : 'ok') })
    const good = await webFace(t)
    const program = await start(t, {
      config: `version: 1
smtp: { url: "smtp://127.0.0.1:${mail.port}", from: "Allswell <allswell@example.test>" }
monitors: { job: { heartbeat: { every: 1d } } }
channels:
  ops: { email: { to: [ops@example.test] }, timeout: 1m }
  good: { webhook: { url: "${good.url}" } }
rules: { all: { monitors: "*", tell: [ops, good] } }
`,
    })
    for (const verb of ['/fail', '', '/fail']) {
      assert.equal((await program.ask(`/beat/job${verb}`, { method: 'POST' })).status, 200)
    }
    await eventually('all three webhooks came', () => good.requests.length === 3)
    assert.deepEqual(
      good.requests.map(({ json }) => (json as { event: string }).event),
      ['monitor.down', 'monitor.up', 'monitor.down'],
    )
    assert.equal((await deliveriesOf(program, 'ops')).filter(({ state }) => state === 'delivered').length, 0)
  })
})
