// Components of pages, as people and programs speak of them: what they say of one is a report on the river.
// Promises that a report is stored like any other observation, and that its monitor is made where there is none.
import { type ComponentStatus, saidAs } from '#core/component.ts'
import { suggest } from '#core/suggest.ts'
import type { ComponentModel, PageModel } from '#manifest/model.ts'
import { createObject, existing } from './objects.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

export interface ComponentName {
  readonly page: string
  readonly component: string
}

/** `page/component`, as tokens that are limited to some name them. */
export const componentName = ({ page, component }: ComponentName): string => `${page}/${component}`

/** A page as it is meant; throws Refused when there is none, or when this version cannot read it. */
export async function pageOf(parts: Pick<CommandParts, 'store' | 'readers'>, key: string): Promise<PageModel> {
  const stored = await existing(parts.store, { type: 'page', key })
  const read = parts.readers.readPage(key, stored.spec)
  if (!read.ok) throw new Refused({ kind: 'impossible', why: `The page "${key}" cannot be read by this version.` })
  return read.value
}

export const componentsOf = ({ groups }: Pick<PageModel, 'groups'>): ComponentModel[] =>
  groups.flatMap((group) => group.components)

/** One component of a page; throws Refused with the one that was perhaps meant. */
export async function componentOf(
  parts: Pick<CommandParts, 'store' | 'readers'>,
  { page, component }: ComponentName,
): Promise<ComponentModel> {
  const all = componentsOf(await pageOf(parts, page))
  const found = all.find(({ key }) => key === component)
  const near = () =>
    suggest(
      component,
      all.map(({ key }) => key),
    )
  if (found === undefined) throw new Refused({ kind: 'missing', what: 'component', key: component, near: near() })
  return found
}

export interface Saying {
  readonly status: ComponentStatus
  /** Who says so, for people who are told of it. */
  readonly by: string
  /** What they say beside it; null: nothing. */
  readonly sentence?: string | null | undefined
}

/** Takes in what somebody says of a component; resolves after the commit. */
export async function sayComponent(parts: CommandParts, name: ComponentName, said: Saying): Promise<void> {
  const component = await componentOf(parts, name)
  const monitor = await hearing(parts, component)
  const { outcome, reason } = saidAs(said.status)
  const plain = `${said.by} set it to ${said.status.replace('_', ' ')}.`
  const observation = {
    monitor,
    location: 'local',
    at: parts.clock.now(),
    outcome,
    signal: 'set',
    latency: null,
    reason,
    sentence: outcome === 'up' ? null : (said.sentence ?? plain),
  } as const
  const state = await parts.engine.input(monitor, { type: 'observation', observation })
  if (state === null) throw new Refused({ kind: 'missing', what: 'monitor', key: component.reported })
}

/** The number of the monitor that hears what is said of a component, made at the first word. */
async function hearing(parts: CommandParts, { reported: key, name }: ComponentModel): Promise<number> {
  const target = { type: 'monitor', key } as const
  const known = await parts.store.objects.get('monitor', key)
  if (known !== null) {
    const read = parts.readers.readMonitor(key, known.spec)
    const hears = read.ok && !read.value.active && read.value.members === null && read.value.policy.beat === null
    if (hears) return known.id
    const why = `The monitor "${key}" would have to hear what is said of this component, but it is one that is checked`
    throw new Refused({ kind: 'impossible', why: `${why}, or reports by itself; give that one another key.` })
  }
  try {
    return (await createObject(parts, target, parts.saidEntry(name))).id
  } catch (error) {
    // Somebody else spoke of it first in the same moment.
    const made = error instanceof Refused ? await parts.store.objects.get('monitor', key) : null
    if (made === null) throw error
    return made.id
  }
}
