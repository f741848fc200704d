// Tests of the kind `ssh`: banners, offers, host keys that are proven, and servers that lie about them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { look, openTarget, type Talk } from '#test/targets.ts'
import { check } from '../talk/testing.ts'
import { ssh } from './ssh.ts'
import { kexInit, newKey, packet, serveSsh, spellReply, type SshSaid } from './testing.ts'

const key = newKey('ed25519')
const disconnect = 1

test('a server is up by its banner and what it offers, and left politely', async (t) => {
  const said: SshSaid = { types: [] }
  const { said: words, facts } = await check(t, ssh, serveSsh({ key }, said))
  assert.equal(words, 'well')
  assert.equal(facts['banner'], 'SSH-2.0-Test_1.0')
  assert.deepEqual(facts['offers'], {
    key_exchange: ['curve25519-sha256'],
    host_keys: ['ssh-ed25519'],
    ciphers: ['aes256-ctr'],
    macs: ['hmac-sha2-256'],
  })
  assert.deepEqual(said.types, [disconnect])
  const until: SshSaid = { types: [] }
  const banner = await check(t, ssh, serveSsh({ key }, until), { until: 'banner' })
  assert.equal(banner.said, 'well')
  assert.deepEqual(Object.keys(banner.facts['phases'] as object), ['resolve', 'connect', 'banner'])
  assert.deepEqual(until.types, [disconnect])
})

test('a host key of every type is proven, by every way to agree on a secret', async (t) => {
  for (const kind of ['ed25519', 'rsa', 'P-256', 'P-384', 'P-521'] as const) {
    for (const exchange of ['curve25519-sha256', 'ecdh-sha2-nistp256'] as const) {
      const own = newKey(kind)
      const expect = { host_key: own.fingerprint }
      const { said, facts } = await check(t, ssh, serveSsh({ key: own, exchange }), { expect })
      assert.equal(said, 'well', `${kind} ${exchange}`)
      assert.equal((facts['host_key'] as { readonly fingerprint: string }).fingerprint, own.fingerprint)
    }
  }
})

test('a host key that is not expected is down, and said with its fingerprint', async (t) => {
  const other = newKey('ed25519').fingerprint
  const { said } = await check(t, ssh, serveSsh({ key }), { expect: { host_key: other } })
  assert.equal(
    said,
    `certificate: 127.0.0.1:PORT shows the host key ${key.fingerprint} (ssh-ed25519), which is not expected.`,
  )
  const one = await check(t, ssh, serveSsh({ key }), { expect: { host_key: [other, `ed25519 ${key.fingerprint}`] } })
  assert.equal(one.said, 'well')
  const typed = await check(t, ssh, serveSsh({ key }), { expect: { host_key: `rsa ${other}` } })
  assert.equal(typed.said, 'protocol: 127.0.0.1:PORT offers no host key of the type rsa, only “ssh-ed25519”.')
})

test('the proven host key is who answered, expected or not; without one nobody did', async (t) => {
  const seen = async (spec: object, other = key) => {
    const target = await openTarget(t, serveSsh({ key: other }))
    const { identity } = await look(ssh, { address: `127.0.0.1:${target.port}`, ...spec })
    await target.quiet()
    return identity
  }
  const said = `ssh-ed25519 ${key.fingerprint}`
  const facts = { type: 'ssh-ed25519', fingerprint: key.fingerprint }
  assert.deepEqual(await seen({ until: 'host_key' }), { what: 'host key', id: said, words: said, facts })
  const other = newKey('ed25519')
  assert.equal((await seen({ expect: { host_key: key.fingerprint } }, other))?.facts['fingerprint'], other.fingerprint)
  assert.equal(await seen({ until: 'offers' }), undefined)
})

test('a key that somebody else’s server only repeats is not believed', async (t) => {
  const thief = newKey('ed25519')
  const expect = { host_key: key.fingerprint }
  const repeating = serveSsh({ key: thief, reply: (parts) => spellReply({ ...parts, key: key.blob }) })
  const { said } = await check(t, ssh, repeating, { expect })
  assert.equal(said, 'protocol: 127.0.0.1:PORT does not prove that its host key is its own (bad signature).')
  const silent = serveSsh({ key, reply: (parts) => spellReply({ ...parts, signature: Buffer.alloc(0) }) })
  assert.match((await check(t, ssh, silent, { expect })).said, /^protocol: .*a packet that lies about its length/)
})

test('replies that are cut, too long or no keys at all are refused, never believed and no bug', async (t) => {
  const expect = { host_key: key.fingerprint }
  const lies: Parameters<typeof serveSsh>[0]['reply'][] = [
    (parts) => spellReply(parts).subarray(0, 40),
    (parts) => spellReply({ ...parts, public: Buffer.alloc(32) }),
    (parts) => spellReply({ ...parts, public: Buffer.alloc(31, 9) }),
    (parts) => spellReply({ ...parts, key: Buffer.from([0xff, 0xff, 0xff, 0xff, 1]) }),
    (parts) => spellReply({ ...parts, key: Buffer.concat([key.blob.subarray(0, 15), Buffer.from([0, 0, 0, 0])]) }),
    () => Buffer.of(31),
    () => Buffer.of(21),
  ]
  for (const reply of lies) {
    const { reason, outcome } = await check(t, ssh, serveSsh({ key, ...(reply ? { reply } : {}) }), { expect })
    assert.deepEqual([outcome, reason], ['down', 'protocol'])
  }
})

/** Says its banner and then bytes. */
const after =
  (bytes: Buffer, banner = 'SSH-2.0-Test\r\n'): Talk =>
  (socket) => {
    socket.write(banner)
    socket.once('data', () => socket.write(bytes))
  }

test('packets whose lengths lie are refused', async (t) => {
  const lies = [
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0]),
    Buffer.from([0, 0, 0, 0]),
    Buffer.from([0, 0, 0, 4, 200, 20, 0, 0]),
    packet(Buffer.concat([Buffer.of(20), Buffer.alloc(16), Buffer.from([0x7f, 0, 0, 0])])),
    packet(Buffer.of(20)),
    packet(Buffer.of(99)),
  ]
  for (const lie of lies) assert.match((await check(t, ssh, after(lie))).said, /^protocol: 127\.0\.0\.1:PORT /)
})

test('a server that takes its leave is told in its own words', async (t) => {
  const words = 'Too many authentication failures'
  const bye = Buffer.concat([Buffer.from([1, 0, 0, 0, 12, 0, 0, 0, words.length]), Buffer.from(words), Buffer.alloc(4)])
  const { said } = await check(t, ssh, after(packet(bye)))
  assert.equal(said, `closed: 127.0.0.1:PORT takes its leave; it said “${words}”.`)
})

test('banners are judged, and old or strange ones refused', async (t) => {
  const of = async (banner: string, spec: object = { until: 'banner' }) =>
    (await check(t, ssh, (socket) => socket.end(banner), spec)).said
  const expect = { expect: { banner: { contains: 'OpenSSH' } }, until: 'banner' }
  assert.equal(await of('hello\r\nSSH-1.99-OpenSSH_3\r\n', expect), 'well')
  assert.equal(
    await of('SSH-2.0-dropbear\r\n', expect),
    'body: 127.0.0.1:PORT calls itself “SSH-2.0-dropbear”, which does not contain “OpenSSH”.',
  )
  assert.match(await of('SSH-1.5-old\r\n'), /^protocol: .* speaks SSH 1\.5 only, and not 2\.0; it said “SSH-1\.5-old”/)
  assert.match(await of('SSH-x\r\n'), /^protocol: .* does not say which SSH it speaks/)
  assert.match(await of('hello\r\n'.repeat(60)), /^protocol: .* does not speak SSH/)
  assert.match(await of('220 mail ESMTP\r\n'), /^protocol: .* does not speak SSH; it said “220 mail ESMTP”/)
})

test('a server that has no way in common is told what it offers', async (t) => {
  const talk = after(packet(kexInit('diffie-hellman-group1-sha1', 'ssh-ed25519')))
  const { said } = await check(t, ssh, talk, { expect: { host_key: key.fingerprint } })
  assert.match(said, /^protocol: .* offers no key exchange that is known here, only “diffie-hellman-group1-sha1”\.$/)
})
