// Component keys: the identity of a component on its page, given or made from its name.
// Promises keys that are unique on a page, and that do not depend on the order of components. Pure.
import { quote } from './faults.ts'
import type { Fault } from './model.ts'

interface Named {
  readonly name: string
  readonly key?: string | undefined
}

/** `Web shop (EU)` → `web-shop-eu`; letters of any script stay. Empty for a name without letters and digits. */
export function slug(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return plain
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 128)
}

/** The keys by group and place; a fault for each that cannot be told from an earlier one. */
export function componentKeys(groups: readonly { readonly components: readonly Named[] }[]): {
  readonly keys: readonly (readonly string[])[]
  readonly faults: readonly Fault[]
} {
  const taken = new Map<string, string>()
  const faults: Fault[] = []
  const keys = groups.map((group, g) =>
    group.components.map((component, c) => {
      const key = component.key ?? slug(component.name)
      const path = ['groups', g, 'components', c, component.key === undefined ? 'name' : 'key']
      const other = taken.get(key)
      if (key === '') faults.push({ path, message: 'no key can be made from this name; give the component a "key"' })
      else if (other !== undefined) {
        const both = `the component ${quote(other)} of this page has the key ${quote(key)} as well`
        faults.push({ path, message: `${both}; give each its own "key"` })
      }
      taken.set(key, component.name)
      return key
    }),
  )
  return { keys, faults }
}

interface Group {
  readonly name?: string | undefined
  readonly key?: string | undefined
}

/** The keys of groups; those without a name stand for themselves by their place, and nobody tells them apart. */
export function keysOfGroups(groups: readonly Group[]): {
  readonly keys: readonly string[]
  readonly faults: readonly Fault[]
} {
  const taken = new Set<string>()
  const faults: Fault[] = []
  const keys = groups.map((group, g) => {
    const made = group.key ?? slug(group.name ?? '')
    if (group.key !== undefined && taken.has(made)) {
      const message = `another group of this page has the key ${quote(made)} as well; give each its own "key"`
      faults.push({ path: ['groups', g, 'key'], message })
    }
    const key = made === '' || taken.has(made) ? `${made === '' ? 'group' : made}-${g + 1}` : made
    taken.add(key)
    return key
  })
  return { keys, faults }
}
