// What one client looks at, and what it was told of it: rows by their keys, a page of a list, counts.
// Promises to tell only what is other than it was told before. Pure but for what it remembers.
import type { Observation } from '#core/observation.ts'
import { isWithin } from '#core/rights.ts'
import type { Snapshot } from '../board/board.ts'
import { type Entry, entryOf, type Filter, type Moment, select, selectAndCount } from '../board/filter.ts'
import { type FiguresOf, type Order, pageOf } from '../board/order.ts'

/** A list as a client shows it. */
export interface ListView {
  readonly filter: Filter
  readonly order: Order
  readonly limit: number
  readonly offset: number
}
export interface Wanted {
  readonly within: Filter['within']
  readonly keys: ReadonlySet<string>
  readonly list: ListView | null
  readonly counts: boolean
  readonly events: boolean
}

/** A list at one moment. */
export interface Listing {
  readonly keys: readonly string[]
  readonly total: number
  readonly counts: ReturnType<typeof selectAndCount>['counts'] | null
}

/** Lists that several clients look at are worked out once. */
export class Listings {
  readonly #made = new Map<string, Listing>()

  of(view: ListView, counted: boolean, now: Now): Listing {
    const name = JSON.stringify([nameOf(view), counted])
    const known = this.#made.get(name) ?? list(view, counted, now)
    this.#made.set(name, known)
    return known
  }
}

const nameOf = ({ filter, order, limit, offset }: ListView) => {
  const labels = [...(filter.labels ?? [])].map(([name, values]) => [name, values && [...values]])
  return [{ ...filter, labels, keys: null }, order, limit, offset]
}

/** All that is known at one moment. */
export interface Now {
  readonly board: Snapshot
  readonly moment: Moment
  readonly figures: FiguresOf
  readonly last: ReadonlyMap<number, Last>
}
export type Last = Pick<Observation, 'at' | 'outcome' | 'latency' | 'location'>

function list({ filter, order, limit, offset }: ListView, counted: boolean, { board, moment, figures }: Now): Listing {
  const { found, counts } = counted
    ? selectAndCount(board, filter, moment)
    : { found: select(board, filter, moment), counts: null }
  const { items } = pageOf(found, order, { limit, offset }, figures)
  return { keys: items.map(({ row }) => row.key), total: found.length, counts }
}

export interface Told {
  readonly rows: readonly { readonly entry: Entry; readonly last: Last | null }[]
  /** Keys that were shown and are not there any more, or not for them. */
  readonly gone: readonly string[]
  /** The page of the list, where it is another one. */
  readonly list: Pick<Listing, 'keys' | 'total'> | null
  readonly counts: Listing['counts']
}

export class View {
  readonly wanted: Wanted
  /** The keys on the page of the list. */
  #page: readonly string[] = []
  /** Keys of the rows that it knows. */
  readonly #known = new Set<string>()
  #list = ''
  #counts = ''

  constructor(wanted: Wanted) {
    this.wanted = wanted
  }

  /**
   * `changed`: whether something about a monitor is news; what was never told always is. `listings`: null where lists
   * are not looked at this time.
   */
  tell(now: Now, listings: Listings | null, changed: (id: number) => boolean): Told {
    const { list, counts } = this.wanted
    const listing = list && listings && listings.of(list, counts, now)
    const news = listing && this.#listNews(listing)
    return { ...this.#rows(now, changed), list: news, counts: listing && this.#countNews(listing) }
  }

  /** The client has come back: it knows what it looked at, and what is the same still need not be told. */
  resume(now: Now): void {
    const { list, counts } = this.wanted
    if (list !== null) this.#page = new Listings().of(list, counts, now).keys
    for (const key of this.#keys()) this.#known.add(key)
  }

  #keys(): Set<string> {
    return new Set([...this.wanted.keys, ...this.#page])
  }

  #rows({ board, moment, last }: Now, changed: (id: number) => boolean): Pick<Told, 'rows' | 'gone'> {
    const rows: Told['rows'][number][] = []
    const gone: string[] = []
    const keys = this.#keys()
    for (const key of keys) {
      const row = board.byKey.get(key)
      const known = this.#known.has(key)
      if (row === undefined || !isWithin(this.wanted.within, row.labels)) {
        if (known) gone.push(key)
        this.#known.delete(key)
      } else if (!known || changed(row.id)) {
        this.#known.add(key)
        rows.push({ entry: entryOf(row, board, moment, this.wanted.within), last: last.get(row.id) ?? null })
      }
    }
    for (const key of this.#known) if (!keys.has(key)) this.#known.delete(key)
    return { rows, gone }
  }

  #listNews({ keys, total }: Listing): Told['list'] {
    this.#page = keys
    const said = JSON.stringify([keys, total])
    if (said === this.#list) return null
    this.#list = said
    return { keys, total }
  }

  #countNews({ counts }: Listing): Told['counts'] {
    if (counts === null) return null
    const plain = [counts.status, counts.kind, counts.owner].map((one) => [...one])
    const said = JSON.stringify([plain, [...counts.label].map(([name, values]) => [name, [...values]])])
    if (said === this.#counts) return null
    this.#counts = said
    return counts
  }
}
