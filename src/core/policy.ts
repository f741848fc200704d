// Policy: how a monitor is judged, in milliseconds and counts. Made from a monitor's settings and its kind.
// Promises complete values (no defaults left open). Must not know any kind: passive ones just have `beat`.

import type { Expected } from './expected.ts'
import type { Silence } from './hold.ts'

export type Quorum = 'any' | 'majority' | 'all' | number

export interface Policy {
  /** Between checks, ms; null for monitors that are only listened to. */
  readonly interval: number | null
  /** How long one check may take, ms. */
  readonly timeout: number
  /** So many successive bad observations make it down (or degraded). */
  readonly failAfter: number
  /** So many successive good ones make it up again. */
  readonly recoverAfter: number
  /** Between checks while a change waits for confirmation, ms. */
  readonly retryEvery: number
  /** How many live locations must agree. */
  readonly quorum: Quorum
  /** Silence of an active monitor after which its state is unknown, ms; null: never. */
  readonly staleAfter: number | null
  /** What is expected of one that reports by itself; null: it does not. */
  readonly beat: Expected | null
  /** Silences that lie over the monitor, now or later. Left out: none. */
  readonly silences?: readonly Silence[]
}
