// The store: CPU seconds per million observations, bytes kept of each, and the 90-day uptime, beside plain baselines.
// Usage: node bench/store.ts [postgres]. Plays one hour of 1,000 monitors checked every 10 s, packed every two minutes.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Observation } from '#core/observation.ts'
import { resolutionMs, slices, uptime } from '#core/rollup.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { freshDatabase } from '#test/postgres.ts'

const monitors = 1_000
const everyMs = 10_000
const batch = 500
const begin = Date.UTC(2026, 0, 5, 12)
/** Packing every two minutes, in rounds. */
const packEvery = 12
const rounds = resolutionMs.hour / everyMs
const folder = mkdtempSync(join(tmpdir(), 'allswell-bench-'))

/** What `work` cost: CPU seconds of this process, and milliseconds passed. */
async function cost(work: () => Promise<void> | void): Promise<{ cpu: number; ms: number }> {
  const [cpu, start] = [process.cpuUsage(), systemClock.monotonic()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / 1e6, ms: systemClock.monotonic() - start }
}

let seed = 1
/** 0–1, the same at every run. */
const random = () => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return seed / 0x1_0000_0000
}

/** One round of all monitors: a jitter of some ms, latencies spread by a fifth, one failure in 500. */
function round(number: number): Observation[] {
  return Array.from({ length: monitors }, (_, monitor) => {
    const bad = random() < 0.002
    return {
      monitor: monitor + 1,
      location: 'local',
      at: begin + number * everyMs + monitor * 10 + Math.floor(random() * 8),
      outcome: bad ? ('down' as const) : ('up' as const),
      signal: 'check' as const,
      latency: (20 + (monitor % 300)) * (0.9 + random() * 0.2),
      reason: bad ? ('timeout' as const) : null,
      sentence: bad ? 'No answer within 5 s.' : null,
    }
  })
}

const after = (state: MonitorState, seen: Observation): MonitorState => ({
  ...state,
  version: state.version + 1,
  status: 'up',
  lastAt: seen.at,
  wakeAt: seen.at + 3 * everyMs,
  locations: {
    local: {
      settled: 'up',
      latest: seen.outcome,
      at: seen.at,
      notUp: 0,
      downs: 0,
      notDown: 9,
      ups: 9,
      reason: seen.reason,
      sentence: seen.sentence,
    },
  },
})

async function hour(store: Store): Promise<void> {
  for (let index = 0; index < monitors; index += 1)
    await store.objects.put(
      { type: 'monitor', key: `m${index}`, name: `Monitor ${index}`, kind: 'http', labels: {}, spec: {}, owner: 'api' },
      begin,
    )
  const states = new Map<number, MonitorState>()
  const spent = { store: 0, pack: 0, longest: 0 }
  for (let number = 0; number < rounds; number += 1) {
    const seen = round(number)
    for (let from = 0; from < monitors; from += batch) {
      const some = seen.slice(from, from + batch)
      const changes = some.map((one) => {
        const before = states.get(one.monitor) ?? fresh(begin)
        const state = after(before, one)
        states.set(one.monitor, state)
        return { id: one.monitor, from: before.version, state }
      })
      const { cpu } = await cost(() =>
        store.transaction(async (tx) => {
          const missed = await tx.states.save(changes)
          if (missed.length > 0) throw new Error(`${missed.length} states did not match`)
          await tx.history.append(some)
        }),
      )
      spent.store += cpu
    }
    if (number % packEvery !== packEvery - 1) continue
    let packed: number
    do {
      packed = 0
      const { cpu, ms } = await cost(async () => {
        packed = await store.history.pack(2_000)
      })
      spent.pack += cpu
      spent.longest = Math.max(spent.longest, ms)
    } while (packed > 0)
  }
  const million = (monitors * rounds) / 1e6
  row('append + states.save, batches of 500', `${(spent.store / million).toFixed(2)} CPU s per million`)
  row('packing and counting, every two minutes', `${(spent.pack / million).toFixed(2)} CPU s per million`)
  row('longest packing', `${spent.longest.toFixed(1)} ms`)
}

async function readings(store: Store): Promise<void> {
  const day = resolutionMs.day
  const wanted = Array.from({ length: 200 }, (_, index) => index + 1)
  for (let number = 0; number < 90; number += 1) {
    const start = Math.floor(begin / day) * day - number * day
    await store.rollups.addTime(
      wanted.flatMap((monitor) =>
        (['up', 'down'] as const).flatMap((status) =>
          slices(start + (status === 'up' ? 0 : day - 60_000), start + day, status, 'day').map((slice) => ({
            monitor,
            slice,
            resolution: 'day' as const,
          })),
        ),
      ),
    )
  }
  const shares: number[] = []
  for (let repeat = 0; repeat < 20; repeat += 1) {
    const { ms } = await cost(async () => {
      const found = await store.rollups.time(wanted, 'day', begin - 90 * day, begin + day)
      for (const ms of found.values()) uptime(ms)
    })
    shares.push(ms)
  }
  row('90-day uptime of 200 monitors', `${median(shares).toFixed(2)} ms (aim: at most 5)`)
  const { ms } = await cost(async () => void (await store.history.read(7, begin, begin + resolutionMs.hour)))
  row('one monitor, one hour of observations', `${ms.toFixed(2)} ms`)
}

const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0

/** One row a result, keyed by monitor and time, as monitors are often built; one transaction a batch. */
async function baseline(): Promise<void> {
  const path = join(folder, 'baseline.db')
  const database = new DatabaseSync(path)
  database.exec(`pragma journal_mode = wal; pragma synchronous = normal;
    create table results (mon integer, ts integer, status text, latency real, reason text, primary key (mon, ts))
      without rowid`)
  const insert = database.prepare('insert into results values (?, ?, ?, ?, ?)')
  let cpu = 0
  for (let number = 0; number < rounds; number += 1) {
    const seen = round(number)
    for (let from = 0; from < monitors; from += batch) {
      const spent = await cost(() => {
        database.exec('begin')
        for (const one of seen.slice(from, from + batch))
          insert.run(one.monitor, one.at, one.outcome, one.latency, one.reason)
        database.exec('commit')
      })
      cpu += spent.cpu
    }
  }
  database.close()
  row(
    'baseline: one row each, key (monitor, time)',
    `${((cpu * 1e6) / (monitors * rounds)).toFixed(2)} CPU s per million`,
  )
  row('baseline: kept', `${(statSync(path).size / (monitors * rounds)).toFixed(1)} bytes per observation`)
}

const row = (what: string, value: string) => console.log(`  ${what.padEnd(46)}${value}`)

const onPostgres = process.argv[2] === 'postgres'
const path = join(folder, 'store.db')
const database = onPostgres ? await freshDatabase() : null
console.log(`store on ${database ? 'PostgreSQL' : 'SQLite'}, ${monitors * rounds} observations`)
const open = () => openStore({ url: database?.url ?? `sqlite:${path}`, clock: systemClock, log: silentLog })
try {
  let store = await open()
  await hour(store)
  await store.close()
  const kept = () => statSync(path).size / (monitors * rounds)
  if (!database) row('kept', `${kept().toFixed(1)} bytes per observation (aim: at most 10)`)
  store = await open()
  await readings(store)
  await store.close()
  await baseline()
} finally {
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
}
