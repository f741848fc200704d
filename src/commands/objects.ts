// Creating, changing and deleting objects: monitors, channels, rules and pages, as people and tools ask for it.
// Promises that what a file owns, what others use and what somebody else changed meanwhile stays as it is, and why.
import { isDeepStrictEqual } from 'node:util'
import { suggest } from '#core/suggest.ts'
import type { Fault } from '#manifest/model.ts'
import { type Aggregates, Conflict, Hidden, type NewObject, type ObjectType, type StoredObject } from '#store/store.ts'
import { fileOf } from './apply-file.ts'
import { goesNotRound } from './members.ts'
import { idIsFree } from './secret-ids.ts'
import { describe, isProtected, secretsIn, shownSpec } from './object-types.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'
import { changedSince, sayWho } from './since.ts'
import { unmask } from './secrets.ts'

export interface Target {
  readonly type: ObjectType
  readonly key: string
}

/** Terms of a change: the revision it was made from (left out: any), whether a past file's ownership ends. */
export interface Terms {
  readonly revision?: number | undefined
  readonly takeOver?: boolean | undefined
  /** True: it must exist; false: it must not. */
  readonly there?: boolean | undefined
}

/** Among so many keys the one that was perhaps meant is looked for. */
const suggestAmong = 200

/** Creates an object; throws Refused when the key is taken or the spec is wrong. */
export async function createObject(parts: CommandParts, target: Target, spec: unknown): Promise<StoredObject> {
  const created = await conflicts({ kind: 'exists', what: target.type, key: target.key }, () =>
    parts.store.transaction(async (tx) => {
      const found = await tx.objects.get(target.type, target.key)
      if (found) throw new Refused({ kind: 'exists', what: target.type, key: target.key })
      const { object, change } = await put(parts, tx, target, spec, null, {})
      if (change !== 'created') throw new Refused({ kind: 'exists', what: target.type, key: target.key })
      return object
    }),
  )
  await parts.engine.catalogChanged()
  return created
}

/** Puts an object in the place of the one with this key, or creates it. Hidden secrets keep what is stored. */
export async function replaceObject(
  parts: CommandParts,
  target: Target,
  spec: unknown,
  terms: Terms,
): Promise<{ object: StoredObject; created: boolean }> {
  const { object, change } = await retried(() =>
    parts.store.transaction(async (tx) => {
      const stored = await tx.objects.get(target.type, target.key)
      if (stored === null && terms.revision !== undefined) throw await missing(tx, target)
      if (terms.there !== undefined && terms.there !== (stored !== null))
        throw new Refused({ kind: 'unmet', what: target.type, key: target.key, there: stored !== null })
      return put(parts, tx, target, spec, stored, terms)
    }),
  ).catch(async (error: unknown) => {
    throw error instanceof Hidden ? await missing(parts.store, target) : error
  })
  if (change !== 'none') await parts.engine.catalogChanged()
  return { object, created: change === 'created' }
}

/** Changes some settings of what is shown: a JSON merge patch (RFC 7396), in which null takes a setting away. */
export async function patchObject(
  parts: CommandParts,
  target: Target,
  patch: unknown,
  terms: Terms,
): Promise<StoredObject> {
  const { object, change } = await retried(() =>
    parts.store.transaction(async (tx) => {
      const stored = await existing(tx, target)
      return put(parts, tx, target, mergePatch(shownSpec(parts, stored), patch), stored, terms)
    }),
  )
  if (change !== 'none') await parts.engine.catalogChanged()
  return object
}

/** Deletes an object; its history stays. A channel that rules tell is not deleted. */
export async function deleteObject(parts: CommandParts, target: Target, terms: Terms): Promise<void> {
  await parts.store.transaction(async (tx) => {
    const stored = await existing(tx, target)
    await mayChange(parts, tx, stored, null, terms)
    if (isProtected(stored)) throw new Refused({ kind: 'impossible', why: sayProtected(target) })
    if (target.type === 'channel') await unused(parts, tx, target.key)
    await tx.objects.remove(target.type, target.key, parts.clock.now())
  })
  await parts.engine.catalogChanged()
}

const sayProtected = ({ type, key }: Target) =>
  `The ${type} "${key}" is protected; set its "protect" to false first, then delete it.`

/** The living object; throws Refused with the key that was perhaps meant. */
export async function existing(tx: Pick<Aggregates, 'objects'>, target: Target): Promise<StoredObject> {
  const stored = await tx.objects.get(target.type, target.key)
  if (stored === null) throw await missing(tx, target)
  return stored
}

/** The object that has this key or had it last, deleted or not: for what is asked of the past. */
export async function everExisting(tx: Pick<Aggregates, 'objects'>, target: Target): Promise<StoredObject> {
  const stored = await tx.objects.past(target.type, target.key)
  if (stored === null) throw await missing(tx, target)
  return stored
}

async function missing(tx: Pick<Aggregates, 'objects'>, { type, key }: Target): Promise<Refused> {
  const gone = await tx.objects.past(type, key)
  if (gone !== null && gone.deletedAt !== null)
    return new Refused({ kind: 'missing', what: type, key, deletedAt: gone.deletedAt })
  const { items } = await tx.objects.list({ type, limit: suggestAmong })
  const keys = items.map((object) => object.key)
  return new Refused({ kind: 'missing', what: type, key, near: suggest(key, keys) })
}

async function put(
  parts: CommandParts,
  tx: Aggregates,
  target: Target,
  sent: unknown,
  stored: StoredObject | null,
  terms: Terms,
) {
  const object = await planned(parts, tx, target, sent, stored, terms)
  return tx.objects.put(object, parts.clock.now(), terms.there === false ? 0 : stored?.revision)
}

/** What would be stored for what was sent; throws Refused where it may not be. */
export async function planned(
  parts: CommandParts,
  tx: Pick<Aggregates, 'objects' | 'audit'>,
  target: Target,
  sent: unknown,
  stored: StoredObject | null,
  terms: Terms,
): Promise<NewObject> {
  if (stored) await mayChange(parts, tx, stored, sent, terms)
  const { spec, faults } = unmask(sent, stored?.spec, secretsIn(parts, target.type))
  if (faults.length > 0) throw new Refused({ kind: 'invalid', faults })
  const described = describe(parts.readers, target.type, target.key, spec)
  if (target.type === 'rule') await channelsExist(parts, tx, target.key, spec)
  if (target.type === 'monitor') {
    await goesNotRound(parts, tx, target.key, spec)
    await idIsFree(parts, tx, target.key, spec, stored)
  }
  const owner = stored && terms.takeOver !== true && stored.owner !== 'beat' ? stored.owner : 'api'
  return { ...target, ...described, spec, owner }
}

/** Refuses what a file owns, and a change that was made from an older revision. */
export async function mayChange(
  parts: CommandParts,
  tx: Pick<Aggregates, 'audit'>,
  stored: StoredObject,
  sent: unknown,
  terms: Terms,
): Promise<void> {
  const { type, key, owner, revision } = stored
  const loaded = owner === parts.loaded
  const file = fileOf(owner)
  if (file !== null && (loaded || terms.takeOver !== true)) {
    throw new Refused({ kind: 'owned', what: type, key, file, loaded })
  }
  if (terms.revision === undefined || terms.revision === revision) return
  const since = await changedSince(tx, stored, terms.revision, revision)
  const differs = since?.differs ?? (sent === null ? [] : differing(sent, shownSpec(parts, stored)))
  const who = since && sayWho(since)
  throw new Refused({ kind: 'stale', what: type, key, sent: terms.revision, revision, who, differs })
}

/** The settings in which what is stored is other than what was sent: all that is known where nothing is recorded. */
function differing(sent: unknown, now: Readonly<Record<string, unknown>>): Fault[] {
  const mine = typeof sent === 'object' && sent !== null ? (sent as Record<string, unknown>) : {}
  return [...new Set([...Object.keys(mine), ...Object.keys(now)])]
    .filter((name) => !isDeepStrictEqual(mine[name], now[name]))
    .map((name) => ({
      path: [name],
      message: Object.hasOwn(now, name) ? `is now ${short(now[name])}` : 'is not set in what is stored now',
    }))
}

function short(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 197)}...` : text
}

async function channelsExist(
  parts: CommandParts,
  tx: Pick<Aggregates, 'objects'>,
  key: string,
  spec: unknown,
): Promise<void> {
  const rule = parts.readers.readRule(key, spec)
  if (!rule.ok) return
  const channels = (await tx.objects.all('channel')).map((channel) => channel.key)
  const faults = rule.value.tell
    .filter((one) => !channels.includes(one))
    .map((one): Fault => {
      const near = suggest(one, channels)
      const hint = near ? `; did you mean "${near}"?` : '; create it first'
      return { path: ['tell'], message: `there is no channel "${one}"${hint}` }
    })
  if (faults.length > 0) throw new Refused({ kind: 'invalid', faults })
}

async function unused(parts: CommandParts, tx: Aggregates, channel: string): Promise<void> {
  const by = await rulesTelling(parts, tx, channel)
  if (by.length > 0)
    throw new Refused({ kind: 'in_use', what: 'channel', key: channel, by: by.map((one) => `rule "${one}"`) })
}

/** Keys of the rules that tell a channel. */
export async function rulesTelling(
  parts: Pick<CommandParts, 'readers'>,
  tx: Pick<Aggregates, 'objects'>,
  channel: string,
): Promise<string[]> {
  const rules = await tx.objects.all('rule')
  return rules
    .filter((rule) => {
      const read = parts.readers.readRule(rule.key, rule.spec)
      return read.ok && read.value.tell.includes(channel)
    })
    .map((rule) => rule.key)
}

/** A JSON merge patch (RFC 7396): null takes a setting away. */
export function mergePatch(stored: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base = typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? stored : {}
  const merged = new Map<string, unknown>(Object.entries(base))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}

/** Somebody else came first between reading and writing: read again, a few times. */
async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Conflict) || attempt >= 5) throw error
    }
  }
}

async function conflicts<Result>(trouble: Refused['trouble'], work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Conflict || error instanceof Hidden ? new Refused(trouble) : error
  }
}
