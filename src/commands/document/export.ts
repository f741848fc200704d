// What is provisioned, as a document.
// Promises that planning it finds nothing to do. Must not show a secret.
import type { ObjectType, StoredObject } from '#store/store.ts'
import { breathe } from '#platform/breathe.ts'
import { shownSpec } from '../object-types.ts'
import type { CommandParts } from '../ports.ts'
import { sections, typeOf } from './document.ts'

export interface Selection {
  readonly owner: string | undefined
  /** Label → values of which one must be there, null: any; null: all objects, with labels or without. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string> | null> | null
}

type Exported = Record<(typeof sections)[number], Record<string, Record<string, unknown>>>

const atOnce = 500

export async function exportDocument(parts: CommandParts, selection: Selection): Promise<Exported> {
  const document: Exported = { monitors: {}, channels: {}, rules: {}, pages: {} }
  for (const section of sections) {
    const found: [string, Record<string, unknown>][] = []
    for await (const object of objects(parts, typeOf[section], selection))
      found.push([object.key, { ...shownSpec(parts, object) }])
    document[section] = Object.fromEntries(found)
  }
  return document
}

async function* objects(
  { store }: Pick<CommandParts, 'store'>,
  type: ObjectType,
  { owner, labels }: Selection,
): AsyncIterable<StoredObject> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await store.objects.list({ type, owner, limit: atOnce, cursor })
    for (const object of page.items) if (labels === null || fits(object, labels)) yield object
    cursor = page.next
    await breathe()
  }
}

const fits = ({ labels }: StoredObject, asked: NonNullable<Selection['labels']>): boolean =>
  [...asked].every(([name, values]) => {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined
    return value !== undefined && (values === null || values.has(value))
  })
