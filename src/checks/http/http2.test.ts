// Tests of HTTP/2: spoken where a server offers nothing else, within the same bounds as HTTP/1.1.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createSecureServer, createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { answers, golden, look, type LookOptions, openTarget, page, type Talk, tlsOf } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { createSecure } from '../tls.ts'
import { http, httpKind } from './http.ts'

const trusting = () => httpKind(createSecure(golden('ca.pem')))
type Serve = (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void
const ok: Serve = (stream) => {
  stream.respond({ ':status': 200, 'x-kind': 'two' })
  stream.end('OK')
}

/** A server that speaks HTTP/2 only; over TLS unless told otherwise. Gives its port and how many connected. */
async function server2(t: TestContext, serve: Serve, clear = false) {
  let count = 0
  const server = clear ? createServer() : createSecureServer(tlsOf('good'))
  const sockets = new Set<Socket>()
  server.on(clear ? 'connection' : 'secureConnection', (socket: Socket) => {
    count += 1
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('sessionError', () => {})
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {})
    serve(stream, headers)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, count: () => count }
}

/** A frame of HTTP/2. */
function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}
const settings = frame(4, 0, 0)
/** `:status: 200`, from the static table. */
const head200 = frame(1, 4, 1, Buffer.from([0x88]))

interface Case extends LookOptions {
  readonly spec?: Record<string, unknown>
}

/** What a server that sends these bytes as soon as it is asked earns; no connection is left. */
async function verdict(t: TestContext, talk: Talk, { spec = {}, timeout = 5_000, ...options }: Case = {}) {
  const target = await openTarget(t, talk, { ...tlsOf('good'), ALPNProtocols: ['h2'] })
  const url = `https://127.0.0.1:${target.port}/`
  const finding = await look(trusting(), { url, http_version: 2, ...spec }, { timeout, ...options })
  await target.quiet()
  return `${finding.reason}: ${(finding.sentence ?? '').replaceAll(String(target.port), 'PORT')}`
}

const sends =
  (...bytes: Buffer[]): Talk =>
  (socket) =>
    socket.once('data', () => socket.write(Buffer.concat(bytes)))

/** Sends the bytes again and again until the connection is gone. */
const floods =
  (first: Buffer, again: Buffer): Talk =>
  (socket) => {
    const many = Buffer.concat(Array.from({ length: 200 }, () => again))
    const next = () => {
      if (!socket.destroyed) socket.write(many, () => setImmediate(next))
    }
    socket.once('data', () => socket.write(first, next))
  }

test('a server that speaks HTTP/2 only is found out once, and asked by it from then on', async (t) => {
  const server = await server2(t, ok)
  const kind = trusting()
  const spec = {
    url: `https://127.0.0.1:${server.port}/`,
    expect: { status: 200, body: { equals: 'OK' }, headers: { 'X-Kind': 'two' } },
  }
  const first = await look(kind, spec)
  assert.equal(first.sentence, null)
  assert.equal(first.facts?.['http'], '2')
  const met = server.count()
  assert.equal((await look(kind, spec)).outcome, 'up')
  assert.equal(server.count(), met + 1)
})

test('a server that knows both is asked by HTTP/1.1', async (t) => {
  const asked: string[] = []
  const server = createSecureServer({ ...tlsOf('good'), allowHTTP1: true }, (request, response) => {
    asked.push(request.httpVersion)
    response.end('OK')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const kind = trusting()
  assert.equal((await look(kind, { url })).outcome, 'up')
  assert.equal((await look(kind, { url, http_version: 2 })).outcome, 'up')
  assert.equal((await look(kind, { url, http_version: 1.1 })).outcome, 'up')
  assert.deepEqual(asked, ['1.1', '2.0', '1.1'])
})

test('http_version: 2 over plain http is spoken without asking, and auto finds it out', async (t) => {
  const server = await server2(t, ok, true)
  const url = `http://127.0.0.1:${server.port}/`
  assert.equal((await look(http, { url, http_version: 2 })).sentence, null)
  assert.equal((await look(http, { url })).sentence, null)
  const refused = await look(http, { url, http_version: '1.1' })
  assert.equal(refused.reason, 'protocol')
  assert.match(refused.sentence ?? '', /speaks HTTP\/2 only; leave http_version out, or set it to 2\.$/)
})

test('a server without HTTP/2 says so where it is demanded, and one without HTTP/1.1', async (t) => {
  const old = await openTarget(t, answers(page('OK')), { ...tlsOf('good'), ALPNProtocols: ['http/1.1'] })
  const of = async (port: number, version: string) => {
    const finding = await look(trusting(), { url: `https://127.0.0.1:${port}/`, http_version: version })
    return `${finding.reason}: ${finding.sentence?.replace(String(port), 'PORT')}`
  }
  assert.equal(await of(old.port, '2'), 'protocol: 127.0.0.1:PORT does not offer HTTP/2.')
  const deaf = await openTarget(t, answers(page('OK')), tlsOf('good'))
  assert.equal(await of(deaf.port, '2'), 'protocol: 127.0.0.1:PORT does not offer HTTP/2.')
  const server = await server2(t, ok)
  assert.equal(
    await of(server.port, '1.1'),
    'protocol: 127.0.0.1:PORT speaks HTTP/2 only; leave http_version out, or set it to 2.',
  )
})

test('method, body, headers, Host and credentials arrive over HTTP/2 as over HTTP/1.1', async (t) => {
  let seen: Record<string, unknown> = {}
  let received = ''
  const body = 'grüße'.repeat(150_000)
  const server = await server2(t, (stream, headers) => {
    seen = { ...headers }
    stream.on('data', (part: Buffer) => (received += part.toString('latin1')))
    stream.on('end', () => ok(stream, headers))
  })
  const finding = await look(trusting(), {
    url: `https://127.0.0.1:${server.port}/a?b=c`,
    method: 'PUT',
    body,
    headers: { Host: 'shop.test', 'X-Greeting': 'grüße' },
    auth: { bearer: 'hush' },
  })
  assert.equal(finding.sentence, null)
  assert.equal(Buffer.from(received, 'latin1').toString(), body)
  assert.equal(seen[':method'], 'PUT')
  assert.equal(seen[':path'], '/a?b=c')
  assert.equal(seen[':authority'], 'shop.test')
  assert.equal(seen['authorization'], 'Bearer hush')
  assert.equal(seen['content-length'], String(7 * 150_000))
  assert.equal(Buffer.from(String(seen['x-greeting']), 'latin1').toString(), 'grüße')
})

test('a compressed body, a cut one, HEAD and an answer without body are read over HTTP/2', async (t) => {
  const server = await server2(t, (stream, headers) => {
    if (headers[':path'] === '/zip') {
      stream.respond({ ':status': 200, 'content-encoding': 'gzip' })
      stream.end(gzipSync('OK'))
    } else if (headers[':path'] === '/empty') stream.respond({ ':status': 204 }, { endStream: true })
    else if (headers[':path'] === '/large') {
      stream.respond({ ':status': 200 })
      stream.end('x'.repeat(3_000_000))
    } else ok(stream, headers)
  })
  const kind = trusting()
  const of = (path: string, spec: Record<string, unknown>) =>
    look(kind, { url: `https://127.0.0.1:${server.port}${path}`, ...spec })
  assert.equal((await of('/zip', { expect: { body: { equals: 'OK' } } })).sentence, null)
  assert.equal((await of('/empty', { expect: { status: 204 } })).sentence, null)
  assert.equal((await of('/', { method: 'HEAD' })).sentence, null)
  const cut = await of('/large', { expect: { max_size: '100kB', body: { contains: 'y' } } })
  assert.equal(cut.sentence, 'Only the first 100 kB of the body were read; “y” is not in that part.')
  assert.equal((await of('/large', { expect: { body: { not_contains: 'y' }, max_size: '5MB' } })).outcome, 'up')
})

test('a redirect leads from HTTP/2 to HTTP/1.1 and back', async (t) => {
  const server = await server2(t, (stream, headers) => {
    if (headers[':path'] === '/end') return ok(stream, headers)
    stream.respond({ ':status': 302, location: `http://127.0.0.1:${old.port}/` })
    stream.end()
  })
  const old = await openTarget(t, (socket, index) =>
    answers(page('', `HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:${server.port}/end`))(socket, index),
  )
  const finding = await look(trusting(), {
    url: `https://127.0.0.1:${server.port}/a`,
    expect: { body: { equals: 'OK' } },
  })
  assert.equal(finding.sentence, null)
  assert.equal(old.count(), 1)
})

test('a server that breaks off, ends the connection or sends rubbish is told apart', async (t) => {
  const rst = frame(3, 0, 1, Buffer.from([0, 0, 0, 2]))
  const goaway = frame(7, 0, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, 11]))
  assert.equal(await verdict(t, sends(settings, rst)), 'reset: It broke off the answer: HTTP/2 INTERNAL_ERROR.')
  assert.equal(
    await verdict(t, sends(settings, head200, frame(0, 0, 1, Buffer.from('half')), rst)),
    'reset: It broke off the answer: HTTP/2 INTERNAL_ERROR.',
  )
  assert.equal(
    await verdict(t, sends(settings, goaway)),
    'closed: 127.0.0.1:PORT ended the connection: HTTP/2 ENHANCE_YOUR_CALM.',
  )
  assert.match(
    await verdict(t, sends(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))),
    /^protocol: 127.0.0.1:PORT does not speak HTTP\/2/,
  )
  assert.match(
    await verdict(t, (socket) => socket.once('data', () => socket.end(Buffer.concat([settings, head200])))),
    /^(closed: 127.0.0.1:PORT closed the connection before the answer was complete|reset: It broke off)/,
  )
  assert.match(await verdict(t, (socket) => socket.once('data', () => socket.destroy())), /^(closed|reset): /)
})

test('silence over HTTP/2 ends at the timeout, before the answer and within it', async (t) => {
  for (const [bytes, words] of [
    [[settings], 'waiting for the first byte'],
    [[settings, head200, frame(0, 0, 1, Buffer.from('half'))], 'reading the answer'],
  ] as const) {
    const clock = new VirtualClock()
    const target = await openTarget(t, sends(...bytes), { ...tlsOf('good'), ALPNProtocols: ['h2'] })
    const spec = { url: `https://127.0.0.1:${target.port}/`, http_version: 2 }
    const phases = new Set<string>()
    const looking = look(trusting(), spec, { clock, timeout: 60_000 })
    await target.heard('PRI * HTTP/2.0')
    for (let turn = 0; turn < 50; turn += 1) await clock.advance(0)
    await clock.advance(60_000)
    phases.add((await looking).sentence ?? '')
    assert.deepEqual([...phases], [`No answer within 60 s; it got as far as ${words}.`])
    await target.quiet()
    assert.equal(clock.pending(), 0)
  }
})

test('headers without end over HTTP/2 are given up on', async (t) => {
  const open = frame(1, 0, 1, Buffer.from([0x88]))
  const more = frame(9, 0, 1, Buffer.concat([Buffer.from([0, 1, 120, 127, 129, 7]), Buffer.alloc(256, 'a')]))
  assert.match(await verdict(t, floods(Buffer.concat([settings, open]), more)), /^(protocol|reset|closed): /)
})

test('settings, pings, empty data and window updates without end are given up on', async (t) => {
  const floodOf = {
    settings,
    ping: frame(6, 0, 0, Buffer.alloc(8)),
    data: frame(0, 0, 1),
    window: frame(8, 0, 0, Buffer.from([0, 0, 0, 1])),
    unknown: frame(200, 0, 0, Buffer.alloc(100)),
    interim: frame(1, 4, 1, Buffer.from([0x48, 0x03, 0x31, 0x30, 0x33])),
  }
  for (const [name, bytes] of Object.entries(floodOf)) {
    const first = name === 'data' ? Buffer.concat([settings, head200]) : settings
    assert.match(await verdict(t, floods(first, bytes)), /^(protocol|reset|closed): /, name)
  }
})

test('a body without end over HTTP/2 is judged by its beginning', async (t) => {
  const first = Buffer.concat([settings, head200])
  const data = frame(0, 0, 1, Buffer.alloc(1_000, 'x'))
  const spec = { expect: { max_size: '50kB', body: { contains: 'y' } } }
  assert.equal(
    await verdict(t, floods(first, data), { spec }),
    'too_large: Only the first 50 kB of the body were read; “y” is not in that part.',
  )
})
