// Tick: lets time pass. Finds monitors whose deadline has come and hands them to ingest; notices our own absences.
// Promises that a restart, a long stop or a jump of the clock raises no alarm by itself.
import { type Clock, sleep } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { Trouble } from '#platform/trouble.ts'
import type { Store } from '#store/store.ts'
import type { Catalog } from './catalog.ts'
import { Company } from './company.ts'
import type { Move } from './decide.ts'
import type { Ingest } from './ingest.ts'
import type { Live } from './live.ts'
import { publish } from './publisher.ts'
import type { Silences } from './silences.ts'

export interface TickParts {
  readonly store: Store
  readonly catalog: Catalog
  readonly ingest: Ingest
  readonly silences: Silences
  readonly live: Live
  readonly clock: Clock
  readonly log: Log
  /** Who this is, among other nodes. */
  readonly holder: string
}

const everyMs = 500
const dueMost = 1_000
/** A stop or a jump of more than this is an absence. */
const absenceMs = 5_000
/** How often it is written down that somebody watches. */
const aliveMs = 5_000
/** How often it is looked whether another node watches. */
const doubtMs = 1_000

export class Tick {
  readonly #parts: TickParts
  readonly #stop = new AbortController()
  #loop: Promise<void> = Promise.resolve()
  #wall = 0
  #steady = 0
  #aliveAt = 0
  /** Looking failed since the clock was last found to have run on. */
  #failed = false
  /** Incidents wait for their time to open or to resolve. */
  #running = true
  /** Until all monitors are told of our absence it is not written down that somebody watches: it would be forgotten. */
  #told: Promise<void> = Promise.resolve()
  #isTold = true
  /** Null: there can be no other. */
  readonly #company: Company | null
  /** From when on no sign of life can have been missed, epoch ms. */
  listeningSince = 0

  constructor(parts: TickParts) {
    this.#parts = parts
    this.#company = parts.store.dialect === 'postgres' ? new Company(parts) : null
  }

  /** Settles what happened while nobody watched; must come before anything else moves. */
  async begin(): Promise<void> {
    const { store, clock, log } = this.#parts
    const now = clock.now()
    const alive = Number((await store.meta.get('alive_at')) ?? 0)
    // Whatever another node heard, nobody heard what was sent to this one; that one says by itself what is late.
    this.listeningSince = now
    this.#wall = now
    this.#steady = clock.monotonic()
    const doubted = (await this.#company?.mayBe()) ?? false
    if (alive > 0 && now > alive) {
      this.#parts.ingest.absence = { from: alive, to: now, doubted }
      if (!doubted) this.#sayAbsence()
      this.#isTold = false
    }
    if (alive > now && !doubted) {
      log.warn('the clock was set back while nobody watched', { seconds: Math.round((alive - now) / 1000) })
      await this.#all({ type: 'clock', by: now - alive, at: now })
    }
    await this.#alive(now)
  }

  #sayAbsence(): void {
    const { log, ingest } = this.#parts
    const { from, to } = ingest.absence ?? { from: 0, to: 0 }
    const seconds = Math.round((to - from) / 1_000)
    if (seconds > 0) log.info('nobody watched for a while', { seconds })
  }

  start(): void {
    this.#parts.live.listen((change) => {
      if (change.public) this.#running = true
    })
    this.#loop = this.#run()
    this.#told = this.#tell()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all([this.#loop, this.#told])
    await this.#alive(this.#parts.clock.now()).catch(() => {})
    await this.#company?.leave().catch(() => {})
  }

  /** Whether nobody watched, once that is known; where another node did, there was no absence. */
  async #isAbsence(): Promise<boolean> {
    const { ingest, clock } = this.#parts
    if (!ingest.absence?.doubted) return true
    for (;;) {
      const watched = await this.#company?.still()
      if (watched) return false
      if (watched !== null) break
      await sleep(clock, doubtMs, this.#stop.signal)
      if (this.#stop.signal.aborted) return false
    }
    ingest.absence = { ...ingest.absence, doubted: false }
    this.#sayAbsence()
    return true
  }

  /** Tells all monitors of our absence, which they count; who moves meanwhile counts it first. */
  async #tell(): Promise<void> {
    const { ingest, clock } = this.#parts
    const { absence } = ingest
    if (absence === null) return
    while (!this.#isTold && !this.#stop.signal.aborted) {
      try {
        if (await this.#isAbsence()) await this.#all({ type: 'absent', from: absence.from, to: absence.to })
        // Called off: the next start finds it out.
        if (this.#stop.signal.aborted) return
        ingest.absence = null
        this.#isTold = true
      } catch {
        // The database is away, which ingest says; whoever was told is not told twice.
        await sleep(clock, 1_000, this.#stop.signal)
      }
    }
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#parts
    const over = 'the database is back: time is looked at again'
    const trouble = new Trouble({ log, clock, what: 'time cannot be looked at now', over })
    while (!this.#stop.signal.aborted) {
      await sleep(clock, everyMs, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      try {
        await this.once()
        trouble.over()
      } catch (error) {
        trouble.note(error)
        this.#failed = true
        await sleep(clock, 1_000, this.#stop.signal)
      }
    }
  }

  /** One look at the clock and at what is due. */
  async once(): Promise<void> {
    const { store, clock, ingest, silences } = this.#parts
    const now = clock.now()
    await this.#watchClock(now)
    if (await silences.once(now, ingest)) await this.#publish(now)
    if (now >= ingest.wakeAt) {
      const due = await store.states.due(now, dueMost)
      const move = { type: 'time', at: now, listeningSince: this.listeningSince } as const
      await ingest.inputs(due.map((monitor) => [monitor, move]))
      await ingest.lookAhead()
    }
    if (this.#running || Math.abs(now - this.#aliveAt) >= aliveMs) await this.#incidents(now)
    if (Math.abs(now - this.#aliveAt) >= aliveMs) await this.#alive(now)
  }

  /** A wall clock that moved otherwise than the steady one, or a long stop of this process. */
  async #watchClock(now: number): Promise<void> {
    const { clock, log } = this.#parts
    const steady = clock.monotonic()
    const passed = steady - this.#steady
    const moved = now - this.#wall
    this.#wall = now
    this.#steady = steady
    if (passed < absenceMs && Math.abs(moved - passed) < absenceMs) return
    const isBlocked = this.#failed && Math.abs(moved - passed) < absenceMs
    this.#failed = false
    const what = isBlocked ? 'nothing could be stored for a while' : 'the clock jumped or this process stood still'
    log.warn(`${what}; deadlines are held for one grace`, {
      passed_ms: Math.round(passed),
      moved_ms: Math.round(moved),
    })
    this.listeningSince = now
    if (this.#parts.store.dialect === 'sqlite') await this.#all({ type: 'clock', by: moved - passed, at: now })
  }

  async #incidents(now: number): Promise<void> {
    const { store, catalog, live } = this.#parts
    this.#running = (await store.incidents.running()).some((incident) => incident.wakeAt !== null)
    const due = this.#running ? await store.incidents.due(now) : []
    if (due.length === 0) return
    const seen = await store.transaction((tx) => publish(tx, catalog, { monitors: new Set(), all: true }, now))
    if (seen) live.tell({ events: [], deliveries: false, public: true })
  }

  /** Maintenance began or ended: incidents follow, and pages say so. */
  async #publish(now: number): Promise<void> {
    const { store, catalog, live } = this.#parts
    await store.transaction((tx) => publish(tx, catalog, { monitors: new Set(), all: true }, now))
    live.tell({ events: [], deliveries: false, public: true })
  }

  async #alive(now: number): Promise<void> {
    await this.#company?.mark()
    this.#aliveAt = now
    if (!this.#isTold) return
    await this.#parts.store.meta.set('alive_at', String(now))
  }

  #all(move: Move): Promise<void> {
    const { catalog, ingest } = this.#parts
    const stop = this.#stop.signal
    // Taken now: the catalog may change while this runs.
    const monitors = [...catalog.monitors.keys()]
    function* moves() {
      for (const monitor of monitors) if (!stop.aborted) yield [monitor, move] as const
    }
    return ingest.inputs(moves())
  }
}
