// Tests of the kind `mysql` against servers of the tests' own: logins that MariaDB does not know, and hostile ones.
import assert from 'node:assert/strict'
import { constants, createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { test } from 'node:test'
import { golden, openTarget, type Talk, tlsOf, upgradeTo } from '#test/targets.ts'
import { faultsOf, type Hosted, meet, outsideTo, tell, testHostility } from '../service/testing.ts'
import { mysql } from './mysql.ts'

const nonce = Buffer.from('abcdefghijklmnopqrst')
const password = 'hush hush'
const sha256 = (...parts: readonly Buffer[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const xor = (one: Buffer, other: Buffer) => Buffer.from(one.map((byte, at) => byte ^ (other[at % other.length] ?? 0)))

function packet(number: number, ...parts: readonly (string | Buffer | number[])[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )
  const head = Buffer.alloc(4)
  head.writeUIntLE(body.length, 0, 3)
  head[3] = number
  return Buffer.concat([head, body])
}

/** Protocol::HandshakeV10. */
function greeting(plugin = 'caching_sha2_password', capabilities = 0x8a208): Buffer {
  const low = [capabilities & 255, (capabilities >> 8) & 255]
  const high = [(capabilities >> 16) & 255, capabilities >> 24]
  const first = nonce.subarray(0, 8)
  const rest = nonce.subarray(8)
  return packet(
    0,
    [10],
    '8.4.0\0',
    [1, 0, 0, 0],
    first,
    [0],
    low,
    [45, 2, 0],
    high,
    [21],
    '\0'.repeat(10),
    rest,
    [0],
    `${plugin}\0`,
  )
}

const ok = (number: number) => packet(number, [0, 0, 0, 2, 0, 0, 0])
const one = Buffer.concat([
  packet(1, [1]),
  packet(2, '\x03def\0\0\0\x011\0\x0c', [63, 0, 1, 0, 0, 0, 8, 0x81, 0, 0, 0, 0]),
  packet(3, [0xfe, 0, 0, 2, 0]),
  packet(4, '\x011'),
  packet(5, [0xfe, 0, 0, 2, 0]),
])
const isQuery = (bytes: Buffer) => bytes[3] === 0 && bytes[4] === 3

/** Answers a client's packets in turn: what `turns` make of each; and any query with the number 1. */
const play =
  (first: Buffer, ...turns: readonly ((bytes: Buffer) => Buffer)[]): Talk =>
  (socket) => {
    const left = [...turns]
    socket.write(first)
    socket.on('data', (bytes: Buffer) => {
      const turn = left.shift()
      if (turn) socket.write(turn(bytes))
      else if (isQuery(bytes)) socket.write(one)
      else socket.end()
    })
  }

const urlOf = (port: number) => `mysql://app@127.0.0.1:${port}/shop`
const hosted: Hosted = {
  kind: mysql,
  name: 'MySQL',
  spec: (port) => ({ url: urlOf(port), password }),
  secret: 'hush',
  greeting: greeting(),
}
testHostility(hosted)

/** The proof in a HandshakeResponse41, after capabilities, size, charset, filler and the user. */
function proofIn(bytes: Buffer): Buffer {
  const at = bytes.indexOf(0, 36) + 1
  return bytes.subarray(at + 1, at + 1 + (bytes[at] ?? 0))
}

/** Whether it is what a server lets in that only knows the hash of a hash. */
function knows(proof: Buffer): boolean {
  const stored = sha256(sha256(Buffer.from(password)))
  return sha256(xor(proof, sha256(stored, nonce))).equals(stored)
}

test('a server that has seen the password before is shown that we know it', async (t) => {
  const seen: boolean[] = []
  const fast = (bytes: Buffer) => {
    seen.push(knows(proofIn(bytes)))
    return Buffer.concat([packet(2, [1, 3]), ok(3)])
  }
  assert.equal(await meet(t, hosted, play(greeting(), fast)), 'up')
  assert.deepEqual(seen, [true])
})

test('a server that has not seen it gets it under its public key, or inside of TLS', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  let shown = ''
  const keyed = play(
    greeting(),
    () => packet(2, [1, 4]),
    (bytes) => {
      assert.deepEqual([...bytes], [1, 0, 0, 3, 2])
      return packet(4, [1], pem)
    },
    (bytes) => {
      const padding = constants.RSA_PKCS1_OAEP_PADDING
      shown = xor(privateDecrypt({ key: privateKey, padding }, bytes.subarray(4)), nonce).toString()
      return ok(6)
    },
  )
  assert.equal(await meet(t, hosted, keyed), 'up')
  assert.equal(shown, `${password}\0`)

  const inside: Talk = (socket) => {
    socket.write(greeting('caching_sha2_password', 0x8aa08))
    socket.once('data', (bytes: Buffer) => {
      // What follows the request for TLS at once is its beginning.
      socket.removeAllListeners('data').pause()
      if (bytes.length > 36) socket.unshift(bytes.subarray(36))
      const secured = upgradeTo(socket, tlsOf('good'))
      const turns = [packet(3, [1, 4]), ok(5), one]
      secured.on('data', (bytes: Buffer) => {
        if (turns.length === 2) shown = bytes.toString('latin1', 4)
        const turn = turns.shift()
        if (turn) secured.write(turn)
        else secured.end()
      })
    })
  }
  shown = ''
  assert.equal(await meet(t, hosted, inside), 'up')
  assert.equal(shown, `${password}\0`)
})

test('a server may ask for another proof, but not for the password in clear text', async (t) => {
  const other = Buffer.from('ABCDEFGHIJKLMNOPQRST')
  const sha1 = (...parts: readonly Buffer[]) => {
    const hash = createHash('sha1')
    for (const part of parts) hash.update(part)
    return hash.digest()
  }
  const switched = play(
    greeting(),
    () => packet(2, [0xfe], 'mysql_native_password\0', other, [0]),
    (bytes) => {
      const stored = sha1(sha1(Buffer.from(password)))
      const once = xor(bytes.subarray(4), sha1(other, stored))
      assert.ok(sha1(once).equals(stored))
      return ok(4)
    },
  )
  assert.equal(await meet(t, hosted, switched), 'up')
  for (const plugin of ['mysql_clear_password', 'client_ed25519', 'dialog'])
    assert.equal(
      await meet(
        t,
        hosted,
        play(greeting(), () => packet(2, [0xfe], `${plugin}\0`, other, [0])),
      ),
      `down, auth: 127.0.0.1:PORT wants a way to log in that is not known here; it said “${plugin}”.`,
    )
  const odd = play(
    greeting(),
    () => packet(2, [1, 4]),
    () => packet(4, [1], '-----BEGIN PUBLIC KEY-----\nAA\n'),
  )
  assert.match(await meet(t, hosted, odd), /^down, protocol: /)
})

test('a server that asks for a file of ours gets none', async (t) => {
  const target = await openTarget(t, (socket) => {
    socket.write(greeting())
    socket.once('data', () => {
      socket.write(ok(2))
      socket.once('data', () => socket.write(packet(1, [0xfb], '/etc/passwd')))
    })
  })
  assert.match(await tell(mysql, { url: urlOf(target.port) }, target.port), /^down, protocol: .* does not speak MySQL/)
  await target.quiet()
  assert.doesNotMatch(target.received(), /root:/)
})

test('lengths, numbers and counts that lie are refused', async (t) => {
  const whole = greeting()
  const lies = [
    Buffer.from([255, 255, 255, 0]),
    Buffer.from([10, 0, 0, 7]),
    packet(0, [9], '5.0\0'),
    packet(0, [10], '8.0'),
    packet(0),
    packet(0, whole.subarray(4, 30)),
    greeting('x', 0x8),
  ]
  for (const lie of lies)
    assert.match(await meet(t, hosted, (socket) => void socket.write(lie)), /^down, (protocol|too_large|closed): /)
  const answers = [
    packet(1, [0xfe, 255, 255, 255, 255, 255, 255, 255, 127]),
    packet(1, [0xfc, 255]),
    packet(1, [0]).subarray(0, 4),
    Buffer.concat([packet(1, [0xfd, 255, 255, 255]), packet(2, '\x03def\0\0\0\x011\0')]),
    Buffer.concat([packet(1, [1]), packet(2, '\x03def\0\0\0\x7f1\0')]),
    Buffer.concat([
      packet(1, [1]),
      packet(2, '\x03def\0\0\0\x011\0'),
      packet(3, [0xfe, 0, 0, 2, 0]),
      packet(4, '\x7f1'),
    ]),
  ]
  for (const answer of answers) {
    const lying: Talk = (socket) => {
      socket.write(greeting())
      socket.once('data', () => {
        socket.write(ok(2))
        socket.once('data', () => socket.end(answer))
      })
    }
    assert.match(await meet(t, hosted, lying), /^down, (protocol|closed): /)
  }
})

test('a server that lets nobody in says why', async (t) => {
  const blocked = packet(0, [0xff, 0x69, 4], `Host 'watch' is blocked because of many connection errors`)
  assert.match(
    await meet(t, hosted, (socket) => void socket.write(blocked)),
    /^down, failed: .* does not let us in; it said “Host/,
  )
  const denied = packet(0, [0xff, 0x6a, 4], `Host 'watch' is not allowed to connect to this MySQL server`)
  assert.match(
    await meet(t, hosted, (socket) => void socket.write(denied)),
    /^down, auth: .* does not let us in; it said “Host/,
  )
  const locked = play(greeting(), () => packet(2, [0xff, 0x2e, 0x0c], '#HY000Account is locked'))
  assert.equal(
    await meet(t, hosted, locked),
    'down, auth: 127.0.0.1:PORT refuses the user app; it said “Account is locked”.',
  )
})

test('TLS that is needed and not offered is a failure, and no password crosses the internet without', async (t) => {
  const secured: Hosted = { ...hosted, spec: (port) => ({ url: urlOf(port), password, tls: { ca: golden('ca.pem') } }) }
  assert.equal(
    await meet(t, secured, play(greeting())),
    'down, tls: 127.0.0.1:PORT does not offer TLS to MySQL’s clients.',
  )
  const target = await openTarget(t, play(greeting()))
  const spec = { url: `mysql://app@db.example.test:${target.port}`, password }
  assert.match(
    await tell(mysql, spec, target.port, outsideTo(target.port)),
    /^down, auth: db\.example\.test:PORT is on the internet \(192\.0\.2\.1\), so the password was not sent/,
  )
  await target.quiet()
  assert.equal(target.received(), '')
})

test('settings that make no sense are refused with the reason', () => {
  const fault = faultsOf(mysql)
  const url = 'mysql://app@db.example.test'
  assert.match(fault({ url: 'mysql://app:pw@db' }), /a URL holds no password/)
  assert.match(fault({ url: 'mysql://db/app' }), /names no user; write it such as mysql:/)
  assert.match(fault({ url: 'postgres://app@db' }), /postgres:\/\/ is not known here; write mysql:\/\/ or mariadb:\/\//)
  assert.match(fault({ url: `${url}?ssl-mode=always` }), /ssl-mode is one of disabled, preferred/)
  assert.match(fault({ url: `${url}?ssl-mode=REQUIRED`, tls: true }), /is said by ssl-mode, too/)
  assert.match(fault({ url, expect: { equals: 1 } }), /write it under query/)
  assert.match(fault({ url, role: 'standby' }), /expected primary or replica/)
  assert.equal(fault({ url: `mariadb://app@db/shop`, password: 'x', role: 'replica', lag: { down: '1m' } }), '')
  assert.equal(mysql.describe(mysql.config.parse({ url: `${url}/shop` })), 'db.example.test:3306/shop')
})
