// Members: the catalog's monitors whose states follow from others, which ones those are, and in which order to look.
// Promises that asking costs nothing that grows with the catalog. Must not know how anything follows from its members.
import { absentFrom, isMember, orderOf } from '#core/members.ts'
import { testOf } from '#core/glob.ts'
import type { CatalogMonitor } from './catalog.ts'

const byKey = (one: CatalogMonitor, other: CatalogMonitor) => (one.key < other.key ? -1 : 1)

export class Members {
  /** Monitors that follow from others, each after those of its members that do so themselves; their place in that. */
  readonly derived: ReadonlyMap<number, number>
  /** Those of them that are new, or whose members are others than before. */
  readonly changed: ReadonlySet<number>
  /** The highest number of a monitor. */
  highest = 0
  readonly #monitors: Monitors
  readonly #members = new Map<number, Int32Array>()
  readonly #absent = new Map<number, readonly string[]>()
  /** Members that came since, not yet in their places. */
  readonly #joined = new Map<number, number[]>()
  /** Found when it is asked for. */
  readonly #above = new Map<number, readonly number[]>()
  readonly #circles: ReadonlyMap<number, readonly string[]>

  /** `before`: what it was until now; what did not change since is taken from there. */
  constructor(monitors: Monitors = new Map(), before?: Members) {
    this.#monitors = monitors
    const all = [...monitors.values()]
    const derived = all.filter((monitor) => monitor.members !== null).sort(byKey)
    if (derived.length > 0) all.sort(byKey)
    const keys = new Set(derived.length > 0 ? all.map(({ key }) => key) : [])
    const changed = new Set<number>()
    const choose = chooser(all)
    const since = before && derived.length > 0 ? differences(before.#monitors, monitors) : null
    for (const one of derived) {
      const known = since && before?.get(one.id) === one ? before.of(one.id) : null
      const members = known && since ? this.#renewed(one, known, since) : Int32Array.from(choose(one))
      this.#members.set(one.id, members)
      const absent = absentFrom(one, (key) => keys.has(key))
      this.#absent.set(one.id, absent)
      if (members !== known || absent.join() !== before?.absent(one.id).join()) changed.add(one.id)
    }
    this.changed = changed
    for (const { id } of all) this.highest = Math.max(this.highest, id)
    if (before && changed.size === 0 && derived.length === before.derived.size) {
      this.derived = before.derived
      this.#circles = before.#circles
      return
    }
    const { order, circles } = orderOf(derived)
    const ids = new Map(derived.map(({ key, id }) => [key, id]))
    this.derived = new Map(order.map(({ id }, place) => [id, place]))
    this.#circles = new Map(circles.flatMap(({ keys, way }) => keys.map((key) => [ids.get(key) ?? 0, way] as const)))
    for (const id of [...this.#circles.keys(), ...(before ? before.#circles.keys() : [])]) changed.add(id)
  }

  /** Numbers of the monitors whose states this one follows from, by their keys. */
  of(monitor: number): Int32Array {
    const known = this.#members.get(monitor) ?? none
    const joined = this.#joined.get(monitor)
    if (joined === undefined) return known
    const members = this.#sorted([...known, ...joined])
    this.#members.set(monitor, members)
    this.#joined.delete(monitor)
    return members
  }

  /** Keys that it names and that no monitor has. */
  absent(monitor: number): readonly string[] {
    return this.#absent.get(monitor) ?? []
  }

  /** A monitor by its number. */
  get(monitor: number): CatalogMonitor | null {
    return this.#monitors.get(monitor) ?? null
  }

  /** Those that follow from this one. */
  above(monitor: number): readonly number[] {
    const known = this.#above.get(monitor)
    const one = this.#monitors.get(monitor)
    if (known || one === undefined) return known ?? []
    const found: number[] = []
    for (const id of this.derived.keys()) if (this.#isMember(id, one)) found.push(id)
    this.#above.set(monitor, found)
    return found
  }

  /** The way by which it would follow from itself; null: it does not. */
  circle(monitor: number): readonly string[] | null {
    return this.#circles.get(monitor) ?? null
  }

  /** These, and all that follow from them by whatever way, in the order to look in. */
  upwards(monitors: Iterable<number>): number[] {
    const found = new Set(monitors)
    for (const one of found) for (const above of this.above(one)) found.add(above)
    const place = (id: number) => this.derived.get(id) ?? 0
    return [...found].sort((one, other) => place(one) - place(other))
  }

  /** Takes in a new monitor, which does not itself follow from others, without looking at all others. */
  add(monitor: CatalogMonitor): void {
    this.highest = Math.max(this.highest, monitor.id)
    for (const id of this.derived.keys()) {
      if (!this.#isMember(id, monitor)) continue
      const joined = this.#joined.get(id)
      if (joined) joined.push(monitor.id)
      else this.#joined.set(id, [monitor.id])
      this.#absent.set(
        id,
        this.absent(id).filter((key) => key !== monitor.key),
      )
    }
  }

  #isMember(id: number, other: CatalogMonitor): boolean {
    const one = this.#monitors.get(id)
    return one !== undefined && isMember(one, other)
  }

  /** The very same list where nobody in it is concerned. */
  #renewed(one: CatalogMonitor, known: Int32Array, { gone, come }: Differences): Int32Array {
    const left = new Set(chosen(one, gone))
    const joined = chosen(one, come)
    if (left.size === 0 && joined.length === 0) return known
    return this.#sorted([...known.filter((id) => !left.has(id)), ...joined])
  }

  #sorted(ids: readonly number[]): Int32Array {
    const monitors = ids.flatMap((id) => this.#monitors.get(id) ?? [])
    return Int32Array.from(monitors.sort(byKey), ({ id }) => id)
  }
}

type Monitors = ReadonlyMap<number, CatalogMonitor>

const none = new Int32Array(0)
function chosen(one: CatalogMonitor, all: readonly CatalogMonitor[]): number[] {
  if (one.members === null) return []
  const [test, ids] = [testOf(one.members), [] as number[]]
  for (const other of all) if (test(other) && other.key !== one.key) ids.push(other.id)
  return ids
}

/** Chooses among all, by one look at each for all those that share them out among themselves. */
function chooser(all: readonly CatalogMonitor[]): (one: CatalogMonitor) => number[] {
  const shared = new Map<unknown, Map<string | null, CatalogMonitor[]>>()
  return (one) => {
    const part = one.members?.part
    if (part === undefined) return chosen(one, all)
    const parts = shared.get(part.by) ?? Map.groupBy(all, part.by)
    shared.set(part.by, parts)
    return chosen(one, parts.get(part.is) ?? [])
  }
}

/** Monitors as they were and are no more, and as they were not before. */
interface Differences {
  readonly gone: readonly CatalogMonitor[]
  readonly come: readonly CatalogMonitor[]
}

function differences(before: Monitors, now: Monitors): Differences {
  const lacking = (from: Monitors, other: Monitors) =>
    [...from.values()].filter((monitor) => other.get(monitor.id) !== monitor)
  return { gone: lacking(before, now), come: lacking(now, before) }
}
