// Inventory: monitors that somebody else keeps the list of, such as the services that Monit watches on its machine.
// Promises that each is made once, a bound on how many, and that people's changes of them stay. Knows no protocol.
import type { Observation } from '#core/observation.ts'
import type { MonitorState } from '#core/state.ts'
import type { Clock } from '#platform/clock.ts'
import { Conflict, type Store, type StoredObject } from '#store/store.ts'
import type { Catalog, CatalogMonitor } from './catalog.ts'
import type { Ingest } from './ingest.ts'
import type { Shelter } from './shelter.ts'

export interface InventoryParts {
  readonly store: Store
  readonly catalog: Catalog
  readonly ingest: Ingest
  readonly shelter: Shelter
  readonly clock: Clock
}

/** A monitor as its list has it. */
export interface Listed {
  readonly key: string
  readonly name: string
  readonly kind: string
  readonly labels: Readonly<Record<string, string>>
  readonly config: object
}

export interface Kept {
  readonly id: number
  readonly key: string
  readonly config: unknown
  /** Null: nothing was reported of it yet. */
  readonly state: Pick<MonitorState, 'status' | 'sentence' | 'paused'> | null
}

/** So many are made from lists of one owner. */
const madeMost = 500_000

const sender = { kind: 'beat', id: null, name: 'a report', address: null } as const

export class Inventory {
  readonly #parts: InventoryParts
  #count: number | null = null

  constructor(parts: InventoryParts) {
    this.#parts = parts
  }

  /** By its secret name; null: there is none. */
  find(alias: string): Kept | null {
    const monitor = this.#parts.catalog.byAlias.get(alias)
    return monitor === undefined ? null : this.#kept(monitor)
  }

  /** The secret names of those that one reports for. */
  under(alias: string): string[] {
    const { shelter, catalog } = this.#parts
    return shelter.under(alias).flatMap((id) => catalog.monitors.get(id)?.alias ?? [])
  }

  /** Makes those that are not there yet; false: as many as are allowed exist. Rejects when it cannot be stored. */
  async make(owner: string, list: readonly Listed[]): Promise<boolean> {
    const { store, catalog, clock, ingest } = this.#parts
    this.#count ??= await store.objects.countBy(owner, 'monitor')
    if (this.#count + list.length > madeMost) return false
    const at = clock.now()
    try {
      const objects = await this.#putAll(owner, list, at)
      this.#count += objects.length
      const made = objects.flatMap((object) => catalog.take(object) ?? [])
      await ingest.inputs(made.map(({ id, follows }) => [id, { type: 'revise', at, follows }]))
      return true
    } catch (error) {
      this.#count = null
      throw error
    }
  }

  /** All in one transaction; one by one where somebody else has made one of them. */
  async #putAll(owner: string, list: readonly Listed[], at: number): Promise<StoredObject[]> {
    const { store } = this.#parts
    const put = async ({ objects }: Pick<Store, 'objects'>, { key, name, kind, labels, config }: Listed) => {
      const spec = { name, labels, [kind]: config }
      return (await objects.put({ type: 'monitor', key, name, kind, labels, spec, owner }, at, 0)).object
    }
    const all = async () => {
      const made: StoredObject[] = []
      await store.transaction(async (tx) => {
        for (const one of list) made.push(await put(tx, one))
      })
      return made
    }
    const one = async (listed: Listed) => {
      try {
        return await put(store, listed)
      } catch (error) {
        // What people made of it stays.
        const living = error instanceof Conflict ? await store.objects.get('monitor', listed.key) : null
        if (living === null) throw error
        return living
      }
    }
    return await store.as(sender, async () => {
      try {
        return await all()
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        const made: StoredObject[] = []
        for (const listed of list) made.push(await one(listed))
        return made
      }
    })
  }

  /** Changes what of its settings its list says; the others stay. */
  async change(id: number, config: object): Promise<void> {
    const { store, catalog, ingest, clock } = this.#parts
    const [object] = await store.objects.byIds([id])
    if (object === undefined || object.deletedAt !== null) return
    const { type, key, name, kind, labels, owner, revision } = object
    const spec = object.spec as Readonly<Record<string, object>>
    const next = { ...spec, [kind]: { ...spec[kind], ...config } }
    const at = clock.now()
    const put = () => store.objects.put({ type, key, name, kind, labels, spec: next, owner }, at, revision)
    const monitor = catalog.take((await store.as(sender, put)).object)
    if (monitor !== null) await ingest.input(id, { type: 'revise', at, follows: monitor.follows })
  }

  /** False: too much waits. `settled` is called when it is stored, or given up. */
  offer(observation: Observation, settled: () => void): boolean {
    return this.#parts.ingest.offer(observation, settled)
  }

  #kept({ id, key, config }: CatalogMonitor): Kept {
    return { id, key, config, state: this.#parts.ingest.state(id) }
  }
}
