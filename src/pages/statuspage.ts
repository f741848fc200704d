// The page as JSON in the shape that readers of Statuspage know: summary, status, components, incidents, maintenance.
// Promises what the page itself shows and nothing more, and that what is unknown is never told as well.
import { type ComponentStatus, worstComponent } from '#core/component.ts'
import type { Stage } from '#core/told.ts'
import { plainMarkdown } from '#platform/markdown.ts'
import { endOf, incidentPath, updatedAt } from './incidents.ts'
import { type ComponentView, componentsOf, type IncidentView, type MaintenanceView, type PageView } from './model.ts'
import { answerOf, sayUpdate } from './words.ts'

/** Their shape has no word for unknown; it must not be taken for well. */
const statuses: Readonly<Record<ComponentStatus, string>> = {
  operational: 'operational',
  degraded: 'degraded_performance',
  partial_outage: 'partial_outage',
  major_outage: 'major_outage',
  maintenance: 'under_maintenance',
  unknown: 'degraded_performance',
}
const indicators: Readonly<Record<ComponentStatus, string>> = {
  operational: 'none',
  degraded: 'minor',
  partial_outage: 'major',
  major_outage: 'critical',
  maintenance: 'maintenance',
  unknown: 'minor',
}
const stages: Readonly<Record<Stage, string>> = {
  scheduled: 'scheduled',
  investigating: 'investigating',
  identified: 'identified',
  watching: 'monitoring',
  fixed: 'resolved',
}

const iso = (at: number): string => new Date(at).toISOString()
const isPlanned = ({ told }: IncidentView): boolean => told?.stage === 'scheduled'

type Part = (view: PageView, base: string) => object

const status: Part = (view) => ({
  status: { indicator: indicators[view.overall.status], description: answerOf(view) },
})
const components: Part = (view) => ({ components: allComponents(view) })
const incidents: Part = (view, base) => ({ incidents: told(view, base, () => true) })
const unresolved: Part = (view, base) => ({ incidents: told(view, base, ({ phase }) => phase !== 'resolved') })
const planned =
  (fits: (under: boolean) => boolean): Part =>
  (view, base) => ({ scheduled_maintenances: maintenances(view, base, fits) })

/** By the end of their addresses, below `api/v2/`. */
export const statuspageParts: Readonly<Record<string, readonly Part[]>> = {
  'summary.json': [components, unresolved, planned(() => true), status],
  'status.json': [status],
  'components.json': [components],
  'incidents.json': [incidents],
  'incidents/unresolved.json': [unresolved],
  'scheduled-maintenances.json': [planned(() => true)],
  'scheduled-maintenances/upcoming.json': [planned((under) => !under)],
  'scheduled-maintenances/active.json': [planned((under) => under)],
}

/** One of them as text; `base` stands before each path. Null: there is none of this name. */
export function statuspageJson(name: string, view: PageView, base: string): string | null {
  const parts = Object.hasOwn(statuspageParts, name) ? statuspageParts[name] : undefined
  if (parts === undefined) return null
  const page = {
    id: view.key,
    name: view.title,
    url: `${base}/p/${encodeURIComponent(view.key)}`,
    time_zone: view.zone,
    updated_at: iso(changedAt(view)),
  }
  return `${JSON.stringify(Object.assign({ page }, ...parts.map((part) => part(view, base))))}\n`
}

/** When anything of it was news last; the same for as long as nothing is. */
function changedAt(view: PageView): number {
  const times = [
    ...componentsOf(view.groups).map(({ since }) => since ?? 0),
    ...view.incidents.map(updatedAt),
    view.staleSince ?? 0,
    view.watchedSince ?? 0,
  ]
  return Math.min(view.now, Math.max(...times))
}

function allComponents(view: PageView): object[] {
  const rows: object[] = []
  for (const group of view.groups) {
    if (group.components.length === 0) continue
    // No component's key has a colon.
    const id = group.name === null ? null : `group:${group.key}`
    const made = group.components.map((one) => shape(view, one, id))
    if (id !== null) rows.push(headOf(view, id, group))
    rows.push(...made)
  }
  return rows.map((row, index) => ({ ...row, position: index + 1 }))
}

function shape(view: PageView, one: ComponentView, group: string | null): object {
  const created = one.knownSince ?? Math.max(one.days[0]?.start ?? 0, view.watchedSince ?? 0)
  return {
    id: one.key,
    name: one.name,
    status: statuses[one.status],
    created_at: iso(created),
    updated_at: iso(Math.max(created, one.since ?? created)),
    position: 0,
    description: one.description,
    showcase: false,
    start_date: null,
    group_id: group,
    page_id: view.key,
    group: false,
    only_show_if_degraded: false,
  }
}

function headOf(view: PageView, id: string, { name, components: members }: PageView['groups'][number]): object {
  const first = members[0]
  return {
    ...(first === undefined ? {} : shape(view, first, null)),
    id,
    name,
    status: statuses[worstComponent(members.map((one) => one.status))],
    description: null,
    group: true,
    components: members.map(({ key }) => key),
  }
}

function told(view: PageView, base: string, fits: (incident: IncidentView) => boolean): object[] {
  const rows = new Map(componentsOf(view.groups).map((one) => [one.key, one]))
  return view.incidents
    .filter((one) => !isPlanned(one) && fits(one))
    .map((incident) => {
      const keys = incident.told?.affected.map(({ component }) => component) ?? [incident.component]
      const about = keys.flatMap((key) => rows.get(key) ?? [])
      return {
        ...incidentShape(view, base, incident),
        components: about.map((one) => shape(view, one, null)),
      }
    })
}

function incidentShape(view: PageView, base: string, incident: IncidentView): object {
  const { id, name, phase, startedAt, updates } = incident
  const impact = indicators[incident.impact === 'unknown' ? 'operational' : incident.impact]
  return {
    id: String(id),
    name,
    status: stageOf(incident),
    created_at: iso(incident.told?.createdAt ?? startedAt),
    updated_at: iso(updatedAt(incident)),
    monitoring_at: null,
    resolved_at: phase === 'resolved' ? iso(endOf(incident)) : null,
    impact,
    shortlink: `${base}${incidentPath(view.key, id)}`,
    started_at: iso(startedAt),
    page_id: view.key,
    incident_updates: updates.map((update) => ({
      id: String(update.id),
      status: update.entry === undefined ? automatic(update) : stages[update.entry.stage],
      body: update.entry === undefined ? sayUpdate(incident, update).join('. ') : plainMarkdown(update.entry.message),
      incident_id: String(id),
      created_at: iso(update.at),
      updated_at: iso(update.at),
      display_at: iso(update.at),
      affected_components: null,
    })),
  }
}

function stageOf({ told: said, phase }: IncidentView): string {
  if (said !== null) return stages[said.stage]
  return phase === 'resolved' ? 'resolved' : phase === 'recovering' ? 'monitoring' : 'investigating'
}

const automatic = ({ kind }: IncidentView['updates'][number]) => (kind === 'resolved' ? 'resolved' : 'investigating')

/** Windows, and what people have announced as an incident. */
function maintenances(view: PageView, base: string, fits: (under: boolean) => boolean): object[] {
  const windows = view.maintenance
    .filter(({ from }) => fits(from <= view.now))
    .map((window) => windowShape(view, base, window))
  if (!fits(false)) return windows
  const announced = view.incidents.filter(isPlanned).map((incident) => ({
    ...incidentShape(view, base, incident),
    impact: 'maintenance',
    scheduled_for: iso(incident.startedAt),
    scheduled_until: null,
    components: [],
  }))
  return [...windows, ...announced]
}

function windowShape(view: PageView, base: string, window: MaintenanceView): object {
  const { id, title, message, from, until, components: names } = window
  const state = from <= view.now ? 'in_progress' : 'scheduled'
  const at = iso(Math.min(from, view.now - (view.now % 86_400_000)))
  const update = { id: `maintenance-${id}`, status: state, created_at: at, updated_at: at, display_at: at }
  return {
    id: `maintenance-${id}`,
    name: title,
    status: state,
    created_at: at,
    updated_at: at,
    monitoring_at: null,
    resolved_at: null,
    impact: 'maintenance',
    shortlink: `${base}/p/${encodeURIComponent(view.key)}#maintenance-${id}`,
    started_at: iso(from),
    scheduled_for: iso(from),
    scheduled_until: iso(until),
    page_id: view.key,
    incident_updates:
      message === null
        ? []
        : [{ ...update, body: plainMarkdown(message), incident_id: `maintenance-${id}`, affected_components: null }],
    components: componentsOf(view.groups)
      .filter(({ name }) => names.includes(name))
      .map((one) => shape(view, one, null)),
  }
}
