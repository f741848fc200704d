// The hub of live views: hears of every commit, and tells each client what of it the client looks at.
// Promises four messages a second to a client at most, that a slow one misses nothing that still holds or is cut off,
// and no work at all while nobody looks. Must not know who may see what: clients come with their limits.
import type { Event } from '#core/event.ts'
import { isWithin } from '#core/rights.ts'
import type { EnginePort, Moved } from '#commands/ports.ts'
import type { Clock, Timer } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Counter, Metrics } from '#platform/metrics.ts'
import type { Board, BoardRow } from '../board/board.ts'
import type { Past } from '../board/figures.ts'
import { Client, type Happened, type Who } from './client.ts'
import { Stream } from './stream.ts'
import { type Last, Listings, type Now, type Wanted } from './view.ts'

export interface HubParts {
  readonly engine: Pick<EnginePort, 'watch' | 'provisioned' | 'unstoredSince'>
  readonly board: Board
  readonly past: Past
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Random, for the identity of what was heard without a gap. */
  readonly random: () => string
}

const flushMs = 250
/** Lists and counts are looked at so often. */
const listMs = 1_000
/** Time alone makes some states old, which no commit tells. */
const lookMs = 10_000
/** A client that has taken nothing from one to the next is cut off. */
const beatMs = 15_000
export const clientsMost = 200
export const ofOneMost = 20
/** Whether somebody may still see what they look at is asked so often. */
const askMs = 2_000
/** What happened lately, for clients that were slow or come back. */
const eventsMost = 500

export class Hub {
  readonly #parts: HubParts
  readonly #clients = new Set<Client>()
  readonly #dropped: Counter
  #unwatch: (() => void) | null = null
  #timer: Timer | null = null
  /** Names what was heard since the last gap. */
  #epoch = ''
  #seq = 0
  #changes = new Map<number, number>()
  #last = new Map<number, Last>()
  #events: Happened[] = []
  #rows: ReadonlyMap<number, BoardRow> | null = null
  #heard = false
  #flushing = false
  #listedAt = Number.NEGATIVE_INFINITY
  #lookedAt = 0
  #beatAt = 0
  #askedAt = 0
  #provisioned = -1

  constructor(parts: HubParts) {
    this.#parts = parts
    const { metrics } = parts
    metrics.gauge('allswell_live_clients', 'Browsers that look at live views.', () => this.#clients.size)
    this.#dropped = metrics.counter('allswell_live_dropped_total', 'Live views cut off because they were too slow.')
    this.#dropped.add(0)
  }

  /** Whether there are too many, or too many of somebody of this name. */
  isFull(name: string): boolean {
    const own = [...this.#clients].filter(({ who }) => who.name === name).length
    return this.#clients.size >= clientsMost || own >= ofOneMost
  }

  get size(): number {
    return this.#clients.size
  }

  /**
   * Begins to tell a client; `from`: the id of the last message that it got. Call only while it is not full. The stream
   * says when it is over.
   */
  join(who: Who, wanted: Wanted, from: string | null): Stream {
    this.#watch()
    const stream = new Stream(() => this.#leave(client))
    const client = new Client(who, wanted, stream)
    stream.retryAfter(2_000)
    const seq = this.#seqIn(from)
    if (seq !== null) client.resumeFrom(seq)
    else if (from !== null) stream.send('reset', {}, this.#id(this.#seq))
    if (seq === null) client.seq = this.#seq
    this.#clients.add(client)
    this.#heard = true
    this.#listedAt = Number.NEGATIVE_INFINITY
    this.#wake(0)
    return stream
  }

  /** Ends all streams: the server closes. */
  close(): void {
    for (const { stream } of this.#clients) stream.end()
    this.#rest()
  }

  #leave(client: Client): void {
    this.#clients.delete(client)
    if (this.#clients.size === 0) this.#rest()
  }

  #watch(): void {
    if (this.#unwatch !== null) return
    const { engine, clock, random } = this.#parts
    this.#epoch = random()
    this.#lookedAt = this.#beatAt = this.#askedAt = clock.monotonic()
    this.#unwatch = engine.watch((moved) => this.#hear(moved))
  }

  /** Nobody looks: nothing is heard any more, and who comes back has missed something. */
  #rest(): void {
    this.#unwatch?.()
    this.#unwatch = null
    this.#timer?.cancel()
    this.#timer = null
    this.#changes = new Map()
    this.#last = new Map()
    this.#events = []
    this.#rows = null
  }

  #hear({ states, events, observations }: Moved): void {
    this.#seq += 1
    for (const { id } of states) this.#changes.set(id, this.#seq)
    for (const { monitor, at, outcome, latency, location } of observations)
      this.#last.set(monitor, { at, outcome, latency, location })
    for (const event of events) this.#events.push({ event, seq: this.#seq })
    if (this.#events.length > eventsMost) this.#events = this.#events.slice(-eventsMost)
    if (states.length + events.length === 0) return
    this.#heard = true
    this.#wake(flushMs)
  }

  #wake(ms: number): void {
    if (this.#flushing || (this.#timer !== null && ms > 0)) return
    this.#timer?.cancel()
    this.#timer = this.#parts.clock.after(ms, () => void this.#turn())
  }

  async #turn(): Promise<void> {
    const { clock, log } = this.#parts
    this.#timer = null
    this.#flushing = true
    try {
      await this.#flush()
    } catch (error) {
      log.warn('live views cannot be told anything now', { error })
    }
    this.#flushing = false
    this.#beat(clock.monotonic())
    this.#ask(clock.monotonic())
    if (this.#clients.size > 0) this.#wake(flushMs)
  }

  async #flush(): Promise<void> {
    const { clock, engine, board, past } = this.#parts
    const at = clock.monotonic()
    const provisioned = engine.provisioned()
    const looks = at - this.#lookedAt >= lookMs || provisioned !== this.#provisioned
    if (!this.#heard && !looks) return
    this.#provisioned = provisioned
    if (looks) this.#lookedAt = at
    this.#heard = false
    const lists = at - this.#listedAt >= listMs
    // What was heard counts for lists a little later.
    if (!lists) this.#heard = true
    else this.#listedAt = at
    const snapshot = await board.look()
    this.#note(snapshot.byId)
    const figures = await past.of(() => snapshot.byId.keys(), false)
    const moment = { now: clock.now(), unstoredSince: engine.unstoredSince() }
    const now: Now = { board: snapshot, moment, figures: (id) => figures.get(id), last: this.#last }
    const listings = lists ? new Listings() : null
    for (const client of this.#clients) this.#tell(client, now, listings)
  }

  /** Rows that are others than before have changed. */
  #note(rows: ReadonlyMap<number, BoardRow>): void {
    const before = this.#rows
    if (before === rows) return
    this.#rows = rows
    if (before === null) return
    this.#seq += 1
    for (const [id, row] of rows) if (before.get(id) !== row) this.#changes.set(id, this.#seq)
  }

  #tell(client: Client, now: Now, listings: Listings | null): void {
    if (!client.stream.isFree) {
      client.missedLists ||= listings !== null
      this.#heard = true
      return
    }
    const seq = this.#seq
    const seen = listings ?? (client.missedLists ? new Listings() : null)
    const events = this.#events.filter((one) => one.seq > client.seq && seesEvent(client.wanted, one.event, now))
    client.tell({ now, listings: seen, changes: this.#changes, events, id: this.#id(seq), seq })
  }

  #beat(at: number): void {
    if (at - this.#beatAt < beatMs) return
    this.#beatAt = at
    for (const { stream } of this.#clients) {
      if (!stream.isStuck()) stream.beat()
      else {
        this.#dropped.add()
        stream.end()
      }
    }
  }

  /** Whoever may not look any more is cut off. */
  #ask(at: number): void {
    if (at - this.#askedAt < askMs) return
    this.#askedAt = at
    for (const { who, stream } of this.#clients)
      void who.mayStay().then(
        (may) => may || stream.end(),
        () => {},
      )
  }

  readonly #id = (seq: number) => `${this.#epoch}-${seq}`

  /** Null: it knows nothing that is known here. */
  #seqIn(id: string | null): number | null {
    const match = /^([\w-]+)-(\d{1,15})$/.exec(id ?? '')
    return match?.[1] === this.#epoch && Number(match[2]) <= this.#seq ? Number(match[2]) : null
  }
}

function seesEvent({ events, within }: Wanted, { monitor }: Event, { board }: Now): boolean {
  const row = events ? board.byId.get(monitor) : undefined
  return row !== undefined && isWithin(within, row.labels)
}
