// Bytes kept of each observation after an hour of 1,000 monitors at 10 s: all of the database, monitors,
// states and roll-ups included. Beside it a row for each result, keyed by monitor and time.
import { onEach } from './ground.ts'
import { everyMs, observer, play, provision, SetClock } from './hour.ts'
import type { Row } from './table.ts'

const minutes = 60
const batch = 500

export async function measure(): Promise<Row[]> {
  return await onEach(async (ground) => {
    const clock = new SetClock()
    const store = await ground.open(clock)
    await provision(store)
    const { observations } = await play(store, clock, minutes, batch)
    await store.close()
    const { plain } = ground
    const observe = observer()
    await plain.run('begin')
    for (let round = 0; round < (minutes * 60_000) / everyMs; round += 1)
      for (const one of observe(round)) await plain.insert(one)
    await plain.run('commit')
    return [
      {
        what: `kept after an hour, ${ground.database}`,
        unit: 'bytes each',
        ours: (await ground.bytes()) / observations,
        baseline: { what: 'a row each', value: (await plain.bytes()) / observations },
        atMost: ground.database === 'SQLite' ? 10 : null,
      },
    ]
  })
}
