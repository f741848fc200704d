// Incidents and their updates, in the shapes of all three generations.
// Promises that drafts and what is about hidden components is there only for those who may see it, and that an update
// is found under its own incident alone.
import { sayComponent } from '#commands/components.ts'
import { fromTemplate } from '#commands/incident-templates.ts'
import {
  changeIncident,
  incidentOf,
  openIncident,
  removeIncident,
  removeUpdate,
  rewordUpdate,
  updateIncident,
} from '#commands/incidents.ts'
import type { Affected } from '#core/told.ts'
import type { StoredIncident } from '#store/store.ts'
import { type Board, boardOf, must, mustSay, seesHidden, visible } from './board.ts'
import { stageCode, stageOf, statusOf } from './codes.ts'
import { named } from './components.ts'
import {
  messageOf,
  oldIncident,
  second,
  secondUpdate,
  stageNow,
  third,
  thirdUpdate,
  type Told,
} from './incident-shapes.ts'
import { type Fields, filtered, listReply, sliceOf, sorted } from './lists.ts'
import { firstPage } from './pages.ts'
import type { Ask, CachetParts, Reply } from './ports.ts'
import { Rules } from './rules.ts'
import { readTime } from './times.ts'
import { missing } from './wrong.ts'

/** So many of a page are looked through. */
const incidentsMost = 20_000

const keysOf = ({ told, component }: Pick<StoredIncident, 'told' | 'component'>): readonly string[] =>
  told === undefined ? [component] : told.affected.map((one) => one.component)

type Head = Omit<StoredIncident, 'updates'>

/** Whether this caller may know of it: a draft, or what is about hidden components alone, is not for everybody. */
export function isSeen(incident: Head, board: Board, { caller }: Ask): boolean {
  if (seesHidden(caller)) return true
  if (incident.told?.visible === false) return false
  const about = board.items.filter(({ model }) => keysOf(incident).includes(model.key))
  return about.length === 0 || visible(about, caller).length > 0
}

const fieldsFor = (board: Board): Fields<Head> => ({
  id: ({ id }) => id,
  component_id: (one) => board.items.find(({ model }) => model.key === keysOf(one)[0])?.id ?? 0,
  name: ({ told, name }) => told?.title ?? name,
  status: (one) => stageCode(stageNow(one)),
  visible: ({ told }) => Number(told?.visible ?? true),
  stickied: ({ told }) => told?.pinned ?? false,
  occurred_at: ({ startedAt }) => startedAt,
  created_at: ({ told, startedAt }) => told?.createdAt ?? startedAt,
})

export async function listIncidents(parts: CachetParts, ask: Ask): Promise<Reply> {
  const board = await boardOf(parts, ask)
  const all = ask.page === null ? [] : await parts.store.incidents.all(ask.page.key, incidentsMost)
  const seen = all.filter((one) => isSeen(one, board, ask)).toSorted((one, other) => one.id - other.id)
  const fields = fieldsFor(board)
  const slice = sliceOf(sorted(filtered(seen, ask, fields), ask, fields), ask)
  const whole = new Map(
    (await parts.store.incidents.byIds(slice.items.map(({ id }) => id))).map((one) => [one.id, one]),
  )
  const items = slice.items.flatMap(({ id }) => whole.get(id) ?? [])
  return listReply(ask, { ...slice, items }, shapeFor(ask, board))
}

function shapeFor(ask: Ask, board: Board) {
  const told = (incident: StoredIncident): Told => {
    const keys = keysOf(incident)
    const about = visible(board.items, ask.caller).filter(({ model }) => keys.includes(model.key))
    return { incident, about, ask }
  }
  const shape = { '2015': oldIncident, v1: second, v3: third }[ask.generation]
  return (incident: StoredIncident) => shape(told(incident))
}

/** The incident, as this caller may know it. */
async function found(parts: CachetParts, ask: Ask, board: Board, id: number): Promise<StoredIncident> {
  const incident = await incidentOf(parts.store, id)
  if (incident.page !== ask.page?.key || !isSeen(incident, board, ask)) throw missing()
  return incident
}

export async function showIncident(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  const board = await boardOf(parts, ask)
  return { status: 200, body: { data: shapeFor(ask, board)(await found(parts, ask, board, id)) } }
}

async function shown(parts: CachetParts, ask: Ask, id: number, status: number): Promise<Reply> {
  const page = parts.pages().find(({ key }) => key === ask.page?.key) ?? parts.pages()[0] ?? ask.page
  const board = await boardOf(parts, { ...ask, page })
  return { status, body: { data: shapeFor(ask, board)(await incidentOf(parts.store, id)) } }
}

/** What a request says of an incident. */
function read(ask: Ask, board: Board, making: boolean) {
  const rules = new Rules(ask.given)
  const third = ask.generation === 'v3'
  const template = ask.generation === '2015' ? undefined : (rules.text('template', { most: 200 }) ?? undefined)
  if (making) rules.needs('name', 'status', ...(template === undefined ? ['message'] : []))
  const time = (name: string) => rules.moment(name, (text) => readTime(text, ask.zone))
  const about = named(board, rules, ask)
  const visible = rules.flag('visible')
  const said = {
    title: rules.text('name', { most: 200 }),
    code: rules.int('status', { least: 0, most: 4 }),
    message: rules.text('message', { most: 20_000 }),
    visible: visible ?? (making && third ? false : undefined),
    pinned: rules.flag('stickied'),
    meta: rules.mapping('meta'),
    at: time('occurred_at') ?? time('created_at') ?? time('scheduled_at'),
    vars: rules.mapping(third ? 'template_vars' : 'vars'),
    components: rules.list('components'),
    template,
  }
  const affected = affectedBy(said.components, board, ask, rules)
  rules.flag('notify')
  rules.done()
  return { ...said, about, affected }
}

/** The third generation says of each component what it is meanwhile. */
function affectedBy(
  list: readonly unknown[] | undefined,
  board: Board,
  ask: Ask,
  rules: Rules,
): Affected[] | undefined {
  if (list === undefined || ask.generation !== 'v3') return undefined
  return list.flatMap((one): Affected[] => {
    const { id, status } =
      typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : { id: one, status: undefined }
    const item = visible(board.items, ask.caller).find((other) => String(other.id) === String(id))
    const word = status === undefined ? null : statusOf(Number(status), true)
    if (item === undefined || (status !== undefined && word === null)) {
      rules.wrong('components', 'The selected components are invalid.')
      return []
    }
    return [{ component: item.model.key, status: word }]
  })
}

export async function createIncident(parts: CachetParts, ask: Ask): Promise<Reply> {
  const caller = must(ask.caller, 'respond')
  const board = await boardOf(parts, ask)
  const said = read(ask, board, true)
  const page = await firstPage(parts, ask)
  const { item, status } = said.about
  if (item !== null && status !== null && ask.generation !== 'v3') mustSay(caller, item)
  const title = said.title ?? ''
  const incident = { name: title, message: said.message ?? '' }
  const made = said.template === undefined ? null : await fromTemplate(parts, said.template, { ...said.vars, incident })
  const message = made ?? incident.message
  const legacy = item === null ? [] : [{ component: item.model.key, status: ask.generation === 'v3' ? status : null }]
  const id = await openIncident(parts, {
    page,
    title,
    stage: stageOf(said.code ?? 1),
    message,
    affected: said.affected ?? legacy,
    visible: said.visible,
    pinned: said.pinned,
    at: said.at,
    meta: said.meta,
    by: caller.name,
  })
  await say(parts, ask, said.about)
  return shown(parts, ask, id, ask.generation === 'v3' ? 201 : 200)
}

/** The first two generations set the component that an incident names: a report like any other. */
async function say(parts: CachetParts, ask: Ask, { item, status }: ReturnType<typeof read>['about']): Promise<void> {
  if (item === null || status === null || ask.generation === 'v3' || ask.page === null) return
  const by = mustSay(ask.caller, item).name
  await sayComponent(parts, { page: ask.page.key, component: item.model.key }, { status, by })
}

export async function updateOne(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  const caller = must(ask.caller, 'respond')
  const board = await boardOf(parts, ask)
  const incident = await found(parts, ask, board, id)
  const said = read(ask, board, false)
  const { title, visible, pinned, meta, at, about } = said
  const legacy =
    about.item === null
      ? undefined
      : [{ component: about.item.model.key, status: ask.generation === 'v3' ? about.status : null }]
  const affected =
    said.affected ??
    (legacy === undefined || keysOf(incident).includes(legacy[0]?.component ?? '') ? undefined : legacy)
  const changes = { title, visible, pinned, meta, at, affected }
  if (Object.values(changes).some((value) => value !== undefined)) await changeIncident(parts, id, changes, caller.name)
  const stage = said.code === undefined ? stageNow(incident) : stageOf(said.code)
  const own = incident.updates.find(({ entry }) => entry?.own === true)
  const message = said.message ?? ''
  if (stage !== stageNow(incident)) {
    const news = message !== messageOf(incident) ? message : ''
    await updateIncident(parts, id, { stage, message: news, by: caller.name, own: true })
  } else if (said.message !== undefined && message !== messageOf(incident)) {
    if (own === undefined) await updateIncident(parts, id, { stage, message, by: caller.name, own: true })
    else await rewordUpdate(parts, id, own.id, { message, by: caller.name })
  }
  await say(parts, ask, about)
  return shown(parts, ask, id, 200)
}

export async function removeOne(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  must(ask.caller, 'respond')
  await found(parts, ask, await boardOf(parts, ask), id)
  await removeIncident(parts, id)
  return { status: 204, body: null }
}

const updatesOf = ({ updates }: StoredIncident) =>
  updates.filter(({ entry }) => entry !== undefined && entry.own !== true)

export async function listUpdates(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  const incident = await found(parts, ask, await boardOf(parts, ask), id)
  const shape = ask.generation === 'v3' ? thirdUpdate : secondUpdate
  return listReply(ask, sliceOf(updatesOf(incident), ask), (update) => shape(incident, update, ask))
}

export async function showUpdate(parts: CachetParts, ask: Ask, id: number, number: number): Promise<Reply> {
  return oneUpdate(ask, await found(parts, ask, await boardOf(parts, ask), id), number, 200)
}

function oneUpdate(ask: Ask, incident: StoredIncident, number: number, status: number): Reply {
  const update = updatesOf(incident).find((one) => one.id === number)
  if (update === undefined) throw missing()
  const shape = ask.generation === 'v3' ? thirdUpdate : secondUpdate
  return { status, body: { data: shape(incident, update, ask) } }
}

export async function createUpdate(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  const caller = must(ask.caller, 'respond')
  const board = await boardOf(parts, ask)
  await found(parts, ask, board, id)
  const rules = new Rules(ask.given).needs('status', 'message')
  const code = rules.int('status', { least: ask.generation === 'v3' ? 0 : 1, most: 4 })
  const message = rules.text('message', { most: 20_000 })
  const about = named(board, rules, ask)
  rules.done()
  if (about.item !== null && about.status !== null) mustSay(caller, about.item)
  const number = await updateIncident(parts, id, { stage: stageOf(code ?? 1), message: message ?? '', by: caller.name })
  await say(parts, ask, about)
  return oneUpdate(ask, await incidentOf(parts.store, id), number, ask.generation === 'v3' ? 201 : 200)
}

export async function changeUpdate(parts: CachetParts, ask: Ask, id: number, number: number): Promise<Reply> {
  const caller = must(ask.caller, 'respond')
  await showUpdate(parts, ask, id, number)
  const rules = new Rules(ask.given)
  const code = rules.int('status', { least: 0, most: 4 })
  const message = rules.text('message', { most: 20_000 })
  rules.done()
  await rewordUpdate(parts, id, number, {
    stage: code === undefined ? undefined : stageOf(code),
    message,
    by: caller.name,
  })
  return oneUpdate(ask, await incidentOf(parts.store, id), number, 200)
}

export async function dropUpdate(parts: CachetParts, ask: Ask, id: number, number: number): Promise<Reply> {
  const caller = must(ask.caller, 'respond')
  await showUpdate(parts, ask, id, number)
  await removeUpdate(parts, id, number, caller.name)
  return { status: 204, body: null }
}
