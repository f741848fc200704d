// Tests of the kind `mqtt` against a real Mosquitto, and against brokers that do not play along.
import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { program } from '#test/debian.ts'
import { type Service, startService } from '#test/service.ts'
import { golden, look, openTarget, type Talk } from '#test/targets.ts'
import { eventually, faultsOf, type Hosted, meet, outsideTo, tell, testHostility } from '../service/testing.ts'
import { mqtt } from './mqtt.ts'

type Spec = Readonly<Record<string, unknown>>

/** A line of Mosquitto's file of passwords. */
function passwordLine(user: string, password: string): string {
  const salt = Buffer.from('salt-of-12-b')
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512')
  return `${user}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}\n`
}

const start = async (...lines: readonly string[]) =>
  startService({
    program: await program('mosquitto'),
    files: (folder, port) => ({
      'key.pem': golden('server.key'),
      'cert.pem': golden('good.pem'),
      passwords: passwordLine('watcher', 'sésame'),
      rights: 'user watcher\ntopic readwrite watch/#\ntopic read $SYS/#\n',
      'broker.conf': [
        ...(process.getuid?.() === 0 ? ['user root'] : []),
        `listener ${port} 127.0.0.1`,
        'persistence false',
        'sys_interval 1',
        ...lines,
      ]
        .join('\n')
        .replaceAll('FOLDER', folder),
    }),
    args: (folder) => ['-c', `${folder}/broker.conf`, '-v'],
    ready: /mosquitto version .* running/,
  })
const guarded = ['allow_anonymous false', 'password_file FOLDER/passwords', 'acl_file FOLDER/rights']

const urlOf = (port: number, user = '') => `mqtt://${user}127.0.0.1:${port}`

describe('the kind mqtt, asking a real broker', () => {
  let open: Service
  let locked: Service
  before(async () => {
    open = await start('allow_anonymous true')
    locked = await start(...guarded)
  })
  after(async () => {
    await Promise.all([open.stop(), locked.stop()])
  })
  const password = 'sésame'
  const versions = ['3.1.1', 5] as const
  const ask = (spec: Spec = {}) => tell(mqtt, { url: urlOf(open.port), ...spec }, open.port)
  const askLocked = (user: string, spec: Spec = {}) =>
    tell(mqtt, { url: urlOf(locked.port, user), ...spec }, locked.port)

  test('it is up when it answers a ping, with its phases', async () => {
    for (const version of versions) {
      const finding = await look(mqtt, { url: urlOf(open.port), version })
      assert.equal(finding.sentence, null)
      assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), ['resolve', 'connect', 'auth', 'answer'])
    }
  })

  test('refused users are told in words', async () => {
    const at = 'down, auth: 127.0.0.1:PORT refuses'
    for (const version of versions) {
      const code = version === 5 ? '0x87' : '5'
      assert.equal(await askLocked('watcher@', { password, version }), 'up')
      assert.equal(
        await askLocked('watcher@', { password: 'x', version }),
        `${at} the user watcher: not authorized (code ${code}).`,
      )
      assert.equal(await askLocked('', { version }), `${at} us: not authorized (code ${code}).`)
    }
  })

  test('a message goes round', async () => {
    for (const version of versions) {
      assert.equal(await ask({ version, round_trip: 'watch/round' }), 'up')
      assert.equal(await askLocked('watcher@', { password, version, round_trip: 'watch/round' }), 'up')
    }
    // The broker takes what may not be sent, and does not pass it on.
    const spec = { url: urlOf(locked.port, 'watcher@'), password, round_trip: '$SYS/broker/uptime' }
    assert.equal(
      await tell(mqtt, spec, locked.port, { timeout: 300 }),
      'down, timeout: No answer within 300 ms; it got as far as waiting for the message to “$SYS/broker/uptime” ' +
        'that we sent to come back.',
    )
  })

  test('what a topic holds is judged', async () => {
    for (const version of versions) {
      const holds = (topic: string, expect: Spec = {}, options = {}) =>
        tell(mqtt, { url: urlOf(open.port), version, retained: { topic, ...expect } }, open.port, options)
      await eventually(() => holds('$SYS/broker/version', { contains: 'mosquitto' }), /^up$/)
      await eventually(() => holds('$SYS/broker/clients/connected', { min: 0, max: 100 }), /^up$/)
      assert.equal(
        await holds('$SYS/broker/clients/connected', { min: 100 }).then((said) => said.replace(/is \d+,/, 'is N,')),
        'down, body: The message that “$SYS/broker/clients/connected” holds on 127.0.0.1:PORT is N, less than 100.',
      )
      assert.match(
        await holds('nothing/here', {}, { timeout: 300 }),
        /^down, timeout: .* that “nothing\/here” must hold\.$/,
      )
    }
  })

  test('inside of TLS it is asked the same', async (t) => {
    const secured = await start('allow_anonymous true', 'keyfile FOLDER/key.pem', 'certfile FOLDER/cert.pem')
    t.after(() => secured.stop())
    const ask = (spec: Spec) => tell(mqtt, { url: `mqtts://127.0.0.1:${secured.port}`, ...spec }, secured.port)
    const tls = { ca: golden('ca.pem'), server_name: 'localhost' }
    assert.equal(await ask({ tls, version: 5, round_trip: 'a' }), 'up')
    assert.match(await ask({}), /^down, certificate: The certificate /)
  })
})

describe('the kind mqtt, meeting strange brokers', () => {
  const hosted: Hosted = {
    kind: mqtt,
    name: 'MQTT',
    spec: (port) => ({ url: urlOf(port, 'app@'), password: 'hush hush' }),
    secret: 'hush',
  }
  testHostility(hosted)
  const welcome = [0x20, 2, 0, 0]
  /** Answers each packet of ours in turn. */
  const play =
    (...turns: readonly (readonly number[])[]): Talk =>
    (socket) => {
      const left = [...turns]
      socket.on('data', () => {
        const turn = left.shift()
        if (turn) socket.write(Buffer.from(turn))
        else socket.end()
      })
    }
  const with_ = (spec: Spec): Hosted => ({ ...hosted, spec: (port) => ({ url: urlOf(port), ...spec }) })

  test('lengths and packets that lie are refused', async (t) => {
    const first = [
      [0x20, 0xff, 0xff, 0xff, 0xff, 1],
      [0x20, 1, 0],
      [0x20, 0],
      [0xd0, 0],
      [0x00, 2, 0, 0],
      [0xf0, 0],
      [0x30, 2, 0, 0],
    ]
    for (const lie of first)
      assert.match(await meet(t, hosted, play(lie)), /^down, protocol: .* does not speak MQTT/, String(lie))
    assert.match(await meet(t, hosted, play([0x20, 0xff, 0xff, 0xff, 0x7f])), /^down, too_large: /)
    const retained = with_({ retained: { topic: 'a' } })
    const five = with_({ retained: { topic: 'a' }, version: 5 })
    const granted = [0x90, 3, 0, 1, 0]
    for (const lie of [
      [0x31, 1, 0],
      [0x31, 3, 0, 9, 97],
      [0x33, 5, 0, 1, 97, 0, 1],
      [0x90, 2, 0, 1],
      [0x90, 3, 0, 9, 0],
      welcome,
    ])
      assert.match(await meet(t, retained, play(welcome, lie)), /^down, protocol: /, String(lie))
    for (const lie of [
      [0x31, 3, 0, 1, 97],
      [0x31, 4, 0, 1, 97, 9],
      [0x31, 7, 0, 1, 97, 0xff, 0xff, 0xff, 0xff],
    ])
      assert.match(await meet(t, five, play([0x20, 3, 0, 0, 0], lie)), /^down, protocol: /, String(lie))
    const other = [0x31, 4, 0, 1, 98, 120]
    const live = [0x30, 4, 0, 1, 97, 120]
    const held = [0x31, 4, 0, 1, 97, 121]
    assert.equal(await meet(t, retained, play(welcome, [...other, ...live, ...held, ...granted])), 'up')
    assert.equal(await meet(t, retained, play(welcome, [...granted, ...other, ...live, ...held])), 'up')
  })

  test('messages of others without end are given up on', async (t) => {
    const others = Array.from({ length: 20_000 }, () => [0x30, 4, 0, 1, 97, 120]).flat()
    assert.match(
      await meet(t, with_({ round_trip: 'a' }), play(welcome, [0x90, 3, 0, 1, 0], others)),
      /^down, too_large: /,
    )
  })

  test('each refusal has words', async (t) => {
    const refusal = (...bytes: number[]) => meet(t, with_({}), play(bytes))
    const at = '127.0.0.1:PORT refuses us:'
    assert.equal(await refusal(0x20, 2, 0, 1), `down, protocol: ${at} it does not speak this version of MQTT (code 1).`)
    assert.equal(await refusal(0x20, 2, 0, 2), `down, failed: ${at} it does not accept the client id (code 2).`)
    assert.equal(await refusal(0x20, 2, 0, 3), `down, failed: ${at} it is not ready to serve (code 3).`)
    assert.equal(await refusal(0x20, 2, 0, 4), `down, auth: ${at} bad user name or password (code 4).`)
    assert.equal(await refusal(0x20, 3, 0, 0x89, 0), `down, failed: ${at} it is busy (code 0x89).`)
    assert.equal(await refusal(0x20, 3, 0, 0xee, 0), `down, failed: ${at} it does not say why (code 0xee).`)
    const ended = await meet(t, with_({ version: 5 }), play([0x20, 3, 0, 0, 0], [0xe0, 2, 0x8b, 0]))
    assert.equal(ended, 'down, failed: 127.0.0.1:PORT ends the session: it is shutting down (code 0x8b).')
    const deaf = await meet(t, with_({ round_trip: 'a' }), play(welcome, [0x90, 3, 0, 1, 0x80]))
    assert.equal(deaf, 'down, auth: 127.0.0.1:PORT does not let us listen to “a”: it does not say why (code 0x80).')
  })

  test('a password never crosses the internet in clear text', async (t) => {
    const target = await openTarget(t, play(welcome))
    const spec = { url: `mqtt://app@broker.example.test:${target.port}`, password: 'hush' }
    assert.match(await tell(mqtt, spec, target.port, outsideTo(target.port)), /^down, auth: .* is on the internet/)
    await target.quiet()
    assert.equal(target.received(), '')
  })

  test('settings that make no sense are refused with the reason', () => {
    const fault = faultsOf(mqtt)
    const url = 'mqtt://broker.example.test'
    assert.match(fault({ url: 'ws://broker' }), /ws:\/\/ is not known here; write mqtt:\/\/ or mqtts:\/\//)
    assert.match(fault({ url: `${url}/topic` }), /\/topic means nothing here; leave it out/)
    assert.match(fault({ url, version: 3 }), /expected 3\.1\.1 or 5/)
    assert.match(fault({ url, password: 'x' }), /belongs to a user; name it in the URL/)
    assert.equal(fault({ url, password: 'x', version: '5' }), '')
    assert.match(fault({ url, round_trip: 'a/#' }), /without the wildcards/)
    assert.match(fault({ url, retained: { topic: 'a', min: 3, max: 2 } }), /3 is more than 2/)
    assert.match(fault({ url, retained: {} }), /expected string/)
    assert.equal(
      fault({ url: 'mqtts://me@broker', password: 'x', client_id: 'a', retained: { topic: 'a', equals: true } }),
      '',
    )
    assert.equal(mqtt.describe(mqtt.config.parse({ url })), 'broker.example.test:1883')
  })
})
