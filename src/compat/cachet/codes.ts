// Cachet's numbers and labels for statuses and stages, of all three generations.
// Promises that each of our words has a number there, and each of theirs a word here. Pure.
import type { ComponentStatus } from '#core/component.ts'
import type { Stage } from '#core/told.ts'

const byCode: readonly ComponentStatus[] = ['unknown', 'operational', 'degraded', 'partial_outage', 'major_outage']
/** The third generation has no 0, and knows maintenance. */
const byThird: readonly (ComponentStatus | null)[] = [null, ...byCode.slice(1), 'unknown', 'maintenance']

/** What a number means; null: nothing. */
export const statusOf = (code: number, third = false): ComponentStatus | null =>
  (third ? byThird : byCode)[code] ?? null

/** Maintenance is an impairment to those who do not know the word. */
export function codeOf(status: ComponentStatus, third = false): number {
  if (third) return byThird.indexOf(status)
  return status === 'maintenance' ? 2 : byCode.indexOf(status)
}

export const statusLabels: readonly string[] = [
  'Unknown',
  'Operational',
  'Performance Issues',
  'Partial Outage',
  'Major Outage',
]
export const thirdLabels: readonly string[] = ['', ...statusLabels.slice(1), 'Unknown', 'Under Maintenance']

const stagesByCode: readonly Stage[] = ['scheduled', 'investigating', 'identified', 'watching', 'fixed']
export const stageLabels: readonly string[] = ['Scheduled', 'Investigating', 'Identified', 'Watching', 'Fixed']
export const stageIcons: readonly string[] = [
  'icon ion-android-calendar',
  'icon ion-flag oranges',
  'icon ion-alert yellows',
  'icon ion-eye blues',
  'icon ion-checkmark greens',
]
export const stageOf = (code: number): Stage => stagesByCode[code] ?? 'investigating'
export const stageCode = (stage: Stage): number => stagesByCode.indexOf(stage)
