// Scheduler: one due-queue for all active monitors. Keeps each on its own grid and hurries those in doubt.
// Promises even load after a start, no drift, and a measured lateness. Must not know what a check does.
import { firstDue, nextOnGrid } from '#core/schedule.ts'
import { unsettled } from '#core/state.ts'
import type { Clock, Timer } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics, Observer } from '#platform/metrics.ts'
import type { Catalog, CatalogMonitor } from './catalog.ts'
import { DueQueue } from './due-queue.ts'
import type { Ingest } from './ingest.ts'
import { RecentWorst } from './recent-worst.ts'
import { type Runner, slotOf } from './runner.ts'
import type { Leave } from './slots.ts'

export interface SchedulerParts {
  readonly catalog: Catalog
  readonly ingest: Ingest
  readonly runner: Runner
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

const complainEveryMs = 600_000

/** Due times are monotonic ms: a jump of the wall clock delays no check. */
export class Scheduler {
  readonly #parts: SchedulerParts
  readonly #queue = new DueQueue()
  readonly #running = new Set<number>()
  /** Monitor → the interval it was last placed with; another one places it anew. */
  readonly #placed = new Map<number, string>()
  readonly lateness: Observer
  /** The worst lateness of the last minutes, ms. */
  readonly lately: RecentWorst
  #timer: Timer | null = null
  #timerAt = Number.POSITIVE_INFINITY
  #closed = false
  #complainedAt = Number.NEGATIVE_INFINITY

  constructor(parts: SchedulerParts) {
    this.#parts = parts
    this.lately = new RecentWorst(parts.clock)
    this.lateness = parts.metrics.histogram(
      'allswell_check_lateness_ms',
      'Milliseconds between when a check was due and when it began.',
      [1, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, 30000],
    )
    parts.metrics.gauge('allswell_scheduled_monitors', 'Active monitors in the due-queue.', () => this.#placed.size)
  }

  /** Takes over what the catalog holds now: new and changed ones are due soon, those gone are no longer. */
  refresh(): void {
    const { catalog, clock } = this.#parts
    const active = [...catalog.monitors.values()].filter((monitor) => this.#wanted(monitor))
    const living = new Set(active.map((monitor) => monitor.id))
    for (const id of this.#placed.keys()) {
      if (living.has(id)) continue
      this.#queue.delete(id)
      this.#placed.delete(id)
    }
    const fresh = active.filter((monitor) => this.#placed.get(monitor.id) !== fingerprint(monitor))
    const now = clock.monotonic()
    this.#parts.runner.slots.refresh(new Set(active.map(slotOf)))
    for (const monitor of fresh) {
      this.#placed.set(monitor.id, fingerprint(monitor))
      const interval = monitor.policy.interval as number
      if (!this.#running.has(monitor.id))
        this.#queue.set(monitor.id, firstDue(monitor.key, interval, now, fresh.length))
    }
    this.#arm()
  }

  #wanted(monitor: CatalogMonitor): boolean {
    return monitor.active && monitor.policy.interval !== null && !this.#paused(monitor)
  }

  #paused(monitor: CatalogMonitor): boolean {
    return this.#parts.ingest.state(monitor.id)?.paused ?? monitor.paused
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#queue.clear()
  }

  #arm(): void {
    const due = this.#queue.peek()
    if (due === null || this.#closed) return
    if (this.#timer !== null && this.#timerAt <= due) return
    this.#timer?.cancel()
    this.#timerAt = due
    const wait = Math.max(0, Math.ceil(due - this.#parts.clock.monotonic()))
    this.#timer = this.#parts.clock.after(wait, () => this.#fire())
  }

  #fire(): void {
    this.#timer = null
    const { catalog, ingest, runner, clock } = this.#parts
    const now = clock.monotonic()
    while (!this.#closed) {
      const taken = this.#queue.take(now)
      if (taken === null) break
      const { slot: id, due } = taken
      const monitor = catalog.monitors.get(id)
      if (monitor === undefined) continue
      this.#running.add(id)
      const state = ingest.state(id)
      const doubtful = state !== null && unsettled(state, 'local')
      runner.slots.ask(slotOf(monitor), doubtful, (leave) => this.#begin(id, due, leave))
    }
    this.#arm()
  }

  /** Its turn has come; it may be gone, paused or another one since it was due. */
  #begin(id: number, due: number, leave: Leave): boolean {
    const monitor = this.#parts.catalog.monitors.get(id)
    if (monitor === undefined || this.#closed || !this.#placed.has(id)) {
      this.#running.delete(id)
      return false
    }
    const late = this.#parts.clock.monotonic() - due
    this.lateness.observe(late)
    this.lately.note(late)
    if (late > (monitor.policy.interval ?? 0)) this.#complain(monitor, late)
    void this.#check(monitor, due, leave)
    return true
  }

  /** People should know which host is asked for more than it answers; now and then is enough. */
  #complain(monitor: CatalogMonitor, late: number): void {
    const { clock, log, runner } = this.#parts
    const now = clock.monotonic()
    if (now - this.#complainedAt < complainEveryMs) return
    this.#complainedAt = now
    log.warn('checks wait for longer than their interval; see limits.per_host and limits.checks', {
      monitor: monitor.key,
      host: monitor.host,
      late_ms: Math.round(late),
      waiting: runner.slots.waiting,
    })
  }

  async #check(monitor: CatalogMonitor, due: number, leave: Leave): Promise<void> {
    const { runner, ingest, log } = this.#parts
    let silent: boolean | null = null
    try {
      const done = await runner.run(monitor)
      if (done !== null) silent = done.silent
      if (done !== null && this.#isStill(monitor)) {
        ingest.offer(done.observation, (settled) => {
          if (settled.ok && settled.state !== null && unsettled(settled.state, 'local')) this.#hurry(monitor.id)
        })
      }
    } catch (error) {
      log.error('a check could not be carried out', { monitor: monitor.key, error })
    } finally {
      this.#running.delete(monitor.id)
      leave(silent)
      if (this.#isStill(monitor)) this.#again(monitor.id, due)
      else this.#atOnce(monitor.id)
    }
  }

  /** Not so: it has other settings by now, and what was seen under the old ones says nothing of it. */
  #isStill({ id, follows }: CatalogMonitor): boolean {
    return this.#parts.catalog.monitors.get(id)?.follows === follows
  }

  #atOnce(id: number): void {
    if (this.#closed || !this.#placed.has(id)) return
    this.#queue.set(id, this.#parts.clock.monotonic())
    this.#arm()
  }

  /** The next turn on the grid; a check that took longer than its interval misses the turns in between. */
  #again(id: number, due: number): void {
    const monitor = this.#parts.catalog.monitors.get(id)
    if (monitor === undefined || this.#closed || !this.#placed.has(id)) return
    const { clock } = this.#parts
    const now = clock.monotonic()
    const toWall = clock.now() - now
    const interval = monitor.policy.interval as number
    const next = nextOnGrid(monitor.key, interval, Math.max(now, due + interval / 2) + toWall) - toWall
    this.#queue.set(id, next)
    this.#arm()
  }

  /** A change waits for confirmation: ask again after `retryEvery` if that is sooner. */
  #hurry(id: number): void {
    const monitor = this.#parts.catalog.monitors.get(id)
    if (monitor === undefined || this.#closed || this.#running.has(id) || !this.#placed.has(id)) return
    const soon = this.#parts.clock.monotonic() + monitor.policy.retryEvery
    if (soon < (this.#queue.due(id) ?? 0)) this.#queue.set(id, soon)
    this.#arm()
  }
}

const fingerprint = ({ policy, follows }: CatalogMonitor) => `${policy.interval} ${follows}`
