// Tests of the kind `ftp`: logins, the list over a second connection, and servers that send us elsewhere.
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { createSecureContext, TLSSocket } from 'node:tls'
import { golden, openTarget, type Talk, tlsOf } from '#test/targets.ts'
import { check, play, type Said, type Script } from '../talk/testing.ts'
import { ftp } from './ftp.ts'

const good = { ca: golden('ca.pem') }
const anonymous = { user: 'anonymous', password: 'probe@' }
const login: Script['rules'] = [
  [/^USER anonymous$/, '331 go on\r\n'],
  [/^PASS probe@$/, '230 in\r\n'],
  [/^PWD$/, '257 "/" is where you are\r\n'],
]
const list = '-rw-r--r-- 1 ftp ftp 5 Jan 1 2026 backup.tar\r\n'

interface Given {
  readonly passive?: (port: number) => Script['rules']
  readonly before?: Script['rules']
  readonly data?: Talk
  readonly opened?: string
  readonly began?: string
  readonly ended?: string
}

const extended = (port: number): Script['rules'] => [[/^EPSV$/, `229 here (|||${port}|)\r\n`]]

/** A server that lists `/pub` over a second connection, which it ends by itself. */
async function lister(t: TestContext, { passive = extended, before = [], ...given }: Given, said?: Said) {
  const {
    opened = '250 in it\r\n',
    data = (socket: Socket) => socket.end(list),
    began = '150 here it comes\r\n',
    ended = '226 done\r\n',
  } = given
  let main: { write(words: string): unknown } | null = null
  const second = await openTarget(t, (socket, index) => {
    socket.once('close', () => main?.write(ended))
    data(socket, index)
  })
  const rules: Script['rules'] = [
    ...login,
    ...before,
    ...passive(second.port),
    [/^CWD \/pub$/, opened],
    [/^LIST$/, began],
    [/^QUIT$/, '221 bye\r\n'],
  ]
  const talk: Talk = (socket, index) => {
    main = socket
    play({ greeting: '220 ready\r\n', rules }, said)(socket, index)
  }
  return { talk, second }
}

const spec = { auth: anonymous, list: '/pub' }

test('a folder is listed over a second connection, and the list judged', async (t) => {
  const said: Said = { clear: [], inside: [] }
  const { talk } = await lister(t, {}, said)
  const finding = await check(t, ftp, talk, { ...spec, expect: { list: { contains: 'backup.tar' } } })
  assert.equal(finding.said, 'well')
  assert.equal(finding.facts['folder'], '/')
  assert.equal(finding.facts['list'], list)
  assert.deepEqual(said.clear.slice(-3), ['EPSV', 'LIST', 'QUIT'])
  const { talk: again } = await lister(t, {})
  const missing = await check(t, ftp, again, { ...spec, expect: { list: { contains: 'today.tar' } } })
  assert.match(
    missing.said,
    /^body: The list of \/pub on 127\.0\.0\.1:PORT is “-rw.*”, which does not contain “today\.tar”\.$/,
  )
})

test('an old server is asked for the second connection in the old way', async (t) => {
  const passive = (port: number): Script['rules'] => [
    [/^EPSV$/, '500 what?\r\n'],
    [/^PASV$/, `227 Entering Passive Mode (127,0,0,1,${port >> 8},${port & 255}).\r\n`],
  ]
  assert.equal((await check(t, ftp, (await lister(t, { passive })).talk, spec)).said, 'well')
})

test('the second connection leads to the same address, wherever the server says', async (t) => {
  const passive = (port: number): Script['rules'] => [
    [/^EPSV$/, '500 what?\r\n'],
    [/^PASV$/, `227 go (169,254,169,254,${port >> 8},${port & 255})\r\n`],
  ]
  const { talk, second } = await lister(t, { passive })
  assert.equal((await check(t, ftp, talk, spec, { denied: ['169.254.0.0/16'] })).said, 'well')
  assert.equal(second.count(), 1)
})

test('what is wrong with the second connection is told', async (t) => {
  const failure = async (given: Given) => (await check(t, ftp, (await lister(t, given)).talk, spec)).said
  const answers =
    (first: string, then = '500 no\r\n') =>
    () =>
      [
        [/^EPSV$/, first],
        [/^PASV$/, then],
      ] as const
  assert.match(
    await failure({ passive: answers('500 no\r\n') }),
    /^status: .* opens no second connection \(EPSV, PASV\)/,
  )
  assert.match(await failure({ passive: answers('229 (|||99999|)\r\n') }), /^protocol: .* names a port that is none/)
  assert.match(await failure({ passive: answers('229 (|||1|)\r\n') }), /^refused: Nothing listens on 127\.0\.0\.1:1 /)
  assert.match(
    await failure({ opened: '550 Failed to change directory.\r\n' }),
    /^status: .* does not open the folder \/pub; it said “550 Failed to change directory\.”/,
  )
  assert.match(
    await failure({ began: '550 no such folder\r\n' }),
    /^status: .* does not list \/pub; it said “550 no such/,
  )
  assert.match(await failure({ ended: '426 lost it\r\n' }), /^status: .* does not list \/pub; it said “426 lost it”/)
  const endless: Talk = (socket) => {
    const more = () => void (socket.destroyed || socket.write('x'.repeat(50_000), () => setImmediate(more)))
    more()
  }
  assert.match(await failure({ data: endless }), /^too_large: The list is longer than the 256 kB that are read\.$/)
})

/** The second connection in TLS, with that certificate. */
const secured =
  (name: string): Talk =>
  (socket) => {
    const inside = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tlsOf(name)) })
    inside.on('error', () => {})
    inside.end(list)
  }

test('both connections are secured, and the second must be of the same server', async (t) => {
  const before: Script['rules'] = [
    [/^AUTH TLS$/, { tls: '234 go\r\n' }],
    [/^PBSZ 0$/, '200 ok\r\n'],
    [/^PROT P$/, '200 ok\r\n'],
  ]
  const said: Said = { clear: [], inside: [] }
  const over = async (name: string) => {
    const second = await openTarget(t, secured(name))
    const rules = [
      ...login,
      ...before,
      ...extended(second.port),
      [/^CWD/, '250 in it\r\n'],
      [/^LIST/, '150 go\r\n226 done\r\n'],
      [/^QUIT/, '221\r\n'],
    ] as const
    const user = [
      [/^USER real$/, '331\r\n'],
      [/^PASS secret$/, '230 in\r\n'],
    ] as const
    const auth = { user: 'real', password: 'secret' }
    const spec = { starttls: true, tls: good, auth, list: '/pub' }
    return (await check(t, ftp, play({ greeting: '220 hi\r\n', rules: [...user, ...rules] }, said), spec)).said
  }
  assert.equal(await over('good'), 'well')
  assert.deepEqual(said.clear, ['AUTH TLS'])
  assert.ok(said.inside.includes('PASS secret'))
  assert.match(
    await over('other'),
    /^certificate: 127\.0\.0\.1:\d+ shows another certificate than 127\.0\.0\.1:PORT does\.$/,
  )
})

test('refusals are told in the server’s own words', async (t) => {
  const refusal = async (rules: Script['rules'], more: object = {}, greeting = '220 hi\r\n') =>
    (await check(t, ftp, play({ greeting, rules }), more)).said
  const auth = { auth: { user: 'u', password: 'secret', without_tls: true } }
  assert.match(await refusal([], {}, '421 too many users\r\n'), /^status: .* does not let us in; it said “421 too many/)
  const wrong = await refusal(
    [
      [/^USER/, '331\r\n'],
      [/^PASS/, '530 secret is wrong\r\n'],
    ],
    auth,
  )
  assert.equal(wrong, 'auth: 127.0.0.1:PORT does not let us log in; it said “530 *** is wrong”.')
  assert.match(await refusal([[/^USER/, '421 later\r\n']], auth), /^status: .* does not let us log in/)
  assert.equal(
    await refusal(
      [
        [/^USER/, '230 in\r\n'],
        [/^PWD/, '257 "/a""b"\r\n'],
        [/^QUIT/, '221\r\n'],
      ],
      auth,
    ),
    'well',
  )
  assert.match(
    await refusal(
      [
        [/^USER/, '230 in\r\n'],
        [/^PWD/, '550 no\r\n'],
      ],
      auth,
    ),
    /^status: .* which folder we are in/,
  )
  assert.match(await refusal([[/^AUTH/, '502 no\r\n']], { starttls: true }), /^tls: .* refuses AUTH TLS/)
  const injected: Script['rules'] = [[/^AUTH/, { tls: '234 go\r\n230 in\r\n' }]]
  assert.match(await refusal(injected, { starttls: true, tls: good }), /^protocol: .*“230 in” where TLS must begin\.$/)
})
