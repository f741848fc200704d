// Bytes kept of each observation after an hour of 1,000 monitors at 10 s: all of the database, monitors,
// states and roll-ups included. Beside it a row for each result, keyed by monitor and time.
import { type Ground, onEach } from './ground.ts'
import { everyMs, observer, play, provision, SetClock } from './hour.ts'
import type { Row } from './table.ts'

const minutes = 60
const batch = 500

async function bytesEach(ground: Ground, timed: boolean): Promise<number> {
  const clock = new SetClock()
  const store = await ground.open(clock)
  await provision(store)
  const { observations } = await play(store, clock, minutes, batch, observer(timed))
  await store.close()
  return (await ground.bytes()) / observations
}

export async function measure(): Promise<Row[]> {
  const timed = await onEach(async (ground) => [await bytesEach(ground, true)])
  const plain = await onEach(measurePlainly)
  return plain.flatMap((row, index) => {
    const what = row.what.replace(',', ' with phases,')
    return [row, { ...row, what, ours: timed[index] ?? Number.NaN, atMost: null }]
  })
}

async function measurePlainly(ground: Ground): Promise<Row[]> {
  const ours = await bytesEach(ground, false)
  const { plain } = ground
  const observe = observer()
  let count = 0
  await plain.run('begin')
  for (let round = 0; round < (minutes * 60_000) / everyMs; round += 1)
    for (const one of observe(round)) {
      await plain.insert(one)
      count += 1
    }
  await plain.run('commit')
  return [
    {
      what: `kept after an hour, ${ground.database}`,
      unit: 'bytes each',
      ours,
      baseline: { what: 'a row each', value: (await plain.bytes()) / count },
      atMost: ground.database === 'SQLite' ? 10 : null,
    },
  ]
}
