// Tests of the token commands against a made-up admin.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './testing.ts'
import type { TokenAdmin } from './token-admin.ts'

const day = 86_400_000
const now = Date.UTC(2026, 10, 21, 12)
const noon = new Date(now).toISOString()

function admin() {
  const calls: unknown[][] = []
  const opened: TokenAdmin = {
    made: null,
    create: (...call) => {
      calls.push(['create', ...call])
      return Promise.resolve({ id: 4, secret: 'aw_secret' })
    },
    list: () =>
      Promise.resolve([
        {
          id: 1,
          name: 'ci',
          scopes: ['read', 'report'],
          createdAt: now,
          expiresAt: null,
          lastUsedAt: now,
          labels: null,
          components: null,
        },
        {
          id: 12,
          name: 'dashboards',
          scopes: ['read'],
          createdAt: now,
          expiresAt: now + day,
          lastUsedAt: null,
          labels: { team: ['shop', 'pay'] },
          components: null,
        },
      ]),
    revoke: (id) => Promise.resolve(id === 1),
    owner: () => Promise.resolve('http://localhost:8080/app/setup#once'),
    close: () => {
      calls.push(['close'])
      return Promise.resolve()
    },
  }
  return { calls, opened, parts: { openAdmin: () => Promise.resolve(opened) } }
}

test('a token is made with its scopes and expiry, and its secret stands alone on stdout', async () => {
  const { calls, parts } = admin()
  const { code, stdout, stderr } = await run('token create --name ci --scope read,report --expires 90d', { parts })
  assert.equal(code, 0)
  assert.equal(stdout, 'aw_secret\n')
  assert.match(stderr, /Token 4 \(ci: read, report\) expires in 90 d\. It is shown only this once/)
  assert.deepEqual(calls, [
    ['create', 'ci', ['read', 'report'], { expiresAt: now + 90 * day, labels: null, components: null }],
    ['close'],
  ])
})

test('what is missing or wrong is told at once, and nothing is made', async () => {
  const { calls, parts } = admin()
  const { code, stderr } = await run('token create extra --scope raed,edit --expires soon', { parts })
  assert.equal(code, 2)
  for (const line of [
    /unexpected argument extra/,
    /--name is needed/,
    /raed is not one of read, report, edit, admin, agent; did you mean read\?/,
    /--expires: write a duration such as 90d/,
  ])
    assert.match(stderr, line)
  assert.deepEqual(calls, [])
})

test('who names a folder without a database is told, before a token is made there in vain', async () => {
  const asked: boolean[] = []
  const openAdmin = (_: unknown, make: boolean) => {
    asked.push(make)
    return Promise.resolve({ ...admin().opened, made: '/wrong' })
  }
  const made = await run('token create --name ci --scope read --data /wrong', { parts: { openAdmin } })
  assert.match(made.stderr, /^There was no database yet, and a new one was made in \/wrong; if .*--data or --database/)
  await run('token list', { parts: { openAdmin } })
  await run('token revoke 1', { parts: { openAdmin } })
  assert.deepEqual(asked, [true, false, false])
})

test('a setting that means nothing to a command is not in its help, and its flag is refused', async () => {
  const { stdout } = await run('token --help')
  assert.match(stdout, /--data DIR/)
  assert.doesNotMatch(stdout, /--listen|--config|ALLSWELL_ADMIN_TOKEN/)
  const { code, stderr } = await run('token list --listen :80')
  assert.deepEqual([code, /--listen means nothing to this command/.test(stderr)], [2, true])
  assert.match((await run('validate --help')).stdout, /ALLSWELL_CONFIG/)
  assert.equal((await run('schema --data x')).code, 2)
})

test('tokens are listed in columns or as JSON', async () => {
  const { parts } = admin()
  assert.equal(
    (await run('token list', { parts })).stdout,
    `ID  NAME        SCOPES       LIMITS            CREATED                   EXPIRES                   LAST USED
1   ci          read,report  none              ${noon}  never                     ${noon}
12  dashboards  read         team=shop or pay  ${noon}  2026-11-22T12:00:00.000Z  never
`,
  )
  const json = JSON.parse((await run('token list --json', { parts })).stdout) as unknown[]
  assert.deepEqual(json[1], {
    id: 12,
    name: 'dashboards',
    scopes: ['read'],
    createdAt: '2026-11-21T12:00:00.000Z',
    expiresAt: '2026-11-22T12:00:00.000Z',
    lastUsedAt: null,
    labels: { team: ['shop', 'pay'] },
    components: null,
  })
})

test('a token is revoked by its number; one that is not there is an error', async () => {
  const { calls, parts } = admin()
  assert.deepEqual(await run('token revoke 1', { parts }), { code: 0, stdout: 'Token 1 is revoked.\n', stderr: '' })
  const gone = await run('token revoke 2', { parts })
  assert.deepEqual([gone.code, gone.stdout], [1, ''])
  assert.match(gone.stderr, /there is no token 2/)
  assert.deepEqual(calls, [['close'], ['close']])
  for (const line of ['token revoke', 'token revoke x', 'token revoke 1 2', 'token revoke 0'])
    assert.equal((await run(line, { parts })).code, 2, line)
})

test('a link for an owner stands alone on stdout', async () => {
  const { parts } = admin()
  const { code, stdout, stderr } = await run('token --owner', { parts })
  assert.deepEqual([code, stdout], [0, 'http://localhost:8080/app/setup#once\n'])
  assert.match(stderr, /within the hour.*works once/)
  assert.equal((await run('token --owner extra', { parts })).code, 2)
})

test('a token may be limited to labels, but not one that sees everything', async () => {
  const { calls, parts } = admin()
  await run('token create --name shop --scope read --labels team=shop,team=pay,region=eu', { parts })
  const labels = { team: ['shop', 'pay'], region: ['eu'] }
  assert.deepEqual(calls[0], ['create', 'shop', ['read'], { expiresAt: null, labels, components: null }])
  for (const [line, says] of [
    ['token create --name x --scope read --labels team', /"team" is not a label with its value/],
    ['token create --name x --scope read --labels =x', /"=x" is not a label/],
    ['token create --name x --scope admin --labels team=shop', /does not go with the scope admin/],
  ] as const) {
    const { code, stderr } = await run(line, { parts })
    assert.equal(code, 2, line)
    assert.match(stderr, says)
  }
})

test('a token may be for reports on certain components alone', async () => {
  const { calls, parts } = admin()
  await run('token create --name monit --scope report --components status/db-cluster,status/web', { parts })
  const components = ['status/db-cluster', 'status/web']
  assert.deepEqual(calls[0], ['create', 'monit', ['report'], { expiresAt: null, labels: null, components }])
  for (const [line, says] of [
    ['token create --name x --scope report --components db', /"db" is not a component with its page/],
    ['token create --name x --scope report,read --components status/db', /goes with the scope report alone/],
  ] as const) {
    const { code, stderr } = await run(line, { parts })
    assert.equal(code, 2, line)
    assert.match(stderr, says)
  }
})

test('an unknown verb is refused with the nearest one', async () => {
  assert.match(
    (await run('token crate')).stderr,
    /token cannot crate; did you mean create\?; it can|did you mean create\?/,
  )
  assert.equal((await run('token')).code, 2)
})
