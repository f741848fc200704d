// Scripts that are run: what they are told, what they may not see, and that none outlives its time.
import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { contextFor, hostile, hostileMessage, messages } from '#test/messages.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import type { Message } from './channel.ts'
import { script } from './script.ts'
import { sendMessage } from './send.ts'

function folderFor(test: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'allswell-scripts-'))
  test.after(() => rmSync(home, { recursive: true, force: true }))
  const folder = join(home, 'scripts')
  mkdirSync(folder)
  const put = (name: string, text: string, mode = 0o755) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), mode)
  }
  return { home, folder, put }
}

const settings = (scripts: string | null) => ({ smtp: null, publicUrl: null, scripts })
function run(name: string, scripts: string | null, message: Message = messages.down, clock = new VirtualClock()) {
  const context = contextFor({ clock, settings: settings(scripts) })
  return sendMessage(script, script.config.parse({ run: name }), message, context)
}

test('a script is told what lovebeat’s were, and all of it as JSON, and nothing of our environment', async (t) => {
  const { folder, put } = folderFor(t)
  put('page', 'env >env; cat >json; pwd >pwd')
  const sent = await run('page', folder, { ...messages.down, outages: 2 })
  assert.match(sent.detail, /^page ended with 0 in \d+ ms$/)
  const env = new Map(
    readFileSync(join(folder, 'env'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s) as [string, string]),
  )
  const told = ['ALARM', 'VIEW', 'STATE', 'PREVIOUS_STATE', 'INCIDENT'].map((name) => env.get(`LOVEBEAT_${name}`))
  assert.deepEqual(told, ['web', 'web', 'ERROR', 'OK', '2'])
  assert.equal(env.get('ALLSWELL_TITLE'), 'DOWN: Web shop')
  const known = /^(PATH|PWD|OLDPWD|SHLVL|_|LOVEBEAT_[A-Z_]+|ALLSWELL_(EVENT|MONITOR|TITLE|IDEMPOTENCY_KEY))$/
  for (const name of env.keys()) assert.match(name, known)
  const { event, monitor } = JSON.parse(readFileSync(join(folder, 'json'), 'utf8')) as {
    event: string
    monitor: { key: string }
  }
  assert.deepEqual([event, monitor.key], ['monitor.down', 'web'])
})

test('what fails is tried again, with its status and the last that it said', async (t) => {
  const { folder, put } = folderFor(t)
  put('fails', 'echo first; echo the pager is off >&2; exit 3')
  assert.deepEqual(await run('fails', folder), {
    ok: false,
    retry: true,
    detail: 'fails ended with 3: the pager is off',
  })
  put('deaf', 'exec 0<&-; exit 0')
  assert.equal((await run('deaf', folder)).ok, true, 'one that does not listen is well, too')
  put('loud', 'yes | head -c 3000000; exit 1')
  assert.equal((await run('loud', folder)).detail, 'loud ended with 1: y')
  put('killed', 'kill -9 $$')
  assert.match((await run('killed', folder)).detail, /^killed was ended by SIGKILL/)
})

test('nothing is run without a folder, and nothing outside of it', async (t) => {
  const { home, folder, put } = folderFor(t)
  assert.match((await run('page', null)).detail, /Scripts are off: start Allswell with --scripts/)
  put('plain', 'exit 0', 0o644)
  mkdirSync(join(folder, 'dir'))
  writeFileSync(join(home, 'outside'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
  symlinkSync(join(home, 'outside'), join(folder, 'link'))
  for (const name of ['missing', 'plain', 'dir', 'link'])
    assert.match((await run(name, folder)).detail, /is no program in the folder/, name)
  for (const name of ['../outside', '/bin/sh', '', '.hidden', 'a b', 'a;b', '-x'])
    assert.equal(script.config.safeParse({ run: name }).success, false, name)
})

test('one that never ends is killed in time with all that it started', async (t) => {
  const { folder, put } = folderFor(t)
  put('hangs', 'sleep 600 & echo $! >child; echo $$ >self; touch ready; sleep 600')
  const clock = new VirtualClock()
  const sent = run('hangs', folder, messages.down, clock)
  await until('it runs', () => existsSync(join(folder, 'ready')))
  await clock.advance(10_001)
  assert.match((await sent).detail, /No answer within/)
  const lives = (name: string) => {
    try {
      return process.kill(Number(readFileSync(join(folder, name), 'utf8')), 0)
    } catch {
      return false
    }
  }
  await until('all are gone', () => !lives('self') && !lives('child'))
})

test('hostile text stays one value of one variable', async (t) => {
  const { folder, put } = folderFor(t)
  put('count', 'env | grep -c "^LOVEBEAT_ALARM=" >found; cat >/dev/null')
  for (const text of hostile) {
    const sent = await run('count', folder, hostileMessage(text))
    assert.equal(sent.ok, true, sent.detail)
    assert.equal(readFileSync(join(folder, 'found'), 'utf8').trim(), '1')
  }
})
