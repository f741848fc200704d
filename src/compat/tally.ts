// Counts of heartbeats: every one accepted, every one turned away and why. Shown in /metrics.
// Promises closed lists of ways and reasons, and that counting costs next to nothing.
import type { Metrics } from '#platform/metrics.ts'

export const ways = ['udp', 'tcp', 'http', 'mail'] as const
export type Way = (typeof ways)[number]

/** Why a heartbeat was turned away; the words for people. */
export const rejections = {
  name: 'the name is none: empty, of control characters, or too long',
  syntax: 'the line or request is not understood',
  verb: 'the verb is not known',
  too_long: 'the line is too long',
  incomplete: 'the request did not come in whole',
  network: 'the sender is not in an allowed network',
  unknown: 'no monitor has this key',
  limit: 'so many heartbeats as are allowed exist',
  not_heartbeat: 'the monitor is not a heartbeat',
  guarded: 'the monitor takes beats by its id only',
  words: 'a mail has none of the words that are to be in it',
  fixed: 'a file or people have set the monitor up, and its sender does not change it',
  full: 'too much waits to be stored',
  unavailable: 'it could not be stored',
} as const
export type Rejection = keyof typeof rejections

/** The counts of one way in. */
export interface Tally {
  accept(count?: number): void
  reject(reason: Rejection, count?: number): void
}

/** Counts for all ways; call once for a registry. */
export function openTallies(metrics: Metrics): Record<Way, Tally> {
  const accepted = metrics.counter('allswell_beats_total', 'Heartbeats accepted.')
  const rejected = metrics.counter('allswell_beats_rejected_total', 'Heartbeats turned away, by reason.')
  const tally = (via: Way): Tally => {
    const taken = accepted.of({ via })
    const refused = Object.fromEntries(
      Object.keys(rejections).map((reason) => [reason, rejected.of({ via, reason })]),
    ) as Record<Rejection, { add(by?: number): void }>
    return {
      accept: (count) => taken.add(count),
      reject: (reason, count) => refused[reason].add(count),
    }
  }
  return { udp: tally('udp'), tcp: tally('tcp'), http: tally('http'), mail: tally('mail') }
}
