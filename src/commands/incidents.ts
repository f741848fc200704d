// Incidents as people tell them: opened, updated, mended and taken back; those that opened by themselves, taken over.
// Promises that each change is recorded, that what says nothing new changes nothing, and that pages follow at once.
import { isDeepStrictEqual } from 'node:util'
import { isTrouble, worstComponent } from '#core/component.ts'
import { differences } from '#core/diff.ts'
import type { IncidentState } from '#core/incident.ts'
import { type Affected, type Entry, impactOf, isOver, type Stage, type Told } from '#core/told.ts'
import type { PageModel } from '#manifest/model.ts'
import type { Aggregates, StoredIncident, StoredUpdate } from '#store/store.ts'
import { componentsOf, pageOf } from './components.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

/** What a new incident says; `at`: when it began, which may be long ago. */
export interface NewIncident {
  readonly page: string
  readonly title: string
  readonly stage: Stage
  readonly message: string
  readonly affected?: readonly Affected[] | undefined
  readonly visible?: boolean | undefined
  readonly pinned?: boolean | undefined
  readonly at?: number | undefined
  readonly meta?: Readonly<Record<string, unknown>> | undefined
  readonly by: string
}

/** What may be changed of one without writing an update. */
export type Changes = Partial<Pick<Told, 'title' | 'visible' | 'pinned' | 'affected' | 'postmortem' | 'meta'>> & {
  readonly at?: number | undefined
}

/** Opens an incident; gives its number. */
export async function openIncident(parts: CommandParts, asked: NewIncident): Promise<number> {
  const page = await pageOf(parts, asked.page)
  const now = parts.clock.now()
  const { title, stage, affected = [], visible = true, pinned = false, meta = {}, by, message } = asked
  known(page, affected)
  const at = asked.at ?? now
  const told: Told = {
    title,
    stage,
    visible,
    pinned,
    affected,
    meta,
    postmortem: null,
    by,
    createdAt: now,
    updatedAt: now,
  }
  const state = stateOf(told, { startedAt: at, phaseAt: at })
  const update = said({ stage, message, by, own: true }, state, at)
  const id = await parts.store.transaction(async (tx) => {
    const place = { page: page.key, component: affected[0]?.component ?? '', name: title }
    const number = await tx.incidents.insert({ ...state, ...place, told, updates: [update] })
    await record(tx, number, null, told, now)
    return number
  })
  await parts.engine.publicChanged()
  return id
}

/** The incident, published by itself or told by people; throws Refused. */
export async function incidentOf(tx: Pick<Aggregates, 'incidents'>, id: number): Promise<StoredIncident> {
  const [found] = await tx.incidents.byIds([id])
  if (found === undefined) throw new Refused({ kind: 'missing', what: 'incident', key: String(id) })
  return found
}

/** Changes what an incident is; one that opened by itself is from now on the person's. */
export async function changeIncident(parts: CommandParts, id: number, changes: Changes, by: string): Promise<void> {
  await change(parts, id, by, async (before, { page }) => {
    if (changes.affected) known(await pageOf(parts, page), changes.affected)
    const { at, ...rest } = changes
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
    return { told: { ...before, ...given }, startedAt: at, updates: [] }
  })
}

export interface NewUpdate {
  readonly stage: Stage
  readonly message: string
  readonly at?: number | undefined
  /** How components are from now on; left out: as before. */
  readonly affected?: readonly Affected[] | undefined
  readonly by: string
  readonly own?: boolean | undefined
}

/** Writes an update; gives its number, or that of the last one where it says nothing new. */
export async function updateIncident(parts: CommandParts, id: number, update: NewUpdate): Promise<number> {
  const { stage, message, by, own = false } = update
  const at = update.at ?? parts.clock.now()
  let number = 0
  await change(parts, id, by, async (before, incident, tx) => {
    if (update.affected) known(await pageOf(parts, incident.page), update.affected)
    const last = incident.updates[0]
    const told = { ...before, stage, affected: merged(before.affected, update.affected ?? []) }
    const entry = { stage, message, by, ...(own ? { own } : {}) }
    const words = last?.entry === undefined ? null : { ...last.entry, by }
    const same = isDeepStrictEqual(words, entry) && isDeepStrictEqual(told, before)
    if (same && last !== undefined) {
      number = last.id
      return { told: before, updates: [] }
    }
    number = await tx.incidents.addUpdate(id, said(entry, stateOf(told, incident), at))
    return { told, updates: [], phaseAt: at }
  })
  return number
}

/** Changes the words of one update. */
export async function rewordUpdate(
  parts: CommandParts,
  id: number,
  update: number,
  words: Partial<Pick<Entry, 'stage' | 'message'>> & { readonly at?: number | undefined; readonly by: string },
): Promise<void> {
  await change(parts, id, words.by, async (before, incident, tx) => {
    const found = incident.updates.find((one) => one.id === update)
    if (found === undefined) throw noUpdate(update)
    const stage = words.stage ?? found.entry?.stage ?? before.stage
    const message = words.message ?? found.entry?.message ?? ''
    const entry = { ...found.entry, stage, message, by: words.by }
    await tx.incidents.changeUpdate(id, { ...found, kind: 'said', at: words.at ?? found.at, entry })
    const newest = incident.updates[0]?.id === update
    return { told: newest ? { ...before, stage } : before, updates: [] }
  })
}

export async function removeUpdate(parts: CommandParts, id: number, update: number, by: string): Promise<void> {
  await change(parts, id, by, async (before, incident, tx) => {
    if (!(await tx.incidents.removeUpdate(id, update))) throw noUpdate(update)
    const last = incident.updates.find((one) => one.id !== update)?.entry
    return { told: { ...before, stage: last?.stage ?? before.stage }, updates: [] }
  })
}

const noUpdate = (update: number) => new Refused({ kind: 'missing', what: 'update', key: String(update) })

/** Takes an incident back: nobody reads it any more. */
export async function removeIncident(parts: CommandParts, id: number): Promise<void> {
  const now = parts.clock.now()
  await parts.store.transaction(async (tx) => {
    const incident = await incidentOf(tx, id)
    await tx.incidents.remove(id, now)
    await record(tx, id, incident.told ?? null, null, now)
  })
  await parts.engine.publicChanged()
}

interface Step {
  readonly told: Told
  readonly startedAt?: number | undefined
  readonly phaseAt?: number | undefined
  readonly updates: readonly StoredUpdate[]
}

async function change(
  parts: CommandParts,
  id: number,
  by: string,
  work: (before: Told, incident: StoredIncident, tx: Aggregates) => Promise<Step>,
): Promise<void> {
  const now = parts.clock.now()
  await parts.store.transaction(async (tx) => {
    const incident = await incidentOf(tx, id)
    const before = incident.told ?? takenOver(incident, by, now)
    const step = await work(before, incident, tx)
    if (incident.told !== undefined && isDeepStrictEqual(before, step.told) && step.startedAt === undefined) return
    const told = { ...step.told, updatedAt: now }
    const startedAt = step.startedAt ?? incident.startedAt
    const moved = isOver(told) !== (incident.phase === 'resolved')
    const phaseAt = moved ? (step.phaseAt ?? now) : incident.phaseAt
    await tx.incidents.tell(id, told, stateOf(told, { ...incident, startedAt, phaseAt }))
    await record(tx, id, before, told, now)
  })
  await parts.engine.publicChanged()
}

/** What opened by itself, in a person's hand from now on: its component follows its monitors until they say more. */
function takenOver(incident: StoredIncident, by: string, now: number): Told {
  const { phase, component, name, startedAt } = incident
  const stage = phase === 'resolved' ? 'fixed' : phase === 'recovering' ? 'watching' : 'investigating'
  return {
    title: name,
    stage,
    visible: true,
    pinned: false,
    affected: component === '' ? [] : [{ component, status: null }],
    postmortem: null,
    meta: {},
    by,
    createdAt: startedAt,
    updatedAt: now,
  }
}

function stateOf(
  told: Told,
  before: Pick<IncidentState, 'startedAt' | 'phaseAt'> & Partial<Pick<IncidentState, 'impact'>>,
): IncidentState {
  const status = isOver(told) ? 'operational' : impactOf(told)
  const worst = [before.impact, status, impactOf(told)].filter((one) => one !== undefined).filter(isTrouble)
  const phase = isOver(told) ? 'resolved' : 'open'
  const impact = worst.length === 0 ? impactOf(told) : worstComponent(worst)
  return { phase, impact, status, startedAt: before.startedAt, phaseAt: before.phaseAt, wakeAt: null }
}

const said = (entry: Entry, { status }: IncidentState, at: number) => ({ at, kind: 'said' as const, status, entry })

/** What is said of some, over what was said of all. */
function merged(before: readonly Affected[], more: readonly Affected[]): readonly Affected[] {
  const named = new Map(more.map((one) => [one.component, one]))
  const kept = before.map((one) => named.get(one.component) ?? one)
  return [...kept, ...more.filter(({ component }) => !before.some((one) => one.component === component))]
}

/** Refuses components that the page does not have. */
function known(page: PageModel, affected: readonly Affected[]): void {
  const keys = new Set(componentsOf(page).map(({ key }) => key))
  const faults = affected.flatMap(({ component }, index) =>
    keys.has(component)
      ? []
      : [
          {
            path: ['components', index],
            message: `the page "${page.key}" has no component "${component.slice(0, 100)}"`,
          },
        ],
  )
  if (faults.length > 0) throw new Refused({ kind: 'invalid', faults })
}

const shown = (told: Told | null) => {
  const value = told === null ? undefined : { ...told, by: undefined, createdAt: undefined, updatedAt: undefined }
  return { value, shown: value }
}

async function record(tx: Aggregates, id: number, before: Told | null, after: Told | null, at: number): Promise<void> {
  const action = after === null ? 'deleted' : before === null ? 'created' : 'changed'
  const changes = differences(shown(before), shown(after))
  await tx.audit.record({ at, action, type: 'incident', subject: String(id), changes })
}
