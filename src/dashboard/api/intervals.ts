// The time between the beats of a monitor, and how long it may be now. Pure.
import type { When } from './types.ts'

/** An observation, as far as it matters here. */
export interface Seen {
  readonly at: When
  readonly signal: string
  readonly outcome: string
}

/** Milliseconds between beats that were well, the oldest first; observations come newest first. */
export function intervalsOf(seen: readonly Seen[]): readonly number[] {
  const beats = seen
    .filter(({ signal, outcome }) => signal === 'beat' && outcome === 'up')
    .map(({ at }) => Date.parse(at))
  return beats
    .slice(1)
    .map((at, index) => (beats[index] as number) - at)
    .toReversed()
}

/** How long after the last beat it is not well any more, ms; null: never, or not after so long every time. */
export function limitOf(beats: {
  readonly lastAt: When | null
  readonly degradedAt: When | null
  readonly downAt: When | null
}): number | null {
  const { lastAt } = beats
  const end = beats.downAt ?? beats.degradedAt
  return lastAt === null || end === null ? null : Math.max(0, Date.parse(end) - Date.parse(lastAt))
}
