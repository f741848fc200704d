// A plan: what applying a document would do, object by object, and what stands in its way.
// Promises that nothing is changed, and the same plan from the same document and the same state of the store.
import { createHash } from 'node:crypto'
import { type Difference, differences } from '#core/diff.ts'
import type { Fault } from '#manifest/model.ts'
import { breathe } from '#platform/breathe.ts'
import type { Aggregates, NewObject, ObjectType, StoredObject } from '#store/store.ts'
import { fileOf } from '../apply-file.ts'
import { isProtected, readObject, secretsIn, shownSpec } from '../object-types.ts'
import type { CommandParts } from '../ports.ts'
import { Refused } from '../refused.ts'
import { unmask } from '../secrets.ts'
import {
  type ApplyTerms,
  type Document,
  entriesOf,
  ownerOfScope,
  placed,
  scopeOf,
  sections,
  typeOf,
  type Written,
} from './document.ts'
import { idFaults } from '../secret-ids.ts'
import { faultsBetween } from './links.ts'

export type Action = 'create' | 'change' | 'delete' | 'adopt'

export interface Change {
  readonly type: ObjectType
  readonly key: string
  /** `adopt`: others made it, and it becomes the scope's. */
  readonly action: Action
  /** The key that it had, where it is renamed too. */
  readonly from: string | null
  /** Settings that are other than now; secrets as `***`. */
  readonly differences: readonly Difference[]
  /** Somebody changed it since the last apply. */
  readonly drifted: boolean
}

/** Why a document cannot be applied as it is. */
export interface Obstacle {
  readonly type: ObjectType
  readonly key: string
  readonly why: string
}

/** What the scope owns and the document does not name, where it stays. */
export interface Left {
  readonly type: ObjectType
  readonly key: string
  readonly protected: boolean
}

export interface Plan {
  readonly changes: readonly Change[]
  readonly unchanged: number
  readonly left: readonly Left[]
  readonly obstacles: readonly Obstacle[]
  /** The same for as long as document, terms and what they touch are the same. */
  readonly fingerprint: string
}

/** A plan, and what carries it out. */
export interface Prepared {
  readonly plan: Plan
  readonly puts: readonly { readonly object: NewObject; readonly from: string | null; readonly revision: number }[]
  readonly removals: readonly StoredObject[]
  /** Numbers of those that are as the document says, though others changed them meanwhile. */
  readonly settled: readonly number[]
}

interface Found {
  readonly written: Written
  /** What is there under the key now or, where it is renamed, under its old one. */
  readonly stored: StoredObject | null
  readonly from: string | null
}

const readAtOnce = 1_000
/** So many are looked at before all else of this process has its turn. */
const inOneTurn = 50

/** Reads, checks and compares; throws Refused with all faults of the document at once. */
export async function prepare(
  parts: CommandParts,
  tx: Aggregates,
  document: Document,
  terms: ApplyTerms,
): Promise<Prepared> {
  const owner = ownerOfScope(document.scope)
  const entries = entriesOf(document)
  const found = await findStored(tx, document, entries)
  const owned = await ownedBy(tx, owner)
  const matched = new Set(found.flatMap(({ stored }) => (stored === null ? [] : [stored.id])))
  const gone = owned.filter((object) => !matched.has(object.id))
  const removed = await findRemoved(tx, document)
  const pruned = terms.prune ? gone.filter(({ id }) => !removed.some((one) => one.id === id)) : []
  const removals = [...pruned, ...removed].filter((object) => !isProtected(object))
  const read = await readAll(parts, found)
  const deleted = removals.filter(({ type }) => type === 'monitor').map(({ key }) => key)
  const leaving = new Set([...deleted, ...found.flatMap(({ from }) => from ?? [])])
  const faults = [
    ...read.faults,
    ...(await faultsBetween(parts, tx, read.objects, removals)),
    ...(await idFaults(parts, tx, read.objects, leaving)),
  ]
  if (faults.length > 0) throw new Refused({ kind: 'invalid', faults })
  const obstacles = [
    ...removalObstacles(
      terms,
      entries,
      owned,
      pruned.filter((one) => !isProtected(one)),
    ),
  ]
  for (const object of removed) obstacles.push(...obstaclesOf(parts, terms, document.scope, object, null))
  const changes: Change[] = []
  const puts: { object: NewObject; from: string | null; revision: number }[] = []
  const settled: number[] = []
  for (const [index, written] of read.objects.entries()) {
    if (index % inOneTurn === 0) await breathe()
    const { stored, from } = found[index] as Found
    const object = { ...written, owner }
    const change = changeOf(parts, object, stored, from)
    if (stored !== null) obstacles.push(...obstaclesOf(parts, terms, document.scope, stored, change))
    if (change !== null) {
      changes.push(change)
      puts.push({ object, from, revision: stored?.revision ?? 0 })
    } else if (stored !== null && stored.applied !== stored.revision) settled.push(stored.id)
  }
  for (const object of removals) changes.push(deletion(parts, object))
  const removing = new Set(removals.map(({ id }) => id))
  const left = [...gone, ...removed]
    .filter(({ id }) => !removing.has(id))
    .map((object) => ({ type: object.type, key: object.key, protected: isProtected(object) }))
  const fingerprint = fingerprintOf(document.scope, terms, changes, puts, removals)
  const unchanged = entries.length - puts.length
  return { plan: { changes, unchanged, left, obstacles, fingerprint }, puts, removals, settled }
}

/** What is there of what must not be. */
async function findRemoved(tx: Aggregates, document: Document): Promise<StoredObject[]> {
  const found: StoredObject[] = []
  for (const section of sections) {
    const keys = document.removed?.[section] ?? []
    const both = keys.find((key) => Object.hasOwn(document[section] ?? {}, key))
    if (both !== undefined) {
      const message = 'stands in the document and among what is removed'
      throw new Refused({ kind: 'invalid', faults: [{ path: [section, both], message }] })
    }
    const named = keys.length > 0 ? await tx.objects.named(typeOf[section], keys) : []
    found.push(...named.toSorted((one, other) => (one.key < other.key ? -1 : 1)))
  }
  return found
}

async function findStored(tx: Aggregates, { moved = {} }: Document, entries: readonly Written[]): Promise<Found[]> {
  const byType = Map.groupBy(entries, ({ type }) => type)
  const living = new Map<string, StoredObject>()
  for (const [type, of] of byType) {
    const keys = [...of.map(({ key }) => key), ...(type === 'monitor' ? Object.values(moved) : [])]
    for (let at = 0; at < keys.length; at += readAtOnce) {
      for (const object of await tx.objects.named(type, keys.slice(at, at + readAtOnce)))
        living.set(`${type} ${object.key}`, object)
    }
  }
  const faults: Fault[] = []
  const found = entries.map((written): Found => {
    const { type, key, section } = written
    const own = living.get(`${type} ${key}`) ?? null
    const old = type === 'monitor' && Object.hasOwn(moved, key) ? (moved[key] as string) : null
    const before = old === null || old === key ? null : (living.get(`monitor ${old}`) ?? null)
    if (before === null) return { written, stored: own, from: null }
    if (own === null) return { written, stored: before, from: old }
    faults.push({
      path: [section, key, 'moved'],
      message: `there are both "${old}" and "${key}"; delete one of them first`,
    })
    return { written, stored: own, from: null }
  })
  const named = new Set(entries.filter(({ type }) => type === 'monitor').map(({ key }) => key))
  for (const [key, old] of Object.entries(moved)) {
    const twice = Object.entries(moved).some(([other, from]) => other !== key && from === old)
    const message = twice
      ? `two monitors were called "${old}", if these settings are right`
      : named.has(old)
        ? `"${old}" is still a monitor of this document`
        : null
    if (message !== null) faults.push({ path: ['monitors', key, 'moved'], message })
  }
  if (faults.length > 0) throw new Refused({ kind: 'invalid', faults })
  return found
}

async function ownedBy(tx: Aggregates, owner: string): Promise<StoredObject[]> {
  const owned: StoredObject[] = []
  for (const type of ['rule', 'page', 'channel', 'monitor'] as const) {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await tx.objects.list({ type, owner, limit: readAtOnce, cursor })
      owned.push(...page.items)
      cursor = page.next
    }
  }
  return owned
}

async function readAll(parts: CommandParts, found: readonly Found[]) {
  const faults: Fault[] = []
  const objects: Omit<NewObject, 'owner'>[] = []
  for (const [index, { written, stored }] of found.entries()) {
    if (index % inOneTurn === 0) await breathe()
    const { type, key } = written
    const { spec, faults: hidden } = unmask(written.spec, stored?.spec, secretsIn(parts, type))
    const read = readObject(parts.readers, type, key, spec)
    faults.push(...[...hidden, ...(read.ok ? [] : read.faults)].map((fault) => placed(written, fault)))
    objects.push({ type, key, spec, ...(read.ok ? read.value : { name: key, kind: '', labels: {} }) })
  }
  return { objects, faults }
}

function changeOf(
  parts: CommandParts,
  object: NewObject,
  stored: StoredObject | null,
  from: string | null,
): Change | null {
  const { type, key } = object
  const after = { value: object.spec, shown: shownSpec(parts, object) }
  const before =
    stored === null ? { value: undefined, shown: undefined } : { value: stored.spec, shown: shownSpec(parts, stored) }
  const differs = differences(before, after)
  const common = { type, key, from, differences: differs, drifted: false }
  if (stored === null) return { ...common, action: 'create' }
  const drifted = stored.owner === object.owner && stored.applied !== null && stored.applied !== stored.revision
  if (stored.owner !== object.owner) return { ...common, action: 'adopt' }
  if (differs.length === 0 && from === null) return null
  return { ...common, action: 'change', drifted: drifted && differs.length > 0 }
}

function deletion(parts: CommandParts, object: StoredObject): Change {
  const { type, key, applied, revision } = object
  const drifted = applied !== null && applied !== revision
  const before = { value: object.spec, shown: shownSpec(parts, object) }
  const after = { value: undefined, shown: undefined }
  return { type, key, action: 'delete', from: null, differences: differences(before, after), drifted }
}

function obstaclesOf(
  parts: CommandParts,
  terms: ApplyTerms,
  scope: string,
  stored: StoredObject,
  change: Change | null,
): Obstacle[] {
  const about = { type: stored.type, key: change?.key ?? stored.key }
  const [file, other] = [fileOf(stored.owner), scopeOf(stored.owner)]
  if (file !== null && stored.owner === parts.loaded)
    return [
      { ...about, why: `it belongs to the file ${file}, which the server has loaded; take it out of there first` },
    ]
  if (!terms.takeOver && file !== null)
    return [{ ...about, why: `it belongs to the file ${file}, which is not loaded; --take-over makes it yours` }]
  if (!terms.takeOver && other !== null && other !== scope)
    return [{ ...about, why: `it belongs to the scope "${other}"; --take-over makes it yours` }]
  if (change?.drifted && !terms.overwriteDrift) {
    const names = change.differences.map(({ path }) => path).slice(0, 5)
    const why = `somebody changed it since the last apply (${names.join(', ')}); --overwrite-drift changes it back`
    return [{ ...about, why }]
  }
  return []
}

function* removalObstacles(
  terms: ApplyTerms,
  entries: readonly Written[],
  owned: readonly StoredObject[],
  removals: readonly StoredObject[],
): Iterable<Obstacle> {
  const [first] = removals
  if (first === undefined) return
  const about = { type: first.type, key: first.key }
  const most = terms.deleteMost ?? Math.max(10, Math.floor(owned.length / 10))
  const allow = `--allow-mass-delete ${removals.length} allows it`
  if (entries.length === 0 && (terms.deleteMost ?? 0) < removals.length)
    yield { ...about, why: `the document is empty, and all ${removals.length} of its scope would be deleted; ${allow}` }
  else if (removals.length > most)
    yield { ...about, why: `${removals.length} would be deleted at once, and ${most} may be; ${allow}` }
}

/** What was planned is carried out only while nothing of it is other than it was. */
function fingerprintOf(
  scope: string,
  terms: ApplyTerms,
  changes: readonly Change[],
  puts: Prepared['puts'],
  removals: readonly StoredObject[],
): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([scope, terms, changes.map(({ type, key, action, from }) => [type, key, action, from])]))
  for (const { object, revision } of puts) hash.update(JSON.stringify([object, revision]))
  for (const { id, revision } of removals) hash.update(JSON.stringify([id, revision]))
  return hash.digest('base64url')
}
