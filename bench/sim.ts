// A simulated day of 1,000 monitors at 60 s: the real engine and store, virtual time, invariants checked at each
// minute. Beside it the virtual clock alone, with the same timers and nobody to call but their owners.
import { sleep } from '#platform/clock.ts'
import { simulate } from '#test/sim/run.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { cost } from './measure.ts'
import type { Row } from './table.ts'

const monitors = 1_000
const hours = 24
const interval = 60_000
const never = Number.POSITIVE_INFINITY

export async function measure(): Promise<Row[]> {
  const scenario = { seed: 1, hours, monitors, heartbeats: 0, groups: 10, interval, kills: never, jumps: never }
  const ours = await cost(() => simulate({ ...scenario, outages: 86_400_000 }))
  const { checks, breaches } = ours.gave
  if (breaches.length > 0) throw new Error(`invariants broke: ${breaches[0]}`)
  const bare = await cost(() => tick(checks / monitors))
  const baseline = (value: number) => ({ what: 'the virtual clock alone', value })
  return [
    {
      what: 'a simulated day, 1,000 monitors at 60 s',
      unit: 's',
      ours: ours.ms / 1e3,
      baseline: baseline(bare.ms / 1e3),
      atMost: 60,
    },
    {
      what: 'the same, of each 1,000 checks',
      unit: 'CPU s per 1,000',
      ours: (ours.cpu / checks) * 1e3,
      baseline: baseline((bare.cpu / checks) * 1e3),
      atMost: null,
    },
  ]
}

/** Each monitor wakes once an interval and waits a moment for an answer. */
async function tick(rounds: number): Promise<void> {
  const clock = new VirtualClock(0, () => new Promise((resolve) => setImmediate(resolve)))
  const one = async (number: number) => {
    await sleep(clock, (number * interval) / monitors)
    for (;;) {
      await sleep(clock, 25)
      await sleep(clock, interval - 25)
    }
  }
  for (let number = 0; number < monitors; number += 1) void one(number)
  await clock.advance(rounds * interval)
}
