// What must hold in every simulated world, whatever was broken, killed or set wrong.
// Promises a list of breaches in words, each naming the monitor; an empty list is a good world.
import { advance } from '#core/advance.ts'
import { type Event, movesStatus } from '#core/event.ts'
import { timesOf } from '#core/rollup.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import type { StoredEvent } from '#store/store.ts'
import type { Timeline } from './run.ts'
import { untold } from './people.ts'
import { healthAt, type Target } from './truth.ts'
import { beatEvery, beatGrace, type World } from './world.ts'

const far = Date.UTC(2100, 0, 1)

/** All breaches at the end of a run, after everything had time to settle. */
export async function breaches(world: World, timeline: Timeline): Promise<string[]> {
  const found: string[] = []
  const ids = new Map((await world.store.objects.all('monitor')).map((object) => [object.key, object]))
  const states = await world.store.states.all()
  for (const target of [...world.targets, ...world.senders, ...world.groups]) {
    const object = ids.get(target.key)
    const state = object && states.get(object.id)
    if (!object || !state) {
      found.push(`${target.key}: has no state`)
      continue
    }
    const events = await eventsOf(world, object.id)
    found.push(...chain(target.key, events, state))
    found.push(...(await time(world, target.key, object.id, object.createdAt, state)))
    const [sender, answerer] = [world.senders, world.targets].map((list) => list.find((one) => one === target))
    if (sender) found.push(...(await beats(world, sender, object.id)))
    else found.push(...(await replay(world, target.key, object.id, object.createdAt, events, state)))
    if (answerer) found.push(...meetings(world, answerer, events, state))
  }
  found.push(...truth(world, timeline))
  found.push(...(await messages(world)))
  for (const [key, object] of ids) {
    const state = states.get(object.id)
    if (state) found.push(...untold(key, state, lastTold(world, key)))
  }
  return found
}

/** In the order in which they came about: a clock that was set back may put another one on their times. */
async function eventsOf(world: World, monitor: number): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  let cursor: string | null = null
  do {
    const page: { items: readonly StoredEvent[]; next: string | null } = await world.store.events.list({
      monitor,
      limit: 500,
      ...(cursor === null ? {} : { cursor }),
    })
    events.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return events.sort((one, other) => one.seq - other.seq)
}

/** Each event begins where the last one ended, and the state is where the last one led. */
function chain(key: string, events: readonly Event[], state: MonitorState): string[] {
  const found: string[] = []
  let [status, seq, at]: [string, number, number] = ['unknown', 0, 0]
  for (const event of events) {
    if (event.seq <= seq) found.push(`${key}: event ${event.seq} comes after ${seq}`)
    if (movesStatus(event) && event.at < at) found.push(`${key}: event ${event.seq} was before the one that it follows`)
    if (movesStatus(event)) at = event.at
    if (event.previous !== status)
      found.push(`${key}: event ${event.seq} follows ${status}, but says ${event.previous}`)
    ;[status, seq] = [event.status, event.seq]
  }
  if (state.status !== status) found.push(`${key}: its state is ${state.status}, its last event ${status}`)
  return found
}

/** Every millisecond since it was made is counted once. */
async function time(world: World, key: string, id: number, createdAt: number, state: MonitorState): Promise<string[]> {
  const found: string[] = []
  for (const resolution of ['hour', 'day'] as const) {
    const rows = (await world.store.rollups.read([id], resolution, 0, far)).get(id) ?? []
    let total = 0
    for (const { rollup } of rows) for (const status of timesOf) total += rollup.ms[status]
    const lived = state.accountedAt - createdAt
    if (Math.abs(total - lived) > 1) found.push(`${key}: lived ${lived} ms, its ${resolution}s hold ${total} ms`)
  }
  return found
}

/** The stored observations, looked at again, lead to the stored state by the stored events. */
async function replay(
  world: World,
  key: string,
  id: number,
  createdAt: number,
  events: readonly Event[],
  state: MonitorState,
): Promise<string[]> {
  // Silence is no observation, and a look at what follows from others is one, whatever follows.
  const silent = (event: Event) => event.type === 'monitor.unknown' && event.confirmations > 0
  if (world.jumped.length > 0 || events.some(silent)) return []
  const policy = world.policy(id)
  if (policy === null) return [`${key}: is not in the catalog`]
  let replayed = fresh(createdAt)
  const statuses: string[] = []
  for (const seen of await world.store.history.read(id, 0, far)) {
    const observation = { ...seen, monitor: id, sentence: null }
    const step = advance(id, replayed, { type: 'observation', observation }, policy)
    replayed = step.state
    statuses.push(...step.events.map((event) => event.status))
  }
  const stored = events.filter(movesStatus).map((event) => event.status)
  if (replayed.status !== state.status) return [`${key}: replayed it is ${replayed.status}, stored ${state.status}`]
  if (statuses.join() !== stored.join()) return [`${key}: replayed it went ${statuses.join()}, stored ${stored.join()}`]
  return []
}

/** Whoever answered three times in a row is known, each is told of once, and two that take turns are told of once. */
function meetings(world: World, target: Target, events: readonly Event[], state: MonitorState): string[] {
  const { key } = target
  const changes = events.flatMap(({ identity }) => identity ?? [])
  const told = changes.map(({ now }) => now.id)
  const met = (world.probes.get(key) ?? []).filter(({ outcome }) => outcome !== 'down')
  const found: string[] = []
  if (new Set(told).size < told.length) found.push(`${key}: told twice of one that answers: ${told.slice(0, 4).join()}`)
  if (target.renewals === null) {
    if (told.length > 1) found.push(`${key}: told ${told.length} times of two that take turns`)
    return found
  }
  for (const [index, { before, now }] of changes.entries())
    if (before.id !== (changes[index - 1]?.now.id ?? before.id)) found.push(`${key}: ${now.id} follows another one`)
  const known = new Set([...told, changes[0]?.before.id ?? state.identity?.now.id])
  for (const [index, { id }] of met.entries()) {
    const surely = met.slice(index, index + 3).filter((one) => one.id === id).length === 3
    if (surely && !known.has(id)) found.push(`${key}: nobody noticed that ${id} answers`)
  }
  return found
}

/** No beat that was answered is missing. */
async function beats(world: World, sender: Target, id: number): Promise<string[]> {
  const stored = (await world.store.history.read(id, 0, far)).filter((seen) => seen.signal === 'beat').length
  const answered = world.acknowledged.filter((beat) => beat.key === sender.key).length
  return stored < answered ? [`${sender.key}: ${answered} beats were answered, ${stored} are stored`] : []
}

/** No outage that lasted long enough is missed, no recovery either, and nothing is called down that never was. */
function truth(world: World, timeline: Timeline): string[] {
  const found: string[] = []
  const { interval, hours } = world.scenario
  const until = hours * 3_600_000
  for (const target of world.targets) {
    for (const stretch of stretches(target, until)) {
      for (const watched of alive(world, stretch.from, stretch.to)) {
        if (watched.to - watched.from < interval + 20_000) continue
        const status = timeline.at(target.key, watched.to - 1)
        if (status !== stretch.health) {
          found.push(`${target.key}: ${stretch.health} from ${watched.from} to ${watched.to}, but shown as ${status}`)
        }
      }
    }
  }
  for (const { key, at, event } of timeline.events) {
    if (event.type !== 'monitor.down' || key.startsWith('group')) continue
    if (key.startsWith('sender')) found.push(...lateRightly(world, key, at))
    else {
      const seen = (world.probes.get(key) ?? []).filter((probe) => probe.at <= at).slice(-2)
      if (!seen.every((probe) => probe.outcome === 'down')) found.push(`${key}: called down at ${at} without two looks`)
    }
  }
  return found
}

function lateRightly(world: World, key: string, at: number): string[] {
  const sender = world.senders.find((one) => one.key === key) as Target
  const since = at - beatEvery - beatGrace - 15_000
  const silent = sender.outages.some((outage) => outage.health === 'down' && outage.from <= at && outage.to >= since)
  const dead = world.deaths.some((death) => death.from <= at && death.to >= since)
  return silent || dead ? [] : [`${key}: called late at ${at} though it never stopped`]
}

function stretches(target: Target, until: number): { from: number; to: number; health: 'up' | 'degraded' | 'down' }[] {
  const borders = [0, ...target.outages.flatMap((outage) => [outage.from, outage.to]), until].filter(
    (at) => at <= until,
  )
  return borders.slice(1).map((to, index) => {
    const from = borders[index] as number
    return { from, to, health: healthAt(target, (from + to) / 2) }
  })
}

/** The parts of [from, to) in which the process lived. */
function alive(world: World, from: number, to: number): { from: number; to: number }[] {
  let parts = [{ from, to }]
  for (const death of world.deaths) {
    parts = parts.flatMap((part) =>
      death.to <= part.from || death.from >= part.to
        ? [part]
        : [
            { from: part.from, to: death.from },
            { from: death.to, to: part.to },
          ].filter((one) => one.to > one.from),
    )
  }
  return parts
}

/** Every message told of arrived; twice only where a death cut off the record; faults and ends take turns. */
async function messages(world: World): Promise<string[]> {
  const found: string[] = []
  const counts = await world.store.deliveries.counts()
  const { delivered, ...others } = counts
  for (const [state, count] of Object.entries(others)) if (count > 0) found.push(`${count} deliveries are ${state}`)
  const keys = new Set(world.received.map((one) => one.key))
  if (keys.size !== delivered) found.push(`${delivered} deliveries, but ${keys.size} messages arrived`)
  const twice = world.received.length - keys.size
  if (twice > world.deaths.length * 4) found.push(`${twice} messages arrived twice in ${world.deaths.length} deaths`)
  const last = new Map<string, string>()
  const seen = new Set<string>()
  for (const { key, message } of world.received) {
    if (seen.has(key)) continue
    seen.add(key)
    const monitor = message.monitor.key
    const reminder = message.again !== null && message.status !== 'up'
    if (!reminder && (last.get(monitor) ?? 'up') === message.status)
      found.push(`${monitor}: told ${message.status} twice in a row`)
    last.set(monitor, message.status)
  }
  return found
}

/** What people were told of a monitor last; that it is well where they were told nothing. */
const lastTold = (world: World, key: string): string =>
  world.received.findLast(({ message }) => message.monitor.key === key)?.message.status ?? 'up'
