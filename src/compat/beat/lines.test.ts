// The ready-made lines, run by a real shell against the real door; only the programs that they call are stand-ins.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { type BeatLine, beatLines } from '#core/beat-lines.ts'
import { environment } from '#platform/settings.ts'
import { type BeatHouse, openBeatHouse } from '#test/beat-house.ts'

const run = promisify(execFile)

/** A folder with `curl` and `wget` that ask for the address in their last argument, and a `backup` that ends so. */
function tools(test: TestContext, status: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-lines-'))
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  const ask = `#!/bin/sh\nfor url; do :; done\nexec ${process.execPath} -e 'fetch(process.argv[1])' "$url"\n`
  const made = { curl: ask, wget: ask, backup: `#!/bin/sh\nexit ${status}\n` }
  for (const [name, text] of Object.entries(made)) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

async function sh(folder: string, script: string): Promise<number> {
  const own = script.replaceAll('/usr/local/bin/backup', 'backup').replaceAll('/usr/bin/curl', 'curl')
  const env = { ...environment(), PATH: `${folder}:${environment().PATH ?? ''}` }
  return await run('sh', ['-c', own], { env, timeout: 60_000 }).then(
    () => 0,
    (error: { code: number }) => error.code,
  )
}

const linesFor = (house: BeatHouse) => {
  const all = beatLines({ key: 'nightly', base: house.web, port: house.lines, mail: 'mail.example' })
  return (name: string) => (all.find((one) => one.name === name) as BeatLine).text
}
const told = (house: BeatHouse) => house.port.committed.map(({ signal, facts }) => [signal, facts?.exit_status ?? null])

describe('the ready-made lines', () => {
  it('tell success, and a failure by its exit status', async (test) => {
    for (const [status, end] of [
      [0, ['beat', null]],
      [7, ['fail', 7]],
    ] as const) {
      const house = await openBeatHouse(test)
      const folder = tools(test, status)
      const line = linesFor(house)
      assert.equal(await sh(folder, line('status')), 0)
      assert.deepEqual(told(house), [['start', null], end])
      const cron = line('cron').replace(/^30 2 \* \* \* {2}/, '')
      await sh(folder, cron)
      assert.deepEqual(told(house).slice(2), [end])
    }
  })

  it('tell in a Kubernetes job what its status was, and end with it', async (test) => {
    for (const [status, end] of [
      [0, ['beat', null]],
      [3, ['fail', 3]],
    ] as const) {
      const house = await openBeatHouse(test)
      const job = parse(linesFor(house)('kubernetes'))
      const { args } = job.spec.jobTemplate.spec.template.spec.containers[0]
      assert.equal(await sh(tools(test, status), args[0]), status)
      assert.deepEqual(told(house), [['start', null], end])
    }
  })

  it('tell by systemd whether the service succeeded, whatever ended it', async (test) => {
    const house = await openBeatHouse(test)
    const stop = /^ExecStopPost=-\/bin\/sh -c '(.*)'$/m.exec(linesFor(house)('systemd'))?.[1] ?? ''
    const folder = tools(test, 0)
    for (const result of ['success', 'signal', 'exit-code'])
      await sh(folder, `SERVICE_RESULT=${result}; ${stop.replaceAll('$$', '$')}`)
    assert.deepEqual(told(house), [
      ['beat', null],
      ['fail', 1],
      ['fail', 1],
    ])
  })

  it('name the datagram that a statsd client sends', async (test) => {
    const house = await openBeatHouse(test)
    await house.datagrams(1, /"(.*)"/.exec(linesFor(house)('udp'))?.[1] ?? '')
    assert.equal(house.accepted('udp'), 1)
  })

  it('follow the schedule of their monitor, and leave out what cannot be used', () => {
    const place = { key: 'a', base: 'https://x.test/', port: null, mail: null }
    const names = (more: object) => beatLines({ ...place, ...more }).map(({ name }) => name)
    assert.deepEqual(names({ calendar: 'Mon 02:00' }).includes('cron'), false)
    assert.ok(!names({}).some((name) => ['udp', 'statsd', 'mail'].includes(name)))
    const cron = beatLines({ ...place, cron: '5 4 * * 1' }).find(({ name }) => name === 'cron')
    assert.match(cron?.text ?? '', /^5 4 \* \* 1 {2}.* https:\/\/x\.test\/beat\/a\/\$\?$/)
  })
})
