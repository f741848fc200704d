// Tests of the kind `websocket` against a real server of WebSockets, and against servers that do not play along.
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, test } from 'node:test'
import { golden, look, openTarget, type Talk, tlsOf } from '#test/targets.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { faultsOf, type Hosted, meet, outsideTo, tell, testHostility } from '../service/testing.ts'
import { agree, bytesAfter, openWebsocket, type Peer } from './testing.ts'
import { websocket } from './websocket.ts'

type Spec = Readonly<Record<string, unknown>>

const urlOf = (port: number, rest = '/chat?room=1') => `ws://127.0.0.1:${port}${rest}`
const ask = (port: number, spec: Spec = {}, options = {}) =>
  tell(websocket, { url: urlOf(port), ...spec }, port, options)

/** Greets, and repeats what it hears. */
const greeter = (peer: Peer) => {
  peer.send('welcome')
  peer.on('message', (bytes) => peer.send(`you said ${bytes.toString()}`))
}

describe('the kind websocket, meeting a real server', () => {
  test('an upgrade that works is up, with its phases, and ends politely', async (t) => {
    const codes: number[] = []
    const requests: IncomingMessage[] = []
    const port = await openWebsocket(t, (peer, request) => {
      requests.push(request)
      peer.on('close', (code) => codes.push(code))
    })
    const finding = await look(websocket, {
      url: urlOf(port),
      headers: { Origin: 'https://shop.example', Host: 'chat' },
    })
    assert.equal(finding.sentence, null)
    assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), ['resolve', 'connect', 'upgrade'])
    await until('the server has seen the end', () => codes.length === 1)
    assert.deepEqual(codes, [1000])
    const [request] = requests
    assert.equal(request?.url, '/chat?room=1')
    assert.equal(request?.headers.origin, 'https://shop.example')
    assert.equal(request?.headers.host, 'chat')
    assert.equal(request?.headers['sec-websocket-extensions'], undefined)
  })

  test('a text is sent and one of the messages must be as expected', async (t) => {
    const port = await openWebsocket(t, greeter)
    assert.equal(await ask(port, { send: 'sésame', expect: { equals: 'you said sésame' } }), 'up')
    assert.equal(await ask(port, { send: 'x'.repeat(9_000), expect: { regex: 'x{100}$' } }), 'up')
    const unmet = await ask(port, { send: 'a', expect: { contains: 'goodbye' } }, { timeout: 300 })
    assert.equal(
      unmet,
      'down, body: Within 300 ms 127.0.0.1:PORT last sent “you said a”, which does not contain “goodbye”.',
    )
    const quiet = await openWebsocket(t, () => {})
    assert.equal(
      await tell(websocket, { url: urlOf(quiet), expect: { contains: 'a' } }, quiet, { timeout: 200 }),
      'down, timeout: No answer within 200 ms; it got as far as waiting for the message that is expected.',
    )
  })

  test('a ping is answered', async (t) => {
    const port = await openWebsocket(t, greeter)
    const finding = await look(websocket, { url: urlOf(port), ping: true })
    assert.equal(finding.sentence, null)
    assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), ['resolve', 'connect', 'upgrade', 'ping'])
  })

  test('a subprotocol must be agreed on', async (t) => {
    const port = await openWebsocket(t, () => {}, {
      handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : false),
    })
    const finding = await look(websocket, { url: urlOf(port), subprotocol: ['graphql-ws', 'mqtt'] })
    assert.equal(finding.facts?.['subprotocol'], 'mqtt')
    assert.equal(
      await ask(port, { subprotocol: 'soap' }),
      'down, header: 127.0.0.1:PORT does not speak the subprotocol soap.',
    )
  })

  test('a server that says no is told by its status, one that ends by its code', async (t) => {
    const closed = await openWebsocket(t, () => {}, {
      verifyClient: ({ req }) => req.headers.authorization === 'Bearer abc',
    })
    assert.match(
      await ask(closed),
      /^down, auth: 127\.0\.0\.1:PORT answered 401 Unauthorized; 101 Switching Protocols was/,
    )
    assert.equal(await ask(closed, { headers: { Authorization: 'Bearer abc' } }), 'up')
    const rude = await openWebsocket(t, (peer) => peer.close(1008, 'log in first'))
    assert.equal(
      await ask(rude, { expect: { contains: 'a' } }),
      'down, closed: 127.0.0.1:PORT ends the WebSocket (code 1008, against its policy); it said “log in first”.',
    )
    const brief = await openWebsocket(t, (peer) => {
      peer.send('bye')
      peer.close(4000, '')
    })
    assert.equal(
      await ask(brief, { expect: { contains: 'hello' } }),
      'down, body: Before it ended the WebSocket, 127.0.0.1:PORT last sent “bye”, which does not contain “hello”.',
    )
    assert.match(await ask(brief, { ping: true }), /^down, closed: .* ends the WebSocket \(code 4000\)\.$/)
  })
})

describe('the kind websocket, meeting strange servers', () => {
  const hosted: Hosted = {
    kind: websocket,
    name: 'a WebSocket',
    spec: (port) => ({ url: urlOf(port), headers: { Authorization: 'Bearer hush' }, ping: true }),
    secret: 'hush',
    isHttp: true,
  }
  testHostility(hosted)
  const with_ = (spec: Spec): Hosted => ({ ...hosted, spec: (port) => ({ url: urlOf(port), ...spec }) })
  const listening = with_({ expect: { contains: 'OK' } })

  test('an answer that is no WebSocket is not taken for one', async (t) => {
    const odd = (head: (usual: string, accept: string) => string) => meet(t, listening, (socket) => agree(socket, head))
    const at = 'down, protocol: 127.0.0.1:PORT does not make a WebSocket of it:'
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\n'
    assert.equal(await odd(() => 'Connection: Upgrade\r\n'), `${at} it does not say Upgrade: websocket.`)
    assert.equal(await odd(() => 'Upgrade: WebSocket\r\n'), `${at} it does not say Connection: Upgrade.`)
    assert.equal(await odd(() => upgrade), `${at} Sec-WebSocket-Accept does not answer our key.`)
    assert.equal(
      await odd((_, accept) => `${upgrade}Sec-WebSocket-Accept: ${accept}x\r\n`),
      `${at} Sec-WebSocket-Accept does not answer our key.`,
    )
    assert.equal(
      await odd(
        (_, accept) => `${upgrade}Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n`,
      ),
      `${at} it uses an extension that was not asked for.`,
    )
    assert.match(
      await odd((_, accept) => `${upgrade}Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: chat\r\n`),
      /^down, header: 127\.0\.0\.1:PORT speaks the subprotocol “chat”; none was asked for\.$/,
    )
    const moved: Talk = (socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 301 Moved Permanently\r\nLocation: wss://chat.example/?token=abc\r\n\r\n'),
      )
    assert.equal(
      await meet(t, listening, moved),
      'down, status: 127.0.0.1:PORT answered 301 Moved Permanently, to “wss://chat.example/?token=***”; 101 ' +
        'Switching Protocols was expected.',
    )
    const endless: Talk = (socket) =>
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(5_000)}`))
    assert.match(await meet(t, listening, endless), /^down, protocol: .* answers with headers that are none/)
  })

  test('messages in pieces, with pings between them, are put together', async (t) => {
    const pieces = bytesAfter([0x89, 2, 1, 2], [0x01, 1], 'O', [0x89, 0], [0x00, 0], [0x80, 1], 'K')
    assert.equal(await meet(t, listening, pieces), 'up')
    assert.equal(await meet(t, listening, bytesAfter([0x82, 2], 'OK')), 'up')
    assert.equal(await meet(t, listening, bytesAfter([0x81, 126, 0, 2], 'OK')), 'up')
    assert.equal(await meet(t, listening, bytesAfter([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 2], 'OK')), 'up')
  })

  test('frames that break the rules, or lie about their length, are refused', async (t) => {
    const of = (...bytes: number[]) => meet(t, listening, bytesAfter(bytes))
    const at = 'down, protocol: 127.0.0.1:PORT breaks the rules of WebSockets:'
    assert.equal(await of(0x83, 0), `${at} there is no frame of type 3.`)
    assert.equal(await of(0xc1, 2, 79, 75), `${at} it uses an extension that was not agreed on.`)
    assert.equal(await of(0x81, 0x82, 0, 0, 0, 0, 79, 75), `${at} its frames are masked.`)
    assert.equal(await of(0x89, 126, 0, 200), `${at} a control frame is too long.`)
    assert.equal(await of(0x09, 0), `${at} a control frame is too long.`)
    assert.equal(await of(0x80, 2, 79, 75), `${at} parts of messages are mixed up.`)
    assert.equal(await of(0x01, 1, 79, 0x81, 1, 75), `${at} parts of messages are mixed up.`)
    assert.equal(await of(0x81, 2, 0xff, 0xfe), `${at} a text is not UTF-8.`)
    assert.match(await of(0x81, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255), /^down, too_large: /)
    assert.match(await of(0x81, 127, 0xff, 255, 255, 255, 255, 255, 255, 255), /^down, too_large: /)
    assert.match(
      await meet(t, listening, bytesAfter(Array.from({ length: 100_000 }, () => [0x81, 1, 65]).flat())),
      /^down, too_large: /,
    )
  })

  test('a server that does not part politely is not waited for long', async (t) => {
    const clock = new VirtualClock()
    const target = await openTarget(t, (socket) => agree(socket, (usual) => usual))
    const looking = look(websocket, { url: urlOf(target.port) }, { clock, timeout: 5_000 })
    await until('we have said goodbye', () => target.received().includes('\x88'))
    await clock.advance(1_000)
    assert.equal((await looking).outcome, 'up')
    await target.quiet()
    assert.equal(clock.pending(), 0)
  })

  test('inside of TLS it is met the same, and no secret crosses the internet without', async (t) => {
    const target = await openTarget(t, bytesAfter([0x81, 2], 'OK'), tlsOf('good'))
    const url = urlOf(target.port).replace('ws', 'wss')
    const over = (spec: Spec) => tell(websocket, { url, expect: { contains: 'OK' }, ...spec }, target.port)
    assert.equal(await over({ tls: { ca: golden('ca.pem'), server_name: 'localhost' } }), 'up')
    assert.match(await over({}), /^down, certificate: /)
    const open = await openTarget(t, bytesAfter())
    const spec = { url: `ws://chat.example.test:${open.port}/`, headers: { Authorization: 'Bearer hush' } }
    assert.match(
      await tell(websocket, spec, open.port, outsideTo(open.port)),
      /^down, auth: .* on the internet .*, so the secret among the headers was not sent there in clear text/,
    )
    await open.quiet()
    assert.equal(open.received(), '')
  })

  test('settings that make no sense are refused with the reason', () => {
    const fault = faultsOf(websocket)
    const url = 'wss://chat.example.test/socket'
    assert.match(fault({ url: 'https://chat' }), /https:\/\/ is not known here; write ws:\/\/ or wss:\/\//)
    assert.match(fault({ url: 'wss://me:secret@chat' }), /a URL holds no password/)
    assert.match(fault({ url: 'wss://me@chat' }), /a URL holds no user here/)
    assert.match(fault({ url: `${url}#here` }), /#here at the end means nothing here/)
    assert.match(fault({ url, tls: false }), /wss:\/\/ means TLS/)
    assert.match(fault({ url, headers: { Connection: 'close' } }), /Connection is set by the check itself/)
    assert.match(fault({ url, headers: { 'Sec-WebSocket-Key': 'x' } }), /is set by the check itself/)
    assert.match(fault({ url, headers: { 'X-A': 'a\r\nX-B: b' } }), /without line breaks/)
    assert.match(fault({ url, headers: { a: '1', A: '2' } }), /is given twice/)
    assert.match(fault({ url, subprotocol: 'a b' }), /is not the name of a subprotocol/)
    assert.match(fault({ url, send: '' }), /an empty text says nothing/)
    assert.match(fault({ url, expect: {} }), /expects nothing/)
    const describe = (text: string) => websocket.describe(websocket.config.parse({ url: text }))
    assert.equal(describe('wss://chat.example.test:443/a?token=b'), 'wss://chat.example.test/a?token=***')
    assert.equal(describe('ws://[::1]:8080'), 'ws://[::1]:8080/')
  })
})
