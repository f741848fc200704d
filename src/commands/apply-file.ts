// Applying a configuration file: what it names exists and is owned by it, what disappeared from it stops.
// Promises all or nothing, in one transaction; history stays. Must not know YAML.
import { basename, resolve } from 'node:path'
import type { Aggregates, NewObject, Objects, ObjectType, Store, StoredObject } from '#store/store.ts'

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

/** So many keys are named in one sentence. */
const keysTold = 20
const types: readonly ObjectType[] = ['monitor', 'channel', 'rule', 'page']
/** So many are read at once. */
const pageMost = 1_000

const mark = 'file:'

/** The owner that objects of a file are given: its whole path, so that two files of one name are not mixed up. */
export const ownerOf = (fileName: string): string => `${mark}${resolve(fileName)}`

/** The file that an owner stands for; null: it is no file. */
export const fileOf = (owner: string): string | null => (owner.startsWith(mark) ? owner.slice(mark.length) : null)

/** What versions before wrote for the same file: its name without folders. */
const olderOwnerOf = (fileName: string): string => `${mark}${basename(fileName)}`

/** What a file that is not loaded left behind. It is still watched, told and shown. */
export interface LeftBehind {
  readonly file: string
  readonly type: ObjectType
  readonly count: number
  /** Some of their keys. */
  readonly keys: readonly string[]
}

/** What belongs to files that are not loaded now; `loaded`: the owner that stands for the one that is. */
export async function leftBehind(store: Pick<Store, 'objects'>, loaded: string | null): Promise<LeftBehind[]> {
  return leftBehindIn(await store.objects.owners(), loaded)
}

/** The same, of owners that were read before. */
export function leftBehindIn(owners: Awaited<ReturnType<Objects['owners']>>, loaded: string | null): LeftBehind[] {
  return owners.flatMap(({ owner, ...found }) => {
    const file = owner === loaded ? null : fileOf(owner)
    return file === null ? [] : [{ file, ...found }]
  })
}

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
  return store.transaction((tx) => putAll(tx, fileName, objects, now))
}

async function putAll(tx: Aggregates, fileName: string, objects: readonly FileObject[], now: number): Promise<Applied> {
  const owner = ownerOf(fileName)
  const owners = [owner, olderOwnerOf(fileName)]
  const counts = { created: 0, changed: 0, removed: 0, unchanged: 0 }
  const taken: StoredObject[] = []
  for (const type of types) {
    const mine = new Map((await ownedBy(tx, type, owners)).map((object) => [object.key, object]))
    const written = objects.filter((object) => object.type === type)
    for (const object of written) {
      const other = mine.has(object.key) ? null : await tx.objects.get(type, object.key)
      if (other !== null) taken.push(other)
      const { change } = await tx.objects.put({ ...object, owner }, now)
      counts[change === 'none' ? 'unchanged' : change] += 1
    }
    const named = new Set(written.map((object) => object.key))
    for (const old of mine.values()) {
      if (named.has(old.key)) continue
      if (await tx.objects.remove(type, old.key, now)) counts.removed += 1
    }
  }
  return {
    ...counts,
    news: counts.created + counts.changed + counts.removed > 0,
    warnings: sayTakenOver(taken, fileName),
  }
}

/** What these own, and nothing of all that others do. */
async function ownedBy(tx: Aggregates, type: ObjectType, owners: readonly string[]): Promise<StoredObject[]> {
  const owned: StoredObject[] = []
  for (const owner of owners) {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await tx.objects.list({ type, owner, limit: pageMost, cursor })
      owned.push(...page.items)
      cursor = page.next
    }
  }
  return owned
}

/** One sentence for each owner and type, however many objects there are. */
function sayTakenOver(taken: readonly StoredObject[], file: string): string[] {
  const groups = Map.groupBy(taken, ({ type, owner }) => `${type} ${owner}`)
  return [...groups.values()].map((group) => {
    const [{ type, owner, key }] = group as [StoredObject]
    const made = `made by ${maker(owner)}; ${resolve(file)} names`
    if (group.length === 1) return `The ${type} "${key}" was ${made} it too and owns it from now on.`
    const keys = group.slice(0, keysTold).map((object) => object.key)
    const more = group.length > keysTold ? ', …' : ''
    return `${group.length} ${type}s were ${made} them too and owns them from now on: ${keys.join(', ')}${more}`
  })
}

function maker(owner: string): string {
  const file = fileOf(owner)
  if (owner.startsWith('scope:')) return `the scope ${owner.slice(6)}`
  if (owner.startsWith('view:')) return `the view ${owner.slice(5)}`
  return file !== null ? `the file ${file}` : owner === 'beat' ? 'its first heartbeat' : 'the API'
}
