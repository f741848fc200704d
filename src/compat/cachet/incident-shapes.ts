// How incidents and their updates look to each generation of clients.
// Promises one meaning in three shapes. Must not decide who sees what.
import { sayImpact } from '#core/component.ts'
import type { Stage } from '#core/told.ts'
import type { StoredIncident, StoredUpdate } from '#store/store.ts'
import type { Item } from './board.ts'
import { codeOf, stageCode, stageIcons, stageLabels, thirdLabels } from './codes.ts'
import { oldComponent } from './components.ts'
import type { Ask } from './ports.ts'
import { ago, stamp } from './times.ts'

/** An incident with the components that it is about. */
export interface Told {
  readonly incident: StoredIncident
  readonly about: readonly Item[]
  readonly ask: Ask
}

/** How far it is; of one that opened by itself, as a person would say it. */
export function stageNow({ told, phase }: Pick<StoredIncident, 'told' | 'phase'>): Stage {
  if (told !== undefined) return told.stage
  return phase === 'resolved' ? 'fixed' : phase === 'recovering' ? 'watching' : 'investigating'
}

/** What it says itself, beside its updates. */
export function messageOf({ told, updates, name, impact }: StoredIncident): string {
  const own = updates.find(({ entry }) => entry?.own === true && entry.message !== '')
  return own?.entry?.message ?? (told === undefined ? sayImpact(impact, name) : '')
}

const titleOf = ({ told, name }: StoredIncident) => told?.title ?? name
const seconds = (at: number) => Math.floor(at / 1_000)
const createdAt = ({ told, startedAt }: StoredIncident) => told?.createdAt ?? startedAt
const updatedAt = (incident: StoredIncident) =>
  Math.max(createdAt(incident), incident.told?.updatedAt ?? incident.phaseAt)

export function oldIncident({ incident, about }: Told): unknown {
  const code = stageCode(stageNow(incident))
  const [item] = about
  return {
    id: incident.id,
    name: titleOf(incident),
    message: messageOf(incident),
    status: code,
    human_status: stageLabels[code],
    component: item === undefined ? null : oldComponent(item, new Map()),
    created_at: seconds(incident.startedAt),
    updated_at: seconds(updatedAt(incident)),
  }
}

const permalink = (incident: StoredIncident, { origin }: Ask) =>
  `${origin}/p/${encodeURIComponent(incident.page)}/incidents/${incident.id}`

export function second({ incident, about, ask }: Told): unknown {
  const { zone, caller } = ask
  const code = stageCode(stageNow(incident))
  const updates = incident.updates.filter(({ entry }) => entry !== undefined && entry.own !== true)
  const latest = updates[0]?.entry === undefined ? code : stageCode(updates[0].entry.stage)
  const number = (value: number) => (caller?.stringNumbers ? String(value) : value)
  const at = (moment: number) => stamp(moment, zone)
  return {
    id: incident.id,
    component_id: number(about[0]?.id ?? 0),
    name: titleOf(incident),
    status: number(code),
    visible: Number(incident.told?.visible ?? true),
    message: messageOf(incident),
    scheduled_at: at(incident.startedAt),
    created_at: at(createdAt(incident)),
    updated_at: at(updatedAt(incident)),
    deleted_at: null,
    stickied: incident.told?.pinned ?? false,
    occurred_at: at(incident.startedAt),
    user_id: 1,
    notifications: false,
    is_resolved: code === 4,
    updates: updates.map((update) => secondUpdate(incident, update, ask)),
    human_status: stageLabels[code],
    latest_update_id: updates[0]?.id ?? null,
    latest_status: latest,
    latest_human_status: stageLabels[latest],
    latest_icon: stageIcons[latest],
    permalink: permalink(incident, ask),
    duration: code === 4 ? Math.max(0, seconds(incident.phaseAt - incident.startedAt)) : 0,
    meta: Object.keys(incident.told?.meta ?? {}).length === 0 ? [] : incident.told?.meta,
  }
}

export function secondUpdate(incident: StoredIncident, { id, at, entry }: StoredUpdate, ask: Ask): unknown {
  const code = stageCode(entry?.stage ?? stageNow(incident))
  return {
    id,
    incident_id: incident.id,
    status: code,
    message: entry?.message ?? '',
    user_id: 1,
    created_at: stamp(at, ask.zone),
    updated_at: stamp(at, ask.zone),
    human_status: stageLabels[code],
    permalink: `${permalink(incident, ask)}#update-${id}`,
  }
}

const dated = (at: number, { zone, now }: Ask) => ({ human: ago(at, now), string: stamp(at, zone) })
const thirdStage = (code: number) => ({ human: code === 0 ? 'Reported' : stageLabels[code], value: code })

export function third({ incident, about, ask }: Told): unknown {
  const { id, told } = incident
  const said = new Map(told?.affected.map((one) => [one.component, one.status]))
  return {
    id: String(id),
    type: 'incidents',
    attributes: {
      id,
      guid: String(id),
      name: titleOf(incident),
      message: messageOf(incident),
      status: thirdStage(stageCode(stageNow(incident))),
      visible: told?.visible === false ? 0 : 1,
      stickied: told?.pinned ?? false,
      notifications: false,
      meta: told?.meta ?? {},
      occurred: dated(incident.startedAt, ask),
      published: dated(createdAt(incident), ask),
      created: dated(createdAt(incident), ask),
      updated: dated(updatedAt(incident), ask),
      permalink: permalink(incident, ask),
    },
    relationships: {
      components: {
        data: about.map((item) => {
          const value = codeOf(said.get(item.model.key) ?? item.status, true)
          return { type: 'components', id: String(item.id), meta: { status: { human: thirdLabels[value], value } } }
        }),
      },
      updates: {
        data: incident.updates.flatMap(({ id: number, entry }) =>
          entry === undefined || entry.own ? [] : [{ type: 'updates', id: String(number) }],
        ),
      },
    },
  }
}

export function thirdUpdate(incident: StoredIncident, { id, at, entry }: StoredUpdate, ask: Ask): unknown {
  const when = dated(at, ask)
  return {
    id: String(id),
    type: 'updates',
    attributes: {
      id,
      incident_id: incident.id,
      status: thirdStage(stageCode(entry?.stage ?? stageNow(incident))),
      message: entry?.message ?? '',
      created: when,
      updated: when,
    },
  }
}
