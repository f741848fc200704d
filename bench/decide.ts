// Deciding and storing: observations through ingest into the store, in batches of 500, with the keeper's share of
// packing and counting them. Beside it one plain insert for each, which decides nothing, in a transaction of its own.
// For PostgreSQL the database's own CPU is told apart from that of this process.
import { type Ground, onEach } from './ground.ts'
import { observer, play, provision, SetClock } from './hour.ts'
import { cost } from './measure.ts'
import type { Row } from './table.ts'

const minutes = 20
const batch = 500
const plainRounds = 20

/** CPU seconds per 1,000 observations: in this process, of that for deciding and storing alone, and in the database. */
interface Spent {
  readonly here: number
  readonly decide: number
  readonly beside: number
}

async function ours(ground: Ground): Promise<Spent> {
  const clock = new SetClock()
  const store = await ground.open(clock)
  try {
    await provision(store)
    const before = await ground.cpuBeside()
    const { observations, decideCpu, keepCpu } = await play(store, clock, minutes, batch)
    const each = (cpu: number) => (cpu / observations) * 1_000
    const beside = each((await ground.cpuBeside()) - before)
    return { here: each(decideCpu + keepCpu), decide: each(decideCpu), beside }
  } finally {
    await store.close()
  }
}

async function plainly({ plain }: Ground): Promise<Spent> {
  const observe = observer()
  const seen = Array.from({ length: plainRounds }, (_, round) => observe(round)).flat()
  const before = await plain.cpuBeside()
  const { cpu } = await cost(async () => {
    for (const one of seen) await plain.insert(one)
  })
  const each = (cpu: number) => (cpu / seen.length) * 1_000
  return { here: each(cpu), decide: each(cpu), beside: each((await plain.cpuBeside()) - before) }
}

export async function measure(): Promise<Row[]> {
  return await onEach(async (ground) => {
    const { database } = ground
    const [mine, bare] = [await ours(ground), await plainly(ground)]
    const row = (what: string, of: keyof Spent, atMost: number | null): Row => ({
      what: `${what}, ${database}`,
      unit: 'CPU s per 1,000',
      ours: mine[of],
      baseline: { what: 'an insert each', value: bare[of] },
      atMost,
    })
    const rows = [row('decide and store', 'decide', null), row('the same with the keeper', 'here', 0.05)]
    return mine.beside > 0 ? [...rows, row("the database's share of it", 'beside', null)] : rows
  })
}
