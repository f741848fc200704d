// Days: what the roll-ups of a component's monitors say about it, day by day.
// Promises exact days for one monitor, and for several the worst of them within each day (see `joinDay`). Pure.
import { type ComponentStatus, componentStatuses, type Mapping, worstComponent } from '#core/component.ts'
import { emptyRollup, type Rollup, type TimeOf, type TimeSlice } from '#core/rollup.ts'
import { barDays, type Day, dayMs } from './model.ts'

/** What is known of one monitor: its stored days, and the time since that has not been put into them yet. */
export interface Recorded {
  readonly days: readonly { readonly start: number; readonly rollup: Rollup }[]
  readonly rest: readonly TimeSlice[]
}

type Times = Record<ComponentStatus, number>
const nothing: Readonly<Times> = {
  operational: 0,
  degraded: 0,
  partial_outage: 0,
  major_outage: 0,
  maintenance: 0,
  unknown: 0,
}
export const fromWorst = [...componentStatuses].sort((one, other) => (worstComponent([one, other]) === one ? -1 : 1))

/** The first moment of the oldest day of the bars. */
export const firstDay = (now: number): number => Math.floor(now / dayMs) * dayMs - (barDays - 1) * dayMs

/** Ninety days, oldest first. */
export function daysOf(members: readonly Recorded[], mapping: Mapping, now: number): Day[] {
  const first = firstDay(now)
  const recorded = members.map((member) => mapDays(member, mapping))
  return Array.from({ length: barDays }, (_, index) => {
    const start = first + index * dayMs
    return { start, ms: joinDay(recorded.map((days) => days.get(start) ?? nothing)) }
  })
}

/** One monitor's time by day, in the public's words. Paused time does not count. */
function mapDays(member: Recorded, mapping: Mapping): Map<number, Times> {
  const days = new Map<number, Times>()
  const add = (start: number, status: TimeOf, ms: number) => {
    if (status === 'paused' || ms === 0) return
    const times = days.get(start) ?? { ...nothing }
    times[status === 'up' ? 'operational' : status === 'maintenance' ? status : mapping[status]] += ms
    days.set(start, times)
  }
  for (const { start, rollup } of member.days) {
    for (const status of Object.keys(emptyRollup.ms) as TimeOf[]) add(start, status, rollup.ms[status])
  }
  for (const { start, status, ms } of member.rest) add(start, status, ms)
  return days
}

/**
 * Several monitors' time in one day as one: of each status the longest that any of them had, the worst first, as
 * if their troubles had happened together. Two that failed one after the other so count as the longer of both: a
 * day's roll-ups do not say when. Never more than the longest recorded day of any.
 */
function joinDay(members: readonly Readonly<Times>[]): Readonly<Times> {
  const [only] = members
  if (members.length <= 1) return only ?? nothing
  let rest = Math.max(...members.map((times) => fromWorst.reduce((sum, status) => sum + times[status], 0)))
  const joined = { ...nothing }
  for (const status of fromWorst) {
    const most = status === 'operational' ? rest : Math.max(...members.map((times) => times[status]))
    joined[status] = Math.min(rest, most)
    rest -= joined[status]
  }
  return joined
}
