// lovebeat's HTTP over real sockets before a house in memory: who may, what is refused, and what half requests do.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import type { LabelLimit } from '#core/rights.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import { expecting } from '#core/expected.ts'
import type { CommandParts } from '#commands/ports.ts'
import type { BeatsParts } from '../index.ts'
import type { Identified, Watched } from '../ports.ts'
import { openBeatHouse } from '#test/beat-house.ts'
import { MemoryBeats } from '#test/beat-port.ts'
import { closed, until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const afar = { 'x-forwarded-for': '203.0.113.9' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Tokens: `read`, `edit`, `report`, and `gold`, which reads what is labelled so. */
const requests: Identified = {
  clientOf: ({ headers, socket }) => ({
    address: headers['x-forwarded-for'] === undefined ? (socket.remoteAddress ?? null) : null,
  }),
  allowed: async ({ headers }) => headers.authorization === 'Bearer report',
  async admit({ headers }, scope) {
    const token = headers.authorization?.slice('Bearer '.length)
    const limit: LabelLimit | null = token === 'gold' ? { tier: ['gold'] } : null
    const actor = { kind: 'token', id: 1, name: 'a', address: null } as const
    if (token === scope || (token === 'gold' && scope === 'read')) return { limit, actor }
    return { why: 'A token is needed.', status: token === undefined ? 401 : 403 }
  },
}

async function open(test: TestContext, parts: Partial<BeatsParts> = {}) {
  const port = new MemoryBeats()
  const monitors: Watched[] = []
  const states = new Map<number, MonitorState>()
  const put = (key: string, status: MonitorState['status'], more: Partial<Watched> = {}) => {
    const id = monitors.length + 1
    const policy = { beat: expecting({}) }
    monitors.push({ id, key, name: key, labels: {}, policy, createdAt: 0, members: null, ...more })
    states.set(id, { ...fresh(0), status })
  }
  const byKey = (key: string) => monitors.find((one) => one.key === key) ?? null
  const house = await openBeatHouse(test, {
    port,
    requests,
    lovebeat: {
      port,
      requests,
      commands: {} as CommandParts,
      watch: {
        byKey,
        all: () => monitors,
        views: () => monitors.filter(({ members }) => members !== null),
        membersOf: () => monitors.filter(({ members }) => members === null),
        viewsOf: () => monitors.filter(({ members }) => members !== null),
        patternOf: () => '.',
        channel: () => null,
        states: async () => states,
      },
    },
    ...parts,
  })
  const ask = (path: string, init: RequestInit = {}) => fetch(`${house.web}/api/${path}`, init)
  const post = (name: string, body?: string, headers: Record<string, string> = {}) =>
    ask(`services/${name}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body }),
      headers: { ...form, ...headers },
    })
  const raw = async (...pieces: string[]) => {
    const socket = connect(house.webPort, '127.0.0.1')
    let answer = ''
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1')
    })
    for (const piece of pieces) socket.write(piece, 'latin1')
    await closed(socket)
    return answer
  }
  return { ...house, port, put, ask, post, raw }
}

describe('a POST to a service', () => {
  it('is a beat that is answered after its commit, with its thresholds', async (test) => {
    const { port, post, accepted } = await open(test)
    assert.equal(await (await post('a', 'err-tmo=60')).text(), '{}\n')
    assert.equal((await post('a', 'err-tmo=60&warn-tmo=30')).status, 200)
    const { id } = port.find('a') ?? { id: 0 }
    assert.deepEqual(port.thresholds.get(id), { down: 60_000, degraded: 30_000 })
    assert.deepEqual([port.committed.length, accepted('http')], [2, 2])
    port.fixed.add(id)
    assert.equal((await post('a', 'timeout=5')).status, 200, 'the beat counts though a file has set the timeouts')
    const only = await post('a', '{"timeout":5,"beat":false}', { 'content-type': 'application/json' })
    assert.equal(only.status, 409)
    assert.match(await only.text(), /set up by a file or by people/)
  })

  it('that cannot be stored is answered 503', async (test) => {
    const { port, post, rejected } = await open(test)
    port.put('a')
    port.away = true
    assert.equal((await post('a')).status, 503)
    assert.equal((await post('new')).status, 503)
    assert.equal(rejected('http', 'unavailable'), 2)
  })

  it('with a name that is a path, HTML or no UTF-8 makes a monitor with a key that is safe', async (test) => {
    const { port, post, raw } = await open(test)
    for (const name of ['..%2f..%2fetc%2fpasswd', '%3Cimg%20src=x%3E', '%ff%fe', 'Web%2FFront'])
      assert.equal((await post(name)).status, 200, name)
    assert.match(await raw('POST /api/services/\xe5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), / 400 /)
    assert.match(await raw('POST /api/services/../x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), / 404 /)
    assert.equal(port.monitors.size, 4)
    for (const key of port.monitors.keys()) assert.match(key, /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/)
    assert.ok([...port.names.values()].includes('Web/Front'))
  })

  it('makes nothing when its body stalls, is cut off, or is too long', async (test) => {
    const clock = new VirtualClock()
    const { port, raw, webPort, rejected } = await open(test, { clock })
    const head = 'POST /api/services/half HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nerr-tmo='
    const stalled = raw(head)
    await until('the body is waited for', () => clock.pending() === 1)
    await clock.advance(31_000)
    assert.match(await stalled, /^HTTP\/1\.1 408 /)
    const gone = connect(webPort, '127.0.0.1')
    gone.write(head)
    await until('the body is waited for', () => clock.pending() === 1)
    gone.destroy()
    await until('it is given up', () => rejected('http', 'incomplete') === 2)
    const long = 'x'.repeat(100_001)
    const lines = ['POST /api/services/long HTTP/1.1', 'Host: a', `Content-Length: ${long.length}`, 'Connection: close']
    const answer = await raw(`${lines.join('\r\n')}\r\n\r\n${long}`)
    assert.match(answer, /^HTTP\/1\.1 413 .*longer than 100000 bytes/s)
    assert.equal(rejected('http', 'too_long'), 1)
    assert.deepEqual([port.monitors.size, port.committed.length], [0, 0])
  })

  it('that cannot be understood does nothing and says why', async (test) => {
    const { port, post, rejected } = await open(test)
    const answer = await post('a', 'timeout=soon')
    assert.equal(answer.status, 400)
    assert.match(await answer.text(), /whole number of seconds, or auto/)
    assert.equal((await post('a', '{"timeout":', { 'content-type': 'application/json' })).status, 400)
    assert.deepEqual([port.monitors.size, rejected('http', 'syntax')], [0, 2])
  })

  it('needs a token from elsewhere, and for what has a secret id', async (test) => {
    const { port, post } = await open(test)
    port.put('a')
    assert.equal((await post('a', undefined, afar)).status, 403)
    assert.equal((await post('a', undefined, { ...afar, authorization: 'Bearer report' })).status, 200)
    assert.equal((await post('new', undefined, { ...afar, authorization: 'Bearer report' })).status, 404)
    assert.equal((await post('a', undefined, { origin: 'http://attacker.example' })).status, 403)
    port.guard('vault', '3f1c9a52-7d1e-4c47-9b1a-0c7d2f7f3e55')
    assert.equal((await post('vault')).status, 403)
    assert.equal((await post('3f1c9a52-7d1e-4c47-9b1a-0c7d2f7f3e55', undefined, afar)).status, 200)
    port.put('web', false)
    assert.equal((await post('web')).status, 409)
  })

  it('under a new name after too many is refused, and the log says so once', async (test) => {
    const lines: string[] = []
    const note = (message: string) => void lines.push(message)
    const log = { debug: note, info: note, warn: note, error: note }
    const { port, post, rejected } = await open(test, { log })
    port.limit = 3
    for (let from = 0; from < 200; from += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => post(`new-${from + index}`)))
      for (const answer of answers) assert.ok([200, 403].includes(answer.status))
    }
    assert.deepEqual([port.monitors.size, rejected('http', 'limit')], [3, 197])
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /as many heartbeats as are allowed exist/)
    assert.equal((await post('new-0')).status, 200)
  })
})

describe('what lovebeat’s clients read', () => {
  it('is shown in allowed networks, to a token that reads, and within its labels', async (test) => {
    const { put, ask } = await open(test)
    put('a', 'down', { labels: { tier: 'gold' } })
    put('b', 'up')
    put('all', 'down', { members: { keys: ['*'], labels: null }, labels: { tier: 'gold' } })
    const names = async (headers: Record<string, string>) => {
      const answer = await ask('services', { headers })
      const body = (await answer.json()) as { services: { name: string; in_alarms: string[] }[] }
      return body.services.map(({ name, in_alarms: alarms }) => `${name} in ${alarms.join()}`)
    }
    assert.deepEqual(await names({}), ['a in all', 'b in all'])
    assert.deepEqual(await names({ authorization: 'Bearer gold', ...afar }), ['a in all'])
    assert.equal((await ask('services', { headers: afar })).status, 403)
    assert.equal((await ask('services', { headers: { origin: 'http://attacker.example' } })).status, 403)
    assert.equal((await ask('services', { headers: { authorization: 'Bearer guess' } })).status, 403)
    const gold = { authorization: 'Bearer gold' }
    assert.equal((await ask('services/b', { headers: gold })).status, 404)
    assert.equal(
      await (await ask('status', { headers: gold })).text(),
      'num_ok 0\nnum_error 1\nhas_error true\ngood false\n',
    )
    assert.match(await (await ask('alarms/all', { headers: gold })).text(), /"failed_services": \[\n +"a"\n +\]/)
  })

  it('is changed by nobody without a token that edits, nor by a page of another site with one', async (test) => {
    const { put, ask } = await open(test)
    put('a', 'up')
    const changes = [
      ['services/a', 'DELETE'],
      ['services/a/mute', 'POST'],
      ['services/a/unmute', 'POST'],
      ['views/v', 'POST'],
      ['views/v', 'DELETE'],
      ['alarms/v', 'DELETE'],
    ] as const
    for (const [path, method] of changes) {
      const status = async (headers: Record<string, string>) => (await ask(path, { method, headers })).status
      assert.equal(await status({}), 401, path)
      assert.equal(await status({ authorization: 'Bearer read' }), 403, path)
      assert.equal(await status({ authorization: 'Bearer edit', 'sec-fetch-site': 'cross-site' }), 403, path)
    }
  })

  it('is not answered at all where that is switched off', async (test) => {
    const { web, beats } = await open(test)
    assert.equal((await fetch(`${web}/status`)).status, 200)
    const off = beats.lovebeat(() => null)
    assert.equal(off({ url: '/status' } as never, {} as never), false)
  })
})
