// A disk that is full or fails: what cannot be stored is not acknowledged, pages and health are honest, and when there
// is room again everything goes on by itself and nothing acknowledged is lost.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { openStore } from '#store/open.ts'
import { Unavailable } from '#store/store.ts'
import { becomes, deliveriesOf, eventsOf, monitorOf, observationsOf } from './client.ts'
import { webFace } from './faces.ts'
import { openHome, type Owner, type Program } from './program.ts'
import { eventually } from './wait.ts'

interface Disk {
  readonly what: string
  /** What the log says while it lasts. */
  readonly says: RegExp
  /** Makes the data folder in `folder` and gives its path. */
  make(t: Owner): string
  fill(program: Program, data: string): void
  free(program: Program, data: string): void
}

/** A small file system of its own, filled to the last byte. */
const small: Disk = {
  what: 'a full disk',
  says: /the disk is full; free some space/,
  make(t) {
    const folder = mkdtempSync(join(tmpdir(), 'allswell-small-disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=700', 'tmpfs', folder])
    t.after(() => {
      execFileSync('umount', ['-l', folder])
      rmdirSync(folder)
    })
    return folder
  },
  fill(_program, data) {
    const file = openSync(join(data, 'ballast'), 'w')
    try {
      for (let size = 65_536; size >= 1;) {
        try {
          writeSync(file, Buffer.alloc(size, 1))
        } catch {
          size = Math.floor(size / 2)
        }
      }
    } finally {
      closeSync(file)
    }
  },
  free: (_program, data) => rmSync(join(data, 'ballast')),
}

/** Writes past a size fail, as the system's limit on files has it. */
const limited: Disk = {
  what: 'a disk that fails to write',
  says: /the disk reports an error/,
  make(t) {
    const folder = mkdtempSync(join(tmpdir(), 'allswell-failing-disk-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    return folder
  },
  fill(program, data) {
    const { size } = statSync(join(data, 'allswell.db-wal'))
    execFileSync('prlimit', ['--pid', String(program.pid), `--fsize=${size}:`])
  },
  free: (program) => void execFileSync('prlimit', ['--pid', String(program.pid), '--fsize=unlimited:']),
}

function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = mkdtempSync(join(tmpdir(), 'allswell-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}

function mayLimit(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const disks = [...(mayMount() ? [small] : []), ...(mayLimit() ? [limited] : [])]

describe('a disk in trouble', { concurrency: true }, () => {
  for (const disk of disks) {
    test(`${disk.what} loses nothing that was acknowledged and mends by itself`, async (t) => {
      const target = await webFace(t)
      const hook = await webFace(t)
      const data = disk.make(t)
      const home = openHome(
        t,
        `version: 1
monitors:
  job: { heartbeat: { every: 1d } }
  web: { http: { url: "${target.url}" }, interval: 1s, fail_after: 1 }
channels: { hook: { webhook: { url: "${hook.url}" } } }
rules: { all: { monitors: web, tell: hook } }
pages: { main: { title: A page, groups: [{ components: [{ name: The web, monitors: web }] }] } }
`,
      )
      const program = await home.start({ args: ['--data', data] })
      await becomes(program, 'web', 'up')
      let acknowledged = 0
      const beat = async (body: string) => {
        const answer = await program.ask('/beat/job', { method: 'POST', body })
        if (answer.status === 200) acknowledged += 1
        return answer
      }
      for (let n = 0; n < 20; n += 1) assert.equal((await beat(`before ${n}`)).status, 200)

      disk.fill(program, data)
      const refused = await eventually('a heartbeat is refused', async () => {
        const answer = await beat('x'.repeat(90_000))
        return answer.status !== 200 && answer
      })
      assert.equal(refused.status, 503)
      assert.match(refused.text, /could not be stored/)
      assert.equal(refused.headers['retry-after'], '5')
      const bare = beat('')
      const unready = await program.ask('/readyz')
      assert.equal(unready.status, 503)
      assert.match(unready.text, /; the log says why\.\n$/)
      assert.doesNotMatch(unready.text, disk.says)
      await program.said(disk.says)
      assert.equal((await program.ask('/healthz')).status, 200)
      assert.match((await program.ask('/')).text, /The web/)
      const answer = await program.api('PUT', '/monitors/more', { name: 'More', heartbeat: { every: '1d' } })
      assert.equal(answer.status, 503)
      assert.equal((await monitorOf(program, 'job')).status, 'up', 'what is stored can be read')
      target.answer(() => 500)
      const checked = target.requests.length
      await eventually('checks go on', () => target.requests.length > checked + 1)
      assert.equal((await bare).status, 503, 'one without a body, too')

      disk.free(program, data)
      await eventually('it is ready again', async () => (await program.ask('/readyz')).status === 200)
      assert.equal((await beat('after')).status, 200)
      await becomes(program, 'web', 'down')
      const told = await hook.waitFor(() => true)
      assert.equal((told.json as { event: string }).event, 'monitor.down')
      await eventually('the message counts as delivered', async () => {
        const [delivery] = await deliveriesOf(program)
        return delivery?.state === 'delivered'
      })

      await program.kill()
      const again = await home.start({ args: ['--data', data] })
      const beats = (await observationsOf(again, 'job')).length
      assert.ok(beats >= acknowledged, `${beats} heartbeats are there of ${acknowledged} that were acknowledged`)
      assert.deepEqual((await eventsOf(again)).map(({ monitor, type }) => `${monitor} ${type}`).sort(), [
        'job monitor.up',
        'web monitor.down',
        'web monitor.up',
      ])
    })
  }

  test('a database that may not grow refuses to store and keeps what it has', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'allswell-full-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const options = { url: `sqlite:${join(folder, 'allswell.db')}`, clock: systemClock, log: silentLog }
    const full = await openStore({ ...options, maxPages: 100 })
    let stored = 0
    const fill = async () => {
      for (; stored < 1_000; stored += 1) await full.meta.set(`fact-${stored}`, 'x'.repeat(10_000))
    }
    await assert.rejects(fill, (error) => error instanceof Unavailable && /the disk is full/.test(error.message))
    assert.equal((await full.meta.get('fact-0'))?.length, 10_000)
    await full.close()
    const wider = await openStore(options)
    await wider.ping()
    assert.equal((await wider.meta.get(`fact-${stored - 1}`))?.length, 10_000)
    assert.equal(await wider.meta.get(`fact-${stored}`), null)
    await wider.close()
  })
})
