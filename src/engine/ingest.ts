// Ingest: the only way to move a state. Takes observations and commands in, at its own pace, in arrays.
// Promises one transaction for observations, states, events, incidents and deliveries, and an answer after the commit.
// Must not send anything.
import type { Event } from '#core/event.ts'
import type { Observation } from '#core/observation.ts'
import { resolutionMs, slices } from '#core/rollup.ts'
import type { MonitorState } from '#core/state.ts'
import type { Kind } from '#checks/check.ts'
import { type Clock, sleep, type Timer } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Counter, Metrics, Observer } from '#platform/metrics.ts'
import { Trouble } from '#platform/trouble.ts'
import { type Aggregates, Conflict, type Explanation, type Store, Unavailable } from '#store/store.ts'
import { explain } from './alerting.ts'
import type { Catalog } from './catalog.ts'
import { type Absence, Deciding, type Decision, type Move } from './decide.ts'
import { concernedBy, derive, occasionsOf } from './derive.ts'
import { LastFailures } from './failures.ts'
import { Inbox, type Settled, type Waiting } from './inbox.ts'
import type { Live } from './live.ts'
import { publish } from './publisher.ts'
import type { Silences } from './silences.ts'
import { StateCache } from './state-cache.ts'

/** It could not be stored now; whoever sent it should try again. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
}

export interface IngestParts {
  readonly store: Store
  readonly catalog: Catalog
  readonly silences: Pick<Silences, 'over'>
  readonly live: Live
  /** How those that follow from others do so. */
  readonly kinds: ReadonlyMap<string, Kind>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Identity of this installation, part of every idempotency key. */
  readonly instance: string
}

export const batchMost = 500
/** What changes nothing may wait for company; what may change something hurries; what somebody waits for more so. */
const quietWaitMs = 1_000
const newsWaitMs = 25
const hurriedWaitMs = 4
const inboxMost = 100_000
/** How long somebody waits for a commit before being told to come again. */
const answerWithinMs = 5_000
const conflictTries = 8

export class Ingest {
  readonly #parts: IngestParts
  readonly #inbox = new Inbox(inboxMost)
  readonly #trouble: Trouble
  readonly #states: StateCache
  readonly #failures = new LastFailures()
  #timer: Timer | null = null
  #timerAt = 0
  #running: Promise<void> | null = null
  #closing = false
  readonly #dropped: Counter
  readonly #stored: Counter
  readonly #commitMs: Observer
  /** No deadline of any monitor passes before this, epoch ms, as far as is known here. */
  wakeAt = Number.NEGATIVE_INFINITY
  /** What has not been counted for all monitors yet. */
  absence: Absence | null = null
  /** Why the last commit failed; null while all is well. */
  failure: string | null = null
  /** Since when nothing could be stored, epoch ms; null while all is well. */
  unstoredSince: number | null = null

  constructor(parts: IngestParts) {
    this.#parts = parts
    const { metrics, log, clock } = parts
    this.#states = new StateCache(parts.store, clock)
    const what = 'observations cannot be stored now; they are kept'
    this.#trouble = new Trouble({ log, clock, what, over: 'the database is back: observations are stored again' })
    this.#dropped = metrics.counter('allswell_ingest_dropped_total', 'Inputs turned away because the inbox was full.')
    this.#stored = metrics.counter('allswell_observations_total', 'Observations stored.')
    // Shown from 0 on, since alarms are built on them.
    for (const counter of [this.#dropped, this.#stored]) counter.add(0)
    this.#commitMs = metrics.histogram(
      'allswell_ingest_commit_ms',
      'Milliseconds from deciding to committed, a batch.',
      [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000],
    )
    metrics.gauge('allswell_ingest_waiting', 'Inputs that wait to be decided.', () => this.#inbox.size)
  }

  get waiting(): number {
    return this.#inbox.size
  }

  /** Observations stored since the start. */
  get stored(): number {
    return this.#stored.value()
  }

  /** The last known state; null before the first. Fresh on one machine, near fresh among several. */
  state(monitor: number): MonitorState | null {
    return this.#states.get(monitor) ?? null
  }

  /** The states of some monitors, from memory or the store; those that nobody has looked at have none. */
  states(monitors: Iterable<number>): Promise<ReadonlyMap<number, MonitorState>> {
    return this.#states.some(monitors)
  }

  /** The states of all monitors that somebody has looked at, a second old at most. */
  all(): Promise<ReadonlyMap<number, MonitorState>> {
    return this.#states.all()
  }

  /** Loads all states, so that the first observations need no read. */
  async warm(): Promise<void> {
    await this.#states.all()
  }

  /** Asks the store for the next deadline. Other nodes' monitors have theirs too, so there it is asked every time. */
  async lookAhead(): Promise<void> {
    const { store } = this.#parts
    if (store.dialect !== 'sqlite') return
    const next = await store.states.nextWake()
    this.wakeAt = next ?? Number.POSITIVE_INFINITY
  }

  forget(monitor: number): void {
    this.#states.drop(monitor)
  }

  /** Takes an observation; `done` hears of the commit. False: full, it is lost and counted. */
  offer(observation: Observation, done: ((settled: Settled) => void) | null = null): boolean {
    const state = this.#states.get(observation.monitor)
    const quiet = observation.outcome === 'up' && state?.status === 'up' && observation.signal !== 'start'
    return this.#put(observation.monitor, { type: 'observation', observation }, done, quiet ? quietWaitMs : newsWaitMs)
  }

  /** Resolves with the state after the commit (null: no such monitor); rejects with Overloaded. */
  input(monitor: number, move: Move): Promise<MonitorState | null> {
    return new Promise((resolve, reject) => {
      let timer: Timer | null = null
      const done = (settled: Settled) => {
        timer?.cancel()
        if (settled.ok) resolve(settled.state)
        else reject(settled.error)
      }
      timer = this.#parts.clock.after(answerWithinMs, () => {
        reject(new Overloaded('It could not be stored within 5 s; the database is slow or away.'))
      })
      if (!this.#put(monitor, move, done, hurriedWaitMs)) {
        timer.cancel()
        reject(new Overloaded('Too much waits to be stored; try again in a moment.'))
      }
    })
  }

  /** Moves many monitors, a batch at a time, so that no number of them overflows the inbox. */
  async inputs(moves: Iterable<readonly [monitor: number, move: Move]>): Promise<void> {
    let batch: Promise<unknown>[] = []
    for (const [monitor, move] of moves) {
      batch.push(this.input(monitor, move))
      if (batch.length < batchMost) continue
      await Promise.all(batch)
      batch = []
    }
    await Promise.all(batch)
  }

  /** Waits until all that came in so far is committed or given up. */
  async drain(): Promise<void> {
    while (this.#inbox.size > 0 || this.#running !== null) {
      this.#start()
      await this.#running
      if (this.failure !== null && this.#closing) return
    }
  }

  /** Commits what is in flight; afterwards nothing more is taken. */
  async close(): Promise<void> {
    this.#closing = true
    this.#timer?.cancel()
    this.#timer = null
    await this.drain()
    refuse(this.#inbox.take(inboxMost), new Overloaded('It is stopping.'))
  }

  #put(monitor: number, move: Move, done: Waiting['done'], waitMs: number): boolean {
    const now = this.#parts.clock.monotonic()
    if (this.#closing || !this.#inbox.put(monitor, move, now, done)) {
      this.#dropped.add()
      return false
    }
    if (this.#running === null) {
      if (this.#inbox.size >= batchMost) this.#start()
      else this.#wake(now, waitMs)
    }
    return true
  }

  #wake(now: number, waitMs: number): void {
    if (this.#timer !== null && this.#timerAt <= now + waitMs) return
    this.#timer?.cancel()
    this.#timerAt = now + waitMs
    this.#timer = this.#parts.clock.after(waitMs, () => this.#start())
  }

  #start(): void {
    this.#timer?.cancel()
    this.#timer = null
    if (this.#running !== null || this.#inbox.size === 0) return
    this.#running = this.#work().finally(() => {
      this.#running = null
      if (this.#inbox.size > 0 && !(this.#closing && this.failure !== null)) {
        this.#wake(this.#parts.clock.monotonic(), hurriedWaitMs)
      }
    })
  }

  async #work(): Promise<void> {
    await this.#persist(this.#inbox.take(batchMost))
  }

  /** Commits a batch, waiting for an absent database; what can never be stored is found by halving and given up. */
  async #persist(batch: readonly Waiting[]): Promise<void> {
    for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
      try {
        await this.#commit(batch)
        this.failure = null
        this.unstoredSince = null
        this.#trouble.over()
        return
      } catch (error) {
        this.#states.clear()
        if (!(error instanceof Unavailable)) return this.#halve(batch, error as Error)
        this.failure = error.message
        this.unstoredSince ??= this.#parts.clock.now()
        const waiting = batch.length + this.#inbox.size
        this.#trouble.note(error, { waiting })
        if (this.#closing) return refuse(batch, new Overloaded(error.message))
        await sleep(this.#parts.clock, wait)
      }
    }
  }

  async #halve(batch: readonly Waiting[], error: Error): Promise<void> {
    if (batch.length > 1) {
      const middle = batch.length >> 1
      await this.#persist(batch.slice(0, middle))
      await this.#persist(batch.slice(middle))
      return
    }
    this.#dropped.add()
    this.#parts.log.error('an input can never be stored and is given up', { error, item: batch[0]?.move })
    refuse(batch, error)
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const { clock, live } = this.#parts
    const began = clock.monotonic()
    for (let attempt = 1; ; attempt += 1) {
      const decision = await this.#decide(batch)
      try {
        const told = await this.#store(decision)
        for (const { id, state } of decision.changes) {
          this.#states.set(id, state)
          if (state.wakeAt !== null && state.wakeAt < this.wakeAt) this.wakeAt = state.wakeAt
        }
        this.#stored.add(decision.observations.length)
        this.#commitMs.observe(clock.monotonic() - began)
        for (const item of batch) item.done?.({ ok: true, state: this.#states.get(item.monitor) ?? null })
        if (decision.events.length > 0 || told.public) live.tell({ events: decision.events, ...told })
        live.moved({ states: decision.changes, events: decision.events, observations: decision.observations })
        return
      } catch (error) {
        if (!(error instanceof Conflict) || attempt >= conflictTries) throw error
        for (const item of batch) this.#states.delete(item.monitor)
        for (const { id } of decision.changes) this.#states.delete(id)
      }
    }
  }

  /** What follows from a batch, for those that follow from others, too. */
  async #decide(batch: readonly Waiting[]): Promise<Decision> {
    const { catalog, kinds, store, silences, clock } = this.#parts
    const { monitors, members } = catalog
    const deciding = new Deciding(
      (id) => {
        const monitor = monitors.get(id)
        return monitor === undefined ? null : silences.over(monitor)
      },
      await this.#states.some(batch.map(({ monitor }) => monitor)),
      this.absence,
      clock.now(),
    )
    const events = batch.flatMap((item) => deciding.take(item))
    const occasions = occasionsOf(members, batch, events)
    if (occasions.size > 0) {
      const concerned = concernedBy(members, occasions)
      // Other processes change other members: only what is read together with the version to be replaced is right.
      const fresh = store.dialect === 'sqlite' ? this.#states.some(concerned) : store.states.get(concerned)
      deciding.learn(await fresh)
      derive({ deciding, members, occasions, concerned, kinds })
    }
    return deciding.decision
  }

  async #store(decision: Decision): Promise<{ deliveries: boolean; public: boolean }> {
    const { store, catalog, clock } = this.#parts
    const { observations } = decision
    const failures = this.#failures.of(observations)
    const told = await store.transaction(async (tx) => {
      if (decision.changes.length > 0) {
        const lost = await tx.states.save(decision.changes)
        if (lost.length > 0) throw new Conflict(`states of ${lost.length} monitors were changed by another process`)
      }
      if (observations.length > 0) await tx.history.append(observations)
      await tx.failures.put(failures)
      if (decision.spans.length > 0) await tx.rollups.addTime(decision.spans.flatMap(cut))
      // What somebody says may be another word for the same status, which is no event but is read by the public.
      const said = observations.filter(({ signal }) => signal === 'set')
      if (decision.events.length + said.length === 0) return { deliveries: false, public: false }
      const deliveries = decision.events.length > 0 && (await this.#record(tx, decision.events))
      const monitors = new Set([...decision.events, ...said].map(({ monitor }) => monitor))
      await publish(tx, catalog, { monitors, all: false }, clock.now())
      return { deliveries, public: true }
    })
    this.#failures.note(failures)
    return told
  }

  /** Stores events with their explanations, and a delivery for each one told. */
  async #record(tx: Aggregates, events: readonly Event[]): Promise<boolean> {
    const { catalog, clock, instance } = this.#parts
    const explained: (Event & { explanation: readonly Explanation[] })[] = events.map((event) => {
      const monitor = catalog.monitors.get(event.monitor)
      return { ...event, explanation: monitor ? explain(event, monitor, catalog) : [] }
    })
    const ids = await tx.events.insert(explained)
    const at = clock.now()
    const rows = explained.flatMap((event, index) =>
      event.explanation
        .filter((line) => line.told)
        .map(({ rule, channel }) => ({
          eventId: ids[index] as number,
          monitorId: event.monitor,
          channel,
          rule,
          // With its time: after a power cut the same number may be given to another event.
          idempotencyKey: `${instance}-${event.monitor}-${event.seq}-${Math.round(event.at).toString(36)}-${channel}`,
          at,
        })),
    )
    if (rows.length > 0) await tx.deliveries.insert(rows)
    return rows.length > 0
  }
}

function refuse(batch: readonly Waiting[], error: Error): void {
  for (const item of batch) item.done?.({ ok: false, error })
}

/** The newest so many hours and days of one stretch: a clock that began in 1970 must not make half a million rows. */
const slicesMost = { hour: 24 * 93, day: 400 } as const

function cut(span: Decision['spans'][number]) {
  return (['hour', 'day'] as const).flatMap((resolution) => {
    const from = Math.max(span.from, span.to - slicesMost[resolution] * resolutionMs[resolution])
    return slices(from, span.to, span.status, resolution).map((slice) => ({ monitor: span.monitor, slice, resolution }))
  })
}
