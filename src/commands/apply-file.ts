// Applying a configuration file: what it names exists and is owned by it, what disappeared from it stops.
// Promises all or nothing, in one transaction; history stays. Must not know YAML.
import type { Aggregates, NewObject, ObjectType, Store, StoredObject } from '#store/store.ts'

export type FileObject = Omit<NewObject, 'owner'>

export interface Applied {
  readonly created: number
  readonly changed: number
  readonly removed: number
  readonly unchanged: number
  /** Whether anything is other than before. */
  readonly news: boolean
  /** What people should know: objects taken over from others. One sentence each. */
  readonly warnings: readonly string[]
}

const types: readonly ObjectType[] = ['monitor', 'channel', 'rule', 'page']

/** The owner that objects of a file are given: its name without folders. */
export const ownerOf = (fileName: string): string => `file:${fileName.replace(/^.*[/\\]/, '')}`

/**
 * Makes the store say what the file says; the engine must be told when something changed. The file wins: an object that
 * somebody else owns under the same key becomes the file's, with a warning.
 */
export function storeFile(
  store: Pick<Store, 'transaction'>,
  fileName: string,
  objects: readonly FileObject[],
  now: number,
): Promise<Applied> {
  return store.transaction((tx) => putAll(tx, ownerOf(fileName), objects, now))
}

async function putAll(tx: Aggregates, owner: string, objects: readonly FileObject[], now: number): Promise<Applied> {
  const counts = { created: 0, changed: 0, removed: 0, unchanged: 0 }
  const warnings: string[] = []
  for (const type of types) {
    const before = new Map((await tx.objects.all(type)).map((object) => [object.key, object]))
    const mine = objects.filter((object) => object.type === type)
    for (const object of mine) {
      const old = before.get(object.key)
      if (old && old.owner !== owner) warnings.push(takenOver(old, owner))
      const { change } = await tx.objects.put({ ...object, owner }, now)
      counts[change === 'none' ? 'unchanged' : change] += 1
    }
    const named = new Set(mine.map((object) => object.key))
    for (const old of before.values()) {
      if (old.owner !== owner || named.has(old.key)) continue
      if (await tx.objects.remove(type, old.key, now)) counts.removed += 1
    }
  }
  return { ...counts, news: counts.created + counts.changed + counts.removed > 0, warnings }
}

function takenOver({ type, key, owner }: StoredObject, file: string): string {
  const from = owner.startsWith('file:')
    ? `the file ${owner.slice(5)}`
    : owner === 'beat'
      ? 'its first heartbeat'
      : 'the API'
  return `The ${type} "${key}" was made by ${from}; ${file.slice(5)} names it too and owns it from now on.`
}
