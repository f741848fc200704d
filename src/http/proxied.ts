// People whom a proxy in front names in a header, after it has asked them who they are.
// Promises that the header counts only from the proxies that the configuration lists, by the connection itself: an
// address that somebody merely claims is never enough. Must not know any route.
import { label, email as emailForm } from '#commands/accounts/names.ts'
import { settleOutsider } from '#commands/accounts/outside.ts'
import type { AccountParts } from '#commands/accounts/ports.ts'
import { Refused } from '#commands/refused.ts'
import type { ProxyModel } from '#manifest/model.ts'
import { type Networks, parseNetworks } from '#platform/networks.ts'
import type { User } from '#store/store.ts'
import type { Visitor } from './visitor.ts'

const networks = new WeakMap<ProxyModel, Networks>()

/** What the headers say of the person; null: no trusted proxy names anybody. */
export function namedBy(
  { headers, client }: Visitor,
  model: ProxyModel | null,
): readonly [user: string, groups: string] | null {
  if (model === null || client.peer === null) return null
  const from = networks.get(model) ?? parseNetworks(model.from)
  networks.set(model, from)
  if (!from.has(client.peer)) return null
  const user = headers[model.header]
  if (typeof user !== 'string' || user.trim() === '') return null
  const groups = model.groupsHeader === null ? '' : [headers[model.groupsHeader] ?? ''].flat().join(',')
  return [user.trim(), groups]
}

/** The account of whoever was named; throws Refused where they get none. */
export async function settleProxied(
  parts: AccountParts,
  [user, groups]: readonly [user: string, groups: string],
  model: ProxyModel,
): Promise<User> {
  const address = emailForm.safeParse(user)
  if (!address.success) {
    const why = `The proxy names "${user.slice(0, 100)}" in ${model.header}, which is not a mail address.`
    throw new Refused({ kind: 'forbidden', why })
  }
  const email = address.data
  const named = label.safeParse(email.split('@')[0])
  const names = groups
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
  // Without a header for groups they say nothing: who has an account keeps its role.
  const mapping = model.groupsHeader === null ? { groups: {}, others: model.others } : model
  const outsider = { external: null, email, name: named.success ? named.data : email, vouched: true, groups: names }
  return await settleOutsider(parts, outsider, mapping)
}
