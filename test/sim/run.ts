// One simulated run: lets time pass step by step, kills, starts again, sets the clock wrong, and looks for breaches.
// Promises that the same scenario gives the same run.
import type { Event } from '#core/event.ts'
import type { Status } from '#core/words.ts'
import { breaches } from './invariants.ts'
import { groupsAstray } from './groups.ts'
import { act, toldThoughQuiet } from './people.ts'
import { type Scenario, World } from './world.ts'

/** What was shown of each monitor, in true time, as far as living processes said. */
export class Timeline {
  readonly events: { key: string; at: number; event: Event }[] = []
  readonly #shown = new Map<string, { at: number; status: Status }[]>()

  add(key: string, at: number, status: Status): void {
    const shown = this.#shown.get(key)
    if (shown) shown.push({ at, status })
    else this.#shown.set(key, [{ at, status }])
  }

  at(key: string, at: number): Status {
    return this.#shown.get(key)?.findLast((one) => one.at <= at)?.status ?? 'unknown'
  }
}

export interface Report {
  readonly breaches: readonly string[]
  readonly checks: number
  readonly events: number
  readonly messages: number
  readonly kills: number
  readonly jumps: number
  readonly deeds: number
  /** Events of which people would have been told, and were not. */
  readonly held: number
}

const stepMs = 60_000
/** At the end, so long without faults, that all messages can arrive. */
const settleMs = 1_800_000

export async function simulate(scenario: Scenario): Promise<Report> {
  const world = new World(scenario)
  const timeline = new Timeline()
  await world.open()
  const found: string[] = []
  await follow(world, timeline, found)
  const { random } = world
  let nextKill = random.wait(scenario.kills)
  let nextJump = random.wait(scenario.jumps)
  const everyDeed = scenario.deeds ?? Number.POSITIVE_INFINITY
  let nextDeed = world.people.wait(everyDeed)
  const until = scenario.hours * 3_600_000
  while (world.true < until) {
    const target = Math.min(
      until,
      world.true + stepMs,
      Math.max(world.true + 1, Math.min(nextKill, nextJump, nextDeed)),
    )
    await world.clock.advance(target - world.true)
    if (world.true >= nextKill) {
      found.push(...(await die(world, timeline, random.whole(100, 600_000), found)))
      nextKill = world.true + random.wait(scenario.kills)
    }
    if (world.true >= nextJump) {
      const by = random.whole(6_000, 7_200_000) * (random.chance(0.5) ? 1 : -1)
      world.clock.jump(by)
      world.jumped.push(by)
      world.deeds.jumpedAt = world.true
      await world.clock.advance(2_000)
      nextJump = world.true + random.wait(scenario.jumps)
    }
    if (world.true >= nextDeed) {
      await act(world)
      nextDeed = world.true + world.people.wait(everyDeed)
    }
    found.push(...silentGreen(world), ...(await groupsAstray(world)))
  }
  await world.clock.advance(settleMs)
  const { engine } = world
  if (engine) await world.clock.pump(engine.close())
  found.push(...(await breaches(world, timeline)))
  await world.close()
  return {
    breaches: found,
    checks: [...world.probes.values()].reduce((sum, probes) => sum + probes.length, 0),
    events: timeline.events.length,
    messages: world.received.length,
    kills: world.deaths.length,
    jumps: world.jumped.length,
    deeds: world.deeds.count,
    held: timeline.events.filter(({ event }) => event.held !== undefined).length,
  }
}

/** Gives what the dead process had left half done. */
async function die(world: World, timeline: Timeline, ms: number, found: string[]): Promise<string[]> {
  const from = world.true
  world.kill()
  const astray = await groupsAstray(world)
  await world.clock.advance(ms)
  world.deaths.push({ from, to: world.true })
  await world.clock.pump(world.begin())
  await follow(world, timeline, found)
  return astray
}

/** Writes down what the living process says from now on, beginning with what it found. */
async function follow(world: World, timeline: Timeline, found: string[]): Promise<void> {
  const { engine } = world
  if (!engine) throw new Error('the process did not start')
  const states = await world.store.states.all()
  const key = (id: number) => engine.catalog.monitors.get(id)?.key ?? String(id)
  for (const [id, state] of states) timeline.add(key(id), world.true, state.status)
  engine.live.listen(({ events }) => {
    for (const event of events) {
      found.push(...toldThoughQuiet(world, event, engine.ingest.state(event.monitor)))
      timeline.events.push({ key: key(event.monitor), at: world.true, event })
      timeline.add(key(event.monitor), world.true, event.status)
    }
  })
}

/** Green needs a recent look: nothing is up on old news. */
function silentGreen(world: World): string[] {
  const { engine, clock } = world
  if (!engine) return []
  const now = clock.now()
  const found: string[] = []
  for (const monitor of engine.catalog.monitors.values()) {
    const state = engine.ingest.state(monitor.id)
    const { staleAfter } = monitor.policy
    if (state?.status !== 'up' || staleAfter === null || state.lastAt === null) continue
    const heard = Math.max(state.lastAt, engine.tick.listeningSince)
    if (now - heard > staleAfter + 5_000) found.push(`${monitor.key}: up on news of ${now - state.lastAt} ms ago`)
  }
  return found
}
