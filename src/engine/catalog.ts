// The catalog: what is provisioned, read and ready for use. A snapshot in memory, reloaded when objects change.
// Promises that one unreadable object harms no other. Must not know who provisions or how.
import { isDeepStrictEqual } from 'node:util'
import type { ChannelModel, MonitorModel, PageModel, Read, Readers, RuleModel } from '#manifest/model.ts'
import type { ObjectType, Store, StoredObject } from '#store/store.ts'
import { Members } from './members.ts'
import { followed } from './settle.ts'

export type CatalogMonitor = MonitorModel & {
  readonly id: number
  readonly owner: string
  readonly createdAt: number
  /** What its state must follow; see `followed`. */
  readonly follows: string
}

/** A stored object that this version cannot read, and why. */
export interface Unreadable {
  readonly type: ObjectType
  readonly key: string
  readonly why: string
}

interface Remembered {
  readonly revision: number
  readonly read: Read<unknown>
}

export class Catalog {
  monitors = new Map<number, CatalogMonitor>()
  byKey = new Map<string, CatalogMonitor>()
  /** By the secret names under which some report; of two with one name the older one has it. */
  byAlias = new Map<string, CatalogMonitor>()
  members = new Members()
  channels: ReadonlyMap<string, ChannelModel> = new Map()
  rules: readonly RuleModel[] = []
  pages: readonly PageModel[] = []
  unreadable: readonly Unreadable[] = []
  /** Another number after every change. */
  revision = 0

  readonly #readers: Readers
  /** Object id → what its revision read as, so that a reload reads only what changed. */
  #remembered = new Map<number, Remembered>()

  constructor(readers: Readers) {
    this.#readers = readers
  }

  /** Reads everything anew from the store; unchanged revisions are taken from memory. */
  async reload(store: Pick<Store, 'objects'>): Promise<void> {
    const remembered = new Map<number, Remembered>()
    const unchanged = (object: StoredObject) => this.#remembered.get(object.id)?.revision === object.revision
    const unreadable: Unreadable[] = []
    const load = async <Model>(type: ObjectType, read: (key: string, spec: unknown) => Read<Model>) => {
      const models: { object: StoredObject; model: Model }[] = []
      for (const object of await store.objects.all(type)) {
        const known = unchanged(object) ? this.#remembered.get(object.id) : undefined
        const result = known ? (known.read as Read<Model>) : read(object.key, object.spec)
        remembered.set(object.id, { revision: object.revision, read: result })
        if (result.ok) models.push({ object, model: result.value })
        else unreadable.push({ type, key: object.key, why: result.faults.map((fault) => fault.message).join('; ') })
      }
      return models
    }
    const monitors = await load('monitor', this.#readers.readMonitor)
    const channels = await load('channel', this.#readers.readChannel)
    const rules = await load('rule', this.#readers.readRule)
    const pages = await load('page', this.#readers.readPage)
    this.monitors = new Map(
      monitors.map(({ object, model }) => {
        const known = unchanged(object) ? this.monitors.get(object.id) : undefined
        return [object.id, known ?? described(object, model)]
      }),
    )
    this.byKey = new Map([...this.monitors.values()].map((monitor) => [monitor.key, monitor]))
    this.byAlias = new Map()
    for (const monitor of this.monitors.values()) this.#alias(monitor)
    this.members = new Members(this.monitors, this.members)
    this.channels = new Map(channels.map(({ model }) => [model.key, model]))
    this.rules = rules.map(({ model }) => model)
    this.pages = pages
      .map(({ model }) => model)
      .sort((one, other) => one.order - other.order || (one.key < other.key ? -1 : 1))
    this.unreadable = unreadable
    this.#remembered = remembered
    this.revision += 1
  }

  /** Takes in one new or changed monitor without a reload (a heartbeat made by its first beat). */
  take(object: StoredObject): CatalogMonitor | null {
    const read = this.#readers.readMonitor(object.key, object.spec)
    if (!read.ok) return null
    const monitor = described(object, read.value)
    const known = this.monitors.get(object.id)
    this.monitors.set(object.id, monitor)
    this.byKey.set(object.key, monitor)
    this.#alias(monitor)
    if (known === undefined && monitor.members === null) this.members.add(monitor)
    else if (known === undefined || !sameMember(known, monitor)) this.members = new Members(this.monitors)
    this.#remembered.set(object.id, { revision: object.revision, read })
    this.revision += 1
    return monitor
  }

  #alias(monitor: CatalogMonitor): void {
    if (monitor.alias === null) return
    const other = this.byAlias.get(monitor.alias)
    if (other === undefined || other.id >= monitor.id) this.byAlias.set(monitor.alias, monitor)
  }
}

/** Whether both are members of the same ones, and follow from none themselves. */
const sameMember = (one: CatalogMonitor, other: CatalogMonitor) =>
  one.members === null && other.members === null && one.key === other.key && isDeepStrictEqual(one.labels, other.labels)

function described(object: StoredObject, model: MonitorModel): CatalogMonitor {
  const { id, owner, createdAt } = object
  return { ...model, id, owner, createdAt, follows: followed(model, object.spec) }
}
