// The field's words as values: statuses, how they compare, and how they are spoken.
// Promises one meaning each (ARCHITECTURE.md has the table). Knows nothing of storage, time or transport.

/** What a monitor is. `paused` lies over it and is kept apart (see `MonitorState.paused`). */
export const statuses = ['up', 'degraded', 'down', 'unknown'] as const
export type Status = (typeof statuses)[number]

/** What one look at a target found; the same words as a status, not yet confirmed. */
export type Outcome = Status

/** What people and the API are shown: the status, or what lies over it. */
export type ShownStatus = Status | 'paused'

/**
 * How a sign of life or a check result arrived; `derived`: it follows from other monitors; `log`: words alone, which
 * move nothing; `set`: somebody says how it is, and it stands so until somebody says otherwise. Only ever added to.
 */
export const signals = ['check', 'beat', 'start', 'fail', 'derived', 'log', 'set'] as const
export type Signal = (typeof signals)[number]

/** Higher is worse. Unknown is worse than up (never green out of silence) but any known trouble outranks it. */
const rank: Record<Status, number> = { up: 0, unknown: 1, degraded: 2, down: 3 }

/** The worst of several statuses; of none at all: unknown. */
export function worst(all: Iterable<Status>): Status {
  let result: Status | null = null
  for (const status of all) if (result === null || rank[status] > rank[result]) result = status
  return result ?? 'unknown'
}
