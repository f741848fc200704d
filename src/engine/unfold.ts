// Unfolding: a view that asks for one view for each match of it has these made, as ordinary monitors, when the first
// monitor comes that belongs to one, and taken away when it no longer asks for them.
// Promises a bound on how many, one look at each new monitor, and that what people changed beside it stays. No kind is
// named here: a kind says itself what it unfolds to.
import { isDeepStrictEqual } from 'node:util'
import { namedBy } from '#core/key.ts'
import { derivedMost } from '#core/members.ts'
import type { Kind } from '#checks/check.ts'
import type { Readers } from '#manifest/model.ts'
import type { Clock, Timer } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { Trouble } from '#platform/trouble.ts'
import { Conflict, type NewObject, type Store } from '#store/store.ts'
import type { Catalog, CatalogMonitor } from './catalog.ts'

export interface UnfoldParts {
  readonly store: Store
  readonly catalog: Catalog
  readonly kinds: ReadonlyMap<string, Kind>
  readonly readers: Readers
  readonly clock: Clock
  readonly log: Log
  /** Objects were made or taken away. */
  readonly changed: () => Promise<void>
}

const waitMs = 250
const againMs = 5_000
/** New monitors that are looked at one by one; more of them, and everything is looked at. */
const freshMost = 10_000

/** Who owns what was made for a view. */
const ownerPrefix = 'view:'
const by = { kind: 'system', id: null, name: 'a view that makes others', address: null } as const

/** What is to be there: its settings, and whose it is. */
interface Wanted {
  readonly name: string
  readonly kind: string
  readonly settings: object
  readonly labels: Readonly<Record<string, string>>
  readonly owner: string
}

export class Unfolder {
  readonly #parts: UnfoldParts
  readonly #trouble: Trouble
  #fresh: Set<number> | 'all' = new Set()
  #timer: Timer | null = null
  #running: Promise<void> = Promise.resolve()
  #open = true
  #isFull = false

  constructor(parts: UnfoldParts) {
    this.#parts = parts
    const { log, clock } = parts
    const what = 'views for each match cannot be made now; it is tried again'
    this.#trouble = new Trouble({ log, clock, what, over: 'views for each match are made' })
  }

  /** A monitor is new; nothing said: anything may have changed. */
  look(monitor?: number): void {
    if (!this.#open) return
    if (monitor === undefined) this.#fresh = 'all'
    else if (this.#fresh !== 'all' && this.#fresh.add(monitor).size > freshMost) this.#fresh = 'all'
    this.#timer ??= this.#parts.clock.after(waitMs, () => this.#begin())
  }

  async close(): Promise<void> {
    this.#open = false
    this.#timer?.cancel()
    await this.#running
  }

  #begin(): void {
    const fresh = this.#fresh
    this.#fresh = new Set()
    this.#running = this.#run(fresh).then(
      () => {
        this.#timer = null
        this.#trouble.over()
        if (this.#open && (this.#fresh === 'all' || this.#fresh.size > 0))
          this.#timer = this.#parts.clock.after(waitMs, () => this.#begin())
      },
      (error: unknown) => {
        this.#trouble.note(error)
        this.#fresh = 'all'
        this.#timer = this.#open ? this.#parts.clock.after(againMs, () => this.#begin()) : null
      },
    )
  }

  async #run(fresh: ReadonlySet<number> | 'all'): Promise<void> {
    const { catalog } = this.#parts
    const derived = [...catalog.members.derived.keys()].flatMap((id) => catalog.monitors.get(id) ?? [])
    const wanted = new Map<string, Wanted>()
    for (const one of derived) this.#want(one, fresh, wanted)
    const gone = fresh === 'all' ? derived.filter((one) => this.#isGone(one, wanted)) : []
    if (wanted.size === 0 && gone.length === 0) return
    const { count, skipped } = await this.#store(wanted, gone, derived.length)
    this.#tell(skipped)
    if (count > 0) await this.#parts.changed()
  }

  /** What one monitor unfolds to, for all its members or for those that are new. */
  #want(one: CatalogMonitor, fresh: ReadonlySet<number> | 'all', wanted: Map<string, Wanted>): void {
    const { catalog, kinds } = this.#parts
    const kind = kinds.get(one.kind)
    if (!kind?.derived || kind.unfold === undefined) return
    const ids = catalog.members.of(one.id)
    for (const id of fresh === 'all' ? ids : [...fresh].filter((id) => ids.includes(id))) {
      const member = catalog.monitors.get(id)
      const unfolded = member ? kind.unfold(one.config, member) : null
      const bytes = Buffer.from(unfolded?.name ?? '')
      const named = namedBy(bytes, 0, bytes.length)
      if (unfolded === null || named === null || wanted.has(named.key)) continue
      const { labels, kind: kindName, key } = one
      const { settings } = unfolded
      wanted.set(named.key, { name: named.name, kind: kindName, settings, labels, owner: ownerPrefix + key })
    }
  }

  /** Made for one that is gone or has other settings now. One that only lost its last member stays until deleted. */
  #isGone({ id, key, owner, kind: kindName }: CatalogMonitor, wanted: ReadonlyMap<string, Wanted>): boolean {
    if (!owner.startsWith(ownerPrefix) || wanted.has(key)) return false
    const { catalog, kinds } = this.#parts
    const maker = catalog.byKey.get(owner.slice(ownerPrefix.length))
    const kind = kinds.get(kindName)
    return !maker || maker.kind !== kindName || !kind?.derived || !kind.unfold || catalog.members.of(id).length > 0
  }

  async #store(wanted: ReadonlyMap<string, Wanted>, gone: readonly CatalogMonitor[], derived: number) {
    const { store, clock, catalog } = this.#parts
    const missing = [...wanted].filter(([key, one]) => !this.#isThere(catalog.byKey.get(key), one))
    const at = clock.now()
    let [count, skipped] = [0, 0]
    const room = derivedMost - derived + gone.length
    await store.as(by, async () => {
      for (const { key } of gone) {
        await store.objects.remove('monitor', key, at)
        count += 1
      }
      for (const [key, one] of missing) {
        if (!catalog.byKey.has(key) && count - gone.length >= room) skipped += 1
        else if (await this.#put(key, one, at)) count += 1
      }
    })
    return { count, skipped }
  }

  /** Whether it is there already, or somebody else's monitor has its key. */
  #isThere(known: CatalogMonitor | undefined, { kind, settings, owner }: Wanted): boolean {
    if (known === undefined) return false
    if (known.owner !== owner || known.kind !== kind) return true
    const read = this.#parts.readers.readMonitor(known.key, { [kind]: settings })
    return read.ok && isDeepStrictEqual(read.value.config, known.config)
  }

  async #put(key: string, { name, kind, settings, labels, owner }: Wanted, at: number): Promise<boolean> {
    const { objects } = this.#parts.store
    const stored = await objects.get('monitor', key)
    if (stored !== null && stored.owner !== owner) return false
    const fresh = { ...(name === key ? {} : { name }), ...(Object.keys(labels).length === 0 ? {} : { labels }) }
    const spec = { ...((stored?.spec as object | undefined) ?? fresh), [kind]: settings }
    const read = this.#parts.readers.readMonitor(key, spec)
    if (!read.ok) return false
    const { value } = read
    const object: NewObject = { type: 'monitor', key, name: value.name, kind, labels: value.labels, spec, owner }
    try {
      return (await objects.put(object, at, stored?.revision ?? 0)).change !== 'none'
    } catch (error) {
      // Another process came first.
      if (error instanceof Conflict) return true
      throw error
    }
  }

  #tell(skipped: number): void {
    if (skipped > 0 && !this.#isFull) {
      const how = 'choose fewer by their patterns, or delete some'
      this.#parts.log.warn(`as many views and groups exist as may be; no more are made: ${how}`, {
        most: derivedMost,
        skipped,
      })
    }
    this.#isFull = skipped > 0
  }
}
