// Maintenance as clients of Cachet know it: schedules, in the shapes of the second and third generation.
// Promises that guests see what the page announces and no hidden component, and that each one ends by itself.
import { follows } from '#core/component.ts'
import { selects } from '#core/glob.ts'
import { changeMaintenance, endMaintenance, planMaintenance } from '#commands/maintenance.ts'
import { announcedMs, plannedWindows } from '#engine/maintenances.ts'
import type { StoredMaintenance } from '#store/store.ts'
import { type Board, boardOf, type Item, must, seesHidden, visible } from './board.ts'
import { codeOf, thirdLabels } from './codes.ts'
import { type Fields, filtered, listReply, sliceOf, sorted } from './lists.ts'
import type { Ask, CachetParts, Reply } from './ports.ts'
import { Rules } from './rules.ts'
import { ago, readTime, stamp } from './times.ts'
import { invalid, missing } from './wrong.ts'

/** So many are looked through. */
const most = 1_000
const labels = ['Upcoming', 'In Progress', 'Complete'] as const

/** A plan with its window that lasts, comes next, or was. */
interface Schedule {
  readonly plan: StoredMaintenance
  readonly from: number
  readonly until: number
  readonly code: 0 | 1 | 2
  readonly about: readonly Item[]
}

/** What this caller may know of the page's maintenance, the oldest first. */
async function schedulesOf(parts: CachetParts, ask: Ask, board: Board): Promise<Schedule[]> {
  const { page, now, caller } = ask
  if (page === null) return []
  const plans = await parts.store.maintenances.list(most)
  const monitors = (await parts.store.objects.all('monitor')).map(({ key, labels: names }) => ({ key, labels: names }))
  const items = visible(board.items, caller)
  return plans.flatMap((plan): Schedule[] => {
    // Taken back before it began: there was none.
    if (plan.endedAt !== null && plan.endedAt <= plan.from) return []
    const worked = monitors.filter((monitor) => selects(plan.selector, monitor))
    const named = new Set(plan.components.filter((one) => one.page === page.key).map(({ component }) => component))
    const concerns = (item: Item) => named.has(item.model.key) || worked.some((monitor) => follows(item.model, monitor))
    const about = items.filter(concerns)
    const window = windowOf(plan, now)
    if (about.length === 0 || (!seesHidden(caller) && window.from > now + announcedMs)) return []
    const code = now < window.from ? 0 : now < window.until ? 1 : 2
    return [{ plan, ...window, code, about }]
  })
}

function windowOf(plan: StoredMaintenance, now: number): { readonly from: number; readonly until: number } {
  const [next] = plannedWindows(plan, now, Math.max(now + announcedMs, plan.from + 1))
  return next ?? { from: plan.from, until: Math.min(plan.until, plan.endedAt ?? plan.until) }
}

const fields: Fields<Schedule> = {
  id: ({ plan }) => plan.id,
  name: ({ plan }) => plan.title,
  status: ({ code }) => code,
  scheduled_at: ({ from }) => from,
  completed_at: ({ until }) => until,
  created_at: ({ plan }) => plan.createdAt,
  updated_at: ({ plan }) => plan.createdAt,
}

const shapeFor = (ask: Ask) => (one: Schedule) => (ask.generation === 'v3' ? third(one, ask) : second(one, ask))

function second({ plan, from, until, code, about }: Schedule, { zone, caller }: Ask): unknown {
  const number = (value: number) => (caller?.stringNumbers ? String(value) : value)
  const made = stamp(plan.createdAt, zone)
  return {
    id: plan.id,
    name: plan.title,
    message: plan.message ?? '',
    status: number(code),
    scheduled_at: stamp(from, zone),
    completed_at: stamp(until, zone),
    created_at: made,
    updated_at: made,
    deleted_at: null,
    components: about.map((item) => ({
      id: item.id,
      schedule_id: plan.id,
      component_id: item.id,
      component_status: codeOf('maintenance'),
    })),
    human_status: labels[code],
  }
}

function third({ plan, from, until, code, about }: Schedule, { zone, now }: Ask): unknown {
  const dated = (at: number) => ({ human: ago(at, now), string: stamp(at, zone) })
  const value = codeOf('maintenance', true)
  const status = { human: thirdLabels[value], value }
  return {
    id: String(plan.id),
    type: 'schedules',
    attributes: {
      id: plan.id,
      name: plan.title,
      message: plan.message ?? '',
      status: { human: labels[code], value: code },
      scheduled: dated(from),
      completed: dated(until),
      created: dated(plan.createdAt),
      updated: dated(plan.createdAt),
    },
    relationships: {
      components: { data: about.map((item) => ({ type: 'components', id: String(item.id), meta: { status } })) },
    },
  }
}

export async function listSchedules(parts: CachetParts, ask: Ask): Promise<Reply> {
  const all = (await schedulesOf(parts, ask, await boardOf(parts, ask))).toSorted(
    (one, other) => one.plan.id - other.plan.id,
  )
  return listReply(ask, sliceOf(sorted(filtered(all, ask, fields), ask, fields), ask), shapeFor(ask))
}

async function found(parts: CachetParts, ask: Ask, board: Board, id: number): Promise<Schedule> {
  const one = (await schedulesOf(parts, ask, board)).find(({ plan }) => plan.id === id)
  if (one === undefined) throw missing()
  return one
}

export async function showSchedule(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  return { status: 200, body: { data: shapeFor(ask)(await found(parts, ask, await boardOf(parts, ask), id)) } }
}

/** What a request says of a schedule; in a new one all that we need must be there. */
function read(ask: Ask, board: Board, making: boolean) {
  const rules = new Rules(ask.given)
  if (making) rules.needs('name', 'scheduled_at')
  const time = (name: string) => rules.moment(name, (text) => readTime(text, ask.zone))
  const list = rules.list('components')
  const items = list?.flatMap((one) => {
    const id = typeof one === 'object' && one !== null ? (one as { readonly id?: unknown }).id : one
    const item = visible(board.items, ask.caller).find((other) => String(other.id) === String(id))
    return item ?? rules.wrong('components', 'The selected components are invalid.') ?? []
  })
  if (list === undefined ? making : list.length === 0)
    rules.wrong('components', 'The components field is required: name those that are worked on by their ids.')
  const until = time('completed_at')
  if (making && !rules.has('completed_at'))
    rules.wrong('completed_at', 'The completed at field is required: maintenance ends by itself.')
  const said = {
    title: rules.text('name', { most: 200 }),
    message: rules.clearable('message', { most: 20_000 }),
    code: rules.int('status', { least: 0, most: 2 }),
    from: time('scheduled_at'),
    until,
    keys: items?.map(({ model }) => model.key),
  }
  rules.done()
  return said
}

export async function createSchedule(parts: CachetParts, ask: Ask): Promise<Reply> {
  must(ask.caller, 'respond')
  const board = await boardOf(parts, ask)
  const { title = '', message = null, from = ask.now, until = from, keys = [] } = read(ask, board, true)
  const { page } = ask
  if (page === null) throw missing()
  const components = keys.map((component) => ({ page: page.key, component }))
  const selector = { keys: null, labels: null }
  const { id } = await planMaintenance(parts, { title, message, from, until, selector, components, recurs: null })
  return { ...(await showSchedule(parts, { ...ask, now: parts.clock.now() }, id)), status: statusFor(ask) }
}

const statusFor = ({ generation }: Ask): number => (generation === 'v3' ? 201 : 200)

export async function updateSchedule(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  must(ask.caller, 'respond')
  const board = await boardOf(parts, ask)
  const { plan, code, ...window } = await found(parts, ask, board, id)
  const { keys, code: wanted, ...said } = read(ask, board, false)
  const [from, until] = [changed(said.from, window.from), changed(said.until, window.until)]
  if (plan.recurs !== null && (from ?? until) !== undefined)
    throw invalid(
      'scheduled_at',
      'This maintenance comes again and again; its times are changed by the API of Allswell.',
    )
  const page = ask.page?.key ?? ''
  const components =
    keys === undefined
      ? undefined
      : [...plan.components.filter((one) => one.page !== page), ...keys.map((component) => ({ page, component }))]
  const ends = code !== 2 && (wanted === 2 || (until !== undefined && until <= ask.now))
  const { title, message } = said
  const changes = { title, message, from, components, until: ends ? undefined : until }
  if (Object.values(changes).some((value) => value !== undefined)) await changeMaintenance(parts, id, changes)
  if (ends) await endMaintenance(parts, id)
  return await showSchedule(parts, { ...ask, now: parts.clock.now() }, id)
}

/** A time that is otherwise than the client was shown; many send back all that they read. */
const changed = (said: number | undefined, shown: number): number | undefined =>
  said === undefined || said === Math.floor(shown / 1_000) * 1_000 ? undefined : said

/** It ends at once, for good; one that had not begun is there no more. */
export async function removeSchedule(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  must(ask.caller, 'respond')
  await found(parts, ask, await boardOf(parts, ask), id)
  await endMaintenance(parts, id)
  return { status: 204, body: null }
}
