// Settling: what a monitor's state must be told when its settings are new or others than those that it follows.
// Promises that a change takes hold once, though the process was killed between storing and following it. Pure.
import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { MonitorState } from '#core/state.ts'
import type { MonitorModel } from '#manifest/model.ts'
import type { Move } from './decide.ts'

type Settings = Pick<MonitorModel, 'kind' | 'config' | 'paused' | 'members'> & { readonly follows: string }

const resting = ' paused'
/** Followed by the state of a monitor that was deleted. */
export const gone = ''

/** What of its settings a state follows, as one word: what is watched, as it is written, and whether it is paused. */
export function followed({ kind, paused }: Pick<MonitorModel, 'kind' | 'paused'>, spec: unknown): string {
  const written = JSON.stringify([kind, sorted((spec as Readonly<Record<string, unknown>> | null)?.[kind])])
  return hash('sha1', written, 'base64url').slice(0, 12) + (paused ? resting : '')
}

/** The same value with the names of its objects in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)])
}

/** `old`: its settings until now, as far as this process knows; `state`: null when nobody has made one yet. */
export function settling(monitor: Settings, old: Settings | undefined, state: MonitorState | null, at: number): Move[] {
  const before = old && state ? knownBefore(monitor, old, state.follows ?? null) : null
  const moves: Move[] = []
  if (before === null) moves.push({ type: 'absent', from: 0, to: at })
  // Watched again after it was gone, or another target: what was known of it says nothing now.
  // What follows from others is looked at anew in any case, and need not be unknown for it.
  const derived = monitor.members !== null && old?.kind === monitor.kind
  if (before === null || (!before.sameTarget && !derived)) moves.push({ type: 'anew', at })
  // What is written counts where it is new: people may have paused or resumed the monitor since.
  if (before?.paused !== monitor.paused) moves.push({ type: monitor.paused ? 'pause' : 'resume', at })
  moves.push({ type: 'revise', at, follows: monitor.follows })
  return moves
}

/** How the settings that a state follows compare to the new ones. Null: its monitor was gone meanwhile. */
function knownBefore(monitor: Settings, old: Settings, follows: string | null) {
  if (follows === gone) return null
  if (follows === null || follows === old.follows) {
    const sameTarget = old.kind === monitor.kind && isDeepStrictEqual(old.config, monitor.config)
    return { paused: old.paused, sameTarget }
  }
  const paused = follows.endsWith(resting)
  const bare = (text: string) => text.replace(resting, '')
  return { paused, sameTarget: bare(follows) === bare(monitor.follows) }
}
