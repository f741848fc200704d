// The tests and contact groups of a caller: found by their numbers, made, changed and deleted by commands.
// Promises that numbers stay for ever and that whoever is limited sees nothing else. Must not know spellings.
import { allows } from '#core/rights.ts'
import { createObject, deleteObject, replaceObject } from '#commands/objects.ts'
import type { MonitorState } from '#core/state.ts'
import { uptime } from '#core/rollup.ts'
import { limited } from '#store/limited.ts'
import type { ObjectType, StoredObject } from '#store/store.ts'
import type { Caller, StatusCakeParts } from './ports.ts'

const atOnce = 500
const dayMs = 86_400_000
const weekMs = 7 * dayMs

export class Forbidden extends Error {}

export class Shelf {
  readonly #parts: StatusCakeParts

  constructor(parts: StatusCakeParts, { limit }: Caller) {
    this.#parts = { ...parts, store: limited(parts.store, limit, parts.engine.membersOf) }
  }

  /** All living objects that `wanted` takes, by number. */
  async all(type: ObjectType, wanted: (object: StoredObject) => boolean): Promise<StoredObject[]> {
    const found: StoredObject[] = []
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.#parts.store.objects.list({ type, limit: atOnce, cursor })
      found.push(...page.items.filter(wanted))
      cursor = page.next
    }
    return found.sort((one, other) => one.id - other.id)
  }

  /** Null: there is none, or not for this caller. */
  async byId(type: ObjectType, id: string, wanted: (object: StoredObject) => boolean): Promise<StoredObject | null> {
    if (!/^\d{1,15}$/.test(id)) return null
    const [found] = await this.#parts.store.objects.byIds([Number(id)])
    return found && found.deletedAt === null && found.type === type && wanted(found) ? found : null
  }

  states(objects: readonly StoredObject[]): Promise<ReadonlyMap<number, MonitorState>> {
    return this.#parts.store.states.get(objects.map(({ id }) => id))
  }

  /** Shares of seven days in percent; those of which nothing is known are left out. */
  async uptimes(objects: readonly StoredObject[]): Promise<ReadonlyMap<number, number>> {
    const now = this.#parts.clock.now()
    const from = now - (now % dayMs) - weekMs
    const times = await this.#parts.store.rollups.time(
      objects.map(({ id }) => id),
      'day',
      from,
      now + 1,
    )
    const known = [...times].flatMap(([id, ms]): [number, number][] => {
      const share = uptime(ms)
      return share === null ? [] : [[id, Math.round(share * 10_000) / 100]]
    })
    return new Map(known)
  }

  /** The newest results of the last day, the newest first. */
  async recent(monitor: number, limit: number) {
    const now = this.#parts.clock.now()
    const seen = await this.#parts.store.history.read(monitor, now - dayMs, now + 1)
    return seen.slice(-limit).toReversed()
  }

  /** Makes one under a key that its name gives, or that and a number. */
  async create(type: ObjectType, name: string, spec: object): Promise<StoredObject> {
    const key = await this.#freeKey(type, slug(name) || type)
    return await createObject(this.#parts, { type, key }, spec)
  }

  async #freeKey(type: ObjectType, base: string): Promise<string> {
    const keys = [base, ...Array.from({ length: 50 }, (_, number) => `${base}-${number + 2}`)]
    const taken = new Set((await this.#parts.store.objects.named(type, keys)).map(({ key }) => key))
    return keys.find((key) => !taken.has(key)) ?? `${base}-${this.#parts.clock.now()}`
  }

  async replace({ type, key, revision }: StoredObject, spec: object): Promise<StoredObject> {
    const { object } = await replaceObject(this.#parts, { type, key }, spec, { revision })
    return object
  }

  remove({ type, key }: Pick<StoredObject, 'type' | 'key'>): Promise<void> {
    return deleteObject(this.#parts, { type, key }, {})
  }

  /** What happened to a monitor, the newest first. */
  async events(monitor: number, limit: number) {
    return (await this.#parts.store.events.list({ monitor, limit })).items
  }
}

const slug = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[-._]+|[-._]+$/g, '')
    .slice(0, 100)

/** Throws Forbidden where a caller may not do this. */
export function must({ scopes }: Caller, scope: 'read' | 'edit'): void {
  if (!allows(scopes, scope)) throw new Forbidden()
}
