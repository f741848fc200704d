// Tests of the server itself, with real sockets: bounds, taken ports, hot paths, closing, and what machines ask.
// Promises to wait on events, never on time.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { openLog, silentLog } from '#platform/log.ts'
import { systemClock } from '#platform/clock.ts'
import { Metrics } from '#platform/metrics.ts'
import { openServer, type ServerParts } from './server.ts'
import { openTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await openTestServer()
})
after(() => server.close())

/** Everything that comes until the other end closes. */
async function readAll(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('close', resolve))
  return text
}

test('a request that comes before the server is ready is answered when it is', async (t) => {
  let seen = 0
  const app = { fetch: () => new Response(`number ${(seen += 1)}`) }
  const early = bare({ app })
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  const { port } = await early.listen('127.0.0.1', 0, ready)
  t.after(() => early.close())
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  const other = connect(port, '127.0.0.1')
  await once(other, 'connect')
  other.destroy()
  assert.equal(seen, 0)
  resolve()
  assert.match(await readAll(socket), /number 1$/)
})

function bare(parts: Partial<ServerParts> = {}) {
  return openServer({
    app: { fetch: () => new Response('from the app') },
    hot: [],
    clock: systemClock,
    log: silentLog,
    dropped: new Metrics().counter('dropped', ''),
    ...parts,
  })
}

test('a taken port is told with what to do about it', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  const sentence = `Port ${port} on 127.0.0.1 is taken by another program; choose another with --listen HOST:PORT.`
  await assert.rejects(bare().listen('127.0.0.1', port), { message: sentence })
  await new Promise((resolve) => other.close(resolve))
})

test('an address that this machine does not have is told', async () => {
  await assert.rejects(bare().listen('192.0.2.1', 0), /This machine has no address 192\.0\.2\.1/)
})

test('all interfaces are listened on, IPv4 among them', async () => {
  const all = bare()
  const { port } = await all.listen('::', 0)
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'from the app')
  await all.close()
})

test('hot handlers answer before the application, in order, and a failing one harms nobody', async () => {
  const hot = [
    (request: { url?: string }, response: ServerResponse) => {
      if (request.url === '/broken') throw new Error('broken')
      if (request.url !== '/hot') return false
      response.end('hot')
      return true
    },
  ]
  const quick = bare({ hot })
  const { port } = await quick.listen('127.0.0.1', 0)
  const get = async (path: string) => await fetch(`http://127.0.0.1:${port}${path}`)
  assert.equal(await (await get('/hot')).text(), 'hot')
  assert.equal(await (await get('/other')).text(), 'from the app')
  assert.equal((await get('/broken')).status, 500)
  await quick.close()
})

test('a client that never finishes its headers is turned away', async () => {
  const strict = bare({ bounds: { headersMs: 30, requestMs: 60, lookMs: 10 } })
  const { port } = await strict.listen('127.0.0.1', 0)
  const slow = connect(port, '127.0.0.1')
  slow.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')
  assert.match(await readAll(slow), /^HTTP\/1\.1 408/)
  await strict.close()
})

test('a client that never finishes its body is turned away', async () => {
  const strict = await openTestServer({ bounds: { headersMs: 30, requestMs: 60, lookMs: 10 } })
  const slow = connect(strict.port, '127.0.0.1')
  const credentials = 'Authorization: Bearer an-administrators-token\r\n'
  slow.write(`POST /api/v2/monitors HTTP/1.1\r\nHost: x\r\n${credentials}Content-Length: 100\r\n\r\n{"key"`)
  await readAll(slow)
  assert.equal((await strict.ask('GET', '/healthz')).status, 200)
  await strict.close()
})

test('a client that goes away in the middle of its body is no error of ours', async () => {
  const lines: string[] = []
  const answered = Promise.withResolvers<void>()
  const log = openLog(systemClock, 'debug', (line) => {
    lines.push(line)
    answered.resolve()
  })
  const loud = await openTestServer({ log })
  const gone = connect(loud.port, '127.0.0.1')
  const head = 'POST /api/v2/monitors HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer an-administrators-token\r\n'
  gone.write(`${head}Content-Length: 100\r\n\r\n{"key"`, () => gone.resetAndDestroy())
  await answered.promise
  assert.ok(!lines.some((line) => line.includes('"error"')), lines.join(''))
  await loud.close()
})

test('headers beyond the bound are refused', async () => {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)
  assert.match(await readAll(socket), /^HTTP\/1\.1 431/)
})

test('garbage instead of HTTP is refused', async () => {
  const socket = connect(server.port, '127.0.0.1')
  socket.write('\x16\x03\x01 this is not HTTP\r\n\r\n')
  assert.match(await readAll(socket), /^HTTP\/1\.1 400/)
})

test('connections beyond the bound are dropped and counted', async () => {
  const dropped = new Metrics().counter('dropped', '')
  const small = bare({ dropped, bounds: { connections: 1, closeMs: 0 } })
  const { port } = await small.listen('127.0.0.1', 0)
  const first = connect(port, '127.0.0.1')
  await once(first, 'connect')
  await readAll(connect(port, '127.0.0.1'))
  assert.equal(dropped.value(), 1)
  first.destroy()
  await small.close()
})

const pipelined = (requests: number) => 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(requests)

test('a connection that asks far ahead of its answers is cut off, and little of it is worked on', async () => {
  let begun = 0
  const hot = [
    () => {
      begun += 1
      return true
    },
  ]
  const busy = bare({ hot, bounds: { closeMs: 0 } })
  const { port } = await busy.listen('127.0.0.1', 0)
  const greedy = connect(port, '127.0.0.1')
  greedy.write(pipelined(2_000))
  assert.equal(await readAll(greedy), '')
  assert.ok(begun <= 16, `${begun} were begun`)
  await busy.close()
})

test('a few requests may be asked at once, again and again on one connection', async () => {
  const patient = bare({ bounds: { closeMs: 0 } })
  const { port } = await patient.listen('127.0.0.1', 0)
  const socket = connect(port, '127.0.0.1')
  socket.write(pipelined(8))
  let [asked, text] = [8, '']
  for await (const chunk of socket) {
    text += String(chunk)
    const answered = text.split('from the app').length - 1
    if (answered === 80) break
    if (answered < asked) continue
    socket.write(pipelined(8))
    asked += 8
  }
  assert.equal(asked, 80)
  await patient.close()
})

test('closing lets a request under way finish and takes no new one', async () => {
  const held: ServerResponse[] = []
  const arrived = Promise.withResolvers<void>()
  const hot = [
    (_request: unknown, response: ServerResponse) => {
      held.push(response)
      arrived.resolve()
      return true
    },
  ]
  const closing = bare({ hot, bounds: { closeMs: 60_000 } })
  const { port } = await closing.listen('127.0.0.1', 0)
  const answer = fetch(`http://127.0.0.1:${port}/`)
  await arrived.promise
  const closed = closing.close()
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`))
  held[0]?.end('finished')
  assert.equal(await (await answer).text(), 'finished')
  await closed
})

test('closing ends what does not finish in time', async () => {
  const stuck = bare({ hot: [() => true], bounds: { closeMs: 10 } })
  const { port } = await stuck.listen('127.0.0.1', 0)
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const ended = readAll(socket)
  await once(socket, 'connect')
  await stuck.close()
  assert.equal(await ended, '')
})

test('10 MB of JSON are refused, declared or not, and the next request is answered', async () => {
  const body = JSON.stringify({ key: 'x'.repeat(10_000_000) })
  const declared = await server.ask('POST', '/api/v2/monitors', { body })
  assert.equal(declared.status, 413)
  const stream = new Blob([body]).stream()
  const endless = await fetch(`${server.base}/api/v2/monitors`, {
    method: 'POST',
    headers: { authorization: 'Bearer an-administrators-token' },
    body: stream,
    duplex: 'half',
  })
  assert.equal(endless.status, 413)
  await endless.body?.cancel()
  assert.equal((await server.ask('GET', '/api/v2/monitors')).status, 200)
})

test('being alive needs nothing, being ready needs the database', async () => {
  const lines: string[] = []
  const own = await openTestServer({ log: openLog(systemClock, 'info', (line) => lines.push(line)) })
  assert.equal((await own.ask('GET', '/healthz', { token: null })).text, 'ok\n')
  assert.equal((await own.ask('GET', '/readyz', { token: null })).status, 200)
  own.knobs.unready = ['The configuration is being read.']
  const waiting = await own.ask('GET', '/readyz', { token: null })
  assert.deepEqual([waiting.status, waiting.text], [503, 'The configuration is being read.\n'])
  own.knobs.unready = []
  await own.store.close()
  for (const _again of [1, 2]) {
    const away = await own.ask('GET', '/readyz', { token: null })
    assert.deepEqual([away.status, away.text], [503, 'The database does not answer; the log says why.\n'])
  }
  const causes = lines.filter((line) => line.includes('the database does not answer'))
  assert.equal(causes.length, 1, 'the cause is logged, once')
  assert.match(causes[0] ?? '', /"error":/)
  assert.equal((await own.ask('GET', '/healthz', { token: null })).status, 200)
  await own.close()
})

test('metrics are for allowed networks or a token that reads, and forwarded strangers are neither', async () => {
  const forwarded = { 'x-forwarded-for': '127.0.0.1' }
  assert.match((await server.ask('GET', '/metrics', { token: null })).text, /^# HELP allswell_/)
  assert.equal((await server.ask('GET', '/metrics', { token: null, headers: forwarded })).status, 401)
  const report = await server.token('report')
  assert.equal((await server.ask('GET', '/metrics', { token: report })).status, 403)
  const read = await server.token('read')
  assert.equal((await server.ask('GET', '/metrics', { token: read, headers: forwarded })).status, 200)
})

test('behind a trusted proxy the forwarded address decides', async () => {
  const proxied = await openTestServer({ metricsFrom: ['10.1.0.0/16'], trustedProxies: ['127.0.0.1'] })
  const as = async (address: string) =>
    (await proxied.ask('GET', '/metrics', { token: null, headers: { 'x-forwarded-for': address } })).status
  assert.equal(await as('10.1.2.3'), 200)
  assert.equal(await as('198.51.100.1'), 401)
  assert.equal(await as('10.1.2.3, 198.51.100.1'), 401)
  assert.equal((await proxied.ask('GET', '/metrics', { token: null })).status, 401)
  await proxied.close()
})

test('every answer carries the headers that keep browsers careful', async () => {
  for (const path of ['/healthz', '/api/v2/monitors', '/nowhere', '/robots.txt', '/favicon.svg']) {
    const { headers } = await server.ask('GET', path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/, path)
  }
})

test('requests are logged at debug, without their query', async () => {
  const lines: string[] = []
  const log = openLog(systemClock, 'debug', (line) => lines.push(line))
  const loud = await openTestServer({ log })
  await loud.ask('GET', '/api/v2/monitors?search=private')
  await loud.close()
  const line = JSON.parse(lines.find((one) => one.includes('answered')) ?? '{}') as Record<string, unknown>
  assert.deepEqual([line.method, line.path, line.status], ['GET', '/api/v2/monitors', 200])
})

test('a browser is told in HTML that there is nothing at an address, others as a problem', async () => {
  const kind = async (path: string, accept: string, method = 'GET') => {
    const { status, headers } = await server.ask(method, path, { token: null, headers: { accept } })
    return `${status} ${headers.get('content-type')}`
  }
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
  for (const path of ['/app', '/nope', '//', '//evil.example', '/status/x'])
    assert.equal(await kind(path, browser), '404 text/html', path)
  assert.equal(await kind('/nope', browser, 'HEAD'), '404 text/html')
  const problem = '404 application/problem+json'
  assert.equal(await kind('/nope', '*/*'), problem)
  assert.equal(await kind('/nope', 'text/html, application/json'), problem)
  assert.equal(await kind('/api/v2/nope', browser), problem)
  assert.equal(await kind('/nope', browser, 'POST'), problem)
})
