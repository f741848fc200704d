// The first owner of a real process: the link on stdout, and the one by the command line.
// Promises that there is never a default password, and that the link of the log is of no use later.
import assert from 'node:assert/strict'
import { test } from 'node:test'
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
