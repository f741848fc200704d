// Component: the public face of monitors. Statuses of monitors become one word that the public understands.
// Promises worst-of with the component's own mapping, and honest unknown. Must not know pages or HTML.
import type { ShownStatus } from './words.ts'

export const componentStatuses = [
  'operational',
  'degraded',
  'partial_outage',
  'major_outage',
  'maintenance',
  'unknown',
] as const
export type ComponentStatus = (typeof componentStatuses)[number]

/** What each status of a monitor means for the public; `operational` hides it. */
export interface Mapping {
  readonly down: ComponentStatus
  readonly degraded: ComponentStatus
  readonly unknown: ComponentStatus
}

export const defaultMapping: Mapping = { down: 'major_outage', degraded: 'degraded', unknown: 'unknown' }

const rank: Record<ComponentStatus, number> = {
  operational: 0,
  maintenance: 1,
  unknown: 2,
  degraded: 3,
  partial_outage: 4,
  major_outage: 5,
}

/** The worst of its monitors after mapping. Paused ones are left out; with none left it is unknown. */
export function componentStatus(monitors: Iterable<ShownStatus>, mapping: Mapping): ComponentStatus {
  let worst: ComponentStatus | null = null
  for (const status of monitors) {
    if (status === 'paused') continue
    const mapped = status === 'up' ? 'operational' : mapping[status]
    if (worst === null || rank[mapped] > rank[worst]) worst = mapped
  }
  return worst ?? 'unknown'
}

/** The worst of several components; of none: unknown. */
export function worstComponent(all: Iterable<ComponentStatus>): ComponentStatus {
  let worst: ComponentStatus | null = null
  for (const status of all) if (worst === null || rank[status] > rank[worst]) worst = status
  return worst ?? 'unknown'
}

/** Whether the public is told of an incident while a component is in this status. */
export function isTrouble(status: ComponentStatus): boolean {
  return status === 'degraded' || status === 'partial_outage' || status === 'major_outage'
}
