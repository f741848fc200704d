// Tests of the kind `mysql` against a real MariaDB.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { openOutbound } from '#platform/outbound.ts'
import { startMariadb } from '#test/mariadb.ts'
import type { Service } from '#test/service.ts'
import { golden, look } from '#test/targets.ts'
import { eventually, tell } from '../service/testing.ts'
import { hold } from '../talk/session.ts'
import { ask as askServer } from './ask.ts'
import { logIn } from './login.ts'
import { mysql } from './mysql.ts'

type Spec = Readonly<Record<string, unknown>>

const urlOf = (port: number, user: string, rest = '') => `mysql://${user}@127.0.0.1:${port}${rest}`

/** Runs statements as root; the first value of the last answer. */
async function command(port: number, ...statements: readonly string[]): Promise<string> {
  let value = ''
  const outbound = openOutbound({ denied: [] })
  const context = { clock: systemClock, outbound, timeout: 10_000, signal: new AbortController().signal }
  const reach = { address: { host: '127.0.0.1', port }, ip: 'any', tls: null } as const
  const { sentence } = await hold(reach, context, {
    async talk(session) {
      const { packets } = await logIn(session, { user: 'root', database: '', password: undefined, tls: null })
      for (const statement of statements) value = String((await askServer(session, packets, statement)).rows[0]?.[0])
    },
  })
  assert.equal(sentence, null)
  return value
}

/** From its data folder, where it works. */
const withTls = ['--ssl-key=../key.pem', '--ssl-cert=../cert.pem', '--ssl-ca=../ca.pem']
const statements = [
  `create database shop`,
  `create table shop.orders (id int)`,
  `insert into shop.orders values (1), (2), (3)`,
  `create user watcher@'127.0.0.1' identified by 'sésame'`,
  `grant select, insert on shop.* to watcher@'127.0.0.1'`,
  `create user encrypted@'127.0.0.1' identified by 'sésame' require ssl`,
  `create user elsewhere@'192.0.2.1' identified by 'sésame'`,
]

describe('the kind mysql, asking a real MariaDB', () => {
  let server: Service
  before(async () => {
    server = await startMariadb({ args: withTls, statements })
  })
  after(() => server.stop())
  const password = 'sésame'
  const ask = (user: string, spec: Spec = {}, rest = '/shop') =>
    tell(mysql, { url: urlOf(server.port, user, rest), ...spec }, server.port)

  test('it is up, with its phases and its version', async () => {
    const finding = await look(mysql, { url: urlOf(server.port, 'watcher'), password, role: 'primary' })
    assert.equal(finding.sentence, null)
    assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), ['resolve', 'connect', 'auth', 'tls', 'answer'])
    assert.match(String(finding.facts?.['version']), /MariaDB/)
    assert.equal(await ask('root', { tls: false }, ''), 'up')
  })

  test('refused users are told in the server’s words', async () => {
    const at = 'down, auth: 127.0.0.1:PORT refuses the user'
    assert.equal(await ask('watcher', { password }), 'up')
    assert.match(await ask('watcher'), /refuses the user watcher; it said “Access denied .*\(using password: NO\)”\.$/)
    assert.match(await ask('watcher', { password: 'x' }), /refuses the user watcher; .*\(using password: YES\)”\.$/)
    assert.ok((await ask('elsewhere', { password }, '')).startsWith(`${at} elsewhere; it said “Access denied`))
    assert.match(await ask('watcher', { password }, '/nowhere'), /^down, auth: .* to database 'nowhere'”\.$/)
    assert.match(await ask('root', {}, '/nowhere'), /^down, failed: .* does not let us in; it said “Unknown database/)
  })

  test('the first value of a query is judged', async () => {
    const answer = (query: string, expect?: Spec) => ask('watcher', { password, query, ...(expect ? { expect } : {}) })
    const count = 'select count(*), 5 from orders'
    const at = 'down, body: The answer of 127.0.0.1:PORT to the query'
    assert.equal(await answer(count), 'up')
    assert.equal(await answer(count, { equals: 3, max: 3 }), 'up')
    assert.equal(await answer(count, { max: 2 }), `${at} is 3, more than 2.`)
    assert.equal(await answer('select null', { max: 2 }), `${at} is NULL, which is no value.`)
    assert.equal(await answer('select id from orders where false', { max: 2 }), `${at} has no row.`)
    assert.equal(await answer('select seq from seq_1_to_1000000', { equals: 1 }), 'up')
    assert.match(await answer(`select repeat('x', 100000)`), /^down, too_large: .* answers with 100004 bytes; 64 kB/)
  })

  test('a query can neither write, nor hand over a file, nor outlive the check', async () => {
    const answer = (query: string) => ask('root', { query })
    const refused = 'down, failed: 127.0.0.1:PORT answers the query with an error; it said'
    for (const writing of ['insert into orders values (4)', 'create table x (id int)', 'drop table orders'])
      assert.equal(await answer(writing), `${refused} “Cannot execute statement in a READ ONLY transaction”.`, writing)
    assert.match(await answer('select 1; select 2'), /^down, failed: .* error in your SQL syntax/)
    assert.match(await answer(`load data local infile '/etc/hosts' into table orders`), /local infile capability/)
    const spec = { url: urlOf(server.port, 'root'), query: 'select benchmark(10000000000, sha2(1, 512))' }
    assert.match(await tell(mysql, spec, server.port, { timeout: 300 }), /^down, timeout: /)
    const running = `select count(*) from information_schema.processlist
      where info like '%benchmark(1%' and id <> connection_id()`
    await eventually(() => command(server.port, running), /^0$/)
  })

  test('TLS is as ssl-mode or tls would have it', async () => {
    const with_ = (mode: string, spec: Spec = {}) => ask('encrypted', { password, ...spec }, mode)
    const tls = { ca: golden('ca.pem'), server_name: 'localhost' }
    for (const mode of ['', '?ssl-mode=preferred', '?ssl-mode=REQUIRED']) assert.equal(await with_(mode), 'up', mode)
    assert.equal(await with_('', { tls }), 'up')
    for (const mode of ['?ssl-mode=verify_ca', '?ssl-mode=VERIFY_IDENTITY'])
      assert.match(await with_(mode), /^down, certificate: The certificate /)
    assert.match(
      await with_('', { tls: { ...tls, server_name: 'db.test' } }),
      /^down, certificate: The certificate is for/,
    )
    assert.match(await with_('?ssl-mode=disabled'), /^down, auth: .* refuses the user encrypted/)
  })
})

describe('the kind mysql, asking a MariaDB and its replica', () => {
  test('roles are told apart, and a replica that stays behind or stands still is noticed', async (t) => {
    const primary = await startMariadb({ args: ['--log-bin', '--server-id=1'] })
    t.after(() => primary.stop())
    const replica = await startMariadb({ args: ['--server-id=2', '--read-only'] })
    t.after(() => replica.stop())
    const ask = ({ port }: Service, spec: Spec) => tell(mysql, { url: urlOf(port, 'root'), ...spec }, port)
    const lag = { down: '500ms' }
    assert.equal(await ask(primary, { role: 'primary', query: 'select 1' }), 'up')
    assert.equal(await ask(primary, { lag }), 'up')
    assert.equal(
      await ask(primary, { role: 'replica' }),
      'down, status: 127.0.0.1:PORT is a primary; a replica was expected.',
    )
    assert.equal(await ask(replica, { lag }), 'down, status: 127.0.0.1:PORT only reads, and follows nobody.')
    const source = `master_host = '127.0.0.1', master_port = ${primary.port}, master_user = 'root'`
    await command(replica.port, `change master to ${source}, master_use_gtid = slave_pos`, 'start slave')
    await eventually(() => ask(replica, { role: 'replica', lag }), /^up$/)
    await command(replica.port, 'stop slave', 'change master to master_delay = 3600', 'start slave')
    await eventually(() => ask(replica, { lag }), /^up$/)
    await command(primary.port, 'create database later')
    await eventually(
      () => ask(replica, { lag: { degraded: '500ms' } }),
      /^degraded, slow: .* is \d+ s behind; more than 500 ms/,
    )
    await eventually(() => ask(replica, { lag }), /^down, slow: /)
    await command(replica.port, 'stop slave sql_thread')
    assert.equal(await ask(replica, { lag }), 'down, status: 127.0.0.1:PORT is a replica that stands still.')
    const narrow = `create user narrow@'127.0.0.1'`
    await command(primary.port, narrow)
    assert.match(
      await tell(mysql, { url: urlOf(primary.port, 'narrow'), lag }, primary.port),
      /^down, auth: 127\.0\.0\.1:PORT does not say how far it lags; it said “Access denied/,
    )
  })
})
