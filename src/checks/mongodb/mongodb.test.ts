// Tests of the kind `mongodb` against a small server of its protocol, and against servers that do not play along.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import { golden, look, openTarget, type Talk, tlsOf } from '#test/targets.ts'
import { faultsOf, type Hosted, meet, outsideTo, tell, testHostility } from '../service/testing.ts'
import { encode } from './bson.ts'
import { mongodb } from './mongodb.ts'
import { keep, mongo, type MongoOptions, reply, ScramServer } from './testing.ts'

type Spec = Readonly<Record<string, unknown>>

const urlOf = (port: number, user = '', rest = '') => `mongodb://${user}127.0.0.1:${port}${rest}`
const salt = Buffer.from('0123456789abcdef')
const modern = keep('sha256', 'sésame', salt, 15_000)
const old = keep('sha1', createHash('md5').update('app:mongo:sésame').digest('hex'), salt, 10_000)
const users = { 'admin.app': [old, modern], 'shop.app': [old] }

/** Asks a server of those manners. */
async function ask(t: TestContext, server: MongoOptions, spec: Spec = {}, user = '', rest = ''): Promise<string> {
  const target = await openTarget(t, mongo(server))
  const said = await tell(mongodb, { url: urlOf(target.port, user, rest), ...spec }, target.port)
  await target.quiet()
  return said
}

describe('the kind mongodb, asking a server', () => {
  const password = 'sésame'

  test('it is up when it answers a ping, with its phases and its place', async (t) => {
    const target = await openTarget(t, mongo({ hello: { setName: 'rs0' } }))
    const finding = await look(mongodb, { url: urlOf(target.port), role: 'primary' })
    assert.equal(finding.sentence, null)
    assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), ['resolve', 'connect', 'auth', 'answer'])
    assert.deepEqual([finding.facts?.['role'], finding.facts?.['set']], ['primary', 'rs0'])
  })

  test('a user is let in by the best way that the server has, where it is known', async (t) => {
    const said: string[] = []
    const spy: MongoOptions = {
      users,
      answer: ({ saslStart, mechanism }) => {
        if (saslStart) said.push(String(mechanism))
        return null
      },
    }
    assert.equal(await ask(t, spy, { password }, 'app@'), 'up')
    assert.equal(await ask(t, spy, { password }, 'app@', '/shop'), 'up')
    assert.equal(await ask(t, spy, { password }, 'app@', '/other?authSource=shop'), 'up')
    assert.equal(await ask(t, spy, { password }, 'app@', '/?authMechanism=SCRAM-SHA-1'), 'up')
    assert.deepEqual(said, ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'SCRAM-SHA-1', 'SCRAM-SHA-1'])
    assert.equal(await ask(t, { users, isOld: true }, { password }, 'app@'), 'up')
  })

  test('who is refused is told in the server’s words', async (t) => {
    const at = 'down, auth: 127.0.0.1:PORT refuses the user'
    assert.equal(
      await ask(t, { users }, { password: 'x' }, 'app@'),
      `${at} app of admin; it said “Authentication failed.”.`,
    )
    assert.equal(
      await ask(t, { users }, { password }, 'me@', '/shop'),
      `${at} me of shop; it said “Authentication failed.”.`,
    )
    const refuses = (command: string, errmsg: string) => ({
      answer: (asked: Readonly<Record<string, unknown>>) => (asked[command] ? { ok: 0, errmsg, code: 13 } : null),
    })
    assert.equal(
      await ask(t, refuses('ping', 'not now')),
      'down, failed: 127.0.0.1:PORT does not answer a ping; it said “not now”.',
    )
    assert.equal(
      await ask(t, refuses('hello', 'too many')),
      'down, failed: 127.0.0.1:PORT does not introduce itself; it said “too many”.',
    )
  })

  test('its place in a replica set is judged', async (t) => {
    const is = (hello: MongoOptions['hello'], spec: Spec, rest = '') => ask(t, hello ? { hello } : {}, spec, '', rest)
    const other = { setName: 'rs0', isWritablePrimary: false }
    const at = 'down, status: 127.0.0.1:PORT is'
    assert.equal(await is({ ...other, secondary: true }, { role: 'secondary' }), 'up')
    assert.equal(
      await is({ ...other, secondary: true }, { role: 'primary' }),
      `${at} a secondary; a primary was expected.`,
    )
    assert.equal(
      await is({ ...other, arbiterOnly: true }, { role: 'primary' }),
      `${at} an arbiter; a primary was expected.`,
    )
    assert.equal(
      await is(other, { role: 'secondary' }),
      `${at} a member that is neither primary nor secondary; a secondary was expected.`,
    )
    assert.equal(await is({ msg: 'isdbgrid' }, { role: 'primary' }), `${at} a router (mongos); a primary was expected.`)
    assert.equal(await is({}, { role: 'primary' }), `${at} a server without a replica set; a primary was expected.`)
    assert.equal(await is({ setName: 'rs0' }, {}, '/?replicaSet=rs0'), 'up')
    assert.equal(
      await is({ setName: 'rs1' }, {}, '/?replicaSet=rs0'),
      `${at} in the replica set “rs1”; “rs0” was expected.`,
    )
    assert.equal(await is({}, {}, '/?replicaSet=rs0'), `${at} in no replica set; “rs0” was expected.`)
  })

  test('TLS is as the URL or tls would have it', async (t) => {
    const target = await openTarget(t, mongo({ users }), tlsOf('good'))
    const over = (rest: string, spec: Spec = {}) =>
      tell(mongodb, { url: urlOf(target.port, 'app@', rest), password, ...spec }, target.port)
    assert.equal(await over('', { tls: { ca: golden('ca.pem'), server_name: 'localhost' } }), 'up')
    for (const rest of ['/?tls=true', '/?ssl=true'])
      assert.match(await over(rest), /^down, certificate: The certificate /)
  })
})

describe('the server for these tests', () => {
  test('holds its side of the exchange of RFC 7677 word by word', () => {
    const kept = keep('sha256', 'pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))
    const server = new ScramServer(kept, '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0')
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
    assert.equal(server.challenge('n,,n=user,r=rOprNGfwEbeRWgbNEkqO'), `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`)
    const proof = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='
    assert.equal(server.accept(`c=biws,r=${nonce},p=${proof}`), 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
    assert.equal(server.accept(`c=biws,r=${nonce},p=A${proof.slice(1)}`), null)
  })
})

describe('the kind mongodb, meeting strange servers', () => {
  const hosted: Hosted = {
    kind: mongodb,
    name: 'MongoDB',
    spec: (port) => ({ url: urlOf(port, 'app@'), password: 'hush hush' }),
    secret: 'hush',
  }
  testHostility(hosted)
  const once =
    (bytes: Buffer): Talk =>
    (socket) =>
      void socket.once('data', () => socket.write(bytes))

  test('messages that lie are refused', async (t) => {
    const well = encode({ ok: 1 })
    const lies = [
      reply(2, well),
      reply(1, well, { code: 1 }),
      reply(1, well, { flags: 2 }),
      reply(1, well, { kind: 1 }),
      reply(1, well, { length: 16 }),
      reply(1, well, { length: -1 }),
      reply(1, Buffer.concat([well, well])),
      reply(1, Buffer.from([255, 255, 255, 127, 0])),
      reply(1, well, { flags: 1 }),
    ]
    for (const [index, lie] of lies.entries())
      assert.match(await meet(t, hosted, once(lie)), /^down, protocol: .* does not speak MongoDB/, String(index))
    assert.match(await meet(t, hosted, once(reply(1, well, { length: 0x7fffffff }))), /^down, too_large: /)
    assert.match(await meet(t, hosted, once(Buffer.from('ffffff7f', 'hex'))), /^down, too_large: /)
    assert.match(await meet(t, hosted, once(Buffer.from('SSH-2.0'))), /^down, protocol: .* it said “SSH-”/)
    const summed = reply(1, Buffer.concat([encode({ ok: 0, errmsg: 'heard' }), Buffer.alloc(4)]), { flags: 1 })
    assert.match(await meet(t, hosted, once(summed)), /“heard”/)
  })

  test('a server that does not know the password itself is found out', async (t) => {
    const pretending = (last: Parameters<typeof encode>[0]): Talk =>
      mongo({ users: { 'admin.app': [modern] }, answer: (asked) => (asked['saslContinue'] ? last : null) })
    const sends = (payload: string, done = true) => ({ conversationId: 7, done, payload: Buffer.from(payload), ok: 1 })
    const found = 'down, auth: 127.0.0.1:PORT does not know the password itself; it is not the server it seems to be.'
    assert.equal(await meet(t, hosted, pretending(sends('v=bm8='))), found)
    assert.equal(await meet(t, hosted, pretending(sends(''))), found)
    assert.match(await meet(t, hosted, pretending({ ok: 1 })), /^down, protocol: /)
    const first = (payload: string): Talk =>
      mongo({
        answer: (asked) =>
          asked['saslStart'] ? { conversationId: 7, done: true, payload: Buffer.from(payload), ok: 1 } : null,
      })
    for (const challenge of ['', 'r=x,s=c2FsdA==,i=4096', 'v=bm8='])
      assert.match(await meet(t, hosted, first(challenge)), /^down, protocol: .* does not log us in as SCRAM has it/)
  })

  test('a password never crosses the internet in clear text', async (t) => {
    const target = await openTarget(t, mongo())
    const spec = { url: `mongodb://app@db.example.test:${target.port}`, password: 'hush' }
    assert.match(await tell(mongodb, spec, target.port, outsideTo(target.port)), /^down, auth: .* is on the internet/)
    await target.quiet()
    assert.equal(target.received(), '')
  })

  test('settings that make no sense are refused with the reason', () => {
    const fault = faultsOf(mongodb)
    const url = 'mongodb://db.example.test'
    assert.match(fault({ url: 'mongodb+srv://db' }), /mongodb\+srv:\/\/ is not known here; write mongodb:\/\//)
    assert.match(fault({ url: 'mongodb://a:1,b:2/?replicaSet=rs0' }), /names several servers; write one/)
    assert.match(fault({ url: 'mongodb://u:p@db' }), /a URL holds no password/)
    assert.match(fault({ url: `${url}/?retryWrites=true` }), /retryWrites=… means nothing to a check; leave it out/)
    assert.match(fault({ url: `${url}/?authMechanism=PLAIN` }), /authMechanism is one of SCRAM-SHA-256, SCRAM-SHA-1/)
    assert.match(fault({ url: `${url}/?tls=yes` }), /tls in a URL is true or false/)
    assert.match(fault({ url: `${url}/?tls=true`, tls: true }), /is said by the URL, too/)
    assert.match(fault({ url, password: 'x' }), /belongs to a user/)
    assert.match(fault({ url: 'mongodb://app@db' }), /is needed for the user app/)
    assert.match(fault({ url, role: 'master' }), /expected primary or secondary/)
    assert.equal(fault({ url: 'mongodb://app@[::1]:1/shop?tls=false', password: 'x' }), '')
    assert.equal(mongodb.describe(mongodb.config.parse({ url: `${url}/shop` })), 'db.example.test:27017/shop')
  })
})
