// SIGHUP: the file again. What it names is there, what it no longer names stops and keeps its history, and a broken
// file changes nothing and says why. `paused` in the file counts when it changes; what people paused stays so.
import assert from 'node:assert/strict'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { becomes, eventsOf, monitorOf, monitorsOf, observationsOf, read } from './client.ts'
import { webFace } from './faces.ts'
import { openHome, type Program } from './program.ts'
import { eventually } from './wait.ts'

const outcome = /the configuration file (was taken over|is broken|could not be taken over)/
const outcomes = (program: Program) => program.logs().filter(({ message }) => outcome.test(message)).length

/** SIGHUP, and wait until the log says what came of it. */
async function reload(program: Program): Promise<string> {
  const before = outcomes(program)
  program.signal('SIGHUP')
  await eventually('the file was read again', () => outcomes(program) > before)
  return program.logs().findLast(({ message }) => outcome.test(message))?.message ?? ''
}

const file = (monitors: string) => `version: 1
monitors:
  stays: { heartbeat: { every: 1d } }
${monitors}`

const job = (paused: string) => file(`  job: { heartbeat: { every: 1d }${paused} }\n`)

describe('reloading the file', { concurrency: true }, () => {
  test('a reload brings new monitors, stops those that are gone, and revives them with their history', async (t) => {
    const face = await webFace(t)
    const web = `  web: { http: { url: "${face.url}" }, interval: 1s }\n`
    const home = openHome(t, file(''))
    const program = await home.start()
    assert.deepEqual(
      (await monitorsOf(program)).map(({ key }) => key),
      ['stays'],
    )

    home.write(file(web))
    assert.match(await reload(program), /was taken over/)
    const up = await becomes(program, 'web', 'up')
    assert.equal(up.owner, `file:${home.file}`)

    home.write(file(''))
    await reload(program)
    assert.equal((await program.api('GET', '/monitors/web')).status, 404)
    const seen = face.requests.length
    const goneAt = Date.now()
    await program.api('POST', '/monitors/web/run')
    await eventually('a second of checks would have passed', () => Date.now() - goneAt > 1_500)
    assert.ok(face.requests.length <= seen + 1, 'nobody checks it any more but who was under way')
    assert.equal((await eventsOf(program)).filter((event) => event.monitor === 'web').length, 1, 'its events are kept')

    const awayMs = Date.now() - goneAt
    home.write(file(web))
    await reload(program)
    await eventually('it is checked again', () => face.requests.length > seen + 1)
    const again = await becomes(program, 'web', 'up')
    assert.ok(again.since > up.since, 'what it was before it was gone says nothing now')
    assert.deepEqual(
      (await eventsOf(program, 'web')).map((event) => event.type),
      ['monitor.up', 'monitor.changed', 'monitor.up'],
      'its history goes on',
    )
    await eventually(
      'old and new observations are there',
      async () => (await observationsOf(program, 'web')).length > 2,
    )
    const { windows } = read(await program.api('GET', '/monitors/web/uptime')) as {
      windows: Record<string, { ms: { unknown: number } }>
    }
    assert.ok((windows['24h']?.ms.unknown ?? 0) >= awayMs, 'the time that nobody watched counts as unknown')
  })

  test('the only monitor that comes back has its time away counted as unknown, too', async (t) => {
    const home = openHome(t, 'version: 1\nmonitors: { job: { heartbeat: { every: 1d } } }\n')
    const program = await home.start()
    assert.equal((await program.ask('/beat/job')).status, 200)
    home.write('version: 1\n')
    await reload(program)
    const goneAt = Date.now()
    await eventually('some time passes', () => Date.now() - goneAt > 300)
    const awayMs = Date.now() - goneAt
    home.write('version: 1\nmonitors: { job: { heartbeat: { every: 1d } } }\n')
    await reload(program)
    const { windows } = read(await program.api('GET', '/monitors/job/uptime')) as {
      windows: Record<string, { ms: { unknown: number } }>
    }
    assert.ok((windows['24h']?.ms.unknown ?? 0) >= awayMs, JSON.stringify(windows['24h']))
  })

  test('a broken file changes nothing, says why with its place, and the mended one is taken', async (t) => {
    const home = openHome(t, file('  job: { heartbeat: { every: 1d }, labels: { team: a } }\n'))
    const program = await home.start()
    const before = await monitorsOf(program)

    home.write('version: 1\nmonitors:\n  other: { heartbeat: { evry: 1d } }\n')
    assert.match(await reload(program), /is broken; nothing was changed/)
    const faults = () => String(program.logs().findLast(({ level }) => level === 'error')?.['faults'])
    assert.match(faults(), /allswell\.yaml:3:25: .*evry.*did you mean "every"/)
    assert.deepEqual(await monitorsOf(program), before)

    home.write('version: 1\nmonitors:\n  other: { heartbeat: [\n')
    assert.match(await reload(program), /is broken/)
    assert.match(faults(), /allswell\.yaml:4:1: /)
    for (const line of program.stderr().trim().split('\n')) assert.ok(line.startsWith('{'), line)
    assert.deepEqual(await monitorsOf(program), before)
    assert.equal((await program.ask('/beat/job')).status, 200)

    home.write('version: 1\nmonitors:\n  other: { heartbeat: { every: 1d } }\n')
    assert.match(await reload(program), /was taken over/)
    assert.deepEqual(
      (await monitorsOf(program)).map(({ key }) => key),
      ['other'],
    )
  })

  test('after many hang-ups in a row the last file counts', async (t) => {
    const home = openHome(t, file(''))
    const program = await home.start()
    for (let round = 1; round <= 20; round += 1) {
      home.write(file(`  job-${round}: { heartbeat: { every: 1d } }\n`))
      program.signal('SIGHUP')
    }
    await eventually('the last file is in force', async () => {
      const keys = (await monitorsOf(program)).map(({ key }) => key)
      return keys.join() === 'job-20,stays'
    })
    assert.equal(await program.stop(), 0)
  })

  test('paused in the file is followed across reloads and restarts', async (t) => {
    const home = openHome(t, job(', paused: true'))
    let program = await home.start()
    const restart = async () => {
      assert.equal(await program.stop(), 0)
      program = await home.start()
    }
    const isPaused = async () => (await monitorOf(program, 'job')).paused
    assert.equal(await isPaused(), true, 'from the first start')
    assert.equal((await monitorOf(program, 'job')).status, 'paused')
    await restart()
    assert.equal(await isPaused(), true, 'after a restart')
    home.write(job(', paused: false'))
    await reload(program)
    assert.equal(await isPaused(), false, 'lifted by a reload')
    home.write(job(', paused: true'))
    await reload(program)
    assert.equal(await isPaused(), true, 'laid on by a reload')
    home.write(job(''))
    await restart()
    assert.equal(await isPaused(), false, 'lifted while nobody ran')
    home.write(job(', paused: true'))
    await restart()
    assert.equal(await isPaused(), true, 'laid on while nobody ran')
    home.write(file(''))
    await reload(program)
    home.write(job(''))
    await reload(program)
    assert.equal(await isPaused(), false, 'it comes back as the file says')
  })

  test('what people paused or resumed stays so while the file says nothing new', async (t) => {
    const home = openHome(t, job(''))
    let program = await home.start()
    const restart = async () => {
      assert.equal(await program.stop(), 0)
      program = await home.start()
    }
    assert.equal((await program.api('POST', '/monitors/job/pause')).status, 200)
    await reload(program)
    assert.equal((await monitorOf(program, 'job')).paused, true, 'after a reload')
    await restart()
    assert.equal((await monitorOf(program, 'job')).paused, true, 'after a restart')

    home.write(job(', paused: true'))
    await reload(program)
    assert.equal((await program.api('POST', '/monitors/job/resume')).status, 200)
    await reload(program)
    assert.equal((await monitorOf(program, 'job')).paused, false, 'after a reload')
    const events = (await eventsOf(program)).length
    await restart()
    assert.equal((await monitorOf(program, 'job')).paused, false, 'after a restart')
    assert.equal((await eventsOf(program)).length, events, 'a restart is no event')
  })

  test('what a file that is not loaded left behind is told, listed, and taken over by name', async (t) => {
    const home = openHome(t, job(''))
    assert.equal(await (await home.start()).stop(), 0)
    const renamed = join(home.folder, 'renamed.yaml')
    const args = ['--config', renamed]
    renameSync(home.file, renamed)
    writeFileSync(renamed, file(''))
    const program = await home.start({ args })
    const told = program.logs().find(({ message }) => /not loaded/.test(message))
    assert.deepEqual([told?.level, told?.['file'], told?.['keys']], ['warn', home.file, ['job']])
    const taken = program.logs().find(({ message }) => /"stays" was made by/.test(message))
    assert.equal(taken?.level, 'warn')
    const { leftBehind } = read(await program.api('GET', '/health')) as { leftBehind: unknown }
    assert.deepEqual(leftBehind, [{ file: home.file, type: 'monitor', count: 1, keys: ['job'] }])
    assert.equal((await program.api('DELETE', '/monitors/job')).status, 409)
    writeFileSync(renamed, job(''))
    await reload(program)
    assert.equal((await monitorOf(program, 'job')).owner, `file:${renamed}`)
    assert.equal(await program.stop(), 0)
  })

  test('networks are taken over from the file, too', async (t) => {
    const face = await webFace(t)
    const home = openHome(t, file(`  web: { http: { url: "${face.url}" }, interval: 1s, fail_after: 1 }\n`))
    const program = await home.start()
    await becomes(program, 'web', 'up')
    const beat = async () => (await program.ask('/beat/stays', { from: '127.0.0.9' })).status
    assert.equal(await beat(), 200)
    home.write(
      `${readFileSync(home.file, 'utf8')}networks: { beats: [10.0.0.0/8], denied: [127.0.0.0/8], metrics: [] }\n`,
    )
    await reload(program)
    assert.equal(await beat(), 403)
    assert.equal((await program.ask('/metrics')).status, 401)
    assert.equal((await becomes(program, 'web', 'down')).reason, 'forbidden')
  })
})
