// People in the simulated world: they take trouble on, put monitors off, silence some, and end silences before their
// time. Promises deeds as the API would do them, and to know of any message that should have been held.
import type { Event } from '#core/event.ts'
import { quietAt } from '#core/hold.ts'
import type { Quiet } from '#core/hold.ts'
import type { MonitorState } from '#core/state.ts'
import type { World } from './world.ts'

const minute = 60_000
/** So long after a deed or a jump of the clock what was on its way may still be told. */
const slackMs = 30_000

/** One deed, at random. Whatever the process dies of meanwhile, it was not done. */
export async function act(world: World): Promise<void> {
  const { engine, people, clock, store } = world
  if (!engine) return
  const states = [...(await engine.states())].filter(([, { paused }]) => !paused)
  const broken = states.filter(([, { outage }]) => outage !== null)
  const pick = <Item>(items: readonly Item[]) => items[people.whole(0, items.length - 1)]
  const [at, by] = [clock.now(), pick(['ada', 'bob', 'link sent to receiver']) ?? 'ada']
  const until = at + people.whole(1, 40) * minute
  const deed = people.whole(0, 9)
  world.deeds.count += 1
  if (deed < 4) {
    const id = pick(broken)?.[0]
    if (id !== undefined) await clock.pump(engine.input(id, { type: 'acknowledge', at, by, note: null }))
  } else if (deed < 7) {
    const id = pick(people.chance(0.5) && broken.length > 0 ? broken : states)?.[0]
    if (id !== undefined) await clock.pump(engine.input(id, { type: 'snooze', at, by, until }))
  } else if (deed === 7) {
    const id = pick(states)?.[0]
    if (id !== undefined) await clock.pump(engine.input(id, { type: 'unsnooze', at, by }))
  } else {
    const current = await store.silences.current(at)
    const ended = people.chance(0.4) ? pick(current) : undefined
    const later = people.chance(0.3) ? people.whole(1, 30) * minute : 0
    const keys = [`${pick(['target', 'sender', 'group', '*'])}-${people.whole(0, 9)}${people.chance(0.5) ? '*' : ''}`]
    const wanted = { selector: { keys, labels: null }, within: null, reason: null }
    if (ended) await store.silences.end(ended.id, at)
    else await store.silences.insert({ ...wanted, from: at + later, until: until + later }, at)
    await clock.pump(engine.silencesChanged())
  }
}

/** What is told of trouble although a snooze or a silence has been in force for a while. */
export function toldThoughQuiet(world: World, event: Event, state: MonitorState | null): string[] {
  const { engine, clock, deeds } = world
  const monitor = engine?.catalog.monitors.get(event.monitor)
  const telling = event.alert && event.held === undefined && event.status !== 'up'
  if (!engine || !monitor || !state || !telling || world.true - deeds.jumpedAt < slackMs) return []
  const now = clock.now()
  const { policy } = engine.silences.over(monitor)
  const quiet = quietAt(state, policy, now)
  if (quiet === null || beganAt(state, policy.silences ?? [], quiet) > now - slackMs) return []
  return [`${monitor.key}: told of ${event.type} at ${event.at} though it was ${quiet.kind} until ${quiet.until}`]
}

function beganAt(state: MonitorState, silences: readonly { id: number; from: number }[], quiet: Quiet): number {
  if (quiet.kind === 'snoozed') return state.snooze?.at ?? 0
  return silences.find(({ id }) => id === quiet.silence)?.from ?? 0
}

/** Whoever may be told of trouble that lasts has been told of it, and messages say what the state says was told. */
export function untold(key: string, state: MonitorState, last: string): string[] {
  const { status, told, owed, outage, paused } = state
  const found: string[] = []
  const isTrouble = status === 'down' || status === 'degraded'
  if (isTrouble && !paused && owed === undefined && outage?.acknowledged === undefined && told !== status)
    found.push(`${key}: is ${status}, nothing holds that back, and people know ${told ?? 'nothing'}`)
  if (outage?.acknowledged === undefined && (told ?? 'up') !== last)
    found.push(`${key}: people were told ${last}, its state says ${told ?? 'nothing'}`)
  return found
}
