// Tests of the kind `tcp`: what is expected of an answer, TLS and STARTTLS, and answers that never end.
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { golden, look, openTarget, type Talk } from '#test/targets.ts'
import { startSmtpSink } from '#test/smtp-sink.ts'
import { selfSigned } from '#test/tls.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { check, endless, faultOf, play, trickle } from '../talk/testing.ts'
import { Answer } from './answer.ts'
import { tcp } from './tcp.ts'

const good = { ca: golden('ca.pem') }
const says =
  (...parts: (string | Buffer)[]): Talk =>
  (socket) => {
    for (const part of parts) socket.write(part)
    socket.end()
  }
const holds =
  (...parts: (string | Buffer)[]): Talk =>
  (socket) => {
    for (const part of parts) socket.write(part)
  }

test('each way to expect something is judged', async (t) => {
  const of = async (expect: object, talk: Talk = says('+PONG\r\nready\r\n')) =>
    (await check(t, tcp, talk, { expect })).said
  assert.equal(await of({ contains: ['PONG', 'ready'] }), 'well')
  assert.equal(await of({ regex: '^\\+P[A-Z]NG' }), 'well')
  assert.equal(await of({ equals: '+PONG\r\nready' }), 'well')
  assert.equal(await of({ bytes: '0d 0a 72', not_contains: 'ERR' }), 'well')
  const answered = 'body: 127.0.0.1:PORT answered “+PONG ready”, which'
  assert.equal(await of({ regex: '^-ERR' }), `${answered} does not match the pattern “^-ERR”.`)
  assert.equal(await of({ equals: '+PONG' }), `${answered} is not “+PONG”.`)
  assert.equal(await of({ bytes: 'ff 00' }), `${answered} does not contain the bytes ff 00.`)
  assert.equal(await of({ not_contains: 'ready' }), `${answered} contains “ready”.`)
  assert.equal(await of({ not_regex: 'r[ae]+dy' }), `${answered} matches the pattern “r[ae]+dy”.`)
})

test('bytes are sent and quoted as such', async (t) => {
  const mirror: Talk = (socket) => socket.on('data', (bytes) => socket.write(bytes))
  const spec = { send: { hex: '00 01 fe ff' }, expect: { bytes: '01fe' } }
  const finding = await check(t, tcp, mirror, spec)
  assert.equal(finding.said, 'well')
  assert.equal(finding.facts['answer'], '0001feff')
  const wrong = await check(t, tcp, says(Buffer.from([0, 1, 0xfe, 0xff])), { expect: { bytes: '02' } })
  assert.equal(
    wrong.said,
    'body: 127.0.0.1:PORT answered 00 01 fe ff (hexadecimal), which does not contain the bytes 02.',
  )
})

test('what was sent is not shown where the server repeats it, whole or in part', async (t) => {
  const mirror: Talk = (socket) => socket.on('data', (bytes) => socket.write(bytes))
  const spec = { send: 'AUTH hunter22\r\nPING\r\n', expect: { contains: '+PONG' } }
  const whole = await check(t, tcp, mirror, spec, { timeout: 100 })
  assert.doesNotMatch(JSON.stringify(whole), /hunter22/)
  assert.match(whole.said, /^body: Within 100 ms it answered “\*\*\*”, which does not contain “\+PONG”\.$/)
  for (const part of ['-ERR unknown AUTH hunter22', '-ERR args: `hunter22`', 'hex: 68756e7465723232'])
    assert.doesNotMatch(JSON.stringify(await check(t, tcp, says(part), spec)), /hunter22|68756e/i, part)
})

test('what is expected is found in an answer without end, and at once', async (t) => {
  const talk: Talk = (socket, index) => {
    socket.write('ready\n')
    endless('and so on and on\n')(socket, index)
  }
  assert.equal((await check(t, tcp, talk, { expect: { contains: 'ready' } })).said, 'well')
  assert.equal((await check(t, tcp, talk, { expect: { regex: '^ready\\n' } })).said, 'well')
})

test('an answer without end that is not as expected is given up on', async (t) => {
  const of = async (expect: object, max_size?: string) =>
    (await check(t, tcp, endless('na'.repeat(4_000)), { expect, ...(max_size ? { max_size } : {}) })).said
  assert.match(
    await of({ contains: 'yes' }),
    /^body: .* answered “nana.*…”, which does not contain “yes” in its first 16 kB\.$/,
  )
  assert.match(await of({ regex: 'y' }, '10B'), /^body: .* does not match the pattern “y” in its first 10 bytes\.$/)
  assert.match(await of({ equals: 'na' }), /^too_large: .* answers more than the 16 kB that are read \(max_size\)\.$/)
  assert.match(await of({ not_contains: 'yes' }, '64kB'), /^too_large: .* more than the 64 kB that are read/)
  assert.match(await of({ not_contains: 'nan' }), /^body: .* contains “nan”\.$/)
})

test('what is judged at the end is judged after a silence, which is not counted as latency', async (t) => {
  const clock = new VirtualClock()
  const target = await openTarget(t, holds('+PONG\r\n'))
  const spec = { address: `127.0.0.1:${target.port}`, expect: { not_contains: 'ERR' }, quiet: '2s' }
  let heard = false
  const looking = look(tcp, spec, { clock })
  void looking.then(() => (heard = true))
  await until('the silence is timed', () => clock.untilNext() === 2_000)
  await clock.advance(1_999)
  assert.equal(heard, false)
  await clock.advance(1)
  const { sentence, latency } = await looking
  assert.equal(sentence, null)
  assert.equal(latency, 0)
  await target.quiet()
  assert.equal(clock.pending(), 0)
})

test('an answer that pauses before it is as expected has the rest of the time', async (t) => {
  const clock = new VirtualClock()
  let more = () => {}
  const target = await openTarget(t, (socket) => {
    socket.write('loading')
    more = () => void socket.write(' … ready')
  })
  const spec = { address: `127.0.0.1:${target.port}`, expect: { equals: 'loading … ready' } }
  const looking = look(tcp, spec, { clock })
  await until('the silence is timed', () => clock.untilNext() === 500)
  await clock.advance(700)
  more()
  await until('the silence is timed anew', () => clock.untilNext() === 500)
  await clock.advance(500)
  assert.equal((await looking).sentence, null)
  await target.quiet()
})

test('at the timeout what was heard is told, and kept', async (t) => {
  const { said, facts } = await check(t, tcp, holds('busy'), { expect: { contains: 'ready' } }, { timeout: 80 })
  assert.equal(said, 'body: Within 80 ms it answered “busy”, which does not contain “ready”.')
  assert.equal(facts['answer'], 'busy')
})

test('who sends a byte at a time is not judged at every byte, yet at the end', async () => {
  let judged = 0
  const expect = {
    get contains() {
      judged += 1
      return ['end']
    },
  }
  const clock = new VirtualClock()
  const answer = new Answer(clock, { expect, most: 20_000, quiet: 500, target: 'h:1' })
  const socket = new Socket()
  const over = answer.listen(socket, new AbortController().signal)
  for (let count = 0; count < 10_000; count += 1) socket.emit('data', Buffer.from('x'))
  for (const byte of 'end') socket.emit('data', Buffer.from(byte))
  assert.ok(judged > 16 && judged < 60, `${judged}`)
  await clock.advance(250)
  await over
  assert.equal(answer.bytes.length, 10_003)
  assert.equal(clock.pending(), 0)
})

test('who sends a byte at a time is understood', async (t) => {
  const text = `${'x'.repeat(3_000)}ready`
  const { said } = await check(t, tcp, trickle(says(text)), { expect: { regex: 'x{100}ready' } })
  assert.equal(said, 'well')
})

test('who closes half of the connection has said all there is', async (t) => {
  const half: Talk = (socket) => {
    socket.end('half')
    socket.resume()
  }
  const { said } = await check(t, tcp, half, { expect: { contains: 'whole' } })
  assert.equal(said, 'body: 127.0.0.1:PORT answered “half”, which does not contain “whole”.')
})

test('NULs are heard, and kept in no form that a database would not take', async (t) => {
  const { said, facts } = await check(t, tcp, says('a\0b is a rather long line of text'), {
    expect: { contains: 'a\0b' },
  })
  assert.equal(said, 'well')
  assert.doesNotMatch(JSON.stringify(facts), /\\u0000/)
})

test('TLS is spoken from the first byte, and the certificate judged before anything is sent', async (t) => {
  const mirror: Talk = (socket) => socket.on('data', (bytes) => socket.write(bytes))
  const spec = { send: 'hello', expect: { contains: 'hello' } }
  const over = (certificate: string, tls: boolean | object, more: object = {}) =>
    check(t, tcp, mirror, { ...spec, tls, ...more }, { tls: certificate })
  const well = await over('good', good)
  assert.equal(well.said, 'well')
  assert.deepEqual(Object.keys(well.facts['phases'] as object), ['resolve', 'connect', 'tls', 'answer'])
  assert.equal(typeof (well.facts['certificate'] as { readonly daysLeft: unknown }).daysLeft, 'number')
  assert.match(
    (await over('good', true)).said,
    /^certificate: The certificate was issued by .*, which is not trusted here/,
  )
  assert.equal((await over('self', { verify: false })).said, 'well')
  assert.match((await over('expired', good)).said, /^certificate: The certificate of 127\.0\.0\.1 expired /)
  assert.equal((await over('good', { ...good, days_left: { degraded: 3_650 } })).said, 'well')
  const target = await openTarget(t, mirror)
  const plain = await look(tcp, { ...spec, tls: true, address: `127.0.0.1:${target.port}` }, { timeout: 300 })
  assert.equal(plain.reason, 'tls')
})

test('nothing is sent to a server whose certificate is not trusted', async (t) => {
  const heard: string[] = []
  const talk: Talk = (socket) => socket.on('data', (bytes) => heard.push(String(bytes)))
  const { reason } = await check(
    t,
    tcp,
    talk,
    { send: 'secret', expect: { contains: 'x' }, tls: true },
    { tls: 'self' },
  )
  assert.equal(reason, 'certificate')
  assert.deepEqual(heard, [])
})

test('TLS is asked for in the words of a protocol, and spoken inside', async (t) => {
  const sink = await startSmtpSink({ tls: 'starttls' })
  t.after(() => sink.stop())
  const spec = {
    address: `127.0.0.1:${sink.port}`,
    starttls: 'smtp',
    send: 'EHLO test\r\n',
    expect: { regex: '250[ -]\\S+' },
  }
  const { sentence, facts } = await look(tcp, { ...spec, tls: { ca: selfSigned.cert } })
  assert.equal(sentence, null)
  assert.deepEqual(Object.keys(facts?.['phases'] as object), ['resolve', 'connect', 'starttls', 'tls', 'answer'])
  assert.equal((await look(tcp, spec)).reason, 'certificate')
  const injected = { greeting: '+OK\r\n', rules: [[/^STLS$/, { tls: '+OK\r\n+OK me too\r\n' }]] } as const
  const lied = await check(t, tcp, play(injected), { starttls: 'pop3', tls: good, expect: { contains: 'OK' } })
  assert.equal(lied.said, 'protocol: 127.0.0.1:PORT said “+OK me too” where TLS must begin.')
})

test('a greeting is waited for before anything is sent', async (t) => {
  const polite: Talk = (socket) => {
    let isGreeted = false
    systemClock.after(20, () => {
      isGreeted = true
      socket.write('220 ready\r\n')
    })
    socket.on('data', () => socket.write(isGreeted ? '250 hello\r\n' : '421 you talk too soon\r\n'))
  }
  const spec = { greeting: { regex: '^220 .*\\n' }, send: 'HELO x\r\n', expect: { regex: '^250' } }
  const { said, facts } = await check(t, tcp, polite, spec)
  assert.equal(said, 'well')
  assert.deepEqual([facts['greeting'], facts['answer']], ['220 ready\r\n', '250 hello\r\n'])
  assert.deepEqual(Object.keys(facts['phases'] as object).slice(2), ['greeting', 'answer'])
  const rude = await check(t, tcp, holds('554 no\r\n'), spec, { timeout: 60 })
  assert.match(rude.said, /^body: Within 60 ms it greeted with “554 no”, which does not match the pattern/)
  assert.match(
    (await check(t, tcp, holds(), spec, { timeout: 60 })).said,
    /it got as far as waiting for its greeting\.$/,
  )
  const only = await check(t, tcp, polite, { greeting: { contains: '220' }, send: 'x' })
  assert.equal(only.said, 'well')
})

test('a reset after half of an answer is a reset', async (t) => {
  const talk: Talk = (socket) => socket.write('half', () => systemClock.after(20, () => socket.resetAndDestroy()))
  assert.match((await check(t, tcp, talk, { expect: { contains: 'whole' } })).said, /^reset: /)
})

test('settings of an answer that make no sense are refused with the reason', () => {
  const fault = (spec: object) => faultOf(tcp, { address: 'h:1', ...spec })
  const expect = { contains: 'x' }
  assert.match(fault({ quiet: '1s' }), /^quiet: is for an answer; add expect/)
  assert.match(fault({ max_size: '1kB' }), /^max_size: is for an answer; add expect/)
  assert.match(fault({ greeting: expect }), /^greeting: is waited for before something is sent; add send/)
  assert.match(fault({ expect, max_size: 0 }), /^max_size: reads nothing/)
  assert.match(fault({ expect, max_size: '2MB' }), /^max_size: 2MB is too much; at most 1MB of an answer is read/)
  assert.match(fault({ expect: { contains: 'x', not_contains: 'x' } }), /cannot be both there and not there/)
  assert.match(fault({ expect: { regex: '(a' } }), /^expect\.regex: /)
  assert.match(fault({ starttls: 'smtp', tls: false }), /^starttls: asks for TLS, which tls: false forbids/)
  assert.match(fault({ starttls: 'gopher' }), /^starttls: expected one of smtp/)
  assert.match(fault({ tls: { verify: false, ca: golden('ca.pem') } }), /ca: |is used to verify the chain/)
  assert.equal(fault({ starttls: 'smtp', expect, quiet: '1s', max_size: '1MB', send: { hex: '0a' } }), '')
  const described = (spec: object) => tcp.describe(tcp.config.parse({ address: 'h:1', ...spec }))
  assert.equal(described({ tls: true }), 'h:1 (TLS)')
  assert.equal(described({ starttls: 'imap' }), 'h:1 (STARTTLS, imap)')
})
