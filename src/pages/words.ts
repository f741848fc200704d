// Words: what a page says about statuses, incidents and days, in plain English.
// Promises that each sentence stands on its own, for a reader who knows nothing of monitoring. Must not know HTML.
import { type ComponentStatus, componentStatuses, sayImpact } from '#core/component.ts'
import { sayDuration } from '#core/duration.ts'
import type { Stage } from '#core/told.ts'
import { componentsOf, type Day, type IncidentView, type PageView } from './model.ts'
import { isoDate, openTimes, type Times } from './times.ts'

export const statusWords: Readonly<Record<ComponentStatus, string>> = {
  operational: 'Operational',
  degraded: 'Degraded',
  partial_outage: 'Partial outage',
  major_outage: 'Major outage',
  maintenance: 'Maintenance',
  unknown: 'Unknown',
}

/** The answer to the visitor's question, in one sentence. */
export function answerOf(view: PageView): string {
  const { total, troubled, unknown, maintenance } = view.overall
  if (total === 0) return 'Nothing is published here yet'
  if (view.staleSince !== null) return `Status unknown since ${sinceWhen(view.staleSince, view)}`
  if (troubled > 0) {
    const also = unknown > 0 ? `, ${unknown} more ${unknown === 1 ? 'is' : 'are'} unknown` : ''
    return `${share(troubled, total)} ${troubled === 1 ? 'has a problem' : 'have problems'}${also}`
  }
  if (unknown === total) {
    const since = Math.min(...componentsOf(view.groups).map((component) => component.since ?? view.now))
    return `Status unknown since ${sinceWhen(since, view)}`
  }
  if (unknown > 0) return `The status of ${share(unknown, total)} is unknown`
  if (maintenance > 0) return `${share(maintenance, total)} ${maintenance === 1 ? 'is' : 'are'} under maintenance`
  return 'All systems operational'
}

function share(count: number, total: number): string {
  if (total === 1) return 'The component'
  if (count < total) return `${count} of ${total} components`
  return total === 2 ? 'Both components' : `All ${total} components`
}

/** `14:05 UTC`, with the day when it was not today. */
export function sinceWhen(
  at: number,
  view: Pick<PageView, 'now' | 'zone'>,
  times: Times = openTimes(view.zone),
): string {
  const today = times.date(at) === times.date(view.now)
  return `${today ? times.time(at) : times.stamp(at)} ${times.zone(at)}`
}

/** `4 min`, and never seconds of a duration that lasted: a page is not a stopwatch. */
export function sayLength(ms: number): string {
  if (ms < 60_000) return 'under 1 min'
  if (ms >= 3_600_000) return sayDuration(Math.floor(ms / 60_000) * 60_000)
  return `${Math.floor(ms / 60_000)} min`
}

/** Rounded down, so that only a whole hundred is a hundred: `99.95 %`. */
export function sayPercent(share: number): string {
  const hundredths = Math.floor(share * 10_000 + 1e-9)
  if (share < 1) return `${(Math.min(hundredths, 9_999) / 100).toFixed(2)} %`
  return '100 %'
}

/** One line of an incident's timeline: a word and a sentence. */
export function sayUpdate(
  incident: IncidentView,
  update: Pick<IncidentView['updates'][number], 'at' | 'kind' | 'status'>,
): [string, string] {
  if (update.kind === 'resolved' && update.status !== 'operational') {
    return ['Closed', `${incident.name} is not shown on this page any more.`]
  }
  if (update.kind === 'resolved') {
    return ['Resolved', `${incident.name} works again, after ${sayLength(update.at - incident.startedAt)}.`]
  }
  return [statusWords[update.status], sayImpact(update.status, incident.name)]
}

/** How far people are with an incident. */
export const stageWords: Readonly<Record<Stage, string>> = {
  scheduled: 'Scheduled',
  investigating: 'Investigating',
  identified: 'Identified',
  watching: 'Watching',
  fixed: 'Fixed',
}

/** What is read while it is well again but the incident is not closed yet. */
export const recoveringWords = (name: string): [string, string] => [
  'Recovering',
  `${name} works again. We keep this open until it has stayed so for a while.`,
]

const dayWords: Readonly<Record<ComponentStatus, string>> = {
  major_outage: 'major outage',
  partial_outage: 'partial outage',
  degraded: 'degraded',
  maintenance: 'maintenance',
  unknown: 'no data',
  operational: 'operational',
}

/** As they are told: the worst first, silence last. */
const inOrder = ['major_outage', 'partial_outage', 'degraded', 'maintenance', 'unknown'] as const

/** `major outage 14 min, no data 2 h`; `no data` of a day without any; null when it was well all day. */
export function sayDay(day: Day): string | null {
  if (isBlank(day)) return 'no data'
  const parts = inOrder.flatMap((status) =>
    day.ms[status] > 0 ? `${dayWords[status]} ${sayLength(day.ms[status])}` : [],
  )
  return parts.length > 0 ? parts.join(', ') : null
}

export const isBlank = (day: Day): boolean => componentStatuses.every((status) => day.ms[status] === 0)

/** The anchor of a day in the table of days. */
export const dayAnchor = (day: Day): string => `d${isoDate(day.start)}`
