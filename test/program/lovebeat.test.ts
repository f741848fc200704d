// lovebeat's clients against the real program with no configuration: recorded conversations of both generations, the
// examples of its README, its plugins for Nagios, and kill -9 under a stream of beats.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { closed } from '#test/until.ts'
import { becomes, monitorsOf } from './client.ts'
import { webFace } from './faces.ts'
import { adminToken, openHome, type Program, start } from './program.ts'
import { eventually } from './wait.ts'

interface Turn {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** Null: an answer that is not lovebeat's. */
  readonly answer: { readonly status: number; readonly type: string | null; readonly body: string } | null
}

function conversation(generation: string): Turn[] {
  const text = readFileSync(new URL(`../golden/lovebeat/http-${generation}.txt`, import.meta.url), 'utf8')
  const turns: Turn[] = []
  for (const [, asked = '', answered = ''] of text
    .replaceAll(/^#.*\n/gm, '')
    .matchAll(/((?:^> .*\n)+)((?:^(?!> ).*\n?)*)/gm)) {
    const [first = '', ...more] = asked.replaceAll(/^> /gm, '').trimEnd().split('\n')
    const [method = '', path = ''] = first.split(' ')
    const headers = more.filter((line) => !line.startsWith('| ')).map((line) => line.split(': ') as [string, string])
    const body = more.find((line) => line.startsWith('| '))?.slice(2) ?? null
    const [, status, type = null, said = ''] = /^< (\d+)(?: (.*))?\n([^]*)$/.exec(answered) ?? []
    const answer = status === undefined ? null : { status: Number(status), type, body: said }
    turns.push({ method, path, headers: Object.fromEntries(headers), body, answer })
  }
  return turns
}

/** Any time is one time, any delta of a moment none. */
const timeless = (text: string) =>
  text
    .replaceAll(/\b\d{13}\b/g, '<ms>')
    .replaceAll(/\b1\d{9}\b/g, '<s>')
    .replaceAll(/"last_beat_delta": \d+/g, '"last_beat_delta": 0')

/** A request as curl sends it: a body is a form unless it is said to be something else. */
async function curl(url: string, { method, path, headers, body }: Omit<Turn, 'answer'>) {
  const { port } = new URL(url)
  const form = body === null ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }
  const lines = Object.entries({
    Host: `127.0.0.1:${port}`,
    'User-Agent': 'curl/8.5.0',
    Accept: '*/*',
    Connection: 'close',
    ...form,
    ...headers,
    ...(body === null ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
  }).map((one) => one.join(': '))
  const socket = connect(Number(port), '127.0.0.1')
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes.toString()
  })
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body ?? ''}`)
  await closed(socket)
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const [line = '', ...fields] = head.split('\r\n')
  const found = new Map(fields.map((field) => [field.split(': ')[0], field.slice(field.indexOf(': ') + 2)]))
  return { status: Number(line.split(' ')[1]), headers: found, body: rest.join('\r\n\r\n') }
}

/** What the plugins for Nagios do: grep lines with these words, take the second word of each. */
async function nagios(url: string, generation: '0.8' | '1.0'): Promise<{ code: number; text: string }> {
  const path = generation === '0.8' ? '/status' : '/api/status'
  const { status, body } = await curl(url, { method: 'GET', path, headers: {}, body: null })
  if (status >= 400) return { code: 2, text: `CRITICAL - failed to contact lovebeat server on ${url}` }
  const value = (word: string) =>
    body
      .split('\n')
      .filter((line) => line.includes(word))
      .map((line) => line.split(' ')[1])
      .join('\n')
  const [ok, warning, error] = [value('num_ok'), value('num_warning'), value('num_error')]
  const said =
    generation === '0.8' ? `ok: ${ok}, warnings: ${warning}, errors: ${error}` : `ok: ${ok}, errors: ${error}`
  if (error !== '0') return { code: 2, text: `CRITICAL - ${said}` }
  if (generation === '0.8' && warning !== '0') return { code: 1, text: `WARNING - ${said}` }
  return { code: 0, text: `OK - ${said}` }
}

const urlOfOther = (program: Program) =>
  `http://${/lovebeat\S* other HTTP\s+http:\/\/(\S+)/.exec(program.stdout())?.[1]}`

describe('lovebeat’s clients', { concurrency: true }, () => {
  for (const generation of ['1.0', '0.8'] as const) {
    test(`the recorded conversation of ${generation} goes on as it did`, async (t) => {
      const program = await start(t, { args: ['--lovebeat', '127.0.0.1:0'] })
      const url = generation === '1.0' ? program.url : urlOfOther(program)
      const turns = conversation(generation)
      assert.ok(turns.length > 15)
      for (const turn of turns) {
        const what = `${turn.method} ${turn.path}`
        const named = Object.entries(turn.headers).map(([name, value]) => [name, value.replace('TOKEN', adminToken)])
        const answer = await curl(url, { ...turn, headers: Object.fromEntries(named) as Record<string, string> })
        if (turn.answer === null) {
          assert.match(answer.headers.get('content-type') ?? '', /problem/, what)
          continue
        }
        assert.equal(answer.status, turn.answer.status, `${what}: ${answer.body}`)
        assert.equal(answer.headers.get('Content-Type') ?? null, turn.answer.type, what)
        assert.equal(answer.headers.get('Content-Length'), String(Buffer.byteLength(answer.body)), what)
        if (turn.answer.body !== '~\n') assert.equal(timeless(answer.body), timeless(turn.answer.body), what)
      }
    })
  }

  test('the examples of the older README work word for word but the port, and both plugins for Nagios', async (t) => {
    const program = await start(t)
    const { url, beats } = program
    const examples = [
      'curl -X POST http://localhost:8080/api/services/invoice.mailer',
      'curl http://localhost:8080/status',
      'curl -d err-tmo=1800 http://localhost:8080/api/services/invoice.mailer',
    ]
    const answers: string[] = []
    for (const example of examples) {
      const [, flag = '', value = '', path = ''] =
        /^curl (?:(-[Xd]) (\S+) )?http:\/\/localhost:8080(\/\S+)$/.exec(example) ?? []
      const method = flag === '-X' ? value : flag === '-d' ? 'POST' : 'GET'
      const answer = await curl(url, { method, path, headers: {}, body: flag === '-d' ? value : null })
      assert.equal(answer.status, 200, example)
      answers.push(answer.body)
    }
    assert.deepEqual(
      [answers[0], answers[1]?.split('\n').slice(0, 3), answers[2]],
      ['{}\n', ['num_ok 1', 'num_warning 0', 'num_error 0'], '{}\n'],
    )
    assert.deepEqual(await nagios(url, '0.8'), { code: 0, text: 'OK - ok: 1, warnings: 0, errors: 0' })
    assert.deepEqual(await nagios(url, '1.0'), { code: 0, text: 'OK - ok: 1, errors: 0' })

    await byUdp(beats, 'invoice.mailer.beat:1|c\n')
    await byTcp(beats, 'invoice.mailer.warn:3600|g\n')
    await byTcp(beats, 'invoice.mailer.warn:-2|g\ninvoice.mailer.beat:1|c\n')
    await byUdp(beats, 'invoice.mailer.autobeat:1|c\n')
    await eventually('all have come', async () => {
      const { text } = await program.ask('/metrics')
      return /allswell_beats_total\{via="udp"\} 2\b/.test(text) && /allswell_beats_total\{via="tcp"\} 3\b/.test(text)
    })

    await curl(url, { method: 'POST', path: '/api/services/late', headers: {}, body: 'warn-tmo=1' })
    await eventually('a warning', async () => (await nagios(url, '0.8')).code === 1)
    assert.deepEqual(await nagios(url, '1.0'), { code: 0, text: 'OK - ok: 2, errors: 0' })
    await curl(url, { method: 'POST', path: '/api/services/late', headers: {}, body: 'err-tmo=1' })
    await eventually('an error', async () => (await nagios(url, '0.8')).code === 2)
    assert.deepEqual(await nagios(url, '0.8'), { code: 2, text: 'CRITICAL - ok: 1, warnings: 0, errors: 1' })
    assert.deepEqual(await nagios(url, '1.0'), { code: 2, text: 'CRITICAL - ok: 1, errors: 1' })
  })

  test('a view for each match tells lovebeat’s webhooks and shows on a page', async (t) => {
    const hook = await webFace(t)
    const program = await start(t, {
      config: `version: 1
monitors: { teams: { view: { match: '^([a-z]+)[.]backup', each: 'team-$1' } } }
channels: { hook: { webhook: { url: "${hook.url}", format: lovebeat } } }
rules: { all: { monitors: 'team-*', tell: hook, on: [down, degraded, up] } }
pages: { main: { title: Status, groups: [{ components: [{ name: Shop backups, monitors: team-shop }] }] } }
`,
    })
    for (const name of ['shop.backup', 'pay.backup', 'other']) await program.ask(`/beat/${name}`)
    const view = () => program.ask('/api/alarms/team-shop').then(({ status, text }) => status === 200 && text)
    await eventually('the view is there, and well', async () => /"state": "ok"/.test((await view()) || ''))
    await becomes(program, 'team-shop', 'up')
    assert.match((await view()) || '', /"name": "shop.backup"[^]*"in_alarms": \[\s+"team-shop",\s+"teams"\s+\]/)
    await program.ask('/beat/shop.backup/fail')
    await program.ask('/beat/shop.backup')
    await eventually('both were told', () => hook.requests.length === 2)
    assert.deepEqual(
      hook.requests.map(({ body, headers }) => [headers['x-lovebeat'], JSON.parse(body)]),
      [
        ['1', { name: 'team-shop', from_state: 'OK', to_state: 'ERROR', incident_number: 1 }],
        ['1', { name: 'team-shop', from_state: 'ERROR', to_state: 'OK', incident_number: 1 }],
      ],
    )
    await eventually('the page shows it', async () => /Shop backups/.test((await program.ask('/')).text))
    assert.equal((await program.ask('/api/alarms/team-pay')).status, 200)
  })

  test('kill -9 under a stream of beats and timeouts loses nothing that was answered', async (t) => {
    const home = openHome(t)
    const answered = new Map<string, number>()
    let sent = 0
    let program = await home.start()
    for (let round = 1; round <= 2; round += 1) {
      const senders = Array.from({ length: 12 }, async () => {
        for (;;) {
          sent += 1
          const [name, timeout] = [`job.${sent % 300}`, 1_000 + sent]
          const body = `timeout=${timeout}`
          const headers = { 'content-type': 'application/x-www-form-urlencoded' }
          const at = Date.now()
          const answer = await program
            .ask(`/api/services/${name}`, sent % 3 === 0 ? { method: 'POST', body, headers } : { method: 'POST' })
            .catch(() => null)
          if (answer === null) return
          if (answer.status === 200) answered.set(name, Math.max(at, answered.get(name) ?? 0))
        }
      })
      await eventually('many were answered', () => answered.size >= 100 * round)
      await program.kill()
      await Promise.all(senders)
      program = await home.start()
      const { services } = (await program.ask('/api/services')).json() as {
        services: { name: string; last_beat: number }[]
      }
      const known = new Map(services.map(({ name, last_beat: last }) => [name, last]))
      for (const [name, at] of answered) assert.ok((known.get(name) ?? 0) >= at, `${name}: ${known.get(name)} < ${at}`)
    }
    assert.ok((await monitorsOf(program)).length >= 200)
  })
})

const byUdp = (port: number, text: string) =>
  new Promise<void>((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.send(text, port, '127.0.0.1', (error) => {
      socket.close()
      if (error) reject(error)
      else resolve()
    })
  })

async function byTcp(port: number, text: string): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.end(text)
  await closed(socket)
}
