// Quorum: what several locations believe becomes one status.
// Promises to go on with the locations that live, never to freeze, and never to make green out of silence.
import type { Quorum } from './policy.ts'
import type { Outcome, Status } from './words.ts'

/** How many of `live` locations must agree; at least 1, never more than live. */
export function needed(quorum: Quorum, live: number): number {
  if (live <= 0) return 1
  if (quorum === 'any') return 1
  if (quorum === 'all') return live
  if (quorum === 'majority') return Math.floor(live / 2) + 1
  return Math.min(Math.max(1, quorum), live)
}

/**
 * The status from the confirmed outcomes of the live locations. Unknown ones (blind, silent) have no vote.
 * Down needs the quorum; fewer that fail make it degraded; none that knows makes it unknown.
 */
export function agree(settled: readonly Outcome[], quorum: Quorum): Status {
  const voices = settled.filter((outcome) => outcome !== 'unknown')
  if (voices.length === 0) return 'unknown'
  const downs = voices.filter((outcome) => outcome === 'down').length
  const bad = voices.filter((outcome) => outcome !== 'up').length
  const enough = needed(quorum, voices.length)
  if (downs >= enough) return 'down'
  if (downs > 0 || bad >= enough) return 'degraded'
  return 'up'
}
