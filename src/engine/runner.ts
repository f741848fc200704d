// Runner: carries out one check and turns what it found into an observation.
// Promises a bound on checks at once, and that every check ends. Must not decide what a finding means.
import type { Observation } from '#core/observation.ts'
import { phasesIn } from '#core/phase.ts'
import type { ActiveKind, Finding, Kind, ProbeContext } from '#checks/check.ts'
import type { Clock } from '#platform/clock.ts'
import type { Counter, Metrics } from '#platform/metrics.ts'
import type { Outbound } from '#platform/outbound.ts'
import type { CatalogMonitor } from './catalog.ts'
import { Overloaded } from './ingest.ts'
import { type Limits, Slots } from './slots.ts'

export interface RunnerParts {
  readonly kinds: ReadonlyMap<string, Kind>
  readonly probe: (kind: ActiveKind, config: unknown, context: ProbeContext) => Promise<Finding>
  readonly outbound: Outbound
  readonly clock: Clock
  readonly metrics: Metrics
  /** How many checks may be under way at once; the others wait their turn and count as late. */
  readonly limits: () => Limits
}

/** So many of them that people asked for; few, so that these keep nobody else's check waiting. */
export const askedMost = 100

/** What a check needs of a monitor. */
type Checked = Pick<CatalogMonitor, 'kind' | 'config' | 'policy' | 'host'>

/** Of the timeout: who takes so much of it takes it all. */
const nearlyAll = 0.8

/** What came of a check. */
export interface Done {
  readonly observation: Observation
  readonly finding: Finding
  /** Whether its host kept its slot to the end of the time; null: nobody knows. */
  readonly silent: boolean | null
}

export class Runner {
  readonly slots: Slots
  readonly #parts: RunnerParts
  readonly #stop = new AbortController()
  readonly #checks: Counter
  #running = 0
  #asked = 0
  #idle: (() => void) | null = null

  constructor(parts: RunnerParts) {
    this.#parts = parts
    this.slots = new Slots(parts.limits)
    this.#checks = parts.metrics.counter('allswell_checks_total', 'Checks carried out, by what they found.')
    const { slots } = this
    parts.metrics.gauge('allswell_checks_running', 'Checks under way.', () => slots.running)
    parts.metrics.gauge('allswell_checks_waiting', 'Checks that are due and wait for their turn.', () => slots.waiting)
  }

  /** Checks once because somebody asks for it; rejects with Overloaded when too much is under way. Else like `run`. */
  runAsked(monitor: CatalogMonitor): ReturnType<Runner['run']> {
    return this.#inSlot(slotOf(monitor), async (leaveAs) => {
      const done = await this.run(monitor, true)
      leaveAs(done && done.silent)
      return done
    })
  }

  /** What a check with these settings finds now; it counts for nothing. Null and rejects as `runAsked` does. */
  tryOut(settings: Checked): Promise<Finding | null> {
    return this.#inSlot(settings.host ?? 'tried', () => this.#probe(settings, true))
  }

  async #inSlot<Found>(host: string, work: (leaveAs: (silent: boolean | null) => void) => Promise<Found>) {
    if (this.#asked >= askedMost || !this.slots.isFree(host))
      throw new Overloaded('Too many checks of it or of all are under way; try again in a moment.')
    this.#asked += 1
    const leave = this.slots.take(host)
    let silent: boolean | null = null
    try {
      return await work((as) => (silent = as))
    } finally {
      leave(silent)
      this.#asked -= 1
    }
  }

  /**
   * Checks once, now, whoever else is looked at. Resolves always; null when it is not checked, or when stopping.
   * `thorough`: a person looks on, and wants the evidence of what is well, too.
   */
  async run(monitor: CatalogMonitor, thorough = false): Promise<Done | null> {
    const { clock } = this.#parts
    const began = clock.monotonic()
    const finding = await this.#probe(monitor, thorough)
    const took = clock.monotonic() - began
    if (finding === null) return null
    this.#checks.add(1, { outcome: finding.outcome })
    const silent = silentIn(finding, took, monitor.policy.timeout)
    return { observation: observed(monitor, finding, clock.now()), finding, silent }
  }

  async #probe({ kind: name, config, policy }: Checked, thorough: boolean): Promise<Finding | null> {
    const kind = this.#parts.kinds.get(name)
    if (kind === undefined || !kind.active || this.#stop.signal.aborted) return null
    this.#running += 1
    try {
      const { clock, outbound } = this.#parts
      const context = { clock, outbound, timeout: policy.timeout, signal: this.#stop.signal }
      const finding = await this.#parts.probe(kind, config, thorough ? { ...context, thorough } : context)
      return this.#stop.signal.aborted ? null : finding
    } finally {
      this.#running -= 1
      if (this.#running === 0) this.#idle?.()
    }
  }

  /** Aborts what is under way; what it would have found is not counted. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.slots.close()
    if (this.#running === 0) return
    await new Promise<void>((resolve) => {
      this.#idle = resolve
      this.#parts.clock.after(1_000, resolve)
    })
  }
}

/** Whose slots a check takes: those of the machine that it looks at, or else its own. */
export const slotOf = ({ host, id }: CatalogMonitor): string => host ?? `#${id}`

/**
 * Whether its host kept us for all of the time: by silence, or by talking on to the end without saying anything that
 * matters, which takes the slot as long. Null where that was our own doing.
 */
function silentIn({ reason }: Finding, took: number, timeout: number): boolean | null {
  if (reason === 'internal') return null
  return reason === 'timeout' || took >= timeout * nearlyAll
}

function observed(monitor: CatalogMonitor, finding: Finding, at: number): Observation {
  const { outcome, latency, reason, sentence, facts, identity } = finding
  const phases = phasesIn(facts)
  return {
    monitor: monitor.id,
    location: 'local',
    at,
    outcome,
    signal: 'check',
    latency,
    reason,
    sentence,
    ...(phases ? { phases } : {}),
    ...(facts && outcome !== 'up' ? { facts } : {}),
    ...(identity ? { identity } : {}),
  }
}
