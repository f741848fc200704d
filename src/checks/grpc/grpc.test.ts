// Tests of the kind `grpc` against a server of gRPC made of node:http2, and against servers that do not play along.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { golden, look, openTarget, page, type Talk, tlsOf } from '#test/targets.ts'
import { faultsOf, type Hosted, meet, outsideTo, tell, testHostility } from '../service/testing.ts'
import { grpc } from './grpc.ts'
import { question, servingIn } from './message.ts'

type Spec = Readonly<Record<string, unknown>>
type Handler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, message: Buffer) => void

/** Listens on 127.0.0.1 until the test ends; its port. */
async function openGrpc(t: TestContext, handler: Handler, tls = false): Promise<number> {
  const server = tls ? createSecureServer(tlsOf('good')) : createServer()
  const open = new Set<ServerHttp2Session>()
  server.on('session', (session: ServerHttp2Session) => {
    open.add(session)
    session.on('error', () => {})
    session.on('close', () => open.delete(session))
  })
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const parts: Buffer[] = []
    stream.on('error', () => {})
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => handler(stream, headers, Buffer.concat(parts)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const session of open) session.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const grpcHead: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' }

/** A message in a frame, and then the status where gRPC puts it. */
function answer(
  stream: ServerHttp2Stream,
  bytes: Buffer,
  trailers: OutgoingHttpHeaders = { 'grpc-status': '0' },
): void {
  stream.respond(grpcHead, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  stream.end(bytes)
}

const framed = (...bytes: number[]) => Buffer.from([0, 0, 0, 0, bytes.length, ...bytes])
const serving = framed(0x08, 1)
const health =
  (bytes: Buffer, trailers?: OutgoingHttpHeaders): Handler =>
  (stream) =>
    answer(stream, bytes, trailers)
/** Nothing but a head with the status. */
const refuses =
  (status: number, words?: string): Handler =>
  (stream) =>
    stream.respond(
      { ...grpcHead, 'grpc-status': String(status), ...(words === undefined ? {} : { 'grpc-message': words }) },
      { endStream: true },
    )

const addressOf = (port: number) => `127.0.0.1:${port}`
async function ask(t: TestContext, handler: Handler, spec: Spec = {}): Promise<string> {
  const port = await openGrpc(t, handler)
  return tell(grpc, { address: addressOf(port), ...spec }, port)
}

describe('the kind grpc, asking a server', () => {
  test('who serves is up, and is asked as gRPC has it', async (t) => {
    const asked: { headers: IncomingHttpHeaders; message: Buffer }[] = []
    const port = await openGrpc(t, (stream, headers, message) => {
      asked.push({ headers, message })
      answer(stream, serving)
    })
    const metadata = { Authorization: 'Bearer abc', 'x-tenant': 'shop' }
    const finding = await look(grpc, { address: addressOf(port), service: 'shop', metadata })
    assert.equal(finding.sentence, null)
    assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), ['resolve', 'connect', 'answer'])
    assert.equal(finding.facts?.['serving'], 'SERVING')
    const [{ headers, message } = { headers: {}, message: Buffer.alloc(0) }] = asked
    assert.deepEqual(message, Buffer.from('\0\0\0\0\x06\x0a\x04shop', 'latin1'))
    assert.equal(headers[':path'], '/grpc.health.v1.Health/Check')
    assert.equal(headers[':authority'], addressOf(port))
    assert.deepEqual(
      [headers['te'], headers['content-type'], headers['grpc-timeout']],
      ['trailers', 'application/grpc', '5000m'],
    )
    assert.deepEqual([headers['authorization'], headers['x-tenant']], ['Bearer abc', 'shop'])
  })

  test('inside of TLS it is asked the same', async (t) => {
    const port = await openGrpc(t, health(serving), true)
    const over = (spec: Spec) => tell(grpc, { address: addressOf(port), ...spec }, port)
    assert.equal(await over({ tls: { ca: golden('ca.pem'), server_name: 'localhost' } }), 'up')
    assert.match(await over({ tls: true }), /^down, certificate: The certificate /)
    assert.match(await over({}), /^down, (closed|reset|protocol): /)
  })

  test('each other health is told in words', async (t) => {
    const at = 'down, status: 127.0.0.1:PORT'
    const service = { service: 'shop.Cart' }
    assert.equal(await ask(t, health(framed(0x08, 2))), `${at} says that it is not serving (NOT_SERVING).`)
    assert.equal(
      await ask(t, health(framed(0x08, 2)), service),
      `${at} says that shop.Cart is not serving (NOT_SERVING).`,
    )
    assert.equal(await ask(t, health(framed(0x08, 3)), service), `${at} does not know the service shop.Cart.`)
    assert.equal(await ask(t, refuses(5, 'unknown service'), service), `${at} does not know the service shop.Cart.`)
    assert.equal(await ask(t, health(framed())), `${at} cannot say whether it is serving (UNKNOWN).`)
    assert.equal(await ask(t, health(framed(0x08, 9))), `${at} cannot say whether it is serving (UNKNOWN).`)
    assert.equal(
      await ask(t, refuses(12)),
      `${at} does not tell its health: it has no grpc.health.v1.Health (UNIMPLEMENTED).`,
    )
  })

  test('a call that fails is told by its status and the server’s words, without secrets', async (t) => {
    const at = '127.0.0.1:PORT answers the question for its health by'
    assert.equal(
      await ask(t, refuses(14, 'over%20loaded%21')),
      `down, failed: ${at} UNAVAILABLE; it said “over loaded!”.`,
    )
    assert.equal(await ask(t, refuses(16)), `down, auth: ${at} UNAUTHENTICATED.`)
    assert.equal(await ask(t, refuses(99, '%zz')), `down, failed: ${at} code 99; it said “%zz”.`)
    const denied = await ask(t, refuses(7, 'no Bearer abc here'), { metadata: { authorization: 'Bearer abc' } })
    assert.equal(denied, `down, auth: ${at} PERMISSION_DENIED; it said “no *** here”.`)
    const late = health(serving, { 'grpc-status': '13', 'grpc-message': 'broke' })
    assert.equal(await ask(t, late), `down, failed: ${at} INTERNAL; it said “broke”.`)
  })

  test('an answer that is not gRPC’s is told apart', async (t) => {
    const http =
      (status: number, type: string): Handler =>
      (stream) => {
        stream.respond({ ':status': status, 'content-type': type })
        stream.end('<h1>hello</h1>')
      }
    const at = '127.0.0.1:PORT'
    assert.equal(await ask(t, http(200, 'text/html')), `down, protocol: ${at} answered HTTP 200 OK and not as gRPC.`)
    assert.equal(
      await ask(t, http(404, 'text/html')),
      `down, protocol: ${at} answered HTTP 404 Not Found and not as gRPC.`,
    )
    assert.equal(
      await ask(t, http(503, 'text/html')),
      `down, status: ${at} answered HTTP 503 Service Unavailable and not as gRPC.`,
    )
    assert.equal(
      await ask(t, http(401, 'text/html')),
      `down, auth: ${at} answered HTTP 401 Unauthorized and not as gRPC.`,
    )
    assert.equal(
      await ask(t, http(200, 'application/grpc')),
      `down, protocol: ${at} ends its answer without a grpc-status.`,
    )
  })
})

describe('the kind grpc, meeting strange servers', () => {
  const hosted: Hosted = {
    kind: grpc,
    name: 'gRPC',
    spec: (port) => ({ address: addressOf(port), metadata: { authorization: 'Bearer hush' } }),
    secret: 'hush',
  }
  testHostility(hosted)

  test('messages that lie are refused', async (t) => {
    const lies = [
      Buffer.alloc(0),
      Buffer.from([0, 0, 0, 0]),
      Buffer.from([1, 0, 0, 0, 2, 8, 1]),
      Buffer.from([0, 0, 0, 0, 3, 8, 1]),
      Buffer.from([0, 255, 255, 255, 255, 8, 1]),
      framed(0x08),
      framed(0x0a, 0x7f),
      framed(0x0b),
      framed(0x08, ...Array.from({ length: 12 }, () => 0xff)),
    ]
    for (const lie of lies)
      assert.equal(
        await ask(t, health(lie)),
        'down, protocol: 127.0.0.1:PORT answers the question for its health by something else.',
      )
    assert.equal(
      await ask(t, health(framed(0x12, 2, 65, 65, 0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8, 0x08, 1))),
      'up',
    )
  })

  test('an answer without end, or one that breaks off, ends the call', async (t) => {
    const endless: Handler = (stream) => {
      stream.respond(grpcHead)
      const more = () => void (stream.destroyed || stream.write(Buffer.alloc(1_000), () => setImmediate(more)))
      more()
    }
    assert.match(await ask(t, endless), /^down, too_large: 127\.0\.0\.1:PORT answers with more than 4096 bytes\.$/)
    assert.match(await ask(t, (stream) => stream.close(8)), /^down, reset: .* broke off/)
    assert.match(await ask(t, (stream) => stream.session?.destroy()), /^down, (closed|reset): /)
    const headers: Handler = (stream) =>
      stream.respond({
        ...grpcHead,
        ...Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`x-${at}`, 'y'.repeat(90)])),
      })
    assert.match(await ask(t, headers), /^down, (protocol|reset|closed): /)
  })

  test('a web server of HTTP/1 and pings without end are told apart', async (t) => {
    const web: Talk = (socket) => void socket.once('data', () => socket.write(page('no')))
    assert.match(await meet(t, hosted, web), /^down, protocol: 127\.0\.0\.1:PORT does not speak HTTP\/2/)
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
    const ping = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8])
    const pings: Talk = (socket) => {
      socket.write(settings)
      const many = Buffer.concat(Array.from({ length: 500 }, () => ping))
      const more = () => void (socket.destroyed || socket.write(many, () => setImmediate(more)))
      more()
    }
    assert.match(await meet(t, hosted, pings), /^down, (protocol|closed|reset): /)
  })

  test('no secret crosses the internet in clear text', async (t) => {
    const target = await openTarget(t, () => {})
    const spec = { address: `api.example.test:${target.port}`, metadata: { authorization: 'Bearer hush' } }
    assert.match(
      await tell(grpc, spec, target.port, outsideTo(target.port)),
      /^down, auth: .* on the internet .*, so the secret among the metadata was not sent there in clear text/,
    )
    await target.quiet()
    assert.equal(target.received(), '')
  })

  test('any bytes are read without an error of our own', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => (servingIn(Buffer.from(bytes)), true)))
    assert.equal(question('x'.repeat(300)).length, 5 + 1 + 2 + 300)
    assert.equal(servingIn(framed(...question('').subarray(5))), 'UNKNOWN')
  })

  test('settings that make no sense are refused with the reason', () => {
    const fault = faultsOf(grpc)
    const address = 'api.example.test:443'
    assert.match(fault({ address: 'api.example.test' }), /has no port; write host:port/)
    assert.match(fault({ address: 'grpc://api:443' }), /is a URL; write only host:port/)
    assert.match(fault({ address, service: 'a b' }), /is a name without spaces/)
    assert.match(fault({ address, metadata: { 'grpc-timeout': '1S' } }), /grpc-timeout is set by the check itself/)
    assert.match(fault({ address, metadata: { a: '1', A: '2' } }), /is given twice/)
    assert.match(fault({ address: '127.0.0.1:1', ip: 6 }), /is an IPv4 address, which ip: 6 excludes/)
    assert.equal(grpc.describe(grpc.config.parse({ address, service: 'shop' })), 'api.example.test:443 (shop)')
  })
})
