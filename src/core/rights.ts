// Rights: scopes, the roles of people as sets of them, and limits to objects with certain labels.
// Promises one meaning of "may" for tokens and people alike. Must not know how anybody proves who they are.

/**
 * `read`: all that is shown; `report`: signs of life; `respond`: acknowledging, silencing, checking now, sending again;
 * `edit`: objects; `agent`: a location that checks; `admin`: everything.
 */
export const scopes = ['read', 'report', 'respond', 'edit', 'admin', 'agent'] as const
export type Scope = (typeof scopes)[number]

/** What a scope includes beside itself; `admin` is all of them. */
const includes: Partial<Record<Scope, readonly string[]>> = { read: ['respond', 'edit'], respond: ['edit'] }

/** Whether scopes allow what needs this one. */
export function allows(have: readonly string[], need: Scope): boolean {
  if (have.includes('admin') || have.includes(need)) return true
  return (includes[need] ?? []).some((one) => have.includes(one))
}

/** From the most powerful to the least. */
export const roles = ['owner', 'admin', 'editor', 'responder', 'viewer'] as const
export type Role = (typeof roles)[number]

const scopesByRole: Readonly<Record<Role, readonly Scope[]>> = {
  owner: ['admin'],
  admin: ['admin'],
  editor: ['edit', 'report'],
  responder: ['respond'],
  viewer: ['read'],
}

export const scopesOf = (role: Role): readonly Scope[] => scopesByRole[role]

/** Whether somebody of this role may make, change and remove people of the other: owners are made by owners only. */
export function manages(role: Role | null, other: Role): boolean {
  return role === 'owner' || (role === 'admin' && other !== 'owner')
}

/** Roles that see everything, so that a limit to labels would be a lie. */
export const isUnlimited = (role: Role): boolean => scopesByRole[role].includes('admin')

/** What scopes allow of what others allow: the same ones where that is all. */
export function boundBy(have: readonly string[], bound: readonly string[]): readonly string[] {
  const known = have.filter((one): one is Scope => (scopes as readonly string[]).includes(one))
  if (known.every((one) => allows(bound, one))) return have
  return scopes.filter((one) => allows(have, one) && allows(bound, one))
}

/** What lies within both limits; null is no limit. */
export function bothLimits(one: LabelLimit | null, other: LabelLimit | null): LabelLimit | null {
  if (one === null || other === null) return one ?? other
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  const values = (limit: LabelLimit, name: string) => (Object.hasOwn(limit, name) ? limit[name] : undefined)
  return Object.fromEntries(
    names.map((name) => {
      const [mine, theirs] = [values(one, name), values(other, name)]
      return [name, mine && theirs ? mine.filter((value) => theirs.includes(value)) : (mine ?? theirs ?? [])]
    }),
  )
}

/** Label name → values of which one must be there; all names must match. */
export type LabelLimit = Readonly<Record<string, readonly string[]>>

/** Whether an object with these labels lies within a limit; null is no limit. */
export function isWithin(limit: LabelLimit | null, labels: Readonly<Record<string, string>>): boolean {
  if (limit === null) return true
  return Object.entries(limit).every(
    ([name, values]) => Object.hasOwn(labels, name) && values.includes(labels[name] as string),
  )
}

/** For people: `team=shop or pay, region=eu`. */
export function sayLimit(limit: LabelLimit): string {
  return Object.entries(limit)
    .map(([name, values]) => `${name}=${values.join(' or ')}`)
    .join(', ')
}
