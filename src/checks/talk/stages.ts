// Stages: how far a conversation goes, as the setting `until` and the other settings say it.
// Promises that what would never be used, or is missing for the stage that is wanted, is refused with the reason.
import type { Fault } from './settings.ts'

/** Of each stage in its order: the settings that it is for. */
export type Stages<Name extends string> = Readonly<Record<Name, Wants>>

interface Wants {
  /** What must be set for it, `auth: { user, password }`; left out: nothing. */
  readonly needs?: string
  /** The setting that is only used there. */
  readonly path?: string
  readonly given?: boolean
}

/** The last stage: the one that is wanted, else the farthest that the settings are for, but at least `least`. */
export function lastStage<Name extends string>(
  stages: Stages<Name>,
  until: Name | undefined,
  least: Name,
  fault: Fault,
): Name {
  const names = Object.keys(stages) as Name[]
  const farthest = names.findLast((name) => stages[name].given === true)
  if (until === undefined)
    return farthest !== undefined && names.indexOf(farthest) > names.indexOf(least) ? farthest : least
  const { needs, given } = stages[until]
  if (needs !== undefined && given !== true) fault(`to get as far as ${until} it needs ${needs}`, 'until')
  if (farthest !== undefined && names.indexOf(farthest) > names.indexOf(until)) {
    fault(`is never used, for the conversation ends before (until: ${until})`, stages[farthest].path ?? farthest)
  }
  return until
}

/** Whether a conversation that ends after `last` has that stage. */
export const reaches = <Name extends string>(stages: readonly Name[], last: Name, stage: Name): boolean =>
  stages.indexOf(stage) <= stages.indexOf(last)
