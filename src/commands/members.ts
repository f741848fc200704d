// Members: a monitor that follows from others must not follow from itself by way of them.
// Promises to say by which way it would. Must not know any kind.
import { isDeepStrictEqual } from 'node:util'
import { choosesBeyond, derivedMost, orderOf } from '#core/members.ts'
import type { Selector } from '#core/glob.ts'
import { roundabout, tooMany } from '#manifest/links.ts'
import type { Fault } from '#manifest/model.ts'
import type { Aggregates } from '#store/store.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

/** Refuses a monitor's new spec by which it would follow from itself, or be one too many of those that follow. */
export async function goesNotRound(
  parts: Pick<CommandParts, 'readers'>,
  tx: Pick<Aggregates, 'objects'>,
  key: string,
  spec: unknown,
): Promise<void> {
  const { readers } = parts
  const read = readers.readMonitor(key, spec)
  if (!read.ok || read.value.members === null) return
  const { kind, members } = read.value
  const beyond = await membersBeyond(parts, tx, { key, spec, members }, () => false)
  if (beyond !== null) refuse([kind, 'monitors'], beyond)
  const others = (await tx.objects.all('monitor')).filter((one) => one.key !== key && readers.isDerived(one.kind))
  if (others.length >= derivedMost) refuse([kind], tooMany(kind))
  const known = others
    .map((one) => readers.readMonitor(one.key, one.spec))
    .flatMap((one) => (one.ok ? [one.value] : []))
  const circle = orderOf([read.value, ...known]).circles.find(({ keys }) => keys.includes(key))
  if (circle) refuse([kind, 'monitors'], roundabout(key, circle.way))
}

/**
 * What is wrong with the choice of members of somebody limited to labels: what follows from others tells of them.
 * Settings that stay as they are may stay. `made`: whether a key is there once all is stored that is asked for.
 */
export async function membersBeyond(
  { readers }: Pick<CommandParts, 'readers'>,
  tx: Pick<Aggregates, 'objects'>,
  { key, spec, members }: { readonly key: string; readonly spec: unknown; readonly members: Selector },
  made: (key: string) => boolean,
): Promise<string | null> {
  const { limit } = tx.objects
  if (limit === null) return null
  const before = await tx.objects.get('monitor', key)
  const [was, is] = [before && readers.readMonitor(key, before.spec), readers.readMonitor(key, spec)]
  if (was?.ok && is.ok && was.value.kind === is.value.kind && isDeepStrictEqual(was.value.config, is.value.config))
    return null
  const seen = new Set((await tx.objects.named('monitor', members.keys ?? [])).map((one) => one.key))
  return choosesBeyond(limit, members, (one) => seen.has(one) || made(one))
}

function refuse(path: Fault['path'], message: string): never {
  throw new Refused({ kind: 'invalid', faults: [{ path, message }] })
}
