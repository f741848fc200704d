// What the four types of objects have in common for a command: how each is read, and what of it is secret.
// Promises one way through for all of them. Must not store anything.
import type { Fault, Read, Readers } from '#manifest/model.ts'
import type { NewObject, ObjectType } from '#store/store.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'
import { byList, byName, type IsSecret, mask } from './secrets.ts'

type Described = Pick<NewObject, 'name' | 'kind' | 'labels'>
type Reader = (readers: Readers, key: string, spec: unknown) => Read<Described>

const as = <Model>(read: Read<Model>, described: (model: Model) => Described): Read<Described> =>
  read.ok ? { ok: true, value: described(read.value) } : read

const reading: Readonly<Record<ObjectType, Reader>> = {
  monitor: (readers, key, spec) =>
    as(readers.readMonitor(key, spec), ({ name, kind, labels }) => ({ name, kind, labels })),
  channel: (readers, key, spec) => as(readers.readChannel(key, spec), ({ name, kind }) => ({ name, kind, labels: {} })),
  rule: (readers, key, spec) => as(readers.readRule(key, spec), ({ name }) => ({ name, kind: '', labels: {} })),
  page: (readers, key, spec) => as(readers.readPage(key, spec), ({ title }) => ({ name: title, kind: '', labels: {} })),
}

/** What an object's row says beside its spec. */
export const readObject = (readers: Readers, type: ObjectType, key: string, spec: unknown): Read<Described> =>
  reading[type](readers, key, spec)

/** The same; throws Refused with all faults of the spec. */
export function describe(readers: Readers, type: ObjectType, key: string, spec: unknown): Described {
  const read = readObject(readers, type, key, spec)
  if (read.ok) return read.value
  const faults = read.faults.map((fault) => (fault.at === 'key' && fault.path.length === 0 ? inKey(fault) : fault))
  throw new Refused({ kind: 'invalid', faults })
}

/** A fault of the object's own key, which stands beside the spec. */
const inKey = (fault: Fault): Fault => ({ ...fault, path: ['key'] })

/** What is secret in the spec of a monitor or channel: what its kind lists, in a monitor also what its name tells. */
export function secretsIn(parts: Pick<CommandParts, 'secretsOf'>, type: ObjectType): IsSecret {
  if (type !== 'monitor' && type !== 'channel') return () => false
  const listed: IsSecret = (path) =>
    typeof path[0] === 'string' && byList(path[0], parts.secretsOf(type, path[0]))(path)
  return type === 'channel' ? listed : (path) => listed(path) || byName(path)
}

/** An object's spec as it may be shown. */
export function shownSpec(
  parts: Pick<CommandParts, 'secretsOf'>,
  object: Pick<NewObject, 'type' | 'spec'>,
): Readonly<Record<string, unknown>> {
  return mask(object.spec, secretsIn(parts, object.type)) as Readonly<Record<string, unknown>>
}

/** Nobody deletes it before this is taken away. */
export const isProtected = ({ spec }: Pick<NewObject, 'spec'>): boolean =>
  (spec as { readonly protect?: unknown } | null)?.protect === true
