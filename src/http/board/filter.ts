// Which monitors a list is asked for, and how many there would be for each further filter.
// Promises one pass over all of them. Pure.
import { believed, type Trust } from '#core/doubt.ts'
import { isWithin, type LabelLimit } from '#core/rights.ts'
import { fresh, type MonitorState, shown } from '#core/state.ts'
import { stateWithin } from '#core/veil.ts'
import type { ShownStatus } from '#core/words.ts'
import type { BoardRow, Snapshot } from './board.ts'

/** Any of the values of a filter, and all of the filters. */
export interface Filter {
  /** Words that must all be in key, name, labels or target. */
  readonly search?: string | undefined
  readonly kind?: readonly string[] | undefined
  readonly status?: readonly ShownStatus[] | undefined
  readonly owner?: readonly string[] | undefined
  /** Label → values of which it has one; null: whatever it has. */
  readonly labels?: ReadonlyMap<string, ReadonlySet<string> | null> | undefined
  readonly keys?: ReadonlySet<string> | undefined
  /** Whether somebody has taken its running outage on; without one it passes neither way. */
  readonly acknowledged?: boolean | undefined
  /** What they may see at all. */
  readonly within: LabelLimit | null
}

/** A monitor with its state as it may be told. */
export interface Entry {
  readonly row: BoardRow
  readonly state: MonitorState
  readonly status: ShownStatus
}

/** What a state is believed by, without what differs from monitor to monitor. */
export type Moment = Omit<Trust, 'interval'>

export interface Counts {
  readonly status: ReadonlyMap<string, number>
  readonly kind: ReadonlyMap<string, number>
  readonly owner: ReadonlyMap<string, number>
  /** By label, then value. */
  readonly label: ReadonlyMap<string, ReadonlyMap<string, number>>
}

type Seen = Pick<Snapshot, 'states' | 'membersOf'>

/** As somebody with this limit may read it. */
export function entryOf(row: BoardRow, { states, membersOf }: Seen, moment: Moment, within: LabelLimit | null): Entry {
  const stored = states.get(row.id) ?? fresh(row.createdAt)
  const told = believed(stored, { ...moment, interval: row.interval })
  const state = within === null ? told : stateWithin(within, membersOf(row.id), told)
  return { row, state, status: shown(state) }
}

/** Whether a monitor is one of those asked for. */
export function matches(filter: Filter, entry: Entry): boolean {
  return isWithin(filter.within, entry.row.labels) && testsOf(filter).every((test) => test.passes(entry))
}

/** All that are asked for, in the order of their keys. */
export function select(board: Snapshot, filter: Filter, moment: Moment): Entry[] {
  const tests = testsOf(filter)
  const found: Entry[] = []
  for (const row of board.rows) {
    if (!isWithin(filter.within, row.labels)) continue
    const entry = entryOf(row, board, moment, filter.within)
    if (tests.every((test) => test.passes(entry))) found.push(entry)
  }
  return found
}

/** The same, and for each filter how many there are for each of its values, whatever it is set to itself. */
export function selectAndCount(
  board: Snapshot,
  filter: Filter,
  moment: Moment,
): { readonly found: Entry[]; readonly counts: Counts } {
  const tests = testsOf(filter)
  const found: Entry[] = []
  const tally = new Tally()
  for (const row of board.rows) {
    if (!isWithin(filter.within, row.labels)) continue
    const entry = entryOf(row, board, moment, filter.within)
    const failed = failing(tests, entry)
    if (failed === null) found.push(entry)
    if (failed !== several) tally.add(entry, failed)
  }
  return { found, counts: tally }
}

interface Test {
  /** The filter that it belongs to; `label team` for a label. */
  readonly of: string
  passes(entry: Entry): boolean
}

function testsOf({ search, kind, status, owner, labels, keys, acknowledged }: Filter): Test[] {
  const tests: Test[] = []
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length > 0)
    tests.push({ of: 'search', passes: ({ row }) => words.every((word) => row.text.includes(word)) })
  if (keys !== undefined) tests.push({ of: 'keys', passes: ({ row }) => keys.has(row.key) })
  if (kind?.length) tests.push({ of: 'kind', passes: ({ row }) => kind.includes(row.kind) })
  if (owner?.length) tests.push({ of: 'owner', passes: ({ row }) => owner.includes(row.owner) })
  for (const [name, values] of labels ?? []) {
    const passes = ({ row }: Entry) =>
      Object.hasOwn(row.labels, name) && (values === null || values.has(row.labels[name] as string))
    tests.push({ of: `label ${name}`, passes })
  }
  if (acknowledged !== undefined) {
    const passes = ({ state: { outage } }: Entry) =>
      outage !== null && (outage.acknowledged !== undefined) === acknowledged
    tests.push({ of: 'acknowledged', passes })
  }
  if (status?.length) tests.push({ of: 'status', passes: (entry) => status.includes(entry.status) })
  return tests
}

/** Several filters at once. */
const several = ''

/** The one filter that an entry does not pass; null: it passes all. */
function failing(tests: readonly Test[], entry: Entry): string | null {
  let failed: string | null = null
  for (const { of, passes } of tests) {
    if (passes(entry)) continue
    if (failed !== null) return several
    failed = of
  }
  return failed
}

class Tally implements Counts {
  readonly status = new Map<string, number>()
  readonly kind = new Map<string, number>()
  readonly owner = new Map<string, number>()
  readonly label = new Map<string, Map<string, number>>()

  /** `failed`: the only filter that keeps it out, so that it counts for the values of that one alone. */
  add({ row, status }: Entry, failed: string | null): void {
    if (failed === null || failed === 'status') raise(this.status, status)
    if (failed === null || failed === 'kind') raise(this.kind, row.kind)
    if (failed === null || failed === 'owner') raise(this.owner, row.owner)
    for (const name in row.labels) {
      if (failed !== null && failed !== `label ${name}`) continue
      const values = this.label.get(name) ?? new Map<string, number>()
      raise(values, row.labels[name] as string)
      this.label.set(name, values)
    }
  }
}

function raise(counts: Map<string, number>, value: string): void {
  counts.set(value, (counts.get(value) ?? 0) + 1)
}
