// The collector over real sockets before a house in memory: who is let in, what is answered, what becomes of reports.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, request as open } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { kinds } from '#checks/index.ts'
import type { Observation } from '#core/observation.ts'
import { openLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { settle, VirtualClock } from '#test/virtual-clock.ts'
import { until } from '#test/until.ts'
import type { InventoryPort, KeptMonitor, NewMonitor } from '../ports.ts'
import { openCollector } from './collector.ts'

const golden = (name: string) => readFileSync(new URL(`../../../test/golden/monit/${name}`, import.meta.url))
const steady = golden('03-status-steady-all-types.full.xml')

/** Monitors in memory; what is said of one is its state at once. */
class House implements InventoryPort {
  readonly monitors = new Map<string, NewMonitor & { id: number; state: KeptMonitor['state'] }>()
  readonly said: Observation[] = []
  room = Number.POSITIVE_INFINITY

  find(alias: string) {
    return this.monitors.get(alias) ?? null
  }

  under(alias: string) {
    return [...this.monitors.keys()].filter((name) => name.startsWith(`${alias} `))
  }

  async make(owner: string, list: readonly NewMonitor[]) {
    assert.equal(owner, 'monit')
    if (this.monitors.size + list.length > this.room) return false
    for (const one of list) {
      const kind = kinds.get(one.kind)
      assert.ok(kind && 'alias' in kind)
      const alias = kind.alias?.(kind.config.parse(one.config)) ?? ''
      this.monitors.set(alias, { ...one, id: this.monitors.size + 1, state: null })
    }
    return true
  }

  async change(id: number, config: object) {
    for (const [alias, one] of this.monitors)
      if (one.id === id) this.monitors.set(alias, { ...one, config: { ...one.config, ...config } })
  }

  offer(observation: Observation, settled: () => void) {
    this.said.push(observation)
    const { monitor, outcome: status, sentence } = observation
    for (const one of this.monitors.values()) if (one.id === monitor) one.state = { status, sentence, paused: false }
    settled()
    return true
  }

  named(name: string) {
    return [...this.monitors.values()].find((one) => one.name === name)
  }

  status(name: string) {
    return this.named(name)?.state?.status ?? null
  }
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
}

async function house(t: TestContext, limits: object = {}) {
  const port = new House()
  const clock = new VirtualClock()
  const metrics = new Metrics()
  const logged: string[] = []
  const tokens = new Map<string, object>([
    ['aw_one', { token: '1', limit: null }],
    ['aw_two', { token: '2', limit: { team: ['shop'] } }],
  ])
  const collector = openCollector({
    port,
    clock,
    metrics,
    limits,
    log: openLog(clock, 'info', (line) => logged.push(line)),
    reporters: {
      async reporter({ headers }, token) {
        const [, pair = ''] = (headers.authorization ?? '').split(' ')
        const secret = token ?? Buffer.from(pair, 'base64').toString().split(':')[1] ?? ''
        const who = tokens.get(secret) ?? { status: 401, message: 'This token is not known.' }
        return who as Awaited<ReturnType<Parameters<typeof openCollector>[0]['reporters']['reporter']>>
      },
    },
  })
  const server = createServer((request, response) => {
    if (!collector.handler(request, response)) response.writeHead(404).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(async () => {
    await collector.close()
    server.close()
    server.closeAllConnections()
  })
  const number = (server.address() as AddressInfo).port
  const ask = (path: string, body: Buffer, options: Record<string, string> = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const { token = 'aw_one', method = 'POST', ...headers } = options
      const authorization = `Basic ${Buffer.from(`node:${token}`).toString('base64')}`
      const asked = open({ port: number, path, method, headers: { authorization, ...headers } }, (response) => {
        response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }))
      })
      asked.on('error', reject).end(body)
    })
  const count = (result: string) =>
    Number(new RegExp(`allswell_monit_reports_total\\{result="${result}"\\} (\\d+)`).exec(metrics.expose())?.[1] ?? 0)
  let sent = 0
  /** Sends a report and waits until it is taken in. */
  const report = async (body: Buffer | string, options: Parameters<typeof ask>[2] = {}) => {
    const answer = await ask('/collector', Buffer.from(body), options)
    assert.equal(answer.status, 200)
    sent += 1
    const all = () =>
      [...metrics.expose().matchAll(/reports_total\{[^}]*\} (\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0)
    await until('the report is taken in', () => all() >= sent)
    await settle()
    return answer
  }
  return { port, clock, ask, report, count, logged }
}

/** A report with these services. */
const message = (
  services: readonly (readonly [name: string, status: number, monitor: number, collected?: number])[],
  { incarnation = 7, event = '', poll = 30 } = {},
) =>
  `<monit id="000000000000000000000000abcdef01" incarnation="${incarnation}" version="5.33.0"><server>` +
  `<poll>${poll}</poll><localhostname>node</localhostname></server><services>${services
    .map(
      ([name, status, monitor, collected = 5]) =>
        `<service name="${name}"><type>3</type><collected_sec>${collected}</collected_sec><status>${status}</status>` +
        `<status_hint>0</status_hint><monitor>${monitor}</monitor></service>`,
    )
    .join('')}</services>${event}</monit>`

describe('the collector', () => {
  it('makes a monitor of the host and each service, and says how each is', async (t) => {
    const { port, report, count } = await house(t)
    const answer = await report(steady)
    assert.equal(answer.headers['server'], 'mmonit/3.7 (Allswell)')
    assert.equal(answer.headers['content-length'], '0')
    assert.equal(count('taken'), 1)
    assert.equal(port.status('lab-node'), 'up')
    assert.equal(port.status('worker on lab-node'), 'up')
    assert.equal(port.status('noexec on lab-node'), 'down')
    assert.equal(port.named('worker on lab-node')?.labels['host'], 'lab-node')
    assert.doesNotMatch(JSON.stringify([...port.monitors]), /adminpw|aw_one/)
    const before = port.said.length
    await report(gzipSync(steady), { 'content-encoding': 'gzip' })
    assert.equal(port.said.length, before + 1, 'of what did not change only the host is told')
  })

  it('lets nobody in without a token, never redirects, and takes a token in the path', async (t) => {
    const { ask, port } = await house(t)
    assert.equal((await ask('/collector', steady, { token: 'wrong' })).status, 401)
    assert.equal((await ask('/collector', Buffer.alloc(0), { method: 'GET' })).status, 405)
    assert.equal((await ask('/collectors', steady)).status, 404)
    assert.equal(port.monitors.size, 0)
    for (const path of ['/collector/aw_one', '/collector/aw_one/', '/collector/'])
      assert.equal((await ask(path, steady, path.includes('aw') ? { token: 'wrong' } : {})).status, 200, path)
    await until('it is taken in', () => port.monitors.size > 5)
  })

  it('acknowledges what cannot be read, which Monit would send again for ever, and counts it', async (t) => {
    const { report, count, port } = await house(t, { packed: 20_000, unpacked: 50_000 })
    await report('<html>')
    await report(gzipSync(steady).subarray(0, 500), { 'content-encoding': 'gzip' })
    await report(gzipSync(Buffer.alloc(1_000_000)), { 'content-encoding': 'gzip' })
    assert.equal(count('unreadable'), 3)
    await report(Buffer.alloc(30_000, 'x'))
    assert.equal(count('too_large'), 1)
    assert.equal(port.monitors.size, 0)
  })

  it('counts a machine for the token that reported for it first, and for no other', async (t) => {
    const { report, count, port, logged } = await house(t)
    await report(message([['a', 0, 1]]), { token: 'aw_two' })
    assert.deepEqual(port.named('a on node')?.labels, { team: 'shop', host: 'node' })
    await report(message([['a', 512, 1]]), { token: 'aw_one' })
    assert.equal(count('foreign'), 1)
    assert.equal(port.status('a on node'), 'up')
    assert.match(logged.join(''), /came by another token than that of its machine/)
  })

  it('does not mix two machines under one id', async (t) => {
    const { report, count, port } = await house(t)
    for (const incarnation of [1, 2, 3]) await report(message([['a', 0, 1]], { incarnation }))
    assert.equal(count('clone'), 0, 'a Monit may be started often')
    await report(message([['a', 512, 1]], { incarnation: 2 }))
    assert.equal(count('clone'), 1)
    assert.equal(port.status('a on node'), 'up')
    assert.equal(port.status('node'), 'degraded')
    assert.match(port.named('node')?.state?.sentence ?? '', /Two machines report under one id/)
  })

  it('finds checks that stand still while reports arrive, as one outage of the host', async (t) => {
    const { report, port, clock } = await house(t)
    await report(message([['a', 0, 1, 100]]))
    await clock.advance(80_000)
    await report(message([['a', 0, 1, 100]]))
    assert.equal(port.status('node'), 'up')
    await clock.advance(20_000)
    await report(message([['a', 512, 1, 100]]))
    assert.deepEqual([port.status('node'), port.status('a on node')], ['degraded', 'up'])
    await clock.advance(90_000)
    await report(message([['a', 512, 1, 100]]))
    assert.equal(port.status('node'), 'down')
    await report(message([['a', 512, 1, 200]]))
    assert.deepEqual([port.status('node'), port.status('a on node')], ['up', 'down'])
  })

  it('says nothing of what people have paused', async (t) => {
    const { report, port } = await house(t)
    await report(message([['a', 0, 1]]))
    const paused = port.named('a on node')
    assert.ok(paused)
    paused.state = { status: 'unknown', sentence: 'It is paused.', paused: true }
    await report(message([['a', 512, 1]]))
    assert.equal(port.said.filter(({ monitor }) => monitor === paused.id).length, 1)
  })

  it('knows a Monit that says that it stops, and what was taken out of its settings', async (t) => {
    const { report, port } = await house(t)
    await report(
      message([
        ['a', 0, 1],
        ['b', 0, 1],
        ['c', 512, 1],
      ]),
    )
    for (const known of ['up', 'up', 'unknown']) {
      await report(
        message(
          [
            ['a', 0, 1],
            ['c', 512, 1],
          ],
          { incarnation: 8 },
        ),
      )
      assert.equal(port.status('b on node'), known, 'not before some reports agree')
    }
    assert.deepEqual([port.status('a on node'), port.status('b on node')], ['up', 'unknown'])
    const event =
      '<event><collected_sec>9</collected_sec><service>Monit</service><type>5</type><id>65536</id><state>2</state>' +
      '<action>3</action><message><![CDATA[Monit 5.33.0 stopped]]></message></event>'
    await report(
      message(
        [
          ['a', 0, 1],
          ['c', 512, 1],
        ],
        { incarnation: 8, event },
      ),
    )
    assert.deepEqual(
      ['node', 'a on node', 'c on node'].map((name) => port.status(name)),
      ['unknown', 'unknown', 'down'],
    )
  })

  it('follows the cycle of a Monit, and makes no more than there is room for', async (t) => {
    const { report, port, count } = await house(t)
    port.room = 3
    await report(message([['a', 0, 1]], { poll: 10 }))
    await report(message([['a', 0, 1]], { poll: 60 }))
    assert.equal((port.named('node')?.config as { poll: number } | undefined)?.poll, 60)
    await report(
      message([
        ['a', 0, 1],
        ['b', 0, 1],
        ['c', 0, 1],
      ]),
    )
    assert.equal(count('limit'), 1)
    assert.equal(port.monitors.size, 2)
  })
})
