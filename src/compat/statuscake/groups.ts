// Contact groups: a rule that tells of the tests with the group's label, and the channels that it tells by.
// Promises that what was sent comes back; telephone numbers and integrations are kept and reach nobody.
import type { StoredObject } from '#store/store.ts'
import { type FieldType, type Form, type Value, valueOf } from './form.ts'
import { groupLabel } from './tests.ts'
import type { Shelf } from './shelf.ts'

const types: Readonly<Record<string, FieldType>> = {
  name: 'text',
  email_addresses: 'list',
  mobile_numbers: 'list',
  integrations: 'list',
  ping_url: 'text',
}
/** Where the older API calls a field otherwise. */
export const legacyGroupNames: Readonly<Record<string, string>> = {
  GroupName: 'name',
  Email: 'email_addresses',
  Mobile: 'mobile_numbers',
  PingURL: 'ping_url',
}
export type Group = Readonly<Record<string, Value>>
const kept = 'statuscake-group'
const empty: Group = { name: '', email_addresses: [], mobile_numbers: [], integrations: [], ping_url: '' }

export const isGroup = ({ spec }: StoredObject): boolean =>
  (spec as { annotations?: Record<string, string> }).annotations?.[kept] !== undefined

export function groupIn(form: Form, names: Readonly<Record<string, string>> | null): Group {
  const found: Record<string, Value> = {}
  for (const spelling of Object.keys(names ?? types)) {
    const name = names?.[spelling] ?? spelling
    const value = valueOf(form, spelling, types[name] as FieldType)
    if (value !== undefined && value !== null) found[name] = value
  }
  return found
}

export function groupOf({ spec }: StoredObject): Group {
  const text = (spec as { annotations?: Record<string, string> }).annotations?.[kept] ?? '{}'
  return { ...empty, ...(JSON.parse(text) as Group) }
}

export function groupFaults(group: Group): Record<string, string[]> {
  const faults: Record<string, string[]> = {}
  const emails = (group['email_addresses'] ?? []) as readonly string[]
  const url = String(group['ping_url'] ?? '')
  if (String(group['name'] ?? '') === '') faults['name'] = ['is required']
  if (emails.some((one) => !/^\S+@\S+$/.test(one))) faults['email_addresses'] = ['has one that is no address']
  if (url !== '' && !/^https?:\/\//.test(url)) faults['ping_url'] = ['is not a URL']
  if (emails.length === 0 && url === '') faults['email_addresses'] = ['is required, or ping_url: nothing else is told']
  return faults
}

export async function createGroup(shelf: Shelf, group: Group): Promise<StoredObject> {
  const all = { ...empty, ...group }
  const mark = `contact-${String(all['name'])}`
  const tell = await channels(shelf, mark, all, [])
  // Its label has its number, which it has only now.
  const made = await shelf.create('rule', mark, ruleOf(all, 'unknown', tell))
  return await shelf.replace(made, ruleOf(all, String(made.id), tell))
}

export async function changeGroup(shelf: Shelf, stored: StoredObject, group: Group): Promise<void> {
  const all = { ...groupOf(stored), ...group }
  const { tell } = stored.spec as { tell: readonly string[] }
  await shelf.replace(stored, ruleOf(all, String(stored.id), await channels(shelf, stored.key, all, tell)))
}

export async function removeGroup(shelf: Shelf, stored: StoredObject): Promise<void> {
  const { tell } = stored.spec as { tell: readonly string[] }
  await shelf.remove(stored)
  for (const key of tell) await shelf.remove({ type: 'channel', key })
}

const ruleOf = (group: Group, id: string, tell: readonly string[]) => ({
  name: String(group['name']).slice(0, 200),
  monitors: { labels: { [groupLabel(id)]: 'yes' } },
  tell,
  on: ['down', 'up'],
  annotations: { [kept]: JSON.stringify(group) },
})

/** The channels of a group as it says now; those that it had are changed or, where nobody is told by them, stay. */
async function channels(shelf: Shelf, mark: string, group: Group, had: readonly string[]): Promise<string[]> {
  const emails = group['email_addresses'] as readonly string[]
  const url = String(group['ping_url'])
  const wanted = [
    ...(emails.length > 0 ? [{ end: 'mail', spec: { email: { to: emails } } }] : []),
    ...(url === '' ? [] : [{ end: 'ping', spec: { webhook: { url } } }]),
  ]
  const stored = await shelf.all('channel', ({ key }) => had.includes(key))
  const keys: string[] = []
  for (const { end, spec } of wanted) {
    const old = stored.find(({ key }) => key.includes(`-${end}`))
    const made = old ? await shelf.replace(old, spec) : await shelf.create('channel', `${mark}-${end}`, spec)
    keys.push(made.key)
  }
  return keys
}
