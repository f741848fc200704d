// Until when something shall last, as requests say it: for so long, or to a moment.
// Promises one meaning wherever it is asked.
import { duration } from '#core/duration.ts'
import { moment } from '../shapes.ts'

const minute = 60_000
/** The longest that anything is held, ms. */
const most = 366 * 24 * 60 * minute

export const lasting = {
  for: duration({ min: minute, max: most }).describe('For so long from now, such as 30m, 2h, 7d.').optional(),
  until: moment.describe('In place of `for`: until this moment.').optional(),
}

interface Lasting {
  readonly for?: number | undefined
  readonly until?: number | undefined
}

export const saysOnce = (asked: Lasting): boolean => (asked.for === undefined) !== (asked.until === undefined)
export const sayOnce = { error: 'needs either for: 30m or until: 2026-11-21T14:05:00Z' }

/** Epoch ms. */
export const untilOf = (asked: Lasting, from: number): number => asked.until ?? from + (asked.for ?? 0)
