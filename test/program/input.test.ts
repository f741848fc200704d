// What strangers send: garbage by UDP, TCP and HTTP, far too much, too deep, too slow. Each is refused in clear words
// or counted, and everybody else is served meanwhile.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { closed } from '../until.ts'
import { becomes, metric, monitorOf, monitorsOf } from './client.ts'
import { adminToken, type Program, start } from './program.ts'
import { eventually } from './wait.ts'

const config = `version: 1
heartbeats: { limit: 3 }
monitors: { job: { heartbeat: { every: 1d } }, web: { tcp: { address: "127.0.0.1:1" }, interval: 1h } }
pages: { main: { title: All of it, groups: [{ components: [{ name: The job, monitors: job }] }] } }
`

test('the program withstands what strangers send', async (t) => {
  const program = await start(t, { config })
  await t.test('garbage by UDP is counted by reason and the beats between are taken', () => garbageByUdp(program))
  await t.test('garbage by TCP is counted, a line without end is cut off, and beats are taken', () => byTcp(program))
  await t.test('new names are made up to the limit and no further', () => limited(program))
  await t.test('10 MB of JSON are refused with 413 as a problem', () => tooLarge(program))
  await t.test('JSON that is too deep, broken or not UTF-8 is refused with 400 as a problem', () => badJson(program))
  await t.test('a heartbeat with 9 MB is taken and its first part kept', () => largeBeat(program))
  await t.test('requests that are none are answered with 400 and the connection is closed', () => noHttp(program))
  await t.test('hundreds of clients that never finish hold up nobody', (t) => slowloris(t, program))
  await t.test('odd paths, methods and encodings get an answer and no 500', () => oddRequests(program))
  assert.equal(await program.stop(), 0)
  assert.deepEqual(
    program.logs().filter(({ level }) => level === 'error'),
    [],
  )
})

const rejected = async (program: Program, via: string) => {
  const { text } = await program.ask('/metrics')
  return text
    .split('\n')
    .filter((line) => line.startsWith('allswell_beats_rejected_total{') && line.includes(`via="${via}"`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
const taken = (program: Program, via: string) => metric(program, `allswell_beats_total{via="${via}"}`)

async function garbageByUdp(program: Program): Promise<void> {
  const socket = createSocket('udp4')
  const send = (bytes: Buffer | string) =>
    new Promise<void>((resolve, reject) => {
      socket.send(bytes, program.beats, '127.0.0.1', (error) => (error ? reject(error) : resolve()))
    })
  for (let round = 0; round < 50; round += 1) await send(randomBytes(1 + ((round * 29) % 1_400)))
  await send('')
  await send('x'.repeat(60_000))
  await send('job.beat:1|c\n\0\0\0|\n../../etc/passwd.beat:1|c\njob.beat:1|c')
  socket.close()
  await eventually('both beats between the garbage count', async () => (await taken(program, 'udp')) >= 2)
  await eventually('the garbage is counted', async () => (await rejected(program, 'udp')) >= 50)
  await becomes(program, 'job', 'up')
}

async function byTcp(program: Program): Promise<void> {
  const before = await taken(program, 'tcp')
  const endless = connect(program.beats, '127.0.0.1')
  endless.on('error', () => undefined)
  const pour = () => {
    while (endless.writable && endless.write(Buffer.alloc(16_384, 'x')));
  }
  endless.on('drain', pour)
  pour()
  await closed(endless)
  const noise = connect(program.beats, '127.0.0.1')
  noise.end(Buffer.concat([randomBytes(5_000), Buffer.from('\njob.beat:1|c\nGET / HTTP/1.1\r\n\r\njob.beat:1|c')]))
  await closed(noise)
  await eventually('both beats count', async () => (await taken(program, 'tcp')) === before + 2)
  assert.ok((await metric(program, 'allswell_beats_rejected_total{via="tcp",reason="too_long"}')) >= 1)
}

async function limited(program: Program): Promise<void> {
  const statuses = []
  for (const name of ['one', 'two', 'three', 'four']) {
    statuses.push((await program.ask(`/beat/made-${name}`)).status)
  }
  // The first of three was the path between the garbage: the line protocol takes any name.
  assert.deepEqual(statuses, [200, 200, 403, 403])
  const refused = await program.ask('/beat/made-five')
  assert.equal(refused.status, 403)
  assert.match(refused.text, /as many heartbeats as may be made.*raise heartbeats\.limit/)
  assert.equal((await monitorsOf(program)).filter(({ owner }) => owner === 'beat').length, 3)
}

async function tooLarge(program: Program): Promise<void> {
  const body = JSON.stringify({ key: 'big', name: 'x'.repeat(10_000_000), heartbeat: { every: '1d' } })
  const answer = await program.ask('/api/v2/monitors', {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body,
  })
  assert.equal(answer.status, 413)
  assert.equal(answer.headers['content-type'], 'application/problem+json')
  assert.match((answer.json() as { detail: string }).detail, /larger than 1000 kB/)
  const chunked = await sendRaw(program, [
    'POST /api/v2/monitors HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a-token-for-tests-of-the-program\r\n',
    'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    ...Array.from({ length: 20 }, () => `186a0\r\n${'['.repeat(100_000)}\r\n`),
    '0\r\n\r\n',
  ])
  assert.match(chunked, /^HTTP\/1\.1 413 /)
}

async function badJson(program: Program): Promise<void> {
  const post = (body: string | Buffer) => program.ask('/api/v2/monitors', { method: 'POST', token: adminToken, body })
  const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
  const cases: [string | Buffer, RegExp][] = [
    [deep, /nested more than 64 levels deep/],
    ['{"key":', /is not JSON/],
    [Buffer.from([0x22, 0xff, 0xfe, 0x22]), /not UTF-8/],
    ['', /body is empty/],
  ]
  for (const [body, says] of cases) {
    const answer = await post(body)
    assert.equal(answer.status, 400)
    assert.equal(answer.headers['content-type'], 'application/problem+json')
    assert.match((answer.json() as { detail: string }).detail, says)
  }
  for (const body of ['[]', '"text"', 'null', '7']) assert.equal((await post(body)).status, 422, body)
  const invalid = await post('{"key":"x","heartbeat":{"evry":"1d"},"colour":1}')
  assert.equal(invalid.status, 422)
  assert.match(invalid.text, /did you mean \\"every\\"/)
}

async function largeBeat(program: Program): Promise<void> {
  const answer = await program.ask('/beat/job', { method: 'POST', body: Buffer.alloc(9_000_000, 'log ') })
  assert.equal(answer.status, 200)
  assert.match(answer.text, /^OK\n.*first 100000 bytes/)
  const { items } = (await program.api('GET', '/monitors/job/log')).json() as {
    items: { size: number; truncated: boolean; body: string }[]
  }
  const [log] = items
  assert.deepEqual([log?.size, log?.truncated, log?.body.length], [9_000_000, true, 100_000])
}

async function noHttp(program: Program): Promise<void> {
  for (const bytes of [randomBytes(2_000), Buffer.from('job.beat:1|c\n\n'), Buffer.from('GET / HTTP/9.9\r\n\r\n')]) {
    assert.match(await sendRaw(program, [bytes]), /^HTTP\/1\.1 (400|505) |^$/)
  }
  const header = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`
  assert.match(await sendRaw(program, [header]), /^HTTP\/1\.1 431 /)
  const smuggled =
    'POST /beat/job HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
  assert.match(await sendRaw(program, [smuggled]), /^HTTP\/1\.1 400 /)
}

async function slowloris(t: TestContext, program: Program): Promise<void> {
  const port = Number(new URL(program.url).port)
  const sockets: Socket[] = []
  t.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  const starts = [
    'GET / HTTP/1.1\r\nHost: slow\r\nX-Slow: ',
    'POST /beat/job HTTP/1.1\r\nHost: slow\r\nContent-Length: 1000\r\n\r\nx',
    'POST /api/v2/monitors HTTP/1.1\r\nHost: slow\r\nContent-Length: 1000\r\n\r\n{',
    '',
  ]
  for (let n = 0; n < 400; n += 1) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(starts[n % starts.length] ?? '')
    sockets.push(socket)
  }
  await eventually('they are connected', () => sockets.every((socket) => !socket.connecting))
  for (const socket of sockets) socket.write('y')
  assert.equal((await program.ask('/healthz')).status, 200)
  assert.equal((await program.ask('/')).status, 200)
  assert.equal((await program.ask('/beat/job')).status, 200)
  assert.equal((await monitorOf(program, 'job')).status, 'up')
}

async function oddRequests(program: Program): Promise<void> {
  const paths = ['/%', '/%00', '/p/%ff', '/p/..%2f..', '//', '/beat/', '/beat/%2e%2e', '/beat/a/b/c', '/api/v2', '/?%']
  const odd = [
    ...paths,
    `/${'a'.repeat(8_000)}`,
    '/api/v2/monitors/%',
    '/api/v2/monitors?limit=-1',
    '/.env',
    '/p/main/days/%',
  ]
  for (const path of odd) {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const { status } = await program.ask(path, { method, token: adminToken })
      assert.ok(status < 500, `${method} ${path} was answered with ${status}`)
    }
  }
  const unlikely = await program.ask('/', {
    headers: { 'accept-encoding': 'br;q=banana, \u00fc', 'if-none-match': '"' },
  })
  assert.equal(unlikely.status, 200)
}

/** What is answered on a connection until it is closed, for bytes sent as they are. */
async function sendRaw(program: Program, parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(Number(new URL(program.url).port), '127.0.0.1')
  let text = ''
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  for (const part of parts) socket.write(part)
  await eventually('it is answered or closed', () => /\r\n\r\n/.test(text) || socket.closed)
  socket.destroy()
  return text
}
