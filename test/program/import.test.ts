// What lovebeat watched, taken over by a running server: by its API, twice without a difference, and as a manifest.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { monitorOf } from './client.ts'
import { adminToken, openHome } from './program.ts'

const database = gzipSync(
  [
    'SERV\t{"name":"nightly.backup","last_beat":1795206026078,"timeout":90000,"state":"ok","muted_since":0}',
    'SERV\t{"Name":"Old/One","LastBeat":1795205968,"WarningTimeout":10,"ErrorTimeout":1800,"State":"ok"}',
    'SERV\t{"name":"${env:HOME}","last_beat":-1,"timeout":-2,"state":"ok","muted_since":0}',
  ].join('\n'),
)

test('lovebeat’s services become monitors that old senders reach, however often they are imported', async (t) => {
  const home = openHome(t)
  const program = await home.start()
  const [config, kept] = [join(home.folder, 'lovebeat.cfg'), join(home.folder, 'lovebeat.db')]
  writeFileSync(config, '[udp]\nlisten = ":8127"\n')
  writeFileSync(kept, database)
  const env = { ALLSWELL_SERVER: program.url, ALLSWELL_TOKEN: adminToken }
  const shown = await home.run(['import', 'lovebeat', config, kept], env)
  assert.equal(shown.code, 0, shown.stderr)
  assert.match(shown.stdout, /^3 monitors:\n {2}nightly\.backup +\{"heartbeat":\{"down_after":"1m30s"\}\}\n/)
  assert.match(shown.stdout, /udp\.listen +where lines are taken is said when Allswell starts/)
  assert.equal((await program.api('GET', '/monitors/nightly.backup')).status, 404)

  const first = await home.run(['import', 'lovebeat', config, kept, '--apply'], env)
  assert.match(first.stdout, /\n3 created, 0 changed, 0 were so already, 0 refused\.\n$/, first.stderr)
  const again = await home.run(['import', 'lovebeat', config, kept, '--apply'], env)
  assert.match(again.stdout, /\n0 created, 0 changed, 3 were so already, 0 refused\.\n$/)
  await program.ask('/beat/nightly.backup')
  assert.equal((await monitorOf(program, 'nightly.backup')).status, 'up')
})

test('it becomes a manifest that a server starts with', async (t) => {
  const home = openHome(t)
  const kept = join(home.folder, 'lovebeat.db')
  writeFileSync(kept, database)
  const written = await home.run(['import', 'lovebeat', kept, '--write', home.file])
  assert.equal(written.code, 0, written.stderr)
  assert.match(readFileSync(home.file, 'utf8'), /\$\$\{env:HOME\}/)
  const program = await home.start()
  const names = async () => JSON.stringify((await program.api('GET', '/monitors')).json())
  assert.match(await names(), /"Old\/One"/)
  assert.match(await names(), /"\$\{env:HOME\}"/)
})

test('what cannot be read, or nobody to give it to, is said in a sentence', async (t) => {
  const home = openHome(t)
  const config = join(home.folder, 'lovebeat.cfg')
  writeFileSync(config, '[alerts.ops]\nmail = "a@example.com"\nwebhook = \n')
  const broken = await home.run(['import', 'lovebeat', config])
  assert.deepEqual(
    [broken.code, broken.stderr],
    [1, `allswell: ${config} cannot be read: line 3: a value is expected\n`],
  )
  const missing = await home.run(['import', 'lovebeat', '/nowhere/at.all'])
  assert.equal(missing.stderr, 'allswell: /nowhere/at.all cannot be read: ENOENT\n')
  writeFileSync(config, database)
  const away = await home.run(['import', 'lovebeat', config, '--apply', '--server', 'http://127.0.0.1:1'])
  assert.match(away.stderr, /http:\/\/127\.0\.0\.1:1 cannot be reached: .*Name another server by --server/)
})
