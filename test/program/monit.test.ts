// A real Monit reports to the real program: everything appears by itself, fails, recovers, is given up and let go.
// Promises that Monit and its files are gone with the test, and that no password of Monit reaches the disk.
import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { program as debian } from '#test/debian.ts'
import { startService } from '#test/service.ts'
import { monitorsOf, type MonitorSeen } from './client.ts'
import { openHome } from './program.ts'
import { eventually } from './wait.ts'

const password = 'a-password-of-monit'

test('a real Monit is followed: what it watches appears, fails, recovers, is given up, and falls silent', async (t) => {
  const home = openHome(t)
  const program = await home.start()
  const made = await program.api('POST', '/tokens', { name: 'node', scopes: ['report'] })
  const { secret } = JSON.parse(made.text) as { secret: string }
  const [marker, script] = [join(home.folder, 'marker'), join(home.folder, 'prog.sh')]
  const answer = (status: number) => writeFileSync(script, `#!/bin/sh\necho said ${status}\nexit ${status}\n`)
  writeFileSync(marker, '')
  answer(0)
  chmodSync(script, 0o755)
  const service = await startService({
    program: await debian('monit'),
    files: (folder) => ({ monitrc: settings(folder, { url: program.url, secret, marker, script }) }),
    prepare: async (folder) => chmodSync(join(folder, 'monitrc'), 0o600),
    args: (folder) => ['-I', '-c', join(folder, 'monitrc')],
    ready: /M\/Monit heartbeat started/,
  })
  t.after(() => service.stop())
  const named = async (name: string): Promise<MonitorSeen | undefined> =>
    (await monitorsOf(program)).find(({ key }) => key.includes(`.${name}.`))
  const is = (name: string, status: string, says = /^/) =>
    eventually(`${name} is ${status}`, async () => {
      const monitor = await named(name)
      return monitor?.status === status && says.test(monitor.sentence ?? '')
    })

  await Promise.all(['marker', 'prog'].map((name) => is(name, 'up')))
  const host = (await monitorsOf(program)).find(({ kind }) => kind === 'monit_host')
  assert.equal(host?.status, 'up')

  rmSync(marker)
  await is('marker', 'down', /^Monit says: it does not exist \(“file doesn't exist”\)\.$/)
  answer(3)
  await is('prog', 'down', /the program ended badly \(“status failed \(3\) -- said 3”\)/)
  writeFileSync(marker, '')
  answer(0)
  await Promise.all(['marker', 'prog'].map((name) => is(name, 'up')))

  // Nobody looks at it any more then, and it is not well for that.
  await is('hopeless', 'down', /restarted 2 times/)

  await service.stop()
  for (const file of readdirSync(home.data))
    assert.equal(readFileSync(join(home.data, file)).includes(password), false, file)
  assert.doesNotMatch(program.stderr(), new RegExp(`${password}|${secret}`))
  assert.equal(await program.stop(), 0)
})

interface Wanted {
  readonly url: string
  readonly secret: string
  readonly marker: string
  readonly script: string
}

const settings = (folder: string, { url, secret, marker, script }: Wanted) => `set daemon 1
set pidfile ${folder}/monit.pid
set idfile ${folder}/monit.id
set statefile ${folder}/monit.state
set eventqueue basedir ${folder}/events slots 100
set mmonit ${url.replace('://', `://node:${secret}@`)}/collector with timeout 5 seconds
set httpd port 1 and use address 127.0.0.1 allow admin:${password}
check system node.example.test
check file marker with path ${marker}
  if does not exist then alert
check program prog with path "${script}"
  if status != 0 then alert
check process hopeless with pidfile ${folder}/none.pid
  start program = "/bin/false" with timeout 1 seconds
  if 2 restarts within 10 cycles then unmonitor
`
