// Adjusting a heartbeat: what its sender says of thresholds becomes settings, as if somebody had written them.
// Promises settings that can be read. Must not know how a sender says it.
import { isDeepStrictEqual } from 'node:util'
import { formatDuration } from '#core/duration.ts'
import type { Adjustment, Expected, Threshold } from '#core/expected.ts'
import { config, expects } from './config.ts'

/** As settings stand in a manifest. */
type Written = Readonly<Record<string, unknown>>

const day = 86_400_000
/** A threshold above this is never reached. */
const most = 366 * day

/** The settings after these adjustments; the very same where they change nothing. */
export function adjust(written: Written, changes: readonly Adjustment[]): Written {
  const read = config.safeParse(written)
  if (!read.success || read.data.silent === true) return written
  const before = since(expects(read.data))
  const after = changes.reduce(apply, before)
  if (after === before) return written
  const { every: _, grace: __, degraded_after: ___, down_after: ____, ...rest } = written
  const { degraded, down } = sensible(after)
  const next = { ...rest, ...(degraded === null ? {} : { degraded_after: say(degraded) }), down_after: say(down) }
  return isDeepStrictEqual(next, written) ? written : next
}

interface Thresholds {
  readonly degraded: Threshold
  readonly down: Threshold
  /** Nobody has set `down` so: it is what is usual for all. */
  readonly isUsual: boolean
}

/** Both thresholds, counted from the last beat. */
function since({ due, degradedAfter, downAfter }: Expected): Thresholds {
  if (due === null || !('every' in due)) return { degraded: degradedAfter, down: downAfter, isUsual: false }
  const from = (after: Threshold) => (typeof after === 'number' ? due.every + after : after)
  return { degraded: from(degradedAfter), down: from(downAfter), isUsual: true }
}

function apply(now: Thresholds, { threshold, to, unlessSet }: Adjustment): Thresholds {
  const value = typeof to === 'number' && to > most ? null : to
  if (threshold === 'degraded') return now.degraded === value ? now : { ...now, degraded: value }
  if (unlessSet === true && typeof now.down === 'number' && !now.isUsual) return now
  return now.down === value && !now.isUsual ? now : { ...now, down: value, isUsual: false }
}

/** Degraded comes before down, or gives way; what is usual for all gives way to what was said. */
function sensible({ degraded, down, isUsual }: Thresholds): Pick<Thresholds, 'degraded' | 'down'> {
  if (degraded === 'auto' && down === 'auto') return { degraded: null, down }
  if (typeof degraded !== 'number' || typeof down !== 'number' || degraded < down) return { degraded, down }
  return isUsual ? { degraded, down: null } : { degraded: null, down }
}

const say = (threshold: Threshold) =>
  threshold === null ? 'none' : threshold === 'auto' ? threshold : formatDuration(threshold)
