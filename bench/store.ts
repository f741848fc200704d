// The store alone, without deciding: an hour of 1,000 monitors at 10 s in batches of 500 with their states, and
// packed every two minutes; then one monitor's hour is read. Beside it a row a result, keyed by monitor and time.
import type { Observation } from '#core/observation.ts'
import { resolutionMs } from '#core/rollup.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import type { Store } from '#store/store.ts'
import { type Ground, onEach } from './ground.ts'
import { begin, everyMs, monitors, observer } from './hour.ts'
import { cost } from './measure.ts'
import type { Row } from './table.ts'

const batch = 500
/** Packing every two minutes, in rounds. */
const packEvery = 12
const packMost = 2_000
const rounds = resolutionMs.hour / everyMs
const perMillion = 1e6 / (monitors * rounds)

/** What a well monitor's state becomes. */
const after = (state: MonitorState, { at, outcome, reason, sentence }: Observation): MonitorState => ({
  ...state,
  version: state.version + 1,
  status: 'up',
  lastAt: at,
  wakeAt: at + 3 * everyMs,
  locations: {
    local: { settled: 'up', latest: outcome, at, notUp: 0, downs: 0, notDown: 9, ups: 9, reason, sentence },
  },
})

function batches(seen: readonly Observation[]): Observation[][] {
  return Array.from({ length: Math.ceil(seen.length / batch) }, (_, index) =>
    seen.slice(index * batch, (index + 1) * batch),
  )
}

async function keep(store: Store) {
  const states = new Map<number, MonitorState>()
  const spent = { append: 0, pack: 0, longest: 0 }
  const observe = observer()
  for (let number = 0; number < rounds; number += 1) {
    for (const some of batches(observe(number))) {
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
      spent.append += cpu
    }
    if (number % packEvery !== packEvery - 1) continue
    for (let packed = packMost; packed > 0;) {
      const { cpu, ms, gave } = await cost(() => store.history.pack(packMost))
      packed = gave
      spent.pack += cpu
      spent.longest = Math.max(spent.longest, ms)
    }
  }
  return spent
}

async function keepPlainly({ plain }: Ground): Promise<number> {
  const observe = observer()
  let sum = 0
  for (let number = 0; number < rounds; number += 1) {
    for (const some of batches(observe(number))) {
      const { cpu } = await cost(async () => {
        await plain.run('begin')
        for (const one of some) await plain.insert(one)
        await plain.run('commit')
      })
      sum += cpu
    }
  }
  return sum
}

export async function measure(): Promise<Row[]> {
  return await onEach(async (ground) => {
    const { database, plain } = ground
    const store = await ground.open()
    const spent = await keep(store)
    const hour = [begin, begin + resolutionMs.hour] as const
    const reading = await cost(() => store.history.read(7, ...hour))
    await store.close()
    const bare = await keepPlainly(ground)
    const bareReading = await cost(() =>
      plain.rows(`select * from results where mon = 7 and ts >= ${hour[0]} and ts < ${hour[1]}`),
    )
    const inBatches = { what: 'a row each', value: bare * perMillion }
    const row = (what: string, unit: string, ours: number, baseline: Row['baseline']): Row => ({
      what: `store alone, ${what}, ${database}`,
      unit,
      ours,
      baseline,
      atMost: null,
    })
    return [
      row('append and states', 'CPU s per million', spent.append * perMillion, inBatches),
      row('pack and count', 'CPU s per million', spent.pack * perMillion, inBatches),
      row('longest packing', 'ms', spent.longest, null),
      row("a monitor's hour read", 'ms', reading.ms, { what: 'a row each', value: bareReading.ms }),
    ]
  })
}
