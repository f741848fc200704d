// PageView: all that a public page says, as plain values. And what can be worked out from it without the store.
// Promises that nothing internal (addresses, errors, keys of monitors) gets in, and that silence is never well.
// Must not know HTML, the store or the network.
import { type ComponentStatus, isTrouble, worstComponent } from '#core/component.ts'
import { freshFor } from '#core/doubt.ts'
import { resolutionMs } from '#core/rollup.ts'
import type { Told } from '#core/told.ts'
import type { StoredUpdate } from '#store/store.ts'
import type { Collapsed } from '#manifest/model.ts'
import { openTimes } from './times.ts'

/** One UTC day of a component. */
export interface Day {
  /** Its first moment, epoch ms. */
  readonly start: number
  /** Milliseconds in each status; all zero: nothing is known of this day. */
  readonly ms: Readonly<Record<ComponentStatus, number>>
}

export interface ComponentView {
  readonly key: string
  readonly name: string
  readonly description: string | null
  readonly link: string | null
  readonly status: ComponentStatus
  /** More about a status that is not well, in the public's words. */
  readonly sentence: string | null
  /** From when it has had this status, epoch ms. */
  readonly since: number | null
  /** Oldest first, ninety of them; the last one is today and not over. */
  readonly days: readonly Day[]
  /** Share of known time that it was usable, 0–1. */
  readonly uptime90: number | null
  /** From when on anything is known of it, where that is within the ninety days; else null. */
  readonly knownSince: number | null
  readonly incidentsCount: number
}

export interface GroupView {
  readonly key: string
  readonly name: string | null
  readonly collapsed: Collapsed
  readonly components: readonly ComponentView[]
}

export interface IncidentView {
  readonly id: number
  /** The component's key and its name when the incident began. */
  readonly component: string
  readonly name: string
  readonly phase: 'open' | 'recovering' | 'resolved'
  readonly impact: ComponentStatus
  readonly status: ComponentStatus
  readonly startedAt: number
  /** When the present phase began: for a resolved one, when it was closed. */
  readonly phaseAt: number
  /** What people make of it; null: it opened by itself. */
  readonly told: Told | null
  /** Newest first. */
  readonly updates: readonly StoredUpdate[]
}

/** One day of the history, in the page's zone. */
export interface HistoryDay {
  /** `2026-11-21` */
  readonly date: string
  /** What is told under this day, newest first. */
  readonly incidents: readonly IncidentView[]
  /** What began before and lasted into this day, or is still running. */
  readonly running: readonly IncidentView[]
}

export interface Overall {
  readonly status: ComponentStatus
  readonly total: number
  readonly troubled: number
  readonly unknown: number
  readonly maintenance: number
}

/** A window of maintenance that lasts, or is to come. */
export interface MaintenanceView {
  readonly id: number
  readonly title: string
  /** Markdown. */
  readonly message: string | null
  readonly from: number
  readonly until: number
  /** The names of the components that it is about, those of the page that are shown. */
  readonly components: readonly string[]
}

export interface PageView {
  readonly key: string
  readonly title: string
  readonly description: string | null
  readonly zone: string
  /** When it is looked at, and when what it says was read; they differ while the database is away. */
  readonly now: number
  readonly asOf: number
  /** Those that are shown, as they are shown. */
  readonly groups: readonly GroupView[]
  /** How each component is, hidden ones too, by key. */
  readonly faces: ReadonlyMap<string, Pick<ComponentView, 'status' | 'since'>>
  readonly overall: Overall
  readonly activeIncidents: readonly IncidentView[]
  /** The earliest first. */
  readonly maintenance: readonly MaintenanceView[]
  /** Those that people keep at the top, running or not. */
  readonly pinnedIncidents: readonly IncidentView[]
  /** All that is known of the last ninety days, and what still runs, newest first. */
  readonly incidents: readonly IncidentView[]
  /** Newest day first, empty ones too, none from before anything was watched. */
  readonly pastIncidents: readonly HistoryDay[]
  /** From when on anything of the page has been watched; null: nothing is. */
  readonly watchedSince: number | null
  /** Nothing has been observed since; null while news arrives. */
  readonly staleSince: number | null
}

export const dayMs = resolutionMs.day
export const barDays = 90
const historyDays = 15

/** All components of a page, in its order. */
export const componentsOf = (groups: readonly GroupView[]): ComponentView[] =>
  groups.flatMap((group) => group.components)

export function overallOf(groups: readonly GroupView[]): Overall {
  const statuses = componentsOf(groups).map((component) => component.status)
  const count = (like: (status: ComponentStatus) => boolean) => statuses.filter(like).length
  return {
    status: worstComponent(statuses),
    total: statuses.length,
    troubled: count(isTrouble),
    unknown: count((status) => status === 'unknown'),
    maintenance: count((status) => status === 'maintenance'),
  }
}

/** What was read earlier, looked at now. After a minute nothing on it is claimed to be well any more. */
export function aged(view: PageView, now: number): PageView {
  if (now - view.asOf <= freshFor) return { ...view, now }
  return { ...view, now, ...silenced(view, view.staleSince ?? view.asOf) }
}

/** The groups with every component unknown since then. */
export function silenced(
  view: Pick<PageView, 'groups' | 'faces'>,
  since: number,
): Pick<PageView, 'groups' | 'faces' | 'overall' | 'staleSince'> {
  const faces = new Map([...view.faces].map(([key]) => [key, { status: 'unknown', since } as const]))
  const silent = view.groups.map((group) => ({
    ...group,
    components: group.components.map((component) => silence(component, since)),
  }))
  return { groups: silent, faces, overall: overallOf(silent), staleSince: since }
}

function silence(component: ComponentView, since: number): ComponentView {
  if (component.status === 'unknown') return component
  return { ...component, status: 'unknown', since, sentence: 'Nothing has been heard of it since then.' }
}

/** Share of known time that it was usable: degraded is, an outage is not, unknown and maintenance are left out. */
export function uptimeOf(days: readonly Day[]): number | null {
  let [usable, outage] = [0, 0]
  for (const { ms } of days) {
    usable += ms.operational + ms.degraded
    outage += ms.partial_outage + ms.major_outage
  }
  return usable + outage === 0 ? null : usable / (usable + outage)
}

export function isRunning(incident: IncidentView): boolean {
  return incident.phase !== 'resolved'
}

/**
 * The last fifteen days in the page's zone, as far as anything was watched. A resolved incident is told on the day it
 * began, or on the day it ended when it began before all of them; days that it lasted through name it too.
 */
export function historyOf(
  incidents: readonly IncidentView[],
  now: number,
  zone: string,
  since: number | null,
): HistoryDay[] {
  const times = openTimes(zone)
  const first = since === null ? '' : times.date(since)
  const dates = times.datesBack(now, historyDays).filter((date) => date >= first)
  const oldest = dates.at(-1) ?? ''
  const spans = incidents.map((incident) => {
    const from = times.date(incident.startedAt)
    const to = times.date(isRunning(incident) ? now : incident.phaseAt)
    return { incident, from, to, told: isRunning(incident) ? null : from >= oldest ? from : to }
  })
  return dates.map((date) => ({
    date,
    incidents: spans.filter((span) => span.told === date).map((span) => span.incident),
    running: spans
      .filter((span) => span.told !== date && span.from <= date && date <= span.to)
      .map((span) => span.incident),
  }))
}
