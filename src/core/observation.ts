// Observation: the one word that goes in. What one source saw of one monitor at one time.
// Promises plain data that can be stored, sent and replayed. Must not know who made it.
import type { Identity } from './identity.ts'
import type { Phases } from './phase.ts'
import type { Reason } from './reason.ts'
import type { Outcome, Signal } from './words.ts'

/** Evidence for people: phases in ms, request, excerpt, certificate. JSON, at most a few kB; kept with events only. */
export type Facts = { readonly [name: string]: unknown }

export interface Observation {
  /** The monitor's number in the store. */
  readonly monitor: number
  /** From where it was seen; `local` for this process. */
  readonly location: string
  /** When it was seen, epoch milliseconds. */
  readonly at: number
  readonly outcome: Outcome
  readonly signal: Signal
  /** Milliseconds, fractions allowed; null where nothing was measured. */
  readonly latency: number | null
  readonly reason: Reason | null
  /** How long each part of the exchange took, where that is known. */
  readonly phases?: Phases
  /** One sentence that a tired person understands; null when all is well. */
  readonly sentence: string | null
  readonly facts?: Facts
  /** The name of the run that it belongs to, as its sender gave it. */
  readonly run?: string
  /** What answered, where that was seen. */
  readonly identity?: Identity
}
