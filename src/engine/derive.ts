// Deriving: monitors that follow from others are decided in the batch that changed these, after them.
// Promises one look for each of them in a batch, and that every change of a member makes its state another version:
// of two processes that change two members at once the later sees the earlier one. Must not know any kind.
import { type Event, movesStatus } from '#core/event.ts'
import type { Observation } from '#core/observation.ts'
import { sayWay } from '#core/members.ts'
import { type MonitorState, shown } from '#core/state.ts'
import { statuses as statusWords } from '#core/words.ts'
import type { Kind, Members as MembersNow } from '#checks/check.ts'
import type { CatalogMonitor } from './catalog.ts'
import type { Deciding, Item } from './decide.ts'
import type { Members } from './members.ts'

type Seen = Pick<Observation, 'outcome' | 'reason' | 'sentence' | 'facts'>

/** Those to look at, each with the time of what changed last; `changed`: a member of it did, so it is moved. */
interface Occasion {
  readonly at: number
  readonly changed: boolean
}
export type Occasions = Map<number, Occasion>

/** After these moves of its own a monitor is looked at: it knows nothing, or may know the wrong thing. */
const ownMoves: ReadonlySet<string> = new Set(['derive', 'resume', 'anew'])

/** Whom a batch gives occasion to be looked at: those above what changed, and those asked for. */
export function occasionsOf(members: Members, batch: readonly Item[], events: readonly Event[]): Occasions {
  const found: Occasions = new Map()
  if (members.derived.size === 0) return found
  for (const { monitor, move } of batch) {
    if (members.derived.has(monitor) && ownMoves.has(move.type) && 'at' in move)
      found.set(monitor, { at: move.at, changed: false })
  }
  for (const event of events) rise(members, event, found)
  return found
}

/** What answers, and what people do about it, is no concern of those above, only how it is. */
function rise(members: Members, event: Event, found: Occasions): void {
  if (!movesStatus(event)) return
  for (const id of members.above(event.monitor)) {
    const at = Math.max(event.at, found.get(id)?.at ?? event.at)
    found.set(id, { at, changed: true })
  }
}

/** All whose states the looks may need: those to be looked at, those above them, and the members of all. */
export function concernedBy(members: Members, occasions: Occasions): number[] {
  const marked = new Uint8Array(members.highest + 1)
  const concerned: number[] = []
  const mark = (id: number) => {
    if (marked[id] !== 0) return
    marked[id] = 1
    concerned.push(id)
  }
  for (const one of members.upwards(occasions.keys())) {
    mark(one)
    members.of(one).forEach(mark)
  }
  return concerned
}

export interface Deriving {
  readonly deciding: Deciding
  readonly members: Members
  readonly occasions: Occasions
  /** As `concernedBy` gave it; their states are known to `deciding`. */
  readonly concerned: readonly number[]
  readonly kinds: ReadonlyMap<string, Kind>
}

/** Looks at each, members before those above them; the observations that are made of it are taken in. */
export function derive({ deciding, members, occasions, concerned, kinds }: Deriving): void {
  const statuses = new Statuses(members.highest)
  for (const id of concerned) statuses.note(id, deciding.state(id))
  for (const id of members.upwards(occasions.keys())) {
    const occasion = occasions.get(id)
    const monitor = members.get(id)
    if (occasion === undefined || monitor === null) continue
    const before = deciding.state(id)
    if (before?.paused) continue
    const seen = look(statuses, members, monitor, kinds)
    if (!occasion.changed && before !== null && isKnown(before, seen)) continue
    const observation = observed(monitor, seen, Math.max(occasion.at, before?.locations[here]?.at ?? 0))
    for (const event of deciding.take({ monitor: id, move: { type: 'observation', observation } }))
      rise(members, event, occasions)
    statuses.note(id, deciding.state(id))
  }
}

const here = 'local'

const isKnown = (state: MonitorState, seen: Seen) =>
  state.status === seen.outcome && state.reason === seen.reason && state.sentence === seen.sentence

function look(statuses: Statuses, members: Members, monitor: CatalogMonitor, kinds: ReadonlyMap<string, Kind>): Seen {
  const unknown = (reason: 'no_data' | 'internal', sentence: string) =>
    ({ outcome: 'unknown', reason, sentence }) as const
  const way = members.circle(monitor.id)
  if (way !== null)
    return unknown('no_data', `It would follow from itself: ${sayWay(way)}. Leave one of these out of another.`)
  const kind = kinds.get(monitor.kind)
  if (!kind?.derived) return unknown('internal', `This version knows no ${monitor.kind}.`)
  try {
    return kind.derive(monitor.config, statuses.of(members, monitor.id))
  } catch {
    // A bug in the kind must not hold up what else is decided.
    return unknown('internal', 'It could not be worked out from its monitors.')
  }
}

const words = [...statusWords, 'paused'] as const

/** How many monitors are, a byte for each: those that follow from thousands are looked at in no time. */
class Statuses {
  readonly #codes: Uint8Array

  /** Numbers come from one sequence, so an array may be as long as the highest. */
  constructor(highest: number) {
    this.#codes = new Uint8Array(highest + 1).fill(words.indexOf('unknown'))
  }

  note(monitor: number, state: MonitorState | null): void {
    if (state !== null) this.#codes[monitor] = words.indexOf(shown(state))
  }

  /** Those that one follows from. */
  of(members: Members, monitor: number): MembersNow {
    const ids = members.of(monitor)
    const absent = members.absent(monitor)
    const counts = new Uint32Array(words.length)
    counts[words.indexOf('unknown')] = absent.length
    ids.forEach((id) => {
      const code = this.#codes[id] as number
      counts[code] = (counts[code] as number) + 1
    })
    return {
      count: (status) =>
        status === undefined ? ids.length + absent.length : (counts[words.indexOf(status)] as number),
      first: (status, most) => {
        const code = words.indexOf(status)
        const none = status === 'unknown' ? absent.slice(0, most) : []
        const found: { key: string; name: string }[] = none.map((key) => ({ key, name: `${key} (does not exist)` }))
        const enough = Math.min(most, counts[code] as number)
        for (const id of ids) {
          if (found.length >= enough) break
          const member = this.#codes[id] === code ? members.get(id) : null
          if (member !== null) found.push(member)
        }
        return found
      },
    }
  }
}

function observed(monitor: CatalogMonitor, { outcome, reason, sentence, facts }: Seen, at: number): Observation {
  const what = { monitor: monitor.id, location: here, at, outcome, signal: 'derived', latency: null } as const
  return { ...what, reason, sentence, ...(facts && outcome !== 'up' ? { facts } : {}) }
}
