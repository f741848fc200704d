// Stages: how far a conversation goes, as the setting `until` and the other settings say it.
// Promises that what would never be used, or is missing for the stage that is wanted, is refused with the reason.
import type { Fault } from './settings.ts'

/** Of each stage in its order: the settings that it is for. */
export type Stages<Name extends string> = Readonly<Record<Name, Wants>>

interface Wants {
  /** The setting without which the stage makes no sense, `auth: { user, password }`; left out: it needs none. */
  readonly setting?: string
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
  const { setting, given } = stages[until]
  if (setting !== undefined && given !== true) fault(`${until} needs the setting ${setting}`, 'until')
  if (farthest !== undefined && names.indexOf(farthest) > names.indexOf(until)) {
    const unused = stages[farthest].setting?.replace(/:.*/, '') ?? farthest
    fault(`is never used, for the conversation ends before (until: ${until})`, unused)
  }
  return until
}

/** Whether a conversation that ends after `last` has that stage. */
export const reaches = <Name extends string>(stages: readonly Name[], last: Name, stage: Name): boolean =>
  stages.indexOf(stage) <= stages.indexOf(last)
