// Reads what a page says: statuses, ninety days and incidents of its components, in two queries whatever its size.
// Promises that a monitor whose checks have stopped coming is unknown, whatever its stored state still says.
// Must not know HTML, and gives out nothing internal: no addresses, no error texts, no keys of monitors.
import { type ComponentStatus, componentStatus, follows, isTrouble } from '#core/component.ts'
import { impacts } from '#core/told.ts'
import { type Selector, selects } from '#core/glob.ts'
import { cutBy, type Window } from '#core/maintenance.ts'
import { believed, freshFor, isQuiet } from '#core/doubt.ts'
import { slices, type TimeSlice } from '#core/rollup.ts'
import { type MonitorState, shown } from '#core/state.ts'
import type { Reason } from '#core/reason.ts'
import type { ShownStatus } from '#core/words.ts'
import type { ComponentModel, PageModel } from '#manifest/model.ts'
import type { Store, StoredIncident } from '#store/store.ts'
import { daysOf, firstDay, fromWorst, type Recorded } from './days.ts'
import {
  type ComponentView,
  type Day,
  dayMs,
  historyOf,
  type IncidentView,
  isRunning,
  type MaintenanceView,
  overallOf,
  type PageView,
  silenced,
  uptimeOf,
} from './model.ts'

export interface Sources {
  /** All living monitors; the page's selectors choose among them. */
  readonly monitors: readonly {
    readonly id: number
    readonly key: string
    readonly labels: Readonly<Record<string, string>>
    readonly createdAt: number
  }[]
  readonly states: ReadonlyMap<number, MonitorState>
  readonly store: Pick<Store, 'rollups' | 'incidents'>
  /** Epoch ms. */
  readonly now: number
  /** Since when nothing could be stored, epoch ms; null: all is stored. */
  readonly unstoredSince: number | null
  /** The windows of maintenance over a monitor, of the last day and to come; left out: there are none. */
  windows?(monitor: number): readonly Window[]
  /** What the public is told of maintenance, for any page; left out: nothing. */
  readonly announced?: readonly Announced[]
  /** Between two checks of a monitor, ms; null for one that is only listened to. */
  interval(monitor: number): number | null
}

/** A window of maintenance, and whom it concerns. */
export interface Announced extends Omit<MaintenanceView, 'components'> {
  readonly components: readonly { readonly page: string; readonly component: string }[]
  readonly selector: Selector
}

/** So many published incidents of the last ninety days are read at most. */
const incidentsLimit = 1_000

/** One monitor as the page takes it. */
interface Member {
  readonly id: number
  readonly status: ShownStatus | 'maintenance'
  readonly reason: Reason | null
  readonly since: number | null
  /** Last heard of, epoch ms; null: never. */
  readonly lastAt: number | null
  /** It is known no longer: its checks stopped coming, nobody looks at its deadlines, or nothing can be stored. */
  readonly silent: boolean
  readonly active: boolean
  readonly createdAt: number
  readonly rest: readonly TimeSlice[]
}

/** The page as it stands. Two queries: the days of all its monitors, and its incidents. */
export async function readPage(page: PageModel, sources: Sources): Promise<PageView> {
  const { now, store } = sources
  const chosen = new Map(page.groups.flatMap((group) => group.components).map((one) => [one, choose(one, sources)]))
  const members = new Map([...chosen.values()].flat().map((member) => [member.id, member]))
  const from = firstDay(now)
  const [rollups, stored] = await Promise.all([
    members.size === 0 ? new Map() : store.rollups.read([...members.keys()], 'day', from, from + 100 * dayMs),
    store.incidents.ofPage(page.key, from, incidentsLimit),
  ])
  const unseen = hiddenOf(page)
  const shown = stored.filter((one) => isPublished(one) && !unseen.has(one.component))
  const incidents = inOrder(shown.map(publish), page)
  const said = saidOf(incidents)
  const since = watchedSince([...members.values()], incidents)
  const recorded = (member: Member): Recorded => ({ days: rollups.get(member.id) ?? [], rest: member.rest })
  const all = page.groups.map(({ key, name, collapsed, components, hidden }) => ({
    hidden,
    key,
    name,
    collapsed,
    components: components.map((one) => ({
      hidden: one.hidden,
      view: overruled(face(one, chosen.get(one) ?? [], recorded, incidents, now), said),
    })),
  }))
  const views = all.flatMap(({ components }) => components.map(({ view }) => view))
  const groups = all
    .filter(({ hidden }) => !hidden)
    .map(({ key, name, collapsed, components }) => ({
      key,
      name,
      collapsed,
      components: components.filter(({ hidden }) => !hidden).map(({ view }) => view),
    }))
  const view: PageView = {
    key: page.key,
    title: page.title,
    description: page.description,
    zone: page.zone,
    now,
    asOf: now,
    groups,
    faces: new Map(views.map(({ key, status, since }) => [key, { status, since }])),
    overall: overallOf(groups),
    activeIncidents: worstFirst(incidents.filter(isRunning)),
    maintenance: maintenanceOf(page, sources, chosen),
    pinnedIncidents: incidents.filter(({ told }) => told?.pinned === true),
    incidents,
    pastIncidents: historyOf(incidents, now, page.zone, since),
    watchedSince: since,
    staleSince: null,
  }
  const silentSince = silence([...members.values()], now)
  return silentSince === null ? view : { ...view, ...silenced(view, silentSince) }
}

/** The components that are hidden, by themselves or with their group. */
function hiddenOf({ groups }: PageModel): ReadonlySet<string> {
  const hidden = groups.flatMap((group) => group.components.filter((one) => group.hidden || one.hidden))
  return new Set(hidden.map(({ key }) => key))
}

/** What concerns a component that is shown. */
function maintenanceOf(
  page: PageModel,
  { announced = [], monitors }: Sources,
  chosen: ReadonlyMap<ComponentModel, readonly Member[]>,
): MaintenanceView[] {
  const unseen = hiddenOf(page)
  const shown = page.groups.flatMap((group) => group.components).filter(({ key }) => !unseen.has(key))
  return announced.flatMap(({ components, selector, ...about }) => {
    const worked = new Set(monitors.filter((monitor) => selects(selector, monitor)).map(({ id }) => id))
    const named = new Set(components.filter((one) => one.page === page.key).map(({ component }) => component))
    const concerned = shown.filter((one) => named.has(one.key) || chosen.get(one)?.some(({ id }) => worked.has(id)))
    return concerned.length === 0 ? [] : [{ ...about, components: concerned.map(({ name }) => name) }]
  })
}

function choose(component: ComponentModel, sources: Sources): Member[] {
  return sources.monitors
    .filter((monitor) => follows(component, monitor))
    .map((monitor) => look(monitor, sources.states.get(monitor.id), sources))
}

function look(
  { id, createdAt }: Sources['monitors'][number],
  state: MonitorState | undefined,
  sources: Sources,
): Member {
  if (state === undefined) {
    const nothing = { status: 'unknown', reason: null, since: null, lastAt: null } as const
    return { id, ...nothing, silent: false, active: false, createdAt, rest: [] }
  }
  const { lastAt, accountedAt } = state
  const { now, unstoredSince } = sources
  const interval = sources.interval(id)
  const active = interval !== null && !state.paused
  const told = believed(state, { now, interval, unstoredSince })
  const silent = told !== state || (active && lastAt !== null && isQuiet(lastAt, { now, interval }))
  const heard = silent ? Math.max(told === state ? (lastAt ?? 0) : told.since, accountedAt) : now
  const windows = state.paused ? [] : (sources.windows?.(id) ?? [])
  const passed = cutBy(accountedAt, heard, windows).flatMap((part) =>
    slices(part.from, part.to, part.inside ? 'maintenance' : shown(state), 'day'),
  )
  const rest = [...passed, ...slices(heard, now, 'unknown', 'day')]
  const window = windows.find(({ from, until }) => from <= now && now < until)
  if (window !== undefined) {
    const worked = { status: 'maintenance', reason: null, since: window.from } as const
    return { id, ...worked, lastAt, silent: false, active, createdAt, rest }
  }
  const { since, reason } = told
  return { id, status: shown(told), reason, since, lastAt, silent, active, createdAt, rest }
}

/** Since when nothing at all has been heard, if all that is asked by ourselves is silent: then it is we who sleep. */
function silence(members: readonly Member[], now: number): number | null {
  const asked = members.filter((member) => member.active && member.lastAt !== null)
  if (asked.length === 0 || asked.some((member) => !member.silent)) return null
  const last = Math.max(...members.map((member) => member.lastAt ?? 0))
  return now - last > freshFor ? last : null
}

const isAbout = ({ component, told }: IncidentView, key: string): boolean =>
  told === null ? component === key : told.affected.some((one) => one.component === key)

/** What running incidents of people say of components, and since when. */
function saidOf(incidents: readonly IncidentView[]): ReadonlyMap<string, Pick<ComponentView, 'status' | 'since'>> {
  const running = incidents.filter(isRunning).filter((one) => one.told !== null)
  const found = impacts(running.flatMap(({ told }) => told ?? []))
  return new Map(
    [...found].map(([key, status]) => {
      const times = running.filter((one) => isAbout(one, key)).map(({ startedAt }) => startedAt)
      return [key, { status, since: Math.min(...times) }]
    }),
  )
}

/** While people tell of an incident, a component is what they say that it is. */
function overruled(component: ComponentView, said: ReturnType<typeof saidOf>): ComponentView {
  const word = said.get(component.key)
  return word === undefined || word.status === component.status ? component : { ...component, ...word, sentence: null }
}

function face(
  component: ComponentModel,
  members: readonly Member[],
  recorded: (member: Member) => Recorded,
  incidents: readonly IncidentView[],
  now: number,
): ComponentView {
  const { key, name, description, link, mapping } = component
  const status = componentStatus(members, mapping)
  const days = daysOf(members.map(recorded), mapping, now)
  const alike = members.filter((member) => componentStatus([member], mapping) === status)
  return {
    key,
    name,
    description,
    link,
    status,
    sentence: explain(component, status, alike, members),
    since: sinceOf(status, alike),
    days,
    uptime90: uptimeOf(days),
    knownSince: knownSince(days, members, now),
    incidentsCount: incidents.filter((incident) => isAbout(incident, key)).length,
  }
}

/** From when on anything is known of it; null: for as long as its days go back, or nothing at all. */
function knownSince(days: readonly Day[], members: readonly Member[], now: number): number | null {
  const first = days.find((day) => uptimeOf([day]) !== null)
  if (first === undefined) return null
  const since = Math.max(first.start, Math.min(...members.map((member) => member.createdAt)))
  return since > firstDay(now) ? since : null
}

/** From when on something of the page has been watched: before that there is no saying that nothing happened. */
function watchedSince(members: readonly Member[], incidents: readonly IncidentView[]): number | null {
  const moments = [...members.map((member) => member.createdAt), ...incidents.map((incident) => incident.startedAt)]
  return moments.length === 0 ? null : Math.min(...moments)
}

/** Trouble began with its first monitor; well it is since the last one came back. */
function sinceOf(status: ComponentStatus, alike: readonly Member[]): number | null {
  const times = alike.flatMap((member) => member.since ?? [])
  if (times.length === 0) return null
  return status === 'operational' ? Math.max(...times) : Math.min(...times)
}

function explain(
  { monitors }: ComponentModel,
  status: ComponentStatus,
  alike: readonly Member[],
  members: readonly Member[],
): string | null {
  const watched = monitors.keys !== null || monitors.labels !== null
  if (members.length === 0) return watched ? 'Nothing watches it yet.' : 'Nobody has said yet how it is.'
  if (members.every((member) => member.status === 'paused')) return 'It is not being watched at the moment.'
  if (status === 'unknown') {
    if (alike.every((member) => member.lastAt === null)) return 'Nothing has been observed yet.'
    return alike.some((member) => member.silent) ? 'Its checks have stopped reporting.' : null
  }
  if (!isTrouble(status) || members.length === 1) return null
  const counted = members.filter((member) => member.status !== 'paused').length
  return `${alike.length} of ${counted} checks ${alike.length === 1 ? 'reports' : 'report'} this.`
}

/** The newest first; those that began together as the page has their components. */
function inOrder(incidents: readonly IncidentView[], page: PageModel): IncidentView[] {
  const keys = page.groups.flatMap((group) => group.components.map((component) => component.key))
  const place = new Map(keys.map((key, index) => [key, index]))
  const placeOf = ({ component }: IncidentView) => place.get(component) ?? keys.length
  return incidents.toSorted((one, other) => other.startedAt - one.startedAt || placeOf(one) - placeOf(other))
}

/** What hurts most first, and last what is mended already. */
function worstFirst(incidents: readonly IncidentView[]): IncidentView[] {
  const rank = ({ phase, status }: IncidentView) =>
    phase === 'recovering' ? fromWorst.length : fromWorst.indexOf(status)
  return incidents.toSorted((one, other) => rank(one) - rank(other))
}

const isPublished = (incident: StoredIncident): boolean => incident.phase !== 'watching' && incident.phase !== 'dropped'

function publish(stored: StoredIncident): IncidentView {
  const { id, component, impact, startedAt, phaseAt, updates, told = null } = stored
  const phase = stored.phase as IncidentView['phase']
  // What has no impact of its own is shown as what it is: nobody says how things are.
  const status = told !== null && phase !== 'resolved' && stored.status === 'operational' ? 'unknown' : stored.status
  return { id, component, name: told?.title ?? stored.name, phase, impact, status, startedAt, phaseAt, told, updates }
}
