// Keeper: the quiet housework. Counts time into roll-ups, packs observations, forgets what is past its keeping.
// Promises small steps that never hold up watching, and one keeper at a time among many nodes.
import { type Clock, sleep } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Store } from '#store/store.ts'
import type { Catalog } from './catalog.ts'
import type { Ingest } from './ingest.ts'

export interface KeeperParts {
  readonly store: Store
  readonly catalog: Catalog
  readonly ingest: Ingest
  readonly clock: Clock
  readonly log: Log
  /** Who this is, for the lease. */
  readonly holder: string
  /** How long raw observations and hours are kept, ms. */
  readonly keep: () => { observations: number; hours: number; audit: number }
}

const roundMs = 60_000
const accountMs = 900_000
/**
 * Packed when so many rows wait, in all or of each monitor, or after so long: few rows keep the file small and looking
 * quick, many of one monitor make packing cheap.
 */
const packMost = 10_000
const packEach = 5
const packMs = 600_000
const forgetMs = 3_600_000
/** A session that nobody used for so long is over, whatever the settings say. */
const idleMost = 366 * 86_400_000
/** Rows packed in one transaction: a few ms of work. */
const packRows = 4_000
/** Monitors that are counted up to now at once. */
const accountedAtOnce = 500
/** After a piece of work so many times as long is rested, so that a lot of it never takes a core for itself. */
const restShare = 4
const restLeastMs = 5
const restMostMs = 1_000
/** One kind of work rests so long at most in all; what is not done by then hurries. */
const restedMs = 90_000

export class Keeper {
  readonly #parts: KeeperParts
  readonly #stop = new AbortController()
  #loop: Promise<void> = Promise.resolve()
  #packedAt = 0
  /** How many observations had been stored at the last packing. */
  #packed = 0
  #accountedAt = 0
  #forgotAt = 0

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  start(): void {
    this.#loop = this.#run()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    await this.#parts.store.leases.release('keeper', this.#parts.holder).catch(() => {})
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#parts
    while (!this.#stop.signal.aborted) {
      await sleep(clock, roundMs, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      try {
        await this.round()
      } catch (error) {
        log.error('housekeeping could not be done now', { error })
      }
    }
  }

  /** One round of housework; nothing if another node holds the lease. */
  async round(): Promise<void> {
    const { store, clock, holder } = this.#parts
    const now = clock.now()
    const isMine = (at: number) => store.leases.take('keeper', holder, at, at + 3 * roundMs)
    if (!(await isMine(now))) return
    const { stored } = this.#parts.ingest
    const enough = Math.max(packMost, packEach * this.#parts.catalog.monitors.size)
    if (stored - this.#packed >= enough || now - this.#packedAt >= packMs) {
      this.#packed = stored
      this.#packedAt = now
      await this.#pack()
      // That may have taken minutes.
      if (this.#stop.signal.aborted || !(await isMine(clock.now()))) return
    }
    if (now - this.#accountedAt >= accountMs) {
      this.#accountedAt = now
      await this.#account()
      if (this.#stop.signal.aborted || !(await isMine(clock.now()))) return
    }
    if (now - this.#forgotAt >= forgetMs) {
      this.#forgotAt = now
      await this.#forget(now)
    }
  }

  async #pack(): Promise<void> {
    const { store } = this.#parts
    await this.#inPieces(async () => (await store.history.pack(packRows)) === packRows)
  }

  /** Brings the roll-ups up to now for every monitor. */
  async #account(): Promise<void> {
    const { catalog, ingest, clock } = this.#parts
    // Taken now: the catalog may change while this runs.
    const monitors = [...catalog.monitors.keys()]
    let done = 0
    await this.#inPieces(async () => {
      const move = { type: 'account', at: clock.now() } as const
      const some = monitors.slice(done, done + accountedAtOnce)
      await ingest.inputs(some.map((monitor) => [monitor, move]))
      done += some.length
      return done < monitors.length
    })
  }

  /** Does piece after piece with rests between them, until one says that there is no more or the keeper closes. */
  async #inPieces(piece: () => Promise<boolean>): Promise<void> {
    const { clock } = this.#parts
    let left = restedMs
    for (;;) {
      const began = clock.monotonic()
      if (!(await piece()) || this.#stop.signal.aborted) return
      const wanted = Math.min(restMostMs, left, restShare * (clock.monotonic() - began))
      const rest = Math.max(restLeastMs, wanted)
      left -= rest
      await sleep(clock, rest, this.#stop.signal)
      if (this.#stop.signal.aborted) return
    }
  }

  async #forget(now: number): Promise<void> {
    const { store, log, keep } = this.#parts
    const { observations, hours, audit } = keep()
    const forgotten = {
      hours_of_observations: await store.history.forget(now - observations),
      hours: await store.rollups.forget('hour', now - hours),
      deliveries: await store.deliveries.forget(now - hours),
      dropped_incidents: await store.incidents.forgetDropped(now - hours),
      maintenances: await store.maintenances.forget(now - hours),
      metric_points: await store.metrics.forget(now - hours),
      changes: await store.audit.forget(now - audit),
      tickets: await store.tickets.forget(now),
      sessions: await store.sessions.forget(now, now - idleMost),
      leases: await store.leases.forget(now - forgetMs),
    }
    if (Object.values(forgotten).some((count) => count > 0))
      log.info('what is past its keeping was forgotten', forgotten)
  }
}
