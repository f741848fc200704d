// Tests of the kind `postgres` against real PostgreSQL, and against servers that do not play along.
import assert from 'node:assert/strict'
import { chmodSync, chownSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { program } from '#test/debian.ts'
import { type OwnServer, ownServer, standbyOf } from '#test/postgres.ts'
import { type Service, startService } from '#test/service.ts'
import { golden, look, openTarget, type Talk } from '#test/targets.ts'
import { eventually, faultsOf, type Hosted, meet, outsideTo, tell, testHostility } from '../service/testing.ts'
import { postgres } from './postgres.ts'

type Spec = Readonly<Record<string, unknown>>

const portOf = ({ url }: { readonly url: string }) => Number(new URL(url).port)
const urlOf = (port: number, user: string, rest = '/postgres') => `postgres://${user}@127.0.0.1:${port}${rest}`

/** Runs a statement as the superuser, whom the server trusts; the first value of its answer. */
async function command(server: { readonly url: string }, statement: string): Promise<string> {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  try {
    const { rows } = await client.query(statement)
    return String(Object.values((rows as Spec[])?.[0] ?? {})[0])
  } finally {
    await client.end()
  }
}

/** Puts a file into the folder of a server, as its own. */
function place(folder: string, name: string, text: string): void {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  const { uid, gid } = statSync(folder)
  chownSync(path, uid, gid)
}

/** A PgBouncer before the server on that port, which knows the user `app`. */
async function startPool(port: number): Promise<Service> {
  return startService({
    program: await program('pgbouncer'),
    files: (folder, own) => ({
      users: '"app" "sésame"\n',
      'pool.ini': `[databases]
* = host=127.0.0.1 port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${folder}/users
pool_mode = transaction
`,
    }),
    // As root it becomes somebody who may do little.
    prepare: async (folder) => chmodSync(folder, 0o755),
    args: (folder) => [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), join(folder, 'pool.ini')],
    ready: /process up/,
  })
}

const ways = `
local   all all                       trust
host    all allswell     127.0.0.1/32 trust
hostssl all encrypted    127.0.0.1/32 scram-sha-256
host    all clear        127.0.0.1/32 password
host    all old          127.0.0.1/32 md5
host    all modern       127.0.0.1/32 scram-sha-256`

/** Knows users that log in by each way, and TLS. */
async function guarded(): Promise<OwnServer> {
  const server = await ownServer()
  const folder = await command(server, 'show data_directory')
  place(folder, 'pg_hba.conf', ways)
  place(folder, 'server.key', golden('server.key'))
  place(folder, 'server.crt', golden('good.pem'))
  const roles = ['modern', 'clear', 'encrypted'].map((name) => `create role ${name} login password 'sésame'`)
  await command(server, roles.join('; '))
  await command(server, `set password_encryption = 'md5'; create role old login password 'sésame'`)
  await command(server, `create table orders as select generate_series(1, 7) as id; grant all on orders to public`)
  await command(server, 'alter system set ssl = on')
  await command(server, 'select pg_reload_conf()')
  return server
}

describe('the kind postgres, asking a real one', () => {
  let server: OwnServer
  before(async () => {
    server = await guarded()
  })
  after(() => server.end())
  const ask = (user: string, spec: Spec = {}, rest?: string) =>
    tell(postgres, { url: urlOf(portOf(server), user, rest), ...spec }, portOf(server))
  const password = 'sésame'

  test('it is up for whom it trusts, with its phases and its version', async () => {
    const url = urlOf(portOf(server), 'allswell')
    await eventually(() => ask('allswell', { tls: { verify: false } }), /^up$/)
    const finding = await look(postgres, { url, tls: false, role: 'primary' })
    assert.equal(finding.sentence, null)
    assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), ['resolve', 'connect', 'auth', 'answer'])
    assert.match(String(finding.facts?.['version']), /^\d+\.\d+/)
  })

  test('each way to show a password is known, and what is refused is told in the server’s words', async () => {
    for (const user of ['modern', 'clear', 'old', 'encrypted']) {
      const at = 'down, auth: 127.0.0.1:PORT'
      assert.equal(await ask(user, { password }), 'up', user)
      assert.equal(
        await ask(user, { password: 'secret' }),
        `${at} refuses the user ${user}; it said “password authentication failed for user "${user}"”.`,
      )
      assert.equal(await ask(user), `${at} wants a password of the user ${user}; give it under password.`)
    }
    const unencrypted = await ask('encrypted', { password, tls: false })
    assert.match(
      unencrypted,
      /^down, auth: .* refuses the user encrypted; it said “no pg_hba.conf entry .*no encryption”/,
    )
    assert.equal(
      await ask('modern', { password }, '/nowhere'),
      'down, failed: 127.0.0.1:PORT does not let us in; it said “database "nowhere" does not exist”.',
    )
  })

  test('the first value of a query is judged', async () => {
    const answer = (query: string, expect?: Spec) => ask('modern', { password, query, ...(expect ? { expect } : {}) })
    const count = 'select count(*), 5 from orders'
    assert.equal(await answer(count), 'up')
    assert.equal(await answer(count, { equals: 7, min: 7, max: 7 }), 'up')
    const at = 'down, body: The answer of 127.0.0.1:PORT to the query'
    assert.equal(await answer(count, { equals: 8 }), `${at} is “7”, not “8”.`)
    assert.equal(await answer(count, { max: 6 }), `${at} is 7, more than 6.`)
    assert.equal(await answer('select null', { max: 6 }), `${at} is NULL, which is no value.`)
    assert.equal(await answer('select 1 where false', { max: 6 }), `${at} has no row.`)
    assert.equal(await answer('select generate_series(3, 1000)', { equals: 3 }), 'up')
    assert.match(
      await answer(`select repeat('x', 100000)`),
      /^down, too_large: .* answers with 100006 bytes; 64 kB are/,
    )
  })

  test('a query can neither write nor outlive the check', async () => {
    const answer = (query: string, options = {}) =>
      tell(postgres, { url: urlOf(portOf(server), 'modern'), password, query }, portOf(server), options)
    const refused = 'down, failed: 127.0.0.1:PORT answers the query with an error; it said'
    assert.equal(
      await answer('insert into orders values (8)'),
      `${refused} “cannot execute INSERT in a read-only transaction”.`,
    )
    assert.match(
      await answer('commit; insert into orders values (8)'),
      /“cannot insert multiple commands into a prepared/,
    )
    assert.equal(await answer('selec'), `${refused} “syntax error at or near "selec"”.`)
    assert.match(await answer('select pg_sleep(60)', { timeout: 300 }), /^down, timeout: /)
    const sleeping = `select count(*) from pg_stat_activity
      where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()`
    await eventually(() => command(server, sleeping), /^0$/)
  })

  test('TLS is as sslmode or tls would have it', async () => {
    const with_ = (mode: string, spec: Spec = {}) => ask('encrypted', { password, ...spec }, `/postgres${mode}`)
    const tls = { ca: golden('ca.pem'), server_name: 'localhost' }
    for (const mode of ['', '?sslmode=prefer', '?sslmode=require']) assert.equal(await with_(mode), 'up', mode)
    assert.equal(await with_('', { tls }), 'up')
    for (const mode of ['?sslmode=verify-ca', '?sslmode=verify-full'])
      assert.match(await with_(mode), /^down, certificate: The certificate /)
    assert.match(await with_('?sslmode=disable'), /no encryption/)
    assert.match(await with_('', { tls: true }), /^down, certificate: /)
    assert.match(
      await with_('', { tls: { ...tls, server_name: 'db.test' } }),
      /^down, certificate: The certificate is for/,
    )
    const finding = await look(postgres, { url: urlOf(portOf(server), 'encrypted'), password, tls })
    assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), [
      'resolve',
      'connect',
      'starttls',
      'tls',
      'auth',
      'answer',
    ])
  })
})

describe('the kind postgres, asking by way of a pool of connections', () => {
  test('a pool that hands out connections for a transaction is asked the same, and keeps them', async (t) => {
    const server = await ownServer()
    t.after(() => server.end())
    await command(server, `create role app login password 'sésame'`)
    const pool = await startPool(portOf(server))
    t.after(() => pool.stop())
    const ask = (spec: Spec) => tell(postgres, { url: urlOf(pool.port, 'app'), password: 'sésame', ...spec }, pool.port)
    assert.equal(await ask({}), 'up')
    assert.equal(await ask({ role: 'primary' }), 'up')
    assert.equal(await ask({ query: 'select 5', expect: { equals: 5 } }), 'up')
    assert.match(await ask({ query: 'selec' }), /^down, failed: .* “syntax error at or near "selec"”\.$/)
    assert.match(await ask({ password: 'x' }), /^down, auth: 127\.0\.0\.1:PORT refuses the user app; it said “/)
    const connections = `select count(*) from pg_stat_activity where usename = 'app'`
    assert.equal(await command(server, connections), '1')
  })
})

describe('the kind postgres, asking a primary and its standby', () => {
  test('roles are told apart, and a standby that stays behind is noticed', async (t) => {
    const primary = await ownServer()
    t.after(() => primary.end())
    const standby = await standbyOf(primary)
    t.after(() => standby.end())
    const ask = (server: OwnServer, spec: Spec) => tell(postgres, { url: server.url, ...spec }, portOf(server))
    assert.equal(await ask(primary, { role: 'primary', query: 'select 1' }), 'up')
    assert.equal(await ask(primary, { lag: { down: '1ms' } }), 'up')
    assert.equal(
      await ask(primary, { role: 'standby' }),
      'down, status: 127.0.0.1:PORT is a primary; a standby was expected.',
    )
    assert.equal(await ask(standby, { role: 'standby', query: 'select 1' }), 'up')
    await eventually(() => ask(standby, { role: 'standby', lag: { down: '1ms' } }), /^up$/)
    await command(standby, 'select pg_wal_replay_pause()')
    await command(primary, 'create table later as select 1')
    await eventually(() => ask(standby, { lag: { down: '1ms' } }), /^down, status: .* cannot say how far behind it is/)
    await command(standby, 'select pg_wal_replay_resume()')
    await eventually(() => ask(standby, { lag: { down: '1ms' } }), /^up$/)
    await command(standby, 'select pg_wal_replay_pause()')
    await command(primary, 'create table latest as select 1')
    await eventually(
      () => ask(standby, { lag: { degraded: '1ms' } }),
      /^degraded, slow: 127.0.0.1:PORT is .* behind; more than 1 ms counts as degraded/,
    )
    await eventually(() => ask(standby, { lag: { degraded: '1ms', down: '2ms' } }), /^down, slow: /)
    await command(standby, 'select pg_wal_replay_resume()')
    await eventually(() => ask(standby, { lag: { degraded: '1ms' } }), /^up$/)
    primary.end()
    await eventually(() => ask(standby, { lag: { down: '1ms' } }), /^down, slow: 127\.0\.0\.1:PORT is .* behind/)
    assert.equal(await ask(standby, { role: 'standby' }), 'up')
  })
})

/** A message of the protocol. */
function says(type: string, body: string | Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.from(`${type}0000`), Buffer.from(body)])
  bytes.writeInt32BE(bytes.length - 1, 1)
  return bytes
}

const number = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

describe('the kind postgres, meeting strange servers', () => {
  const hosted: Hosted = {
    kind: postgres,
    name: 'PostgreSQL',
    spec: (port) => ({ url: urlOf(port, 'app'), password: 'hush hush' }),
    secret: 'hush',
  }
  testHostility(hosted)
  const plain: Hosted = { ...hosted, spec: (port) => ({ url: urlOf(port, 'app'), password: 'hush hush', tls: false }) }
  testHostility({ ...plain, name: 'PostgreSQL without TLS' })

  /** Answers the first words, and then each of ours in turn. */
  const play =
    (...turns: readonly Buffer[]): Talk =>
    (socket) => {
      const left = [...turns]
      socket.on('data', () => {
        const turn = left.shift()
        if (turn) socket.write(turn)
      })
    }
  const ready = Buffer.concat([says('R', number(0)), says('Z', 'I')])

  test('lengths and values that lie are refused', async (t) => {
    const lie = (bytes: string) => Buffer.from(bytes, 'latin1')
    for (const bytes of [
      'R\x80\0\0\0',
      'R\xff\xff\xff\xff',
      'R\0\0\0\x03',
      'R\0\0\0\x04',
      'Z\0\0\0\x05I',
      '?\0\0\0\x05I',
    ])
      assert.match(
        await meet(t, plain, play(lie(bytes))),
        /^down, protocol: 127\.0\.0\.1:PORT does not speak PostgreSQL/,
      )
    for (const row of ['\0', '\0\x01', '\0\x01\x7f\xff\xff\xff', '\0\x02\0\0\0\x01a', '\0\x01\xff\xff\xff\xfe'])
      assert.match(await meet(t, plain, play(ready, says('D', lie(row)))), /^down, protocol: /)
  })

  test('a server that does not know the password itself is found out', async (t) => {
    const scram = Buffer.concat([number(10), Buffer.from('SCRAM-SHA-256\0\0')])
    const pretend: Talk = (socket) => {
      let turn = 0
      socket.on('data', (bytes: Buffer) => {
        const nonce = /r=([^,]+)/.exec(bytes.toString('latin1'))?.[1] ?? ''
        const challenge = Buffer.concat([number(11), Buffer.from(`r=${nonce}more,s=c2FsdA==,i=4096`)])
        const answers = [
          says('R', scram),
          says('R', challenge),
          says('R', Buffer.concat([number(12), Buffer.from('v=bm8=')])),
        ]
        socket.write(answers[turn++] ?? '')
      })
    }
    assert.equal(
      await meet(t, plain, pretend),
      'down, auth: 127.0.0.1:PORT does not know the password itself; it is not the server it seems to be.',
    )
    const early: Talk = play(says('R', scram), Buffer.concat([says('R', number(0)), says('Z', 'I')]))
    assert.match(await meet(t, plain, early), /^down, protocol: /)
    const greedy = play(
      says('R', scram),
      says('R', Buffer.concat([number(11), Buffer.from('r=x,s=c2FsdA==,i=2147483647')])),
    )
    assert.match(await meet(t, plain, greedy), /^down, protocol: .* does not log us in as SCRAM has it/)
    assert.match(
      await meet(t, plain, play(says('R', number(7)))),
      /wants a way to log in that is not known here \(number 7\)/,
    )
  })

  test('notices without end are given up on', async (t) => {
    const notices = Buffer.concat(Array.from({ length: 5_000 }, () => says('N', 'SNOTICE\0Mwait\0\0')))
    assert.match(await meet(t, plain, play(notices)), /^down, too_large: /)
  })

  test('TLS that is needed and not offered is a failure, and what is slipped in before it is noticed', async (t) => {
    const secured: Hosted = { ...hosted, spec: (port) => ({ url: urlOf(port, 'app'), password: 'hush', tls: true }) }
    assert.equal(
      await meet(t, secured, play(Buffer.from('N'))),
      'down, tls: 127.0.0.1:PORT does not offer TLS to PostgreSQL’s clients.',
    )
    assert.match(await meet(t, secured, play(Buffer.from('SE'))), /^down, protocol: .* where TLS must begin/)
    assert.match(await meet(t, secured, play(Buffer.from('S'), Buffer.from('what?'))), /^down, tls: /)
  })

  test('a password never crosses the internet in clear text', async (t) => {
    const target = await openTarget(t, play(Buffer.from('N')))
    const spec = { url: `postgres://app@db.example.test:${target.port}`, password: 'hush' }
    assert.match(
      await tell(postgres, spec, target.port, outsideTo(target.port)),
      /^down, auth: db\.example\.test:PORT is on the internet \(192\.0\.2\.1\), so the password was not sent/,
    )
    await target.quiet()
    assert.equal(target.received().length, 8)
  })

  test('settings that make no sense are refused with the reason', () => {
    const fault = faultsOf(postgres)
    const url = 'postgres://app@db.example.test'
    assert.match(fault({ url: 'postgres://app:pw@db' }), /a URL holds no password/)
    assert.match(fault({ url: 'postgres://db/app' }), /names no user; write it such as postgres:/)
    assert.match(fault({ url: 'postgres://app@%2Frun%2Fpg/db' }), /^\/run\/pg is a socket of this machine/)
    assert.match(fault({ url: 'postgres://a%00b@db' }), /has control characters/)
    assert.match(fault({ url: `${url}?sslmode=always` }), /sslmode is one of disable, prefer, require/)
    assert.match(
      fault({ url: `${url}?connect_timeout=5` }),
      /connect_timeout=… means nothing to a check; leave it out; .*sslmode/,
    )
    assert.match(fault({ url: `${url}?sslmode=require`, tls: true }), /is said by sslmode, too/)
    assert.match(fault({ url, expect: { equals: 1 } }), /write it under query/)
    assert.match(fault({ url, query: ' ' }), /an empty query asks nothing/)
    assert.match(fault({ url, role: 'primary', lag: { down: '1s' } }), /a primary never lags/)
    assert.match(fault({ url, lag: { degraded: '2s', down: '1s' } }), /degraded must be less than down/)
    assert.match(fault({ url, role: 'replica' }), /expected primary or standby/)
    assert.equal(
      fault({ url: `${url}/shop?sslmode=verify-full`, password: 'x', role: 'standby', lag: { down: '1m' } }),
      '',
    )
    assert.equal(postgres.describe(postgres.config.parse({ url })), 'db.example.test:5432/app')
    assert.equal(postgres.describe(postgres.config.parse({ url: `${url}:6432/shop` })), 'db.example.test:6432/shop')
  })
})
