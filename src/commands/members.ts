// Members: a monitor that follows from others must not follow from itself by way of them.
// Promises to say by which way it would. Must not know any kind.
import { derivedMost, orderOf } from '#core/members.ts'
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
  const { kind } = read.value
  const others = (await tx.objects.all('monitor')).filter((one) => one.key !== key && readers.isDerived(one.kind))
  if (others.length >= derivedMost) refuse([kind], tooMany(kind))
  const known = others
    .map((one) => readers.readMonitor(one.key, one.spec))
    .flatMap((one) => (one.ok ? [one.value] : []))
  const circle = orderOf([read.value, ...known]).circles.find(({ keys }) => keys.includes(key))
  if (circle) refuse([kind, 'monitors'], roundabout(key, circle.way))
}

function refuse(path: Fault['path'], message: string): never {
  throw new Refused({ kind: 'invalid', faults: [{ path, message }] })
}
