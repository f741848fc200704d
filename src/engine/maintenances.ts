// Maintenance as the engine goes by it: each window over the monitors that it concerns, as a silence of its own.
// Promises windows that are over for a day yet, so that time which was not counted then counts apart, too.
import { openSchedule } from '#checks/heartbeat/schedule.ts'
import type { Selector } from '#core/glob.ts'
import { type Window, windowsOf } from '#core/maintenance.ts'
import type { Store, StoredMaintenance, StoredSilence } from '#store/store.ts'
import type { Catalog } from './catalog.ts'

/** A silence that belongs to maintenance. */
export interface Laid extends StoredSilence {
  readonly maintenance?: string
}

const day = 86_400_000
/** Time is counted far more often than this. */
const lookBack = day
const lookAhead = 8 * day

/** The windows of a plan that touch a time. */
export function plannedWindows(plan: StoredMaintenance, from: number, to: number): Window[] {
  const { recurs } = plan
  const opened = recurs === null ? null : openSchedule('cron', recurs.cron, recurs.zone)
  const next = opened === null || 'fault' in opened ? () => null : opened.next
  return windowsOf(plan, from, to, next)
}

/** All windows around now, as silences of those whom they concern. */
export async function laidNow(store: Pick<Store, 'maintenances'>, catalog: Catalog, now: number): Promise<Laid[]> {
  const plans = await store.maintenances.since(now - lookBack)
  return plans.flatMap((plan) => {
    const windows = plannedWindows(plan, now - lookBack, now + lookAhead)
    return windows.flatMap((window, w) =>
      selectorsOf(plan, catalog).map((selector, s): Laid => {
        const { by, createdAt, title } = plan
        // Below zero, so that it is none of the silences; another window is another revision of it.
        const id = -(plan.id * 100_000 + w * 1_000 + s + 1)
        const about = { selector, within: null, reason: null, by, createdAt, endedBy: null, maintenance: title }
        return { ...about, ...window, id, revision: plan.revision * 1e13 + window.from }
      }),
    )
  })
}

function selectorsOf({ selector, components }: StoredMaintenance, { pages }: Catalog): Selector[] {
  const named = components.flatMap(({ page, component }) => {
    const groups = pages.find(({ key }) => key === page)?.groups ?? []
    const found = groups.flatMap((group) => group.components).find(({ key }) => key === component)
    return found === undefined ? [] : [found.monitors, { keys: [found.reported], labels: null }]
  })
  return [selector, ...named].filter(({ keys, labels }) => keys !== null || labels !== null)
}

/** A window that the public is told of. */
export interface Announced extends Window {
  readonly id: number
  readonly title: string
  readonly message: string | null
  readonly components: StoredMaintenance['components']
  readonly selector: Selector
}

/** So long ahead the public is told of it, ms. */
export const announcedMs = 14 * day

/** Of each plan the window that lasts or comes next, the earliest first. */
export async function announced(store: Pick<Store, 'maintenances'>, now: number): Promise<Announced[]> {
  const plans = await store.maintenances.since(now)
  const found = plans.flatMap((plan) => {
    const { id, title, message, components, selector } = plan
    const [window] = plannedWindows(plan, now, now + announcedMs)
    return window === undefined ? [] : [{ ...window, id, title, message, components, selector }]
  })
  return found.toSorted((one, other) => one.from - other.from)
}
