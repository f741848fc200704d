// Veils: a monitor that follows from others names them in what is said of it. Whoever may not see them reads no names.
// Promises that how it is and since when stays as it is. Pure.
import type { Facts } from './observation.ts'
import { isWithin, type LabelLimit } from './rights.ts'
import type { MonitorState } from './state.ts'

export interface Member {
  readonly key: string
  readonly labels: Readonly<Record<string, string>>
}

/** The monitors that one follows from as they are now; null: it follows from none, or that is not known. */
export type MembersOf = (monitor: number) => readonly Member[] | null

export const veiled = 'It follows from other monitors, and you may not see all of them.'

interface Said {
  readonly reason: string | null
  readonly sentence: string | null
  readonly facts?: Facts | undefined
}

/** Whether what is said of a monitor may be read within a limit. */
export function mayRead(
  limit: LabelLimit,
  members: readonly Member[] | null,
  { reason, sentence, facts }: Said,
): boolean {
  if (sentence === null && facts === undefined) return true
  const named = keysIn(facts?.['members'])
  if (members === null) return reason !== 'members' && named === null
  const visible = members.filter(({ labels }) => isWithin(limit, labels))
  if (named === null) return visible.length === members.length
  const keys = new Set(visible.map(({ key }) => key))
  return named.every((key) => keys.has(key))
}

/** All keys that stand in the evidence of one that follows from others; null: it is none. */
function keysIn(members: unknown): string[] | null {
  if (typeof members !== 'object' || members === null) return null
  return Object.values(members).flatMap((keys: unknown) => (Array.isArray(keys) ? keys.map(String) : []))
}

/** What is said, without names. */
export function veil<What extends Said>(what: What): What {
  const { facts: _, ...rest } = what
  return { ...rest, sentence: what.sentence === null ? null : veiled } as What
}

export function veilState(state: MonitorState): MonitorState {
  const locations = Object.entries(state.locations).map(([name, seen]) => {
    return [name, { ...seen, sentence: seen.sentence === null ? null : veiled }] as const
  })
  return { ...state, sentence: state.sentence === null ? null : veiled, locations: Object.fromEntries(locations) }
}

/** A state as it may be read within a limit. */
export function stateWithin(limit: LabelLimit, members: readonly Member[] | null, state: MonitorState): MonitorState {
  const said = Object.values(state.locations).find(({ sentence }) => sentence !== null) ?? state
  const open = mayRead(limit, members, { reason: said.reason, sentence: state.sentence ?? said.sentence })
  return open ? state : veilState(state)
}
