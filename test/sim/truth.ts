// The truth of the simulated world: when each target is really well, slow or broken, in true time since it began.
// Promises that nothing which Allswell does changes it. Decided by the seed before the first step.
import type { Random } from './random.ts'

export type Health = 'up' | 'degraded' | 'down'

export interface Outage {
  /** True time, ms since the world began. */
  readonly from: number
  readonly to: number
  readonly health: 'degraded' | 'down'
}

export interface Target {
  readonly key: string
  readonly outages: readonly Outage[]
  /** When another one begins to answer, three times at most; null: two take turns with every look. */
  readonly renewals: readonly number[] | null
}

const renewalsMost = 3
/** Of so many targets one is two servers behind a name. */
const twins = 5

/** A target that breaks every `meanUp` ms or so, for `meanDown` or so; a fifth of the times it is only slow. */
export function makeTarget(key: string, random: Random, until: number, meanUp: number, meanDown: number): Target {
  const outages: Outage[] = []
  let at = random.wait(meanUp)
  while (at < until) {
    const to = at + 1 + random.wait(meanDown)
    outages.push({ from: at, to, health: random.chance(0.2) ? 'degraded' : 'down' })
    at = to + random.wait(meanUp)
  }
  const renewals = Array.from({ length: renewalsMost }, () => random.next() * until).sort((one, other) => one - other)
  return { key, outages, renewals: random.chance(1 / twins) ? null : renewals }
}

/** Who answers for the target at a true time, told apart by a name; `look` counts the looks at it. */
export function answeringAt({ key, renewals }: Target, at: number, look: number): string {
  return `${key} ${renewals === null ? ['left', 'right'][look % 2] : renewals.filter((one) => one <= at).length}`
}

/** How the target really is at a true time. */
export function healthAt(target: Target, at: number): Health {
  let low = 0
  let high = target.outages.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((target.outages[middle] as Outage).to <= at) low = middle + 1
    else high = middle
  }
  const outage = target.outages[low]
  return outage !== undefined && outage.from <= at ? outage.health : 'up'
}
