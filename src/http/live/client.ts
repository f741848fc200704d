// One client of the live views: what it looks at, and up to what it has been told.
// Promises one message at a time, of what is new to it. Must not know how often.
import type { Event } from '#core/event.ts'
import { mayRead, veil } from '#core/veil.ts'
import { showChange } from './shapes.ts'
import type { Stream } from './stream.ts'
import { type Listings, type Now, View, type Wanted } from './view.ts'

export interface Happened {
  readonly event: Event
  readonly seq: number
}

/** Who looks. */
export interface Who {
  readonly name: string
  /** Whether they may still see what they look at. */
  mayStay(): Promise<boolean>
}

export interface News {
  readonly now: Now
  readonly listings: Listings | null
  /** Monitor → when something about it changed last. */
  readonly changes: ReadonlyMap<number, number>
  readonly events: readonly Happened[]
  readonly id: string
  readonly seq: number
}

export class Client {
  readonly who: Who
  readonly stream: Stream
  readonly wanted: Wanted
  /** Up to what it has been told. */
  seq = 0
  /** Lists were looked at while it was too slow to be told. */
  missedLists = false
  readonly #view: View
  #resumes = false

  constructor(who: Who, wanted: Wanted, stream: Stream) {
    this.who = who
    this.wanted = wanted
    this.stream = stream
    this.#view = new View(wanted)
  }

  resumeFrom(seq: number): void {
    this.seq = seq
    this.#resumes = true
  }

  tell({ now, listings, changes, events, id, seq }: News): void {
    this.missedLists = false
    if (this.#resumes) this.#view.resume(now)
    this.#resumes = false
    const since = this.seq
    const told = this.#view.tell(now, listings, (monitor) => (changes.get(monitor) ?? 0) > since)
    this.seq = seq
    const change = showChange(
      told,
      events.map(({ event }) => readable(event, this.wanted.within, now.board)),
      now.board,
    )
    if (change !== null) this.stream.send('change', change, id)
  }
}

/** An event without the names of monitors that its reader may not see. */
const readable = (event: Event, limit: Wanted['within'], { membersOf }: Now['board']): Event =>
  limit === null || mayRead(limit, membersOf(event.monitor), event) ? event : veil(event)
