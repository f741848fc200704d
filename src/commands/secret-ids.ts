// Secret ids: a heartbeat that comes to one must find a single monitor.
// Promises to name the other monitor only to those who may see it. Must not know any kind.
import type { Fault, MonitorModel } from '#manifest/model.ts'
import { sayTaken, secretId } from '#manifest/links.ts'
import type { Aggregates, NewObject, StoredObject } from '#store/store.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

type Parts = Pick<CommandParts, 'engine' | 'readers'>

function readId({ readers }: Parts, key: string, spec: unknown): { id: string; kind: MonitorModel['kind'] } | null {
  const read = readers.readMonitor(key, spec)
  const id = read.ok ? secretId(read.value) : null
  return read.ok && id !== null ? { id, kind: read.value.kind } : null
}

/** Refuses a monitor's new spec by which it would have the secret id of another one. */
export async function idIsFree(
  parts: Parts,
  tx: Pick<Aggregates, 'objects'>,
  key: string,
  spec: unknown,
  stored: StoredObject | null,
): Promise<void> {
  const own = readId(parts, key, spec)
  // Two of old that have the same one may be changed otherwise.
  if (own === null || (stored !== null && readId(parts, stored.key, stored.spec)?.id === own.id)) return
  const holder = parts.engine.holderOf(own.id)
  if (holder === null || holder === key || holder === stored?.key) return
  const isSeen = (await tx.objects.get('monitor', holder)) !== null
  const message = sayTaken(isSeen ? holder : null)
  throw new Refused({ kind: 'invalid', faults: [{ path: [own.kind, 'id'], message }] })
}

/** Monitors of a document that would have the secret id of another one. `leaving`: keys that will not be any more. */
export async function idFaults(
  parts: Parts,
  tx: Pick<Aggregates, 'objects'>,
  written: readonly Omit<NewObject, 'owner'>[],
  leaving: ReadonlySet<string>,
): Promise<Fault[]> {
  const monitors = written.filter(({ type }) => type === 'monitor')
  const rewritten = new Set(monitors.map(({ key }) => key))
  const known = new Map<string, string>()
  const faults: Fault[] = []
  for (const { key, kind, spec } of monitors) {
    const settings = (spec as Readonly<Record<string, { readonly id?: unknown } | null>>)[kind]
    const own = typeof settings?.id === 'string' ? readId(parts, key, spec) : null
    if (own === null) continue
    const path = ['monitors', key, own.kind, 'id']
    const twin = known.get(own.id)
    if (twin !== undefined) faults.push({ path, message: sayTaken(twin) })
    else known.set(own.id, key)
    const holder = parts.engine.holderOf(own.id)
    if (twin !== undefined || holder === null || leaving.has(holder) || rewritten.has(holder)) continue
    const isSeen = (await tx.objects.get('monitor', holder)) !== null
    faults.push({ path, message: sayTaken(isSeen ? holder : null) })
  }
  return faults
}
