// The first owner of a real process: the link on stdout, and the one by the command line.
// Promises that there is never a default password, and that the link of the log is of no use later.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshDatabase } from '#test/postgres.ts'
import { openBrowser } from '#test/signed-in.ts'
import { openHome } from './program.ts'

const ann = { email: 'ann@corp.test', name: 'Ann', password: 'seven quiet lanterns' }
const linkIn = (text: string) => /^\s*(http:\S+\/app\/setup#[\w-]{43})$/m.exec(text)?.[1] ?? ''

test('a server without people prints a link for the owner, and none any more when there is one', async (t) => {
  const home = openHome(t)
  const program = await home.start()
  const link = linkIn(program.stdout())
  assert.ok(link.startsWith(`${program.url}/app/setup#`), program.stdout())
  const browser = openBrowser(program.url)
  const made = await browser.ask('POST', '/api/v2/setup', { token: link.split('#')[1], ...ann })
  assert.equal(made.status, 201, made.text)
  assert.match((await browser.ask('GET', '/api/v2/me')).text, /"role":"owner"/)
  await program.stop()
  const again = await home.start()
  assert.equal(linkIn(again.stdout()), '')
  assert.doesNotMatch(again.stderr(), new RegExp(link.split('#')[1] ?? ''))
  const back = openBrowser(again.url)
  back.cookies.set('allswell', browser.cookies.get('allswell') ?? '')
  assert.equal((await back.ask('GET', '/api/v2/me')).status, 200)
})

test('a link for another owner is made on the command line while the server runs', async (t) => {
  const home = openHome(t)
  const program = await home.start()
  const { code, stdout } = await home.run(['token', '--owner', '--data', home.data])
  assert.equal(code, 0)
  const link = linkIn(stdout)
  assert.ok(link.startsWith(program.url), stdout)
  const token = link.split('#')[1]
  const browser = openBrowser(program.url)
  assert.equal((await browser.ask('POST', '/api/v2/setup', { token, ...ann })).status, 201)
  assert.equal((await openBrowser(program.url).ask('POST', '/api/v2/setup', { token, ...ann })).status, 410)
})

test('secrets lie sealed in the data folder, and a server without their key says so and does not start', async (t) => {
  const secret = 'a-secret-that-nobody-may-read'
  const home = openHome(t, `version: 1\nchannels:\n  hook: { webhook: { url: "http://127.0.0.1:9/${secret}" } }\n`)
  const program = await home.start()
  await program.stop()
  const key = join(home.data, 'secret.key')
  assert.equal(statSync(key).mode & 0o777, 0o600)
  for (const name of readdirSync(home.data)) assert.ok(!readFileSync(join(home.data, name)).includes(secret), name)
  const kept = readFileSync(key)
  rmSync(key)
  const lost = await home.run(['serve', '--data', home.data, '--config', home.file, '--listen', '127.0.0.1:0'])
  assert.equal(lost.code, 1)
  assert.match(lost.stderr, /secrets are sealed with the key [0-9a-f]{8}, and there is none here; give that key by/)
  assert.ok(!existsSync(key))
  writeFileSync(key, kept, { mode: 0o600 })
  await (await home.start()).stop()
})

test('the key is rotated while the server is stopped, and only then', async (t) => {
  const home = openHome(t)
  const program = await home.start()
  const body = { key: 'hook', webhook: { url: 'http://127.0.0.1:9/hidden-path' } }
  assert.equal((await program.api('POST', '/channels', body)).status, 201)
  const early = await home.run(['secrets', 'rotate', '--data', home.data])
  assert.deepEqual([early.code, /already serves from/.test(early.stderr)], [1, true])
  await program.stop()
  const before = readFileSync(join(home.data, 'secret.key'), 'utf8')
  const { code, stdout, stderr } = await home.run(['secrets', 'rotate', '--data', home.data])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /sealed with the key [0-9a-f]{8} of .*secret\.key now; before it was [0-9a-f]{8}\./)
  const after = readFileSync(join(home.data, 'secret.key'), 'utf8')
  assert.notEqual(after, before)
  assert.equal(after.length, before.length)
  const again = await home.start()
  assert.equal((await again.api('GET', '/channels/hook')).status, 200)
})

test('two servers of one PostgreSQL need the same key, and the second says so instead of making another', async (t) => {
  const database = await freshDatabase()
  t.after(() => database.drop())
  const [one, two] = [openHome(t), openHome(t)]
  const first = await one.start({ args: ['--database', database.url] })
  const args = ['serve', '--database', database.url, '--data', two.data, '--listen', '127.0.0.1:0', '--beats', 'off']
  const refused = await two.run(args)
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /All servers of one database need the same key/)
  assert.ok(!existsSync(join(two.data, 'secret.key')))
  const key = readFileSync(join(one.data, 'secret.key'), 'utf8').trim()
  const second = await two.start({ args: ['--database', database.url], env: { ALLSWELL_SECRET_KEY: key } })
  const body = { key: 'hook', webhook: { url: 'http://127.0.0.1:9/hidden-path' } }
  assert.equal((await first.api('POST', '/channels', body)).status, 201)
  assert.equal((await second.api('GET', '/channels/hook')).status, 200)
})
