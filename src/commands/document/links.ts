// Links of a document: channels that its rules tell, and monitors that follow from others, among all that will be.
// Promises to look at the state after the apply, so that the order within a document does not matter.
import { derivedMost, orderOf } from '#core/members.ts'
import { suggest } from '#core/suggest.ts'
import { membersBeyond } from '../members.ts'
import { roundabout, tooMany } from '#manifest/links.ts'
import type { Fault, MonitorModel } from '#manifest/model.ts'
import type { Aggregates, NewObject, StoredObject } from '#store/store.ts'
import type { CommandParts } from '../ports.ts'

type Written = Omit<NewObject, 'owner'>

/** What is wrong between these objects and all others once they are stored and `removals` are not any more. */
export async function faultsBetween(
  parts: Pick<CommandParts, 'readers'>,
  tx: Pick<Aggregates, 'objects'>,
  written: readonly Written[],
  removals: readonly StoredObject[],
): Promise<Fault[]> {
  return [
    ...(await channelFaults(parts, tx, written, removals)),
    ...(await memberFaults(parts, tx, written)),
    ...(await circleFaults(parts, tx, written, removals)),
  ]
}

async function channelFaults(
  { readers }: Pick<CommandParts, 'readers'>,
  tx: Pick<Aggregates, 'objects'>,
  written: readonly Written[],
  removals: readonly StoredObject[],
): Promise<Fault[]> {
  const gone = new Set(removals.map(({ type, key }) => `${type} ${key}`))
  const stays = ({ type, key }: StoredObject) => !gone.has(`${type} ${key}`)
  const rules = written.filter(({ type }) => type === 'rule')
  if (rules.length === 0 && !removals.some(({ type }) => type === 'channel')) return []
  const stored = (await tx.objects.all('channel')).filter(stays).map(({ key }) => key)
  const channels = [...new Set([...stored, ...written.filter(({ type }) => type === 'channel').map(({ key }) => key)])]
  const known = new Set(channels)
  const named = new Set(rules.map(({ key }) => key))
  const others = (await tx.objects.all('rule')).filter((one) => stays(one) && !named.has(one.key))
  const faults: Fault[] = []
  for (const { key, spec } of rules) {
    const rule = readers.readRule(key, spec)
    for (const [index, told] of (rule.ok ? rule.value.tell : []).entries()) {
      if (known.has(told)) continue
      const near = suggest(told, channels)
      const hint = near === null ? '; add it to the document' : `; did you mean "${near}"?`
      faults.push({ path: ['rules', key, 'tell', index], message: `there is no channel "${told}"${hint}` })
    }
  }
  for (const { key, spec } of others) {
    const rule = readers.readRule(key, spec)
    const lost = rule.ok ? rule.value.tell.find((told) => gone.has(`channel ${told}`) && !known.has(told)) : undefined
    if (lost === undefined) continue
    faults.push({ path: ['channels', lost], message: `cannot be deleted: the rule "${key}" tells it` })
  }
  return faults
}

async function memberFaults(
  parts: Pick<CommandParts, 'readers'>,
  tx: Pick<Aggregates, 'objects'>,
  written: readonly Written[],
): Promise<Fault[]> {
  if (tx.objects.limit === null) return []
  const monitors = written.filter(({ type }) => type === 'monitor')
  const made = new Set(monitors.map(({ key }) => key))
  const faults: Fault[] = []
  for (const { key, kind, spec } of monitors.filter((one) => parts.readers.isDerived(one.kind))) {
    const read = parts.readers.readMonitor(key, spec)
    if (!read.ok || read.value.members === null) continue
    const { members } = read.value
    const message = await membersBeyond(parts, tx, { key, spec, members }, (one) => made.has(one))
    if (message !== null) faults.push({ path: ['monitors', key, kind, 'monitors'], message })
  }
  return faults
}

async function circleFaults(
  { readers }: Pick<CommandParts, 'readers'>,
  tx: Pick<Aggregates, 'objects'>,
  written: readonly Written[],
  removals: readonly StoredObject[],
): Promise<Fault[]> {
  const modelOf = ({ key, spec }: Written): MonitorModel[] => {
    const read = readers.readMonitor(key, spec)
    return read.ok && read.value.members !== null ? [read.value] : []
  }
  const own = written.filter(({ type, kind }) => type === 'monitor' && readers.isDerived(kind)).flatMap(modelOf)
  if (own.length === 0) return []
  const replaced = new Set([...written, ...removals].filter(({ type }) => type === 'monitor').map(({ key }) => key))
  const others = (await tx.objects.all('monitor'))
    .filter(({ key, kind }) => readers.isDerived(kind) && !replaced.has(key))
    .flatMap(modelOf)
  const all = [...own, ...others]
  const [first] = own
  if (all.length > derivedMost && first)
    return [{ path: ['monitors', first.key, first.kind], message: tooMany(first.kind) }]
  const kinds = new Map(own.map(({ key, kind }) => [key, kind]))
  return orderOf(all).circles.flatMap(({ keys, way }) => {
    const key = keys.find((one) => kinds.has(one))
    if (key === undefined) return []
    return [{ path: ['monitors', key, kinds.get(key) as string, 'monitors'], message: roundabout(key, way) }]
  })
}
