// The catalog: what is provisioned, read and ready for use. A snapshot in memory, reloaded when objects change.
// Promises that one unreadable object harms no other. Must not know who provisions or how.
import { isDeepStrictEqual } from 'node:util'
import type { ChannelModel, MonitorModel, PageModel, Read, Readers, RuleModel } from '#manifest/model.ts'
import { breathe } from '#platform/breathe.ts'
import type { ObjectType, Store, StoredObject } from '#store/store.ts'
import { Members } from './members.ts'
import { followed } from './settle.ts'

export type CatalogMonitor = MonitorModel & {
  readonly id: number
  readonly owner: string
  readonly createdAt: number
  readonly revision: number
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

/** What a store says that has not been adopted yet. */
interface Next {
  readonly monitors: Map<number, CatalogMonitor>
  readonly channels: readonly ChannelModel[]
  readonly rules: readonly RuleModel[]
  readonly pages: readonly PageModel[]
  readonly unreadable: readonly Unreadable[]
  readonly remembered: Map<number, Remembered>
}

/** So many monitors are read at once: there may be hundreds of thousands. */
const pageMost = 500

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
  /** Whether maintenance lies over a monitor at a time; whoever keeps the windows says so. */
  inMaintenance: (monitor: CatalogMonitor, at: number) => boolean = () => false
  /** Another number after every change. */
  revision = 0

  readonly #readers: Readers
  /** Object id → what its revision read as, so that only what changed is read again; monitors only if unreadable. */
  #remembered = new Map<number, Remembered>()
  /** What came while the store was being read. */
  #taken: Map<number, CatalogMonitor> | null = null
  /** What is the same for many monitors is there once. */
  #alike = new Map<string, CatalogMonitor>()

  constructor(readers: Readers) {
    this.#readers = readers
  }

  /** Reads everything anew from the store; unchanged revisions are taken from memory. */
  async reload(store: Pick<Store, 'objects'>): Promise<void> {
    this.adopt(await this.read(store))
  }

  /** Reads what the store says now, to be adopted; until then nothing changes. */
  async read(store: Pick<Store, 'objects'>): Promise<Next> {
    this.#taken = new Map()
    const remembered = new Map<number, Remembered>()
    const unreadable: Unreadable[] = []
    const { readMonitor, readChannel, readRule, readPage } = this.#readers
    const take = <Model>(object: StoredObject, read: (key: string, spec: unknown) => Read<Model>): Model | null => {
      const { id, revision, type, key } = object
      const known = this.#remembered.get(id)
      const result = known?.revision === revision ? (known.read as Read<Model>) : read(key, object.spec)
      if (!result.ok || type !== 'monitor') remembered.set(id, { revision, read: result })
      if (result.ok) return result.value
      unreadable.push({ type, key, why: result.faults.map((fault) => fault.message).join('; ') })
      return null
    }
    const load = async <Model>(type: ObjectType, read: (key: string, spec: unknown) => Read<Model>) =>
      (await store.objects.all(type)).flatMap((object) => take(object, read) ?? [])
    const monitors = new Map<number, CatalogMonitor>()
    for (let cursor: string | null | undefined; cursor !== null;) {
      await breathe()
      const page = await store.objects.list({ type: 'monitor', limit: pageMost, cursor })
      for (const object of page.items) {
        const known = this.monitors.get(object.id)
        const same = known?.revision === object.revision && known.key === object.key ? known : this.#like(object)
        const model = same === null ? take(object, readMonitor) : null
        const monitor = model === null ? same : this.#described(object, model)
        if (monitor !== null) monitors.set(object.id, monitor)
      }
      cursor = page.next
    }
    const channels = await load('channel', readChannel)
    const rules = await load('rule', readRule)
    const pages = await load('page', readPage)
    return { monitors, channels, rules, pages, unreadable, remembered }
  }

  /** Goes by what was read from now on. */
  adopt({ monitors, channels, rules, pages, unreadable, remembered }: Next): void {
    for (const [id, monitor] of this.#taken ?? []) {
      if (monitor.revision > (monitors.get(id)?.revision ?? 0)) monitors.set(id, monitor)
    }
    this.#taken = null
    this.#alike.clear()
    this.monitors = monitors
    this.byKey = new Map()
    this.byAlias = new Map()
    for (const monitor of monitors.values()) {
      this.byKey.set(monitor.key, monitor)
      this.#alias(monitor)
    }
    this.members = new Members(this.monitors, this.members)
    this.channels = new Map(channels.map((channel) => [channel.key, channel]))
    this.rules = rules
    this.pages = pages.toSorted((one, other) => one.order - other.order || (one.key < other.key ? -1 : 1))
    this.unreadable = unreadable
    this.#remembered = remembered
    this.revision += 1
  }

  /** Takes in one new or changed monitor without a reload (a heartbeat made by its first beat). */
  take(object: StoredObject): CatalogMonitor | null {
    const monitor = this.#like(object) ?? this.#fresh(object)
    if (monitor === null) return null
    const known = this.monitors.get(object.id)
    this.#taken?.set(object.id, monitor)
    this.monitors.set(object.id, monitor)
    this.byKey.set(object.key, monitor)
    this.#alias(monitor)
    if (known === undefined && monitor.members === null) this.members.add(monitor)
    else if (known === undefined || !sameMember(known, monitor)) this.members = new Members(this.monitors)
    this.#remembered.delete(object.id)
    this.revision += 1
    return monitor
  }

  #alias(monitor: CatalogMonitor): void {
    if (monitor.alias === null) return
    const other = this.byAlias.get(monitor.alias)
    if (other === undefined || other.id >= monitor.id) this.byAlias.set(monitor.alias, monitor)
  }

  #fresh(object: StoredObject): CatalogMonitor | null {
    const read = this.#readers.readMonitor(object.key, object.spec)
    return read.ok ? this.#described(object, read.value) : null
  }

  /** The monitor of an object with the settings of one that was read already; null: there was none. */
  #like(object: StoredObject): CatalogMonitor | null {
    const { name, rest } = partsOf(object)
    const like = this.#alike.get(rest)
    return like === undefined ? null : shaped(object, { ...like, key: object.key, name: name ?? object.key })
  }

  #described(object: StoredObject, model: MonitorModel): CatalogMonitor {
    const monitor = shaped(object, { ...model, follows: followed(model, object.spec), owner: object.owner })
    if (this.#alike.size < alikeMost) this.#alike.set(partsOf(object).rest, monitor)
    return monitor
  }
}

/** Whether both are members of the same ones, and follow from none themselves. */
const sameMember = (one: CatalogMonitor, other: CatalogMonitor) =>
  one.members === null &&
  other.members === null &&
  one.key === other.key &&
  one.name === other.name &&
  isDeepStrictEqual(one.labels, other.labels)

/** So many different settings are looked through for the same ones. */
const alikeMost = 1_000

/** A monitor's name, where it has one of its own, and as a text all else that tells it from others. */
function partsOf({ spec, owner }: StoredObject): { name: string | null; rest: string } {
  const { name = null, ...rest } = spec as { readonly name?: string | null }
  return { name, rest: `${owner} ${JSON.stringify(rest)}` }
}

type Like = MonitorModel & Pick<CatalogMonitor, 'follows' | 'owner'>

/** One shape for all; what is the same for many monitors is there once. */
function shaped({ id, createdAt, revision }: StoredObject, like: Like): CatalogMonitor {
  const {
    key,
    name,
    kind,
    config,
    target,
    active,
    host,
    alias,
    mail,
    members,
    policy,
    labels,
    paused,
    owner,
    follows,
  } = like
  const about = { key, name, kind, config, target, active, host, alias, mail, members, policy, labels, paused }
  return { ...about, id, owner, createdAt, revision, follows }
}
