// The dashboard's server, against 5,000 monitors with 90 days of history that are checked meanwhile: how soon the list
// answers whatever it is asked for, how soon a year's chart, what a browser costs in memory, and watching live.
// Promises figures as a client on the same machine has them. On SQLite, and the answers on PostgreSQL as well.
import { get } from 'node:http'
import { freshDatabase } from '#test/postgres.ts'
import { quantile, sleep, spentBy } from '../measure.ts'
import { inFolder, openTarget, type Program, serve, token } from '../program.ts'
import type { Row } from '../table.ts'
import { keyOf, seed } from './seed.ts'

const monitors = 5_000
const days = 90
/** Uptime Kuma 2.5.3, measured on such a machine with 3,000 monitors at 60 s. */
const kuma = { what: 'Uptime Kuma, measured', listMs: 10_400, grownMb: 760 }

export async function measure(): Promise<Row[]> {
  const target = await openTarget()
  const wanted = { monitors, days, port: target.port, interval: '60s' }
  const onSqlite = await inFolder(async (folder) => {
    await seed(folder, wanted)
    return await on(await serve(folder, null), async (program) => [
      ...(await memory(program)),
      ...(await answers(program, 'SQLite')),
      ...(await living(program)),
    ])
  })
  const database = await freshDatabase()
  try {
    const onPostgres = await inFolder(async (folder) => {
      await seed(folder, { ...wanted, url: database.url })
      const program = await serve(folder, null, ['--database', database.url])
      return await on(program, (one) => answers(one, 'PostgreSQL'))
    })
    return [...onSqlite, ...onPostgres]
  } finally {
    await database.drop()
  }
}

async function on<Value>(program: Program, work: (program: Program) => Promise<Value>): Promise<Value> {
  try {
    return await work(program)
  } finally {
    await program.stop('SIGKILL')
  }
}

const headers = { authorization: `Bearer ${token}` }

/** Ms of one answer, read whole. */
async function ask({ url }: Program, path: string): Promise<{ readonly ms: number; readonly text: string }> {
  const began = performance.now()
  const response = await fetch(`${url}/api/v2${path}`, { headers })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 200)}`)
  return { ms: performance.now() - began, text }
}

/** What the table asks for, whatever it is narrowed to. */
const table = 'limit=100&fields=short&include=results,latency,uptime,counts'
/** Each way of narrowing and sorting the list. */
const questions = [
  '',
  ...['name', '-status', '-since', '-observed', '-changed', '-latency', 'uptime'].map((sort) => `sort=${sort}`),
  'status=down',
  'status=up&status=degraded&sort=-since',
  'kind=http&sort=-latency',
  'label=team:shop&label=env:prod',
  'label=region:*&sort=uptime',
  'search=web-47',
  'search=shop 12&sort=name',
  'owner=api&offset=4900',
]
const rounds = 15

async function answers(program: Program, database: string): Promise<Row[]> {
  // What is worked out once after a start is not what is measured.
  for (const question of questions) await ask(program, `/monitors?${table}&${question}`)
  const times = new Map<string, number[]>(questions.map((question) => [question, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [question, all] of times) {
      all.push((await ask(program, `/monitors?${table}&${question}`)).ms)
      // A person reads what came.
      await sleep(20)
    }
  }
  const slowest = [...times]
    .map(([question, all]) => ({ question, ms: quantile(all, 0.95) }))
    .toSorted((one, other) => other.ms - one.ms)[0]
  const of5000 = `list of ${monitors}, ${database}`
  return [
    row(`${of5000}, p95`, 'ms', quantile([...times.values()].flat(), 0.95), 50, kuma.listMs),
    row(`${of5000}, p95 of the slowest (${slowest?.question ?? ''})`, 'ms', slowest?.ms ?? Number.NaN, 50),
    ...(await charts(program, database)),
  ]
}

async function charts(program: Program, database: string): Promise<Row[]> {
  const times: number[] = []
  let most = 0
  for (let number = 1; number <= 60; number += 1) {
    const { ms, text } = await ask(program, `/monitors/${keyOf(number)}/series?range=365d`)
    times.push(ms)
    most = Math.max(most, (JSON.parse(text) as { observations: readonly number[] }).observations.length)
  }
  return [
    row(`a year's chart, ${database}, p95`, 'ms', quantile(times, 0.95), 100),
    row(`a year's chart, ${database}`, 'points', most, 300),
  ]
}

const row = (what: string, unit: string, ours: number, atMost: number | null, peer?: number): Row => ({
  what: `dashboard: ${what}`,
  unit,
  ours,
  baseline: peer === undefined ? null : { what: kuma.what, value: peer },
  atMost,
})

/** The least that the process holds over some seconds: what comes and goes with garbage is not what it keeps. */
async function resident({ pid }: Program): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let look = 0; look < 20; look += 1) {
    least = Math.min(least, spentBy(pid).rss)
    await sleep(250)
  }
  return least / 1e6
}

/** A browser that looks around for a while, with the live view open. */
async function memory(program: Program): Promise<Row[]> {
  await sleep(30_000)
  const before = await resident(program)
  const watched = watch(program, `list=true&limit=100&counts=true&events=true`)
  for (const path of ['/me', '/home?limit=60', '/schemas']) await ask(program, path)
  for (const question of questions) await ask(program, `/monitors?${table}&${question}`)
  for (let number = 1; number <= 10; number += 1) {
    const monitor = `/monitors/${keyOf(number)}`
    for (const path of ['', '/uptime', '/series?range=24h', '/series?range=365d', '/observations', '/changes'])
      await ask(program, monitor + path)
    await ask(program, `/events?monitor=${keyOf(number)}`)
  }
  // What was needed for a moment is given back within some seconds.
  await sleep(15_000)
  const grown = (await resident(program)) - before
  watched.end()
  return [
    row('server before anybody looks', 'MB', before, null),
    row('server grown by one who looks around', 'MB', grown, 20, kuma.grownMb),
  ]
}

/** A live view; counts what it is told. */
function watch({ url }: Program, query: string) {
  const seen = { bytes: 0, rows: 0, keys: new Set<string>() }
  let text = ''
  const request = get(`${url}/api/v2/live?${query}`, { headers }, (response) => {
    response.setEncoding('utf8').on('data', (chunk: string) => {
      seen.bytes += Buffer.byteLength(chunk)
      text += chunk
      const end = text.lastIndexOf('\n\n')
      for (const [, key] of text.slice(0, Math.max(0, end)).matchAll(/\{"key":"([^"]+)"/g)) {
        seen.rows += 1
        seen.keys.add(key ?? '')
      }
      text = text.slice(Math.max(0, end))
    })
  })
  request.on('error', () => undefined)
  return {
    seen,
    /** Begins to count anew. */
    anew() {
      seen.bytes = seen.rows = 0
      seen.keys.clear()
    },
    end: () => request.destroy(),
  }
}

const changesEach = 200
const watchedMs = 15_000
const shownRows = 50

/** So many monitors change each second while a client looks at fifty rows: what it is sent, and what that costs. */
async function living(program: Program): Promise<Row[]> {
  const stop = changing(program)
  await sleep(3_000)
  const alone = await share(program)
  const client = watch(program, `list=true&limit=${shownRows}`)
  await sleep(3_000)
  client.anew()
  const watched = await share(program)
  const { bytes, rows, keys } = client.seen
  client.end()
  const others = [...keys].filter((key) => key > keyOf(shownRows)).length
  const all = watch(program, `list=true&limit=500&events=true`)
  await sleep(3_000)
  all.anew()
  await share(program)
  const sent = all.seen.bytes
  all.end()
  const changed = Math.round(await stop())
  const each = (count: number) => count / (watchedMs / 1_000)
  const more = { what: '500 rows and events', value: each(sent) / 1_000 }
  return [
    { ...row(`live, ${changed} changes/s, sent for 50 rows`, 'kB/s', each(bytes) / 1_000, null), baseline: more },
    row('live, rows told', 'a second', each(rows), null),
    row('live, rows told that are not shown', 'rows', others, 0),
    row('live, the server for one who looks', '% of a core', Math.max(0, watched - alone), null),
  ]
}

/** The share of a core that the server takes for a while, in per cent. */
async function share({ pid }: Program): Promise<number> {
  const [before, began] = [spentBy(pid).cpu, performance.now()]
  await sleep(watchedMs)
  return ((spentBy(pid).cpu - before) / (performance.now() - began)) * 100_000
}

/** Lets heartbeats fail and be well again in turn; gives how many a second there were when it ends. */
function changing({ url }: Program): () => Promise<number> {
  const beats = Array.from({ length: monitors / 10 }, (_, index) => keyOf(index * 10 + 9))
  const began = performance.now()
  const line = { going: true }
  let sent = 0
  const beat = async () => {
    const fails = Math.floor(sent / beats.length) % 2 === 0
    const key = beats[sent % beats.length]
    sent += 1
    await (await fetch(`${url}/beat/${key}${fails ? '/fail' : ''}`, { method: 'POST' })).text()
  }
  const run = async () => {
    while (line.going) {
      const due = ((performance.now() - began) / 1_000) * changesEach
      await Promise.all(Array.from({ length: Math.min(50, Math.max(0, Math.floor(due - sent))) }, beat))
      await sleep(20)
    }
  }
  const running = run()
  return async () => {
    line.going = false
    await running
    return sent / ((performance.now() - began) / 1_000)
  }
}
