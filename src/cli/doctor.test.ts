// Tests of doctor with real ports, folders and sockets.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { channelKinds } from '#channels/index.ts'
import { openManifest } from '#manifest/read.ts'
import { fakes } from '#manifest/testing.ts'
import { newKey, writeKey } from '#platform/seal.ts'
import type { DatabaseReport } from './command.ts'
import { examineRuntime } from './examine.ts'
import { run } from './testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'allswell-doctor-'))
after(() => rmSync(folder, { recursive: true }))
const config = (text: string) => {
  writeFileSync(join(folder, 'allswell.yaml'), `version: 1\n${text}`)
  return join(folder, 'allswell.yaml')
}
const free = `--data ${folder} --listen 127.0.0.1:0 --beats 127.0.0.1:0`

async function listening(greeting: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(greeting)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

interface Report {
  settings: { name: string; value: string; source: string }[]
  checks: { what: string; state: string; detail: string; mend: string | null }[]
}
const examine = async (line: string, options = {}) => {
  const { code, stdout } = await run(`doctor --json ${line}`, options)
  const report = JSON.parse(stdout) as Report
  return { code, report, check: (what: string) => report.checks.find((one) => one.what === what) }
}

test('on a machine that has everything all is well', async () => {
  const { code, stdout } = await run(`doctor ${free} --config ${config('')}`)
  assert.equal(code, 0)
  assert.match(stdout, /All's well\.\n$/)
  assert.match(stdout, /^ {2}data +\S+ +\(flag\)$/m)
  assert.match(stdout, /^ {2}ok {4}configuration .*0 monitors/m)
})

test('each setting is shown with its source, and no secret', async () => {
  const env = { ALLSWELL_ADMIN_TOKEN: 'hunter22hunter22', ALLSWELL_DATABASE_URL: 'postgres://u:hunter22@h/d' }
  const { report, check } = await examine(free, { env })
  assert.doesNotMatch(JSON.stringify(report), /hunter22/)
  assert.deepEqual(
    report.settings.find((one) => one.name === 'ALLSWELL_ADMIN_TOKEN'),
    { name: 'ALLSWELL_ADMIN_TOKEN', value: '***', source: 'environment' },
  )
  assert.equal(check('database')?.detail, 'postgres://u:***@h/d: well')
  assert.deepEqual([check('admin token')?.state, check('admin token')?.detail], ['warn', 'short enough to be guessed'])
})

test('a database that refuses, or is silent for ten seconds, is a failure with its reason', async () => {
  const refuse = { inspectDatabase: () => Promise.reject(new Error('password authentication failed')) }
  const refused = await examine(`${free} --database postgres://u:p@h/d`, { parts: refuse })
  assert.equal(refused.code, 1)
  assert.equal(refused.check('database')?.detail, 'postgres://u:***@h/d: password authentication failed')
  const at: number[] = []
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (ms: number, call: () => void) => {
      at.push(ms)
      queueMicrotask(call)
      return { cancel: () => {} }
    },
  }
  const silent = { clock, inspectDatabase: () => new Promise<never>(() => {}) }
  const late = await examine(`${free} --database postgres://u:p@h/d`, { parts: silent })
  assert.match(late.check('database')?.detail ?? '', /no answer within 10 s$/)
  assert.deepEqual(at, [10_000])
})

test('a port that another program has is a failure, by TCP and by UDP', async () => {
  const { server, port } = await listening('')
  const udp = createSocket('udp4')
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  try {
    const address = `--data ${folder} --listen 127.0.0.1:${port} --beats 127.0.0.1:${udp.address().port}`
    const { code, check } = await examine(address)
    assert.equal(code, 1)
    const { state, detail } = check('pages and API') ?? {}
    assert.deepEqual([state, detail], ['fail', `${port} is taken by another program`])
    assert.equal(check('beats by UDP')?.state, 'fail')
  } finally {
    server.close()
    udp.close()
  }
})

test('a port that Allswell itself has is well, and its version is told', async () => {
  const other = createHttpServer((request, response) => {
    const document = { info: { title: 'Allswell', version: '9.8.7' } }
    response.end(request.url === '/api/v2/openapi.json' ? JSON.stringify(document) : '')
  })
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { check } = await examine(`--data ${folder} --listen 127.0.0.1:${port} --beats off`)
  other.close()
  assert.deepEqual(check('pages and API')?.detail, `${port} is taken, as Allswell 9.8.7 runs`)
})

test('a database that is damaged or too new is a failure, and what old files left behind a warning', async () => {
  const found = { schema: 'current' as const, damage: null, key: null, leftBehind: [] }
  const look = (changes: Partial<DatabaseReport>) =>
    examine(free, { parts: { inspectDatabase: () => Promise.resolve({ ...found, ...changes }) } })
  const damaged = await look({ damage: 'row 3 missing from index x' })
  assert.equal(damaged.code, 1)
  assert.match(damaged.check('database')?.detail ?? '', /is damaged: row 3 missing/)
  assert.match((await look({ schema: 'newer' })).check('database')?.detail ?? '', /newer version/)
  assert.equal((await look({ schema: 'none' })).check('database')?.state, 'ok')
  const left = await look({ leftBehind: [{ file: '/etc/old.yaml', type: 'monitor', count: 2, keys: ['a', 'b'] }] })
  assert.equal(left.code, 0)
  assert.match(left.check('left behind')?.detail ?? '', /^2 monitors of \/etc\/old\.yaml, which is not .*: a, b$/)
})

test('doctor tells the key of the secrets, and what is to be done where it is not here', async () => {
  const found = { schema: 'current' as const, damage: null, leftBehind: [] }
  const look = async (key: string | null, env: Record<string, string> = {}) => {
    const parts = { inspectDatabase: () => Promise.resolve({ ...found, key }) }
    return (await examine(free, { parts, env })).check('secret key')
  }
  assert.match((await look(null))?.detail ?? '', /none yet, the first start makes one/)
  const lost = await look('12345678')
  assert.deepEqual([lost?.state, lost?.detail], ['fail', 'the database is sealed with 12345678, and no key is here'])
  const key = newKey()
  const env = { ALLSWELL_SECRET_KEY: `${writeKey(newKey())},${writeKey(key)}` }
  assert.equal((await look(key.id, env))?.detail, `${key.id} of ALLSWELL_SECRET_KEY, with 1 more`)
  const other = await look('12345678', { ALLSWELL_SECRET_KEY: writeKey(key) })
  assert.equal(other?.detail, `the database is sealed with 12345678, but ALLSWELL_SECRET_KEY has ${key.id}`)
  assert.match((await look(null, { ALLSWELL_SECRET_KEY: 'x' }))?.detail ?? '', /is not a key/)
})

test('an address that this machine does not have is a failure', async () => {
  const { code, check } = await examine(`--data ${folder} --listen 192.0.2.1:0 --beats off`)
  assert.equal(code, 1)
  assert.match(check('pages and API')?.detail ?? '', /EADDRNOTAVAIL/)
  assert.match(check('heartbeats')?.detail ?? '', /off/)
})

test('a data folder that is a file is a failure, one that is not there yet will be made', async () => {
  writeFileSync(join(folder, 'file'), '')
  const rest = '--listen 127.0.0.1:0 --beats off'
  assert.equal((await examine(`--data ${folder}/file ${rest}`)).check('data folder')?.state, 'fail')
  assert.match((await examine(`--data ${folder}/a/b ${rest}`)).check('data folder')?.detail ?? '', /will be made$/)
})

test('a data folder where the system keeps no files is a failure', { skip: !existsSync('/proc/self') }, async () => {
  const { check } = await examine('--data /proc/nope --listen 127.0.0.1:0 --beats off')
  const { state, detail } = check('data folder') ?? {}
  assert.deepEqual([state, detail], ['fail', '/proc belongs to the system, which keeps no files there'])
})

test('a broken configuration is a failure that names its first fault', async () => {
  const { code, check } = await examine(`${free} --config ${config('monitor: {}')}`)
  assert.equal(code, 1)
  assert.match(check('configuration')?.detail ?? '', /1 wrong in .*allswell\.yaml:2:1: monitor: .*"monitors"\?$/)
})

test('the mail server of the configuration is asked for its greeting', async () => {
  const good = await listening('220 mail.example.test ESMTP\r\n')
  const bad = await listening('HTTP/1.1 400 Bad Request\r\n')
  const smtp = (port: number) => config(`smtp: { url: "smtp://127.0.0.1:${port}", from: a@example.test }\n`)
  try {
    assert.equal((await examine(`${free} --config ${smtp(good.port)}`)).check('mail')?.state, 'ok')
    const { check } = await examine(`${free} --config ${smtp(bad.port)}`)
    assert.match(check('mail')?.detail ?? '', /unexpected greeting "HTTP\/1\.1 400 Bad Request"$/)
  } finally {
    good.server.close()
    bad.server.close()
  }
  assert.match((await examine(`${free} --config ${smtp(good.port)}`)).check('mail')?.detail ?? '', /ECONNREFUSED$/)
})

test('the own mail server of a channel is asked, too', async () => {
  const { server, port } = await listening('220 mail.example.test ESMTP\r\n')
  const ops = (url: string) => `{ email: { to: [a@example.test], from: b@example.test, smtp: "${url}" } }`
  const channels = `channels:\n  ops: ${ops(`smtp://127.0.0.1:${port}`)}\n  night: ${ops('smtp://127.0.0.1:1')}\n`
  const parts = { manifest: openManifest({ ...fakes, channelKinds }) }
  const { code, check } = await examine(`${free} --config ${config(channels)}`, { parts })
  server.close()
  assert.equal(code, 1)
  assert.equal(check('channel ops')?.state, 'ok')
  assert.match(check('channel night')?.detail ?? '', /^127\.0\.0\.1:1: ECONNREFUSED$/)
})

test('it says which way pings go, and what is missing where there is none', async () => {
  const { code, check } = await examine(`${free} --config ${config('')}`, { env: { PATH: '' } })
  const { state, detail = '', mend } = check('ping') ?? {}
  assert.equal(code, 0)
  if (state === 'ok') assert.equal(detail, 'by a raw ICMP socket')
  else assert.match(`${state} ${detail} ${mend}`, /^warn Raw ICMP .* no ping program: give .*Only monitors/)
})

test('a Node that is too old is told with where to get another', () => {
  for (const version of ['24.15.0', '26.10.0', '25.1.2']) assert.equal(examineRuntime(version).state, 'ok', version)
  for (const version of ['20.20.0', '24.14.9']) assert.equal(examineRuntime(version).state, 'fail', version)
})

test('colours are for terminals, unless NO_COLOR is set', async () => {
  const line = `doctor ${free}`
  const green = '\u001B[32mok'
  assert.ok(!(await run(line)).stdout.includes('\u001B'))
  assert.ok((await run(line, { isTTY: true })).stdout.includes(green))
  assert.ok(!(await run(line, { isTTY: true, env: { NO_COLOR: '1' } })).stdout.includes('\u001B'))
})
