// Changing what stands on a page piece by piece: a component or a group made, changed, moved or taken away.
// Promises that all else of the page stays as it was written, and that two who change it at once both count.
import type { Spec } from '#manifest/model.ts'
import { slug } from '#manifest/component-keys.ts'
import { existing, replaceObject } from './objects.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

/** A component or a group as it is written. */
export type Written = Readonly<Record<string, unknown>>
export interface WrittenGroup extends Written {
  readonly components: readonly Written[]
}

const triesMost = 5

/** Lets `change` make new groups out of those that are written. */
export async function editPage(
  parts: CommandParts,
  page: string,
  change: (groups: readonly WrittenGroup[]) => readonly WrittenGroup[],
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const stored = await existing(parts.store, { type: 'page', key: page })
    const spec = stored.spec as Spec & { readonly groups?: readonly WrittenGroup[] }
    try {
      const groups = change(spec.groups ?? [])
      await replaceObject(parts, { type: 'page', key: page }, { ...spec, groups }, { revision: stored.revision })
      return
    } catch (error) {
      const stale = error instanceof Refused && error.trouble.kind === 'stale'
      if (!stale || tries >= triesMost) throw error
    }
  }
}

/** The key of a written component or group. */
export const keyOf = ({ key, name }: Written): string =>
  typeof key === 'string' ? key : slug(typeof name === 'string' ? name : '')

/** A key that none of these has, made from a name. */
export function freeKey(name: string, taken: ReadonlySet<string>, fallback: string): string {
  const made = slug(name).slice(0, 100)
  const base = made === '' ? fallback : made
  for (let at = 1; ; at += 1) {
    const key = at === 1 ? base : `${base}-${at}`
    if (!taken.has(key)) return key
  }
}

/** With only what says something: undefined names are left out. */
export const put = (before: Written, changes: Written): Written =>
  Object.fromEntries(
    Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined && value !== null),
  )

/** The groups with one component changed; null takes it away. */
export const withComponent = (
  groups: readonly WrittenGroup[],
  key: string,
  change: (before: Written) => Written | null,
): WrittenGroup[] =>
  groups.map((group) => ({
    ...group,
    components: group.components.flatMap((one) => {
      const next = keyOf(one) === key ? change(one) : one
      return next === null ? [] : [next]
    }),
  }))

/** The groups with a component at the end of one of them; `group` null: of those without a heading. */
export function withAdded(groups: readonly WrittenGroup[], group: string | null, added: Written): WrittenGroup[] {
  const fits = (one: WrittenGroup) =>
    group === null ? one['name'] === undefined && one['hidden'] !== true : groupKeyOf(groups, one) === group
  const place = groups.findIndex(fits)
  if (place < 0) return [...groups, { components: [added] }]
  return groups.map((one, at) => (at === place ? { ...one, components: [...one.components, added] } : one))
}

/** The key of a group as the page's reader has it. */
export function groupKeyOf(groups: readonly WrittenGroup[], group: WrittenGroup): string {
  const taken = new Set<string>()
  for (const [index, one] of groups.entries()) {
    const made = keyOf(one)
    const key = made === '' || taken.has(made) ? `${made === '' ? 'group' : made}-${index + 1}` : made
    if (one === group) return key
    taken.add(key)
  }
  return ''
}
