// Publisher: lets public incidents follow from the states of monitors, in the same transaction as those states.
// Promises one running incident a component at most. Must not know HTML; the words are the page's.
import { type ComponentStatus, componentStatus, follows, type Seen } from '#core/component.ts'
import { advanceIncident, type IncidentState } from '#core/incident.ts'
import { type MonitorState, shown } from '#core/state.ts'
import type { ComponentModel, PageModel } from '#manifest/model.ts'
import type { Aggregates, StoredIncident } from '#store/store.ts'
import type { Catalog, CatalogMonitor } from './catalog.ts'

/** Which components are looked at: those with one of these monitors, those whose time has come, or all. */
export interface Occasion {
  readonly monitors: ReadonlySet<number>
  readonly all: boolean
}

/** Looks at the components concerned and stores what follows. True when the public sees a difference. */
export async function publish(
  tx: Pick<Aggregates, 'incidents' | 'states'>,
  catalog: Catalog,
  occasion: Occasion,
  now: number,
): Promise<boolean> {
  const concerned = components(catalog, occasion)
  const running = await tx.incidents.running()
  if (concerned.length === 0 && running.length === 0) return false
  const spoken = spokenOf(await tx.incidents.told())
  const find = new Map(running.map((incident) => [place(incident.page, incident.component), incident]))
  const states = await tx.states.get([...new Set(concerned.flatMap(({ members }) => members.map(({ id }) => id)))])
  let changed = false
  for (const { page, component, members } of concerned) {
    const incident = find.get(place(page.key, component.key)) ?? null
    const seen = members.map((monitor) => seenAs(states.get(monitor.id), catalog.inMaintenance(monitor, now)))
    const status = componentStatus(seen, component.mapping)
    // Nobody watches it any more, so nothing would ever end its incident.
    const unwatched = seen.every(({ status }) => status === 'paused')
    // Of what people tell of already nothing opens by itself.
    const told = spoken.has(place(page.key, component.key))
    if (incident === null && told) continue
    if (incident?.phase === 'watching' && told) changed = (await end(tx, incident, now)) || changed
    else if (incident !== null && unwatched) changed = (await end(tx, incident, now)) || changed
    else changed = (await step(tx, { page, component, incident, status, now })) || changed
  }
  if (occasion.all) changed = (await endOrphans(tx, catalog, running, now)) || changed
  return changed
}

const seenAs = (state: MonitorState | undefined, maintained: boolean): Seen =>
  maintained && state?.paused !== true
    ? { status: 'maintenance', reason: null }
    : state
      ? { status: shown(state), reason: state.reason }
      : { status: 'unknown', reason: null }
const place = (page: string, component: string) => `${page}\n${component}`

/** The components that running incidents of people are about. */
function spokenOf(running: readonly StoredIncident[]): ReadonlySet<string> {
  return new Set(
    running.flatMap(({ page, told }) =>
      told === undefined || told.stage === 'scheduled'
        ? []
        : told.affected.map(({ component }) => place(page, component)),
    ),
  )
}

interface Concerned {
  readonly page: PageModel
  readonly component: ComponentModel
  readonly members: readonly CatalogMonitor[]
}

function components(catalog: Catalog, occasion: Occasion): Concerned[] {
  const found: Concerned[] = []
  const monitors = [...catalog.monitors.values()]
  for (const page of catalog.pages) {
    for (const component of page.groups.flatMap((group) => group.components)) {
      const touched = occasion.all || [...occasion.monitors].some((id) => isMember(component, catalog.monitors.get(id)))
      if (touched) found.push({ page, component, members: monitors.filter((monitor) => isMember(component, monitor)) })
    }
  }
  return found
}

function isMember(component: ComponentModel, monitor: CatalogMonitor | undefined): boolean {
  return monitor !== undefined && follows(component, monitor)
}

interface Stepping {
  readonly page: PageModel
  readonly component: ComponentModel
  readonly incident: StoredIncident | null
  readonly status: ComponentStatus
  readonly now: number
}

async function step(tx: Pick<Aggregates, 'incidents'>, at: Stepping): Promise<boolean> {
  const { page, component, incident, status, now } = at
  const next = advanceIncident(incident, status, now, page.incidents)
  if (next.incident === null) return false
  if (incident === null) {
    const identity = { page: page.key, component: component.key, name: component.name }
    await tx.incidents.insert({ ...next.incident, ...identity, updates: next.updates })
    return next.updates.length > 0
  }
  if (same(incident, next.incident) && next.updates.length === 0) return false
  await tx.incidents.update(incident.id, next.incident, next.updates)
  return next.updates.length > 0
}

function same(one: IncidentState, other: IncidentState): boolean {
  return (
    one.phase === other.phase &&
    one.status === other.status &&
    one.impact === other.impact &&
    one.wakeAt === other.wakeAt
  )
}

/** Incidents of components that are gone end. */
async function endOrphans(
  tx: Pick<Aggregates, 'incidents'>,
  catalog: Catalog,
  running: readonly StoredIncident[],
  now: number,
): Promise<boolean> {
  const living = new Set(
    catalog.pages.flatMap((page) =>
      page.groups.flatMap((group) => group.components.map((component) => place(page.key, component.key))),
    ),
  )
  let changed = false
  for (const incident of running) {
    if (!living.has(place(incident.page, incident.component))) changed = (await end(tx, incident, now)) || changed
  }
  return changed
}

/** Ends an incident that nothing will end by itself: one that was published is resolved, another dropped. */
async function end(tx: Pick<Aggregates, 'incidents'>, incident: StoredIncident, now: number): Promise<boolean> {
  const published = incident.phase !== 'watching'
  const phase = published ? 'resolved' : 'dropped'
  const updates = published ? [{ at: now, kind: 'resolved' as const, status: incident.status }] : []
  await tx.incidents.update(incident.id, { ...incident, phase, phaseAt: now, wakeAt: null }, updates)
  return published
}
