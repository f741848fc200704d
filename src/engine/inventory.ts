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
      const made: CatalogMonitor[] = []
      for (const one of list) {
        const monitor = catalog.take(await this.#put(owner, one, at))
        if (monitor !== null) made.push(monitor)
        this.#count += 1
      }
      await ingest.inputs(made.map(({ id, follows }) => [id, { type: 'revise', at, follows }]))
      return true
    } catch (error) {
      this.#count = null
      throw error
    }
  }

  /** Only where there is none: what people made of it stays. */
  async #put(owner: string, { key, name, kind, labels, config }: Listed, at: number): Promise<StoredObject> {
    const { store } = this.#parts
    const spec = { name, labels, [kind]: config }
    const by = { kind: 'beat', id: null, name: 'a first report', address: null } as const
    try {
      const put = () => store.objects.put({ type: 'monitor', key, name, kind, labels, spec, owner }, at, 0)
      return (await store.as(by, put)).object
    } catch (error) {
      const living = error instanceof Conflict ? await store.objects.get('monitor', key) : null
      if (living === null) throw error
      return living
    }
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
    const by = { kind: 'beat', id: null, name: 'a report', address: null } as const
    const put = () => store.objects.put({ type, key, name, kind, labels, spec: next, owner }, at, revision)
    const monitor = catalog.take((await store.as(by, put)).object)
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
