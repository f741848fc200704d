// Failures: which of the checks that were not well are kept whole, as the last one of their monitor.
// Promises that a monitor which fails again and again is written down now and then only. Must not store anything.
import type { Observation } from '#core/observation.ts'
import type { Reason } from '#core/reason.ts'

interface Kept {
  readonly at: number
  readonly reason: Reason | null
}

/** The same failure is kept anew after so long. */
const everyMs = 60_000

export class LastFailures {
  readonly #kept = new Map<number, Kept>()

  /** Those to be kept of what was observed, one of a monitor. */
  of(observations: readonly Observation[]): Observation[] {
    const last = new Map<number, Observation>()
    for (const one of observations) if (isFailure(one) && this.#isNews(one)) last.set(one.monitor, one)
    return [...last.values()]
  }

  /** They are kept now. */
  note(failures: readonly Observation[]): void {
    for (const { monitor, at, reason } of failures) this.#kept.set(monitor, { at, reason })
  }

  #isNews({ monitor, at, reason }: Observation): boolean {
    const kept = this.#kept.get(monitor)
    return kept === undefined || kept.reason !== reason || at - kept.at >= everyMs || at < kept.at
  }
}

const isFailure = ({ outcome, signal }: Observation) =>
  (outcome === 'down' || outcome === 'degraded') && signal !== 'start' && signal !== 'log'
