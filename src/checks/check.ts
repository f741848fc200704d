// What a kind of monitor is. One file per kind defines everything about it; index.ts lists them.
// Promises that forms, validation, API, manifest schema and manual follow from `config`.
// No file elsewhere names a kind.
import type { z } from 'zod'
import type { Adjustment } from '#core/expected.ts'
import type { Candidate, Selector } from '#core/glob.ts'
import type { Identity } from '#core/identity.ts'
import type { MailRules } from '#core/mail-rules.ts'
import type { Facts } from '#core/observation.ts'
import type { Policy } from '#core/policy.ts'
import type { Reason } from '#core/reason.ts'
import type { Outcome, ShownStatus } from '#core/words.ts'
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
  /** What answered, where that was seen, whatever else was found: another one than before is an event. */
  readonly identity?: Identity
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
  readonly derived: false
  /** How often it is looked at where nothing is said, `1d`. Left out: what is usual for all kinds. */
  readonly interval?: string
  /**
   * The machine that is looked at, in any text that is the same for all who look at it: only some look at one machine
   * at once. Left out, or null: nobody's in particular.
   */
  host?(config: Config): string | null
  probe(config: Config, context: ProbeContext): Promise<Finding>
}

/** A kind that reports to us. */
export interface PassiveKind<Config = unknown> extends KindBase<Config> {
  readonly active: false
  readonly derived: false
  /** What reports makes its monitors by itself: nobody is asked to make one. */
  readonly collected?: true
  /** What is expected of it in time. */
  expects(config: Config): Policy['beat']
  /** A secret name under which it reports instead of by its key. Left out, or null: it has none. */
  alias?(config: Config): string | null
  /** What mails to it are looked through for. Left out, or null: any mail is a sign of life. */
  mail?(config: Config): MailRules | null
  /**
   * The secret name of the monitor that reports for this one: while that is late nothing is known of it. Left out, or
   * null: it reports for itself.
   */
  under?(config: Config): string | null
  /**
   * Its settings, as they are written, after its sender said something of its thresholds; the very same where nothing
   * changes. Left out: its sender has no say.
   */
  adjust?(written: Written, changes: readonly Adjustment[]): Written
}

/** A kind's settings as they stand in a manifest. */
type Written = Readonly<Record<string, unknown>>

/**
 * The monitors that another one follows from, as they are now. There may be thousands. Keys that were named and that
 * no monitor has are among the unknown.
 */
export interface Members {
  /** How many are so; all of them where nothing is said. */
  count(status?: ShownStatus): number
  /** Those that are so, in the order of their keys, the first `most`. */
  first(status: ShownStatus, most: number): readonly { readonly key: string; readonly name: string }[]
}

/** A kind that follows from other monitors: nobody looks at it, and it is not reported to. */
export interface DerivedKind<Config = unknown> extends KindBase<Config> {
  readonly active: false
  readonly derived: true
  /** Which monitors it follows from, itself always left out. In its settings they are called `monitors`. */
  members(config: Config): Selector
  /**
   * Another monitor of this kind that is to be there for one of its members: its name, and its settings as they are
   * written. Null: none. Left out: this kind makes none. Pure.
   */
  unfold?(config: Config, member: Candidate): { readonly name: string; readonly settings: Written } | null
  /** What follows from how these are now. Pure and quick: asked whenever one of them changes. */
  derive(config: Config, members: Members): Omit<Finding, 'latency' | 'identity'>
}

export type Kind = ActiveKind | PassiveKind | DerivedKind

/** Types a kind's functions by its own schema; the registry holds them as `Kind`. */
export function defineCheck<Config>(kind: Omit<ActiveKind<Config>, 'active' | 'derived'>): ActiveKind {
  return { ...kind, active: true, derived: false } as unknown as ActiveKind
}

export function definePassive<Config>(kind: Omit<PassiveKind<Config>, 'active' | 'derived'>): PassiveKind {
  return { ...kind, active: false, derived: false } as unknown as PassiveKind
}

export function defineDerived<Config>(kind: Omit<DerivedKind<Config>, 'active' | 'derived'>): DerivedKind {
  return { ...kind, active: false, derived: true } as unknown as DerivedKind
}
