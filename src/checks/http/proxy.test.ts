// Tests of checks by a proxy: what it is asked for, who gets which credentials, whose fault a failure is, the guard.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { answers, golden, look, type LookOptions, openTarget, page, type Talk, tlsOf } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { createSecure } from '../tls.ts'
import { http, httpKind } from './http.ts'
import { readProxy } from './proxy.ts'

/** A proxy that does its work: every name leads to 127.0.0.1. */
const relay: Talk = (socket) => {
  socket.once('data', (bytes: Buffer) => {
    const head = bytes.toString('latin1')
    const [, port = '0'] = /^CONNECT \S+:(\d+) /.exec(head) ?? /^\S+ http:\/\/[^/\s]*:(\d+)/.exec(head) ?? []
    const far = connect(Number(port), '127.0.0.1')
    far.on('error', () => socket.destroy())
    socket.on('close', () => far.destroy())
    if (head.startsWith('CONNECT ')) socket.write('HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n')
    else far.write(bytes)
    far.pipe(socket).pipe(far)
  })
}

/** Puts `PROXY` and `PORT` in the place of port numbers. */
const plain = (text: string | null, proxy: number, port = -1) =>
  (text ?? '').replaceAll(String(proxy), 'PROXY').replaceAll(String(port), 'PORT')

interface Case extends LookOptions {
  readonly spec?: Record<string, unknown>
  readonly url?: string
}

/** What a check by a proxy that behaves so finds. */
async function by(t: TestContext, talk: Talk, { spec = {}, url = 'https://shop.test/', ...options }: Case = {}) {
  const proxy = await openTarget(t, talk)
  const finding = await look(http, { url, proxy: `http://127.0.0.1:${proxy.port}`, ...spec }, options)
  await proxy.quiet()
  return { ...finding, words: `${finding.reason}: ${plain(finding.sentence, proxy.port)}`, heard: proxy.received() }
}

test('by a proxy http is asked for with the whole URL, and its credentials go to it alone', async (t) => {
  const target = await openTarget(t, answers(page('OK')))
  const proxy = await openTarget(t, relay)
  const finding = await look(http, {
    url: `http://shop.test:${target.port}/a?b=c`,
    proxy: `http://me:pa%20ss@127.0.0.1:${proxy.port}`,
    headers: { 'X-Own': 'yes' },
  })
  assert.equal(finding.sentence, null)
  const credentials = Buffer.from('me:pa ss').toString('base64')
  assert.match(proxy.received(), new RegExp(`^GET http://shop\\.test:${target.port}/a\\?b=c HTTP/1\\.1\r\n`))
  assert.match(proxy.received(), new RegExp(`Proxy-Authorization: Basic ${credentials}\r\n`))
  assert.match(proxy.received(), new RegExp(`Host: shop\\.test:${target.port}\r\n`))
  assert.equal(finding.facts?.['proxy'], `127.0.0.1:${proxy.port}`)
  assert.equal('address' in (finding.facts ?? {}), false)
  assert.doesNotMatch(JSON.stringify(finding), new RegExp(`${credentials}|pa ss|pa%20ss`))
})

test('by a proxy https goes through CONNECT, and the target alone sees the request', async (t) => {
  const target = await openTarget(t, answers(page('OK')), tlsOf('good'))
  const proxy = await openTarget(t, relay)
  const kind = httpKind(createSecure(golden('ca.pem')))
  const spec = { url: `https://localhost:${target.port}/secret`, proxy: `http://me:hush@127.0.0.1:${proxy.port}` }
  const finding = await look(kind, spec)
  assert.equal(finding.sentence, null)
  assert.match(proxy.received(), new RegExp(`^CONNECT localhost:${target.port} HTTP/1\\.1\r\nHost: localhost:`))
  assert.doesNotMatch(proxy.received(), /secret/)
  assert.doesNotMatch(target.received(), /Proxy-Authorization/i)
  assert.ok(Object.hasOwn(finding.facts?.['phases'] as object, 'proxy'))
  assert.equal((await look(kind, spec)).outcome, 'up')
})

test('HTTP/2 in clear text goes through CONNECT as well', async (t) => {
  const server = createHttp2()
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': 200 })
    stream.end('OK')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const proxy = await openTarget(t, relay)
  const url = `http://shop.test:${(server.address() as AddressInfo).port}/`
  const spec = { url, http_version: 2, proxy: `http://127.0.0.1:${proxy.port}` }
  assert.equal((await look(http, spec)).sentence, null)
  assert.match(proxy.received(), /^CONNECT shop\.test:/)
})

/** A check in a process of its own, with proxies in its environment. */
const alone = `
import { http } from '#checks/http/http.ts'
import { look } from '#test/targets.ts'
const finding = await look(http, { url: process.argv[1] })
console.log(finding.outcome, finding.sentence)
`

test('proxies of the environment are not used', async (t) => {
  const target = await openTarget(t, answers(page('OK')))
  const proxy = await openTarget(t, relay)
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY']
  const env = Object.fromEntries(names.map((name) => [name, `http://127.0.0.1:${proxy.port}`]))
  const args = ['--input-type=module', '--eval', alone, `http://127.0.0.1:${target.port}/`]
  const cwd = new URL('../../..', import.meta.url)
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd,
    env: { ...env, NODE_USE_ENV_PROXY: '1' },
  })
  assert.equal(stdout, 'up null\n')
  assert.equal(target.count(), 1)
  assert.equal(proxy.count(), 0)
})

test('what a proxy does wrong is told as its fault', async (t) => {
  const says = (line: string) => answers(`HTTP/1.1 ${line}\r\nContent-Length: 1000\r\n\r\n`)
  const words = async (talk: Talk, spec = {}) => (await by(t, talk, { spec })).words
  assert.equal(
    await words(says('407 Proxy Authentication Required')),
    'auth: At the proxy 127.0.0.1:PROXY: it asks for credentials; add them to proxy (407).',
  )
  assert.equal(
    await words(says('403 Forbidden')),
    'status: At the proxy 127.0.0.1:PROXY: it answered 403 Forbidden when asked for a way to shop.test:443.',
  )
  assert.equal(
    await words(says('502 Bad Gateway')),
    'unreachable: At the proxy 127.0.0.1:PROXY: it answered 502 Bad Gateway when asked for a way to shop.test:443.',
  )
  assert.match(await words(answers('HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n')), /302 Found when asked/)
  assert.equal(
    await words(answers('220 ftp.test ready\r\n')),
    'protocol: At the proxy 127.0.0.1:PROXY: it does not answer in HTTP; the answer begins with “220 ftp.test ready”.',
  )
  assert.equal(
    await words((socket) => socket.once('data', () => socket.end())),
    'closed: At the proxy 127.0.0.1:PROXY: the connection was closed before anything was answered.',
  )
  assert.match(await words((socket) => socket.once('data', () => socket.resetAndDestroy())), /^reset: At the proxy/)
})

test('a proxy that refuses the credentials says so, and does not repeat them', async (t) => {
  for (const url of ['http://shop.test/', 'https://shop.test/']) {
    const proxy = await openTarget(t, answers(page('', 'HTTP/1.1 407 Proxy Authentication Required')))
    const finding = await look(http, { url, proxy: `http://me:hush@127.0.0.1:${proxy.port}` })
    assert.equal(finding.reason, 'auth')
    assert.equal(plain(finding.sentence, proxy.port), 'At the proxy 127.0.0.1:PROXY: it refuses the credentials (407).')
    assert.doesNotMatch(JSON.stringify(finding), /hush|bWU6aHVzaA/)
  }
})

test('a proxy on which nobody listens, that has no name or may not be reached, is named', async () => {
  const lookup = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
  const of = async (proxy: string, options: LookOptions = {}) => {
    const { reason, sentence } = await look(http, { url: 'https://shop.test/', proxy }, { lookup, ...options })
    return `${reason}: ${sentence}`
  }
  assert.equal(
    await of('http://127.0.0.1:1'),
    'refused: At the proxy 127.0.0.1:1: nothing listens on 127.0.0.1:1 (connection refused).',
  )
  assert.equal(
    await of('http://proxy.test:3128'),
    'dns: At the proxy proxy.test:3128: the name proxy.test does not exist.',
  )
  assert.match(
    await of('http://127.0.0.1:1', { denied: ['127.0.0.0/8'] }),
    /^forbidden: At the proxy .*networks\.denied/,
  )
})

test('a proxy that is silent is told apart from a target that is silent behind it', async (t) => {
  const of = async (talk: Talk, heard: string) => {
    const clock = new VirtualClock()
    const proxy = await openTarget(t, talk)
    const spec = { url: 'https://shop.test/', proxy: `http://127.0.0.1:${proxy.port}` }
    const looking = look(http, spec, { clock, timeout: 60_000 })
    await proxy.heard(heard)
    for (let turn = 0; turn < 50; turn += 1) await clock.advance(0)
    await clock.advance(60_000)
    const { sentence } = await looking
    await proxy.quiet()
    assert.equal(clock.pending(), 0)
    return plain(sentence, proxy.port)
  }
  assert.equal(
    await of(() => {}, 'CONNECT'),
    'At the proxy 127.0.0.1:PROXY: no answer within 60 s; it got as far as waiting for its way to shop.test:443.',
  )
  assert.equal(
    await of((socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')), '\u0016\u0003'),
    'Through the proxy 127.0.0.1:PROXY: no answer within 60 s; it got as far as the TLS handshake with shop.test:443.',
  )
})

test('a proxy that answers without end is given up on', async (t) => {
  const endless: Talk = (socket) => {
    const next = () => {
      if (!socket.destroyed) socket.write(`X: ${'a'.repeat(1_000)}\r\n`, () => setImmediate(next))
    }
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n', next))
  }
  assert.equal(
    (await by(t, endless)).words,
    'protocol: At the proxy 127.0.0.1:PROXY: the headers are larger than 64 kB.',
  )
})

test('a target behind a proxy that is not well is told with the way to it', async (t) => {
  const target = await openTarget(t, answers(page('', 'HTTP/1.1 500 No')))
  const proxy = await openTarget(t, relay)
  const finding = await look(http, { url: `http://127.0.0.1:${target.port}/`, proxy: `http://127.0.0.1:${proxy.port}` })
  assert.equal(
    plain(finding.sentence, proxy.port),
    'Through the proxy 127.0.0.1:PROXY: it answered 500 Internal Server Error; 200–399 was expected.',
  )
})

test('a target spelled out as a forbidden address is not asked of a proxy, however it is spelled', async (t) => {
  const denied = ['169.254.0.0/16', '10.0.0.0/8']
  const hosts = ['169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '[::ffff:a9fe:a9fe]', '10.1']
  for (const host of hosts)
    for (const scheme of ['http', 'https']) {
      const { words, heard } = await by(t, relay, { url: `${scheme}://${host}/`, denied })
      assert.match(words, /^forbidden: .* may not be connected to; the setting networks\.denied forbids it\.$/, host)
      assert.equal(heard, '')
    }
})

test('the proxy’s own machine is forbidden where this machine’s loopback is', async (t) => {
  const guarded = await openTarget(t, relay, undefined, '127.0.0.1')
  const lookup = async () => [{ address: '127.0.0.1', family: 4 }]
  const of = async (host: string) => {
    const spec = { url: `http://${host}/`, proxy: `http://127.0.0.1:${guarded.port}` }
    return (await look(http, spec, { denied: ['127.0.0.2/31', '127.0.0.0/31'], lookup })).reason
  }
  assert.equal(await of('localhost'), 'forbidden')
  assert.equal(await of('LOCALHOST.'), 'forbidden')
  assert.equal(await of('db.localhost'), 'forbidden')
  assert.equal(guarded.received(), '')
})

test('behind a proxy nobody redirects to an address inside, unless they are inside themselves', async (t) => {
  const target = await openTarget(t, (socket) => {
    socket.once('data', (bytes: Buffer) => {
      const path = bytes.toString('latin1').split(' ')[1] ?? ''
      const to = /^\/to\/(.*)$/.exec(path.replace(/^http:\/\/[^/]*/, ''))?.[1]
      socket.end(to ? page('', `HTTP/1.1 302 Found\r\nLocation: http://${to}:${target.port}/`) : page('OK'))
    })
  })
  const proxy = await openTarget(t, relay)
  const of = async (from: string, to: string, spec = {}) => {
    const url = `http://${from}:${target.port}/to/${to}`
    const finding = await look(http, { url, proxy: `http://127.0.0.1:${proxy.port}`, ...spec })
    return finding.sentence === null ? 'up' : `${finding.reason}: ${plain(finding.sentence, proxy.port, target.port)}`
  }
  const refused =
    'forbidden: Through the proxy 127.0.0.1:PROXY: after a redirect to http://127.0.0.1:PORT/: 127.0.0.1 may not be ' +
    'connected to; it is private, and a public server redirects there; follow_inside: true allows it.'
  assert.equal(await of('shop.test', '127.0.0.1'), refused)
  assert.match(await of('shop.test', 'localhost'), /^forbidden: /)
  assert.match(await of('shop.test', '[::1]'), /^forbidden: /)
  assert.match(await of('203.0.113.1', '10.0.0.1'), /^forbidden: /)
  assert.equal(await of('shop.test', '127.0.0.1', { follow_inside: true }), 'up')
  assert.equal(await of('127.0.0.1', '127.0.0.1'), 'up')
  assert.equal(await of('shop.test', 'other.test'), 'up')
})

test('a session through one proxy is not resumed by another way', async (t) => {
  const resumed: boolean[] = []
  const target = await openTarget(
    t,
    (socket: Socket, index) => {
      resumed.push((socket as Socket & { isSessionReused(): boolean }).isSessionReused())
      answers(page('OK'))(socket, index)
    },
    tlsOf('good'),
  )
  const proxy = await openTarget(t, relay)
  const kind = httpKind(createSecure(golden('ca.pem')))
  const url = `https://127.0.0.1:${target.port}/`
  const way = { proxy: `http://127.0.0.1:${proxy.port}` }
  for (const spec of [{}, way, {}, way]) assert.equal((await look(kind, { url, ...spec })).outcome, 'up')
  assert.deepEqual(resumed, [false, false, true, true])
})

test('what is no proxy is refused, and no credential repeated', () => {
  const words = (text: string) => {
    const read = readProxy(text)
    if (typeof read !== 'string') throw new Error(`${text} was taken for a proxy`)
    assert.doesNotMatch(read, /hush/)
    return read
  }
  assert.match(words('https://me:hush@proxy.test:3128'), /spoken to by http, not https:\/\//)
  assert.match(words('socks5://me:hush@proxy.test'), /spoken to by http, not socks5:\/\//)
  assert.match(words('proxy.test:3128'), /spoken to by http|not a URL/)
  assert.match(words('http://me:hu sh hush@proxy.test'), /no spaces/)
  assert.match(words('http://proxy.test:3128/path'), /neither path nor query/)
  assert.match(words('http://me:hush%zz@proxy.test'), /%25/)
  assert.match(words('http://a%3Ab:hush@proxy.test'), /no colon/)
  assert.match(words('http://proxy.test:0'), /from 1 to 65535/)
  assert.deepEqual(readProxy('http://[::1]:3128'), {
    host: '::1',
    port: 3128,
    shown: '[::1]:3128',
    authorization: null,
  })
})
