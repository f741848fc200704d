// The 90-day uptime of 200 monitors from the roll-ups by day. Beside it the same share counted from raw rows, one for
// each 10 minutes: real checks are ten to sixty times as many.
import { resolutionMs, slices, uptime } from '#core/rollup.ts'
import type { Store } from '#store/store.ts'
import { onEach } from './ground.ts'
import { begin } from './hour.ts'
import { cost, type Cost, median } from './measure.ts'
import type { Row } from './table.ts'

const wanted = Array.from({ length: 200 }, (_, index) => index + 1)
const days = 90
const { day } = resolutionMs
const from = Math.floor(begin / day) * day - (days - 1) * day
const rawEveryMs = 600_000
const repeats = 50
const plainRepeats = 3

/** Each day well but for a minute. */
async function fill(store: Store): Promise<void> {
  for (let start = from; start < from + days * day; start += day) {
    const broken = start + day - 60_000
    const time = [...slices(start, broken, 'up', 'day'), ...slices(broken, start + day, 'down', 'day')]
    await store.rollups.addTime(
      wanted.flatMap((monitor) => time.map((slice) => ({ monitor, slice, resolution: 'day' as const }))),
    )
  }
}

async function repeat(count: number, work: () => unknown): Promise<Cost> {
  const all: Cost[] = []
  for (let attempt = 0; attempt < count; attempt += 1) all.push(await cost(work))
  return { ms: median(all.map(({ ms }) => ms)), cpu: all.reduce((sum, { cpu }) => sum + cpu, 0) / count }
}

export async function measure(): Promise<Row[]> {
  return await onEach(async (ground) => {
    const { database, plain } = ground
    const store = await ground.open()
    await fill(store)
    const ask = async () => {
      const found = await store.rollups.time(wanted, 'day', from, from + days * day)
      const shares = [...found.values()].map(uptime)
      if (shares.length !== wanted.length) throw new Error('not every monitor has an uptime')
    }
    await repeat(5, ask)
    const mine = await repeat(repeats, ask)
    await store.close()
    await plain.fill(wanted.length, (days * day) / rawEveryMs, from, rawEveryMs)
    const bare = await repeat(plainRepeats, () =>
      plain.rows(`select mon, avg(case when status = 'up' then 1.0 else 0.0 end) from results group by mon`),
    )
    const row = (unit: string, of: keyof Cost, scale: number, atMost: number | null): Row => ({
      what: `90-day uptime of 200 monitors, ${database}`,
      unit,
      ours: mine[of] * scale,
      baseline: { what: 'raw rows, 10 min apart', value: bare[of] * scale },
      atMost,
    })
    const rows = [row('ms', 'ms', 1, 5)]
    return database === 'SQLite' ? [...rows, row('CPU s per 1,000', 'cpu', 1_000, null)] : rows
  })
}
