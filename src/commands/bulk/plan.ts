// What a change of many monitors comes to, before anything is changed: for each what it would be, or why it stays.
// Promises the verdict that a change of one would meet, a few monitors at a time so that others have their turn.
// Stores nothing.
import { isDeepStrictEqual } from 'node:util'
import { type Difference, differences } from '#core/diff.ts'
import { isWithin, type LabelLimit, sayLimit } from '#core/rights.ts'
import type { Spec } from '#manifest/model.ts'
import { showPath } from '#manifest/show.ts'
import type { NewObject, StoredObject } from '#store/store.ts'
import { isProtected, shownSpec } from '../object-types.ts'
import { mayChange, mergePatch, planned } from '../objects.ts'
import type { CommandParts } from '../ports.ts'
import { Refused } from '../refused.ts'

export const deeds = ['pause', 'resume', 'delete'] as const
export type Deed = (typeof deeds)[number]

/** What is to be done with each: settings as a merge patch (null takes one away), or a deed. */
export type Wish = { readonly set: Spec } | { readonly do: Deed }

export interface Terms {
  /** What of a past file is changed becomes the API's. */
  readonly takeOver?: boolean | undefined
  /** What whoever asks may see and make; null: everything. */
  readonly limit: LabelLimit | null
}

/**
 * `owned`: by a file; `outside`: of their rights; `invalid`: it would be; `moved`: somebody else was faster; `fixed`:
 * protected, or chosen otherwise by the rule.
 */
export type Why = 'owned' | 'outside' | 'invalid' | 'missing' | 'moved' | 'fixed'

export interface LeftOut {
  readonly key: string
  readonly why: Why
  readonly sentence: string
}

/** One monitor that becomes other than it is. */
export interface Step {
  readonly id: number
  readonly key: string
  readonly name: string
  readonly revision: number
  /** What is stored then; null: it is the state that changes, or it goes. */
  readonly after: NewObject | null
  /** What people are shown of the first few; of the others nothing. */
  readonly changes: readonly Difference[]
}

export interface Plan {
  readonly steps: readonly Step[]
  /** So many are as they should be. */
  readonly unchanged: number
  readonly leftOut: readonly LeftOut[]
}

/** So many are shown with what would be different. */
export const shownMost = 50
/** Read and judged before others have their turn. */
const atOnce = 25

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Judges the change of these monitors, in their order. */
export async function planBulk(
  parts: CommandParts,
  chosen: readonly { readonly id: number; readonly key: string }[],
  wish: Wish,
  terms: Terms,
): Promise<Plan> {
  const steps: Step[] = []
  const leftOut: LeftOut[] = []
  let unchanged = 0
  const isPaused = 'do' in wish && wish.do !== 'delete' ? await pausedNow(parts) : () => false
  for (let from = 0; from < chosen.length; from += atOnce) {
    const some = chosen.slice(from, from + atOnce)
    const objects = new Map((await parts.store.objects.byIds(some.map(({ id }) => id))).map((one) => [one.id, one]))
    for (const { id, key } of some) {
      const object = objects.get(id)
      const verdict =
        object === undefined || object.deletedAt !== null
          ? gone(key)
          : await judge(parts, object, wish, terms, isPaused(id), steps.length < shownMost)
      if (verdict === 'same') unchanged += 1
      else if ('sentence' in verdict) leftOut.push(verdict)
      else steps.push(verdict)
    }
    await turn()
  }
  return { steps, unchanged, leftOut }
}

export const gone = (key: string): LeftOut => ({ key, why: 'missing', sentence: 'There is no such monitor.' })

async function pausedNow({ engine }: CommandParts): Promise<(id: number) => boolean> {
  const states = await engine.states()
  return (id) => states.get(id)?.paused ?? false
}

async function judge(
  parts: CommandParts,
  object: StoredObject,
  wish: Wish,
  terms: Terms,
  paused: boolean,
  shown: boolean,
): Promise<Step | LeftOut | 'same'> {
  const { id, key, name, revision } = object
  const step = { id, key, name, revision, after: null, changes: [] }
  if ('do' in wish && wish.do !== 'delete') {
    const after = wish.do === 'pause'
    return paused === after ? 'same' : { ...step, changes: [{ path: 'paused', before: paused, after }] }
  }
  try {
    if ('do' in wish) {
      await mayChange(parts, parts.store, object, null, terms)
      if (isProtected(object))
        return { key, why: 'fixed', sentence: 'It is protected; set its "protect" to false first.' }
      return step
    }
    const sent = mergePatch(shownSpec(parts, object), wish.set)
    const after = await planned(parts, parts.store, { type: 'monitor', key }, sent, object, terms)
    if (isDeepStrictEqual(after.spec, object.spec)) return 'same'
    if (!isWithin(terms.limit, after.labels)) return outside(key, terms.limit)
    return { ...step, after, changes: shown ? changesOf(parts, object, after) : [] }
  } catch (error) {
    if (error instanceof Refused) return refusedAs(key, error)
    throw error
  }
}

const changesOf = (parts: CommandParts, before: StoredObject, after: NewObject) =>
  differences(
    { value: before.spec, shown: shownSpec(parts, before) },
    { value: after.spec, shown: shownSpec(parts, after) },
  )

export const outside = (key: string, limit: LabelLimit | null): LeftOut => {
  const yours = limit === null ? 'your rights' : sayLimit(limit)
  return { key, why: 'outside', sentence: `It would lie outside of ${yours}, which is all that you may change.` }
}

function refusedAs(key: string, { trouble, message }: Refused): LeftOut {
  if (trouble.kind === 'owned') {
    const how = trouble.loaded ? 'change it there' : 'that file is not loaded: repeat with take_over to change it here'
    return { key, why: 'owned', sentence: `It belongs to the file ${trouble.file}; ${how}.` }
  }
  if (trouble.kind !== 'invalid') return { key, why: 'invalid', sentence: message }
  const [first] = trouble.faults
  const sentence = first ? `${showPath(first.path)}: ${first.message}.` : message
  return { key, why: 'invalid', sentence }
}
