// Tests of the kind `redis` against a real Redis, and against servers that do not play along.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { program } from '#test/debian.ts'
import { type Service, startService } from '#test/service.ts'
import { golden, look, openTarget } from '#test/targets.ts'
import { eventually, faultsOf, type Hosted, meet, outsideTo, tell, testHostility } from '../service/testing.ts'
import { redis } from './redis.ts'

const start = async (...more: readonly string[]) =>
  startService({
    program: await program('redis-server'),
    files: () => ({ 'key.pem': golden('server.key'), 'cert.pem': golden('good.pem'), 'ca.pem': golden('ca.pem') }),
    args: (folder, port) => {
      const plain = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder]
      return [...plain, '--repl-diskless-sync-delay', '0', ...more.map((word) => word.replace('PORT', `${port}`))]
    },
    ready: /Ready to accept connections/,
  })
/** TLS and nothing else. */
const withTls = '--port 0 --tls-port PORT --tls-key-file key.pem --tls-cert-file cert.pem --tls-ca-cert-file ca.pem'

const urlOf = (port: number, user = '', path = '') => `redis://${user}127.0.0.1:${port}${path}`

describe('the kind redis, asking a real one', () => {
  let open: Service
  let locked: Service
  before(async () => {
    open = await start()
    const user = ['watch', 'on', '>secret', '~health', '+ping', '+get', '+set']
    locked = await start('--requirepass', 'open sesame', '--user', ...user)
  })
  after(async () => {
    await Promise.all([open.stop(), locked.stop()])
  })
  const ask = (spec: Readonly<Record<string, unknown>> = {}, path = '') =>
    tell(redis, { url: urlOf(open.port, '', path), ...spec }, open.port)
  const askLocked = (user: string, spec: Readonly<Record<string, unknown>>) =>
    tell(redis, { url: urlOf(locked.port, user), ...spec }, locked.port)

  test('it is up when it answers, with its phases and its role', async () => {
    const finding = await look(redis, { url: urlOf(open.port), role: 'master' })
    assert.equal(finding.sentence, null)
    assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), ['resolve', 'connect', 'answer'])
    assert.equal(finding.facts?.['role'], 'master')
    assert.equal(await ask({}, '/15'), 'up')
    assert.match(await ask({}, '/16'), /^down, failed: 127\.0\.0\.1:PORT answers SELECT with an error; it said “ERR DB/)
  })

  test('refused credentials are told in the server’s words', async () => {
    const at = 'down, auth: 127.0.0.1:PORT'
    assert.equal(await askLocked('', { password: 'open sesame' }), 'up')
    assert.equal(await askLocked('watch@', { password: 'secret' }), 'up')
    assert.equal(await askLocked('', {}), `${at} wants a password; give it under password.`)
    assert.match(
      await askLocked('', { password: 'nope' }),
      /^down, auth: 127\.0\.0\.1:PORT refuses the password; it said “WRONG/,
    )
    assert.match(
      await askLocked('who@', { password: 'secret' }),
      /PORT refuses the user who or the password; it said “WRONG/,
    )
    assert.match(
      await askLocked('watch@', { password: 'secret', key: 'other' }),
      /^down, auth: 127\.0\.0\.1:PORT answers GET with an error; it said “NOPERM/,
    )
    assert.match(
      await ask({ password: 'nope' }),
      /^down, auth: 127\.0\.0\.1:PORT refuses the password; it said “ERR AUTH/,
    )
  })

  test('the value of a key is judged', async () => {
    const key = { key: 'health', password: 'secret' }
    assert.equal(await askLocked('watch@', key), 'down, body: The key “health” does not exist on 127.0.0.1:PORT.')
    await write(locked.port, 'AUTH watch secret\r\nSET health 12\r\n')
    assert.equal(await askLocked('watch@', { ...key, expect: { equals: 12, max: 12 } }), 'up')
    assert.equal(
      await askLocked('watch@', { ...key, expect: { max: 10 } }),
      'down, body: The value of “health” on 127.0.0.1:PORT is 12, more than 10.',
    )
    assert.equal(
      await askLocked('watch@', { ...key, expect: { equals: 'ok' } }),
      'down, body: The value of “health” on 127.0.0.1:PORT is “12”, not “ok”.',
    )
  })

  test('a replica is up while it hears its master, and down when it has lost it', async (t) => {
    const master = await start()
    t.after(() => master.stop())
    const replica = await start('--replicaof', '127.0.0.1', `${master.port}`)
    t.after(() => replica.stop())
    const ask = (role: string) => tell(redis, { url: urlOf(replica.port), role }, replica.port)
    await eventually(() => ask('replica'), /^up$/)
    assert.equal(await ask('master'), 'down, status: 127.0.0.1:PORT is a replica; a master was expected.')
    assert.equal(
      await tell(redis, { url: urlOf(master.port), role: 'replica' }, master.port),
      'down, status: 127.0.0.1:PORT is a master; a replica was expected.',
    )
    await master.stop()
    await eventually(
      () => ask('replica'),
      /^down, status: 127\.0\.0\.1:PORT is a replica that has lost its master, “127/,
    )
  })

  test('inside of TLS it is asked the same, and a certificate that nobody vouches for ends it', async (t) => {
    const secured = await start(...withTls.split(' '), '--tls-auth-clients', 'no')
    t.after(() => secured.stop())
    const ask = (url: string, tls?: unknown) =>
      tell(redis, { url, ...(tls === undefined ? {} : { tls }) }, secured.port)
    const url = `rediss://127.0.0.1:${secured.port}`
    const tls = { ca: golden('ca.pem'), server_name: 'localhost' }
    assert.equal(await ask(url, tls), 'up')
    assert.equal(await ask(url.replace('rediss', 'redis'), tls), 'up')
    assert.match(await ask(url), /^down, certificate: The certificate /)
    assert.match(await ask(url, { ...tls, server_name: 'other.test' }), /^down, certificate: The certificate is for /)
    assert.match(await ask(url.replace('rediss', 'redis')), /^down, (closed|reset): /)
  })

  test('a server that asks for a certificate of ours is shown one', async (t) => {
    const secured = await start(...withTls.split(' '), '--tls-auth-clients', 'yes')
    t.after(() => secured.stop())
    const client = { cert: golden('good.pem'), key: golden('server.key') }
    const ask = (more: object) => {
      const tls = { ca: golden('ca.pem'), server_name: 'localhost', ...more }
      return tell(redis, { url: `rediss://127.0.0.1:${secured.port}`, tls }, secured.port)
    }
    assert.equal(await ask({ client }), 'up')
    assert.match(await ask({}), /^down, (tls|reset|closed): /)
  })
})

/** Says commands to a server and waits until it has closed the connection. */
async function write(port: number, commands: string): Promise<void> {
  const socket = connect(port, '127.0.0.1', () => socket.write(`${commands}QUIT\r\n`))
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
}

describe('the kind redis, meeting strange servers', () => {
  const hosted: Hosted = {
    kind: redis,
    name: 'Redis',
    spec: (port) => ({ url: urlOf(port), password: 'hush hush' }),
    secret: 'hush',
  }
  testHostility(hosted)

  test('answers that lie about their length are refused', async (t) => {
    for (const lie of [
      '$2147483648\r\n',
      '$-2\r\n',
      '$99999999999999999999\r\n',
      '$x\r\n',
      '$3\r\nabcdef',
      '*1\r\n',
      '%1\r\n',
    ])
      assert.match(await meet(t, hosted, (socket) => void socket.write(lie)), /^down, (protocol|too_large): /)
  })

  test('a password never crosses the internet in clear text unless that is said in so many words', async (t) => {
    const target = await openTarget(t, (socket) => void socket.once('data', () => socket.end('-NO\r\n')))
    const spec = { url: `redis://cache.example.test:${target.port}`, password: 'hush' }
    const outside = outsideTo(target.port)
    assert.equal(
      await tell(redis, spec, target.port, outside),
      'down, auth: cache.example.test:PORT is on the internet (192.0.2.1), so the password was not sent there in ' +
        'clear text; set tls: true, or tls: false if it must be sent all the same.',
    )
    await target.quiet()
    assert.equal(target.received(), '')
    assert.match(await tell(redis, { ...spec, tls: false }, target.port, outside), /refuses the password; it said “NO”/)
  })

  test('settings that make no sense are refused with the reason', () => {
    const fault = faultsOf(redis)
    assert.match(fault({}), /expected a URL such as redis:/)
    assert.equal(fault({ url: 'cache:6379' }), 'cache:6379 is not a URL; write redis://cache:6379')
    assert.match(fault({ url: 'the cache' }), /^the cache is not a URL; write it such as redis:\/\/cache\.example/)
    assert.match(fault({ url: 'user:secret@cache' }), /^\*\*\*@cache is not a URL; write it such as/)
    assert.match(fault({ url: 'http://cache' }), /^http:\/\/ is not known here; write redis:\/\/ or/)
    assert.match(fault({ url: 'redis://:secret@cache' }), /^a URL holds no password, since it is shown; put it under/)
    assert.doesNotMatch(fault({ url: 'redis://u:se%ret@cache:99999' }), /se%ret/)
    assert.match(fault({ url: 'redis://a:1,b:2' }), /^names several servers/)
    assert.match(fault({ url: 'redis://cache/users' }), /^\/users is not a database/)
    assert.match(fault({ url: 'redis://cache?db=1' }), /^db=… means nothing to a check/)
    assert.match(fault({ url: 'redis://cache#x' }), /^#x at the end means nothing here/)
    assert.match(fault({ url: 'redis://watch@cache' }), /^is needed for the user watch/)
    assert.match(fault({ url: 'redis://cache:0' }), /a port is a number from 1/)
    assert.match(fault({ url: 'redis://[::1]', ip: 4 }), /::1 is an IPv6 address, which ip: 4 excludes/)
    assert.match(fault({ url: 'rediss://cache', tls: false }), /^rediss:\/\/ means TLS/)
    assert.match(fault({ url: 'redis://cache', expect: { equals: 1 } }), /name it under key/)
    assert.match(fault({ url: 'redis://cache', key: 'a', expect: {} }), /expects nothing/)
    assert.match(fault({ url: 'redis://cache', key: 'a', expect: { min: 2, max: 1 } }), /2 is more than 1/)
    assert.match(fault({ url: 'redis://cache', role: 'slave' }), /expected master or replica/)
    assert.equal(fault({ url: 'valkey://cache/3', password: 'x' }), '')
    assert.equal(redis.describe(redis.config.parse({ url: 'redis://[::1]:1/3' })), '[::1]:1/3')
  })
})
