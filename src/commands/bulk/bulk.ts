// A change of many monitors at once: a preview that says what would be different and what stays and why, and the
// change itself, which is made only of what a preview has shown.
// Promises that nobody changes more, or other things, than they have looked at. Must not know how they were chosen.
import type { Fault } from '#manifest/model.ts'
import type { ObjectType } from '#store/store.ts'
import type { CommandParts } from '../ports.ts'
import { Refused } from '../refused.ts'
import { changedSince, sayWho } from '../since.ts'
import { applyBulk } from './apply.ts'
import { readFingerprint, wishOf, writeFingerprint } from './fingerprint.ts'
import { type LeftOut, type Plan, planBulk, shownMost, type Step, type Terms, type Wish } from './plan.ts'
import { applyRule, planRule, type RulePlan, type RuleWish } from './rule.ts'

/** What is to become of them: settings, a deed, or whether a rule is about them. */
export type AnyWish = Wish | RuleWish

export interface Chosen {
  readonly id: number
  readonly key: string
}

export interface Outcome {
  /** So many would be changed, or were. */
  readonly changed: number
  /** So many are as they should be already. */
  readonly unchanged: number
  readonly leftOut: readonly LeftOut[]
  /** The first of them with what is different. */
  readonly shown: readonly Step[]
  /** Of the preview: what the change itself has to be sent with. */
  readonly fingerprint: string
}

/** Of what moved since the preview so many are named. */
const movedTold = 50
/** Of these so many with who did it. */
const whoTold = 20

/** What would be changed. */
export async function previewBulk(
  parts: CommandParts,
  chosen: readonly Chosen[],
  wish: AnyWish,
  terms: Terms,
): Promise<Outcome> {
  return outcomeOf(await planOf(parts, chosen, wish, terms), wish)
}

/** Changes what the preview with this fingerprint showed; refuses when that is not what would be changed now. */
export async function changeMany(
  parts: CommandParts,
  chosen: readonly Chosen[],
  wish: AnyWish,
  terms: Terms & { readonly fingerprint: string },
): Promise<Outcome> {
  const before = readFingerprint(terms.fingerprint)
  if (before === null || before.wish !== wishOf(wish)) {
    const message =
      'was given out for another change, or not at all; ask for a preview of this one with "dry_run": true'
    throw new Refused({ kind: 'invalid', faults: [{ path: ['fingerprint'], message }] })
  }
  const plan = await planOf(parts, chosen, wish, terms)
  const differs = await movedSince(parts, before.revisions, plan)
  if (differs.length > 0) throw new Refused({ kind: 'moved', differs })
  if ('rule' in wish) {
    if (plan.steps.length > 0) await applyRule(parts, plan as RulePlan, terms)
    return outcomeOf(plan, wish)
  }
  const { changed, leftOut } = await applyBulk(parts, plan, wish, terms)
  return { ...outcomeOf(plan, wish), changed, leftOut: [...plan.leftOut, ...leftOut] }
}

const planOf = (parts: CommandParts, chosen: readonly Chosen[], wish: AnyWish, terms: Terms): Promise<Plan> =>
  'rule' in wish ? planRule(parts, chosen, wish, terms) : planBulk(parts, chosen, wish, terms)

function outcomeOf(plan: Plan, wish: AnyWish): Outcome {
  const { steps, unchanged, leftOut } = plan
  const revisions = new Map(printed(plan).map(({ id, revision }) => [id, revision]))
  const fingerprint = writeFingerprint({ wish: wishOf(wish), revisions })
  return { changed: steps.length, unchanged, leftOut, shown: steps.slice(0, shownMost), fingerprint }
}

interface Printed {
  readonly type: ObjectType
  readonly id: number
  readonly key: string
  readonly revision: number
}

/** What must be as it was when it was looked at: the monitors, and the rule that is changed for them. */
function printed(plan: Plan | RulePlan): Printed[] {
  const monitors = plan.steps.map(({ id, key, revision }) => ({ type: 'monitor' as const, id, key, revision }))
  return 'rule' in plan ? [plan.rule, ...monitors] : monitors
}

/** In what the monitors that would be changed are others, or otherwise, than the preview showed. */
async function movedSince(parts: CommandParts, before: ReadonlyMap<number, number>, plan: Plan): Promise<Fault[]> {
  const now = printed(plan)
  const there = new Set(now.map(({ id }) => id))
  const left = [...before.keys()].filter((id) => !there.has(id))
  const faults: Fault[] = []
  const add = (key: string, message: string) => faults.push({ path: [key], message })
  const why = new Map(plan.leftOut.map(({ key, sentence }) => [key, sentence]))
  const told = await parts.store.objects.byIds(left.slice(0, movedTold))
  for (const { key, deletedAt } of told)
    add(key, deletedAt === null ? (why.get(key) ?? 'is not one of them any more') : 'was deleted')
  for (const { id, key } of now) if (!before.has(id)) add(key, 'is one of them now, and was not then')
  for (const { type, id, key, revision } of now) {
    const known = before.get(id)
    if (known === undefined || known === revision) continue
    const since = faults.length < whoTold ? await changedSince(parts.store, { type, key }, known, revision) : null
    const names = since?.differs.map(({ path }) => path.join('.')).join(', ')
    add(key, since === null ? 'was changed' : `was changed by ${sayWho(since)}${names ? `: ${names}` : ''}`)
  }
  // Those that a limit hides have no key here.
  const more = left.length - told.length + Math.max(0, faults.length - movedTold)
  const first = faults.slice(0, movedTold)
  return more === 0 ? first : [...first, { path: ['…'], message: `and ${more} more` }]
}
