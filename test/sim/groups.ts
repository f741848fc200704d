// Groups of the simulated world: monitors that follow from targets, senders and other groups.
// Promises an oracle of its own: what a group must be is counted here from the stored states, at any moment, even when
// the process was just killed in the middle of something.
import { shown } from '#core/state.ts'
import type { World } from './world.ts'

export interface Group {
  readonly key: string
  readonly spec: object
  readonly members: readonly string[]
  /** How many of so many must be up. */
  readonly needs: (counted: number) => number
}

/** One over half of the targets, one over all senders, one over these two, and more with other rules. */
export function makeGroups(count: number, { targets, senders }: Pick<World, 'targets' | 'senders'>): Group[] {
  const keys = targets.map(({ key }) => key)
  const group = (
    key: string,
    monitors: unknown,
    members: readonly string[],
    up_when: unknown,
    needs: Group['needs'],
  ) => ({
    key,
    spec: { group: { monitors, up_when } },
    members,
    needs,
  })
  const even = keys.filter((key) => /[02468]$/.test(key))
  const patterns = [0, 2, 4, 6, 8].map((digit) => `target-*${digit}`)
  const first = [
    group('group-0', patterns, even, { percent: 80 }, (counted) => Math.ceil(0.8 * counted)),
    group(
      'group-1',
      'sender-*',
      senders.map(({ key }) => key),
      'any',
      () => 1,
    ),
    group(
      'group-2',
      ['group-0', 'group-1', 'target-1'],
      ['group-0', 'group-1', 'target-1'],
      'all',
      (counted) => counted,
    ),
  ]
  const more = Array.from({ length: Math.max(0, count - first.length) }, (_, index) => {
    const mine = keys.filter((_key, place) => place % (index + 2) === 0)
    const least = Math.max(1, Math.floor(mine.length / 2))
    return group(`group-${index + first.length}`, mine, mine, { at_least: least }, () => least)
  })
  return [...first, ...more].slice(0, count).filter(({ members }) => members.length > 0)
}

/** Groups whose stored state is another than follows from their members' stored states. */
export async function groupsAstray(world: World): Promise<string[]> {
  const ids = new Map((await world.store.objects.all('monitor')).map(({ key, id }) => [key, id]))
  const states = await world.store.states.all()
  const status = (key: string) => {
    const state = states.get(ids.get(key) ?? 0)
    return state === undefined ? 'unknown' : shown(state)
  }
  return world.groups.flatMap(({ key, members, needs }) => {
    const all = members.map(status)
    const count = (...wanted: string[]) => all.filter((one) => wanted.includes(one)).length
    const [usable, needed] = [count('up', 'degraded'), needs(all.length)]
    const well = count('down', 'degraded') > 0 ? 'degraded' : 'up'
    const must = usable >= needed ? well : usable + count('unknown') >= needed ? 'unknown' : 'down'
    return status(key) === must ? [] : [`${key}: it is ${status(key)}, but ${must} follows from ${all.join()}`]
  })
}
