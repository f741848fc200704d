// Silences: made, changed and ended by people. Of the monitors that one covers nobody is told while it lasts.
// Promises that the engine goes by what is stored when a command is done. Must not know who is told.
import type { Selector } from '#core/glob.ts'
import { sayTime } from '#core/moment.ts'
import { Conflict, type StoredSilence } from '#store/store.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

export interface NewSilence {
  readonly monitors: Selector
  /** Epoch ms; left out: now. */
  readonly from?: number | undefined
  readonly until: number
  readonly reason: string | null
}

/** So many may be in force or to come: each is looked at for every event. */
export const silencesMost = 1_000
export const lastsMost = 366 * 86_400_000

export async function createSilence(parts: CommandParts, wanted: NewSilence): Promise<StoredSilence> {
  const at = parts.clock.now()
  const from = Math.max(at, wanted.from ?? at)
  refuseTimes({ from, until: wanted.until }, at)
  const { monitors: selector, until, reason } = wanted
  const made = await parts.store.transaction(async (tx) => {
    if ((await tx.silences.current(at)).length >= silencesMost)
      throw new Refused({ kind: 'impossible', why: `There are ${silencesMost} silences already; end some first.` })
    return await tx.silences.insert({ selector, within: null, from, until, reason }, at)
  })
  await parts.engine.silencesChanged()
  return made
}

export type SilenceChange = Partial<Pick<StoredSilence, 'from' | 'until' | 'reason'>>

export async function changeSilence(
  parts: CommandParts,
  id: number,
  change: SilenceChange,
  revision: number | undefined,
): Promise<StoredSilence> {
  const at = parts.clock.now()
  const before = await existingSilence(parts, id)
  if (before.until <= at)
    throw new Refused({
      kind: 'impossible',
      why: `The silence ${id} was over at ${sayTime(before.until)}; make another.`,
    })
  if (revision !== undefined && revision !== before.revision)
    throw new Refused({
      kind: 'stale',
      what: 'silence',
      key: String(id),
      sent: revision,
      revision: before.revision,
      who: null,
      differs: [],
    })
  const begun = before.from <= at
  if (change.from !== undefined && begun) throw wrong('from', 'cannot be changed, since it has begun')
  const times = {
    from: begun ? before.from : Math.max(at, change.from ?? before.from),
    until: change.until ?? before.until,
  }
  refuseTimes(times, at)
  const changed = await parts.store.silences.update(
    id,
    { ...change, ...(change.from ? { from: times.from } : {}) },
    at,
    before.revision,
  )
  if (changed === null) throw new Conflict(`the silence ${id} is gone`)
  await parts.engine.silencesChanged()
  return changed
}

/** Ends it now; it stays in the list. One that is over stays as it was. */
export async function endSilence(parts: CommandParts, id: number): Promise<StoredSilence> {
  const ended = await parts.store.silences.end(id, parts.clock.now())
  if (ended === null) throw missing(id)
  await parts.engine.silencesChanged()
  return ended
}

export async function existingSilence(parts: Pick<CommandParts, 'store'>, id: number): Promise<StoredSilence> {
  const found = await parts.store.silences.get(id)
  if (found === null) throw missing(id)
  return found
}

const missing = (id: number) => new Refused({ kind: 'missing', what: 'silence', key: String(id) })

const wrong = (field: string, message: string) => new Refused({ kind: 'invalid', faults: [{ path: [field], message }] })

function refuseTimes({ from, until }: Pick<StoredSilence, 'from' | 'until'>, now: number): void {
  if (until <= now) throw wrong('until', 'has passed already')
  if (until <= from) throw wrong('until', 'must be after "from"')
  if (until - from > lastsMost) throw wrong('until', 'must be within a year of its beginning')
}
