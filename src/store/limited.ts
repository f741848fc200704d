// A store as somebody sees it who is limited to objects with certain labels: nothing else is there for them.
// Promises this for every query in one place, so that no route has to remember it. What is asked by a number that only
// a visible object gives away is passed on. Must not know who is limited.
import { isWithin, type LabelLimit, sayLimit } from '#core/rights.ts'
import { isSilenceWithin } from '#core/silence.ts'
import type { MonitorState } from '#core/state.ts'
import { type MembersOf, mayRead, stateWithin, veil } from '#core/veil.ts'
import {
  type Aggregates,
  type Audit,
  type Deliveries,
  type Events,
  type Failures,
  Hidden,
  type Maintenances,
  type Objects,
  type ObjectType,
  Outside,
  type Silences,
  type SavedViews,
  type States,
  type Store,
  type StoredEvent,
} from './store.ts'

/** The store itself where there is no limit. `membersOf`: whom monitors follow from, whose names they may not read. */
export function limited(store: Store, limit: LabelLimit | null, membersOf: MembersOf = () => null): Store {
  if (limit === null) return store
  return {
    ...aggregates(store, limit, membersOf),
    dialect: store.dialect,
    transaction: (work) => store.transaction((tx) => work(aggregates(tx, limit, membersOf))),
    as: (actor, work) => store.as(actor, work),
    ping: () => store.ping(),
    close: () => store.close(),
  }
}

/** Named one by one, so that a new aggregate is thought of here before anybody sees it. */
function aggregates(all: Aggregates, limit: LabelLimit, membersOf: MembersOf): Aggregates {
  const { history, rollups, incidents, numbers, metrics, tokens, beatLogs, meta, leases } = all
  const { users, sessions, passkeys, tickets } = all
  const accounts = { users, sessions, passkeys, tickets }
  const byNumber = { history, rollups, incidents, numbers, metrics, tokens, beatLogs, meta, leases }
  return {
    ...byNumber,
    ...accounts,
    objects: objects(all.objects, limit),
    states: states(all.states, limit, membersOf),
    failures: failures(all.failures, limit, membersOf),
    events: events(all, limit, membersOf),
    deliveries: deliveries(all, limit),
    silences: silences(all.silences, limit),
    maintenances: maintenances(all.maintenances, limit),
    audit: audit(all, limit),
    savedViews: savedViews(all.savedViews, limit),
  }
}

/** Only those that can cover nothing else; what they make is bound to their limit. */
/** Maintenance is told on pages, of which they see none; what they work on they may silence. */
function maintenances(all: Maintenances, limit: LabelLimit): Maintenances {
  const outside = () =>
    Promise.reject(
      new Outside(`Maintenance is for those who see everything, not ${sayLimit(limit)} alone; silence them.`),
    )
  return {
    insert: outside,
    update: outside,
    get: () => Promise.resolve(null),
    since: () => Promise.resolve([]),
    list: () => Promise.resolve([]),
    forget: (before) => all.forget(before),
  }
}

function silences(all: Silences, limit: LabelLimit): Silences {
  const visible = async (id: number) => {
    const found = await all.get(id)
    return found !== null && isSilenceWithin(limit, found) ? found : null
  }
  return {
    insert: (silence, at) => all.insert({ ...silence, within: limit }, at),
    get: visible,
    update: async (id, change, at, revision) =>
      (await visible(id)) === null ? null : await all.update(id, change, at, revision),
    end: async (id, at) => ((await visible(id)) === null ? null : await all.end(id, at)),
    async current(now) {
      return (await all.current(now)).filter((one) => isSilenceWithin(limit, one))
    },
    list: (query) => all.list({ ...query, within: limit }),
    forget: () => Promise.resolve(0),
  }
}

function objects(all: Objects, limit: LabelLimit): Objects {
  const visible = async (type: ObjectType, key: string) => {
    const found = await all.get(type, key)
    return found !== null && isWithin(limit, found.labels) ? found : null
  }
  const refusal: Objects['refusal'] = async ({ type, key, labels }) => {
    // A deleted one, too: who revives it sees its past.
    const before = await all.past(type, key)
    if (before !== null && !isWithin(limit, before.labels))
      return new Hidden(`the ${type} ${key} lies outside of ${sayLimit(limit)}`)
    if (isWithin(limit, labels)) return null
    const yours = `You may only make and change objects with the labels ${sayLimit(limit)}`
    return new Outside(`${yours}, and the ${type} "${key}" would not have them.`)
  }
  return {
    limit,
    refusal,
    async past(type, key) {
      const found = await all.past(type, key)
      return found !== null && isWithin(limit, found.labels) ? found : null
    },
    async all(type) {
      return (await all.all(type)).filter((one) => isWithin(limit, one.labels))
    },
    list: (query) => all.list({ ...query, within: limit }),
    get: visible,
    async byIds(ids) {
      return (await all.byIds(ids)).filter((one) => isWithin(limit, one.labels))
    },
    async named(type, keys) {
      return (await all.named(type, keys)).filter((one) => isWithin(limit, one.labels))
    },
    async rename(type, from, to, at) {
      if ((await visible(type, from)) === null)
        throw new Hidden(`the ${type} ${from} lies outside of ${sayLimit(limit)}`)
      return await all.rename(type, from, to, at)
    },
    markApplied: (ids) => all.markApplied(ids),
    async put(object, at, revision) {
      const refused = await refusal(object)
      if (refused !== null) throw refused
      return await all.put(object, at, revision)
    },
    async remove(type, key, at) {
      return (await visible(type, key)) !== null && (await all.remove(type, key, at))
    },
    countBy: (owner, type) => all.countBy(owner, type),
    changedSince: () => Promise.resolve([]),
    owners: () => Promise.resolve([]),
  }
}

/** Whether the monitor with this number, living or deleted, lies within the limit. */
async function seesMonitor(all: Aggregates, limit: LabelLimit, id: number): Promise<boolean> {
  const [monitor] = await all.objects.byIds([id])
  return monitor !== undefined && isWithin(limit, monitor.labels)
}

/** Asked by numbers of visible monitors; of those that follow from others the names of these stay hidden. */
function states(all: States, limit: LabelLimit, membersOf: MembersOf): States {
  const shown = (states: Map<number, MonitorState>) =>
    new Map([...states].map(([id, state]) => [id, stateWithin(limit, membersOf(id), state)]))
  return {
    ...all,
    get: async (ids) => shown(await all.get(ids)),
    all: async () => shown(await all.all()),
  }
}

function failures(all: Failures, limit: LabelLimit, membersOf: MembersOf): Failures {
  return {
    ...all,
    async get(monitor) {
      const found = await all.get(monitor)
      return found === null || mayRead(limit, membersOf(monitor), found) ? found : veil(found)
    },
  }
}

function events(all: Aggregates, limit: LabelLimit, membersOf: MembersOf): Events {
  const shown = (event: StoredEvent) => (mayRead(limit, membersOf(event.monitor), event) ? event : veil(event))
  return {
    insert: (list) => all.events.insert(list),
    async get(id) {
      const found = await all.events.get(id)
      return found !== null && (await seesMonitor(all, limit, found.monitor)) ? shown(found) : null
    },
    async byIds(ids) {
      const found = await all.events.byIds(ids)
      const monitors = await all.objects.byIds([...new Set(found.map(({ monitor }) => monitor))])
      const seen = new Set(monitors.filter(({ labels }) => isWithin(limit, labels)).map(({ id }) => id))
      return found.filter(({ monitor }) => seen.has(monitor)).map(shown)
    },
    async list(query) {
      const { items, next } = await all.events.list({ ...query, within: limit })
      return { items: items.map(shown), next }
    },
  }
}

function deliveries(all: Aggregates, limit: LabelLimit): Deliveries {
  const visible = async (id: number) => {
    const found = await all.deliveries.get(id)
    return found !== null && (await seesMonitor(all, limit, found.monitorId)) ? found : null
  }
  return {
    ...all.deliveries,
    get: visible,
    list: (query) => all.deliveries.list({ ...query, within: limit }),
    resend: async (id, at) => (await visible(id)) !== null && (await all.deliveries.resend(id, at)),
  }
}

/** Only the past of one object that is visible, or was when it was deleted. */
function audit(all: Aggregates, limit: LabelLimit): Audit {
  return {
    record: (what) => all.audit.record(what),
    async list(query) {
      const { type, subject } = query
      const about = type && subject ? await all.objects.past(type as ObjectType, subject) : null
      if (about === null || !isWithin(limit, about.labels)) return { items: [], next: null }
      return await all.audit.list(query)
    },
    forget: () => Promise.resolve(0),
  }
}

/** Their names and words tell of what others watch: of everybody's those that were shared within the same limit. */
function savedViews(all: SavedViews, limit: LabelLimit): SavedViews {
  const within = limit
  return {
    insert: (view, at) => all.insert({ ...view, within }, at),
    list: (user) => all.list(user, within),
    get: (id) => all.get(id, within),
    async update(id, change, at) {
      return (await all.get(id, within)) === null ? null : await all.update(id, { ...change, within }, at)
    },
    async remove(id, at) {
      return (await all.get(id, within)) !== null && (await all.remove(id, at))
    },
  }
}
