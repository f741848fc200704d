// What a kind of monitor is. One file per kind defines everything about it; index.ts lists them.
// Promises that forms, validation, API, manifest schema and manual follow from `config`.
// No file elsewhere names a kind.
import type { z } from 'zod'
import type { Facts } from '#core/observation.ts'
import type { Policy } from '#core/policy.ts'
import type { Reason } from '#core/reason.ts'
import type { Outcome } from '#core/words.ts'
import type { Clock } from '#platform/clock.ts'
import type { Outbound } from '#platform/outbound.ts'

/** What one probe found. Times in ms; a sentence whenever it is not up. */
export interface Finding {
  readonly outcome: Outcome
  /** The whole exchange; null when nothing was measured. */
  readonly latency: number | null
  readonly reason: Reason | null
  readonly sentence: string | null
  readonly facts?: Facts
}

export interface ProbeContext {
  readonly clock: Clock
  /** The only way out: resolves, guards and pins addresses. */
  readonly outbound: Outbound
  /** Everything must be over after so many ms, cleaning up included. */
  readonly timeout: number
  /** Aborted when the process stops or the monitor is gone. */
  readonly signal: AbortSignal
  /** A person is looking on: the evidence is wanted of what is well, too. */
  readonly thorough?: boolean
}

interface KindBase<Config> {
  /** The key in a manifest: `http`, `tcp`, `heartbeat`. */
  readonly kind: string
  readonly title: string
  /** One sentence for the manual and the form. */
  readonly summary: string
  readonly config: z.ZodType<Config>
  /** The setting that says what is looked at, `url`: on a command line it stands alone, without its name. */
  readonly target?: string
  /** Settings as people write them, to be shown as an example; the most useful ones. */
  readonly example?: Readonly<Record<string, unknown>>
  /** Names of config fields never shown: dotted paths, `headers.*` for all of a map. Left out: none. */
  readonly secrets?: readonly string[]
  /** What is watched, for a list: a URL, an address, `every 1 d`. */
  describe(config: Config): string
}

/** A kind that we look at ourselves. `probe` never throws for what the target does; a bug in it becomes `internal`. */
export interface ActiveKind<Config = unknown> extends KindBase<Config> {
  readonly active: true
  /** How often it is looked at where nothing is said, `1d`. Left out: what is usual for all kinds. */
  readonly interval?: string
  probe(config: Config, context: ProbeContext): Promise<Finding>
}

/** A kind that reports to us. */
export interface PassiveKind<Config = unknown> extends KindBase<Config> {
  readonly active: false
  /** What is expected of it in time. */
  expects(config: Config): Policy['beat']
}

export type Kind = ActiveKind | PassiveKind

/** Types a kind's functions by its own schema; the registry holds them as `Kind`. */
export function defineCheck<Config>(kind: Omit<ActiveKind<Config>, 'active'>): ActiveKind {
  return { ...kind, active: true } as unknown as ActiveKind
}

export function definePassive<Config>(kind: Omit<PassiveKind<Config>, 'active'>): PassiveKind {
  return { ...kind, active: false } as unknown as PassiveKind
}
