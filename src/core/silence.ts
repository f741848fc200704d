// Silences: monitors, chosen by keys and labels, of which nobody is told for a time.
// Promises that a silence made by somebody who is limited to labels covers nothing outside of them. Pure.
import { type Selector, selects } from './glob.ts'
import { isWithin, type LabelLimit } from './rights.ts'

export interface Covering {
  readonly selector: Selector
  /** The labels to which whoever made it is limited; null: it covers whatever is selected. */
  readonly within: LabelLimit | null
}

export const silenceStates = ['active', 'scheduled', 'ended'] as const
export type SilenceState = (typeof silenceStates)[number]

export function silenceState({ from, until }: { readonly from: number; readonly until: number }, now: number) {
  return until <= now ? 'ended' : from > now ? 'scheduled' : 'active'
}

interface Monitor {
  readonly key: string
  readonly labels: Readonly<Record<string, string>>
}

export const covers = ({ selector, within }: Covering, monitor: Monitor): boolean =>
  isWithin(within, monitor.labels) && selects(selector, monitor)

/** Whether a silence can cover nothing but what lies within a limit: then those who are so limited may see it. */
export function isSilenceWithin(limit: LabelLimit, { selector, within }: Covering): boolean {
  return Object.entries(limit).every(([name, allowed]) => {
    const chosen = selector.labels !== null && Object.hasOwn(selector.labels, name) ? selector.labels[name] : undefined
    if (chosen !== undefined && !/[*?]/.test(chosen) && allowed.includes(chosen)) return true
    const bound = within !== null && Object.hasOwn(within, name) ? within[name] : undefined
    return bound !== undefined && bound.every((value) => allowed.includes(value))
  })
}
