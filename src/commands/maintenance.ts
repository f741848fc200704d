// Maintenance: planned, changed and ended by people and by programs that deploy.
// Promises that what is planned concerns something that is there, and that the engine goes by it when that is done.
import { openSchedule } from '#checks/heartbeat/schedule.ts'
import { formatDuration } from '#core/duration.ts'
import type { Maintenance } from '#core/maintenance.ts'
import { suggest } from '#core/suggest.ts'
import type { Fault } from '#manifest/model.ts'
import type { StoredMaintenance } from '#store/store.ts'
import { componentsOf, pageOf } from './components.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

/** What is planned; `from` may have passed. */
export type Plan = Omit<Maintenance, 'endedAt'>

/** So many may last or be to come: each is looked at for every page. */
const plansMost = 500
/** No window is longer, and nothing recurs for longer, ms. */
const lastsMost = 366 * 86_400_000

export async function planMaintenance(parts: CommandParts, plan: Plan): Promise<StoredMaintenance> {
  const now = parts.clock.now()
  await refuse(parts, plan, now)
  if ((await parts.store.maintenances.since(now)).length >= plansMost)
    throw new Refused({
      kind: 'impossible',
      why: `There are ${plansMost} plans of maintenance already; end some first.`,
    })
  const made = await parts.store.maintenances.insert({ ...plan, endedAt: null }, now)
  await parts.engine.maintenanceChanged()
  return made
}

export async function existingMaintenance(parts: Pick<CommandParts, 'store'>, id: number): Promise<StoredMaintenance> {
  const found = await parts.store.maintenances.get(id)
  if (found === null) throw new Refused({ kind: 'missing', what: 'maintenance', key: String(id) })
  return found
}

export async function changeMaintenance(
  parts: CommandParts,
  id: number,
  changes: Partial<Plan>,
): Promise<StoredMaintenance> {
  const now = parts.clock.now()
  const before = await existingMaintenance(parts, id)
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const plan = { ...planOf(before), ...given }
  await refuse(parts, plan, now)
  return await stored(parts, id, { ...plan, endedAt: before.endedAt })
}

/** Ends it now, for good; one that is over stays as it was. */
export async function endMaintenance(parts: CommandParts, id: number): Promise<StoredMaintenance> {
  const now = parts.clock.now()
  const before = await existingMaintenance(parts, id)
  if (before.endedAt !== null || before.until <= now) return before
  return await stored(parts, id, { ...planOf(before), endedAt: now })
}

async function stored(parts: CommandParts, id: number, plan: Maintenance): Promise<StoredMaintenance> {
  const after = await parts.store.maintenances.update(id, plan, parts.clock.now())
  if (after === null) throw new Refused({ kind: 'missing', what: 'maintenance', key: String(id) })
  await parts.engine.maintenanceChanged()
  return after
}

function planOf({ title, message, selector, components, from, until, recurs }: StoredMaintenance): Plan {
  return { title, message, selector, components, from, until, recurs }
}

async function refuse(parts: CommandParts, plan: Plan, now: number): Promise<void> {
  const faults = [...timesWrong(plan, now), ...(await unknownOnes(parts, plan))]
  if (faults.length > 0) throw new Refused({ kind: 'invalid', faults })
}

function timesWrong({ from, until, recurs }: Plan, now: number): Fault[] {
  if (until <= now) return [{ path: ['until'], message: 'has passed already' }]
  if (until <= from) return [{ path: ['until'], message: 'must be after "from"' }]
  if (until - from > lastsMost) return [{ path: ['until'], message: 'must be within a year of its beginning' }]
  if (recurs === null) return []
  const opened = openSchedule('cron', recurs.cron, recurs.zone)
  if ('fault' in opened) return [{ path: ['cron'], message: `"${recurs.cron}" ${opened.fault}` }]
  const first = opened.next(from - 1)
  const second = first === null ? null : opened.next(first)
  if (first !== null && second !== null && second - first < recurs.lasts) {
    const often = `comes again after ${formatDuration(second - first)}`
    return [{ path: ['cron'], message: `${often}, and each window lasts longer; make "for" shorter` }]
  }
  return []
}

/** Keys without a pattern must be there: a slip would let the alerts come that a deployment wanted held. */
async function unknownOnes(parts: CommandParts, { selector, components }: Plan): Promise<Fault[]> {
  const faults: Fault[] = []
  if (selector.keys === null && selector.labels === null && components.length === 0)
    faults.push({ path: ['monitors'], message: 'concerns nothing; name monitors or components' })
  const plain = selector.keys?.filter((key) => !/[*?]/.test(key)) ?? []
  const monitors = plain.length === 0 ? [] : (await parts.store.objects.all('monitor')).map(({ key }) => key)
  for (const key of plain) {
    if (monitors.includes(key)) continue
    const near = suggest(key, monitors)
    const hint = near === null ? '' : `; did you mean "${near}"?`
    faults.push({ path: ['monitors'], message: `there is no monitor "${key}"${hint}` })
  }
  for (const { page, component } of components) {
    const known = componentsOf(await pageOf(parts, page)).map(({ key }) => key)
    if (known.includes(component)) continue
    const message = `the page "${page}" has no component "${component.slice(0, 100)}"`
    faults.push({ path: ['components'], message })
  }
  return faults
}
