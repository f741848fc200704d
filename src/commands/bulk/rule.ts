// Letting a rule be about many monitors, or no more: their keys are put into what it chooses, or taken out.
// Promises that what a pattern or labels of the rule choose is said and left, and one change of the rule for all.
import { matchesGlob, type Selector, selects } from '#core/glob.ts'
import type { StoredObject } from '#store/store.ts'
import { existing, mayChange, planned } from '../objects.ts'
import type { CommandParts } from '../ports.ts'
import { Refused } from '../refused.ts'
import type { Chosen } from './bulk.ts'
import { gone, type LeftOut, type Plan, type Step, type Terms } from './plan.ts'

export interface RuleWish {
  /** The rule's key. */
  readonly rule: string
  /** Whether it shall be about them. */
  readonly about: boolean
}

export interface RulePlan extends Plan {
  readonly rule: StoredObject
  /** The rule's settings afterwards. */
  readonly spec: unknown
}

/** So many are read before others have their turn. */
const atOnce = 500

/** Judges the change of a rule for these monitors. */
export async function planRule(
  parts: CommandParts,
  chosen: readonly Chosen[],
  { rule: key, about }: RuleWish,
  { takeOver }: Terms,
): Promise<RulePlan> {
  const rule = await existing(parts.store, { type: 'rule', key })
  await mayChange(parts, parts.store, rule, null, { takeOver })
  const read = parts.readers.readRule(key, rule.spec)
  if (!read.ok) throw new Refused({ kind: 'impossible', why: `The rule "${key}" cannot be read; mend it first.` })
  const selector = read.value.monitors
  const steps: Step[] = []
  const leftOut: LeftOut[] = []
  let unchanged = 0
  for (const monitor of await objectsOf(parts, chosen, leftOut)) {
    if (selects(selector, monitor) === about) unchanged += 1
    else {
      const sentence = fixedBy(rule.key, selector, monitor, about)
      if (sentence !== null) leftOut.push({ key: monitor.key, why: 'fixed', sentence })
      else {
        const changes = [{ path: `rule ${key}`, before: !about, after: about }]
        steps.push({
          id: monitor.id,
          key: monitor.key,
          name: monitor.name,
          revision: monitor.revision,
          after: null,
          changes,
        })
      }
    }
  }
  const keys = steps.map((step) => step.key)
  const spec = { ...(rule.spec as object), monitors: chooses(selector, keys, about) }
  // Said now what would be said of it then, such as that it chooses by too many keys.
  if (keys.length > 0) await planned(parts, parts.store, { type: 'rule', key }, spec, rule, { takeOver })
  return { steps, unchanged, leftOut, rule, spec }
}

async function objectsOf(parts: CommandParts, chosen: readonly Chosen[], leftOut: LeftOut[]): Promise<StoredObject[]> {
  const found: StoredObject[] = []
  for (let from = 0; from < chosen.length; from += atOnce) {
    const some = chosen.slice(from, from + atOnce)
    const objects = await parts.store.objects.byIds(some.map(({ id }) => id))
    const living = objects.filter(({ deletedAt }) => deletedAt === null)
    const there = new Set(living.map(({ id }) => id))
    leftOut.push(...some.filter(({ id }) => !there.has(id)).map(({ key }) => gone(key)))
    found.push(...living)
  }
  return found
}

/** Why keys in the rule cannot say it; null: they can. */
function fixedBy(
  rule: string,
  { keys, labels }: Selector,
  monitor: Pick<StoredObject, 'key' | 'labels'>,
  about: boolean,
): string | null {
  const change = `change the rule "${rule}" itself`
  if (labels !== null) {
    const said = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
    const fits = selects({ keys: null, labels }, monitor)
    if (about ? !fits : keys === null)
      return `The rule chooses by the labels ${said.join(', ')}; ${change}, or the labels.`
  }
  const pattern = about ? undefined : keys?.find((one) => one !== monitor.key && matchesGlob(one, monitor.key))
  return pattern === undefined ? null : `The rule chooses it by the pattern ${pattern}; ${change}.`
}

function chooses({ keys, labels }: Selector, changed: readonly string[], about: boolean): unknown {
  const gone = new Set(changed)
  const next = about ? [...(keys ?? []), ...changed] : (keys ?? []).filter((one) => !gone.has(one))
  return labels === null ? next : { keys: next, labels }
}

/** Stores what was planned; throws Conflict when the rule was changed meanwhile. */
export async function applyRule(parts: CommandParts, { rule, spec }: RulePlan, terms: Terms): Promise<void> {
  const { takeOver } = terms
  const target = { type: 'rule', key: rule.key } as const
  await parts.store.transaction(async (tx) => {
    const object = await planned(parts, tx, target, spec, rule, { takeOver })
    await tx.objects.put(object, parts.clock.now(), rule.revision)
  })
  await parts.engine.catalogChanged()
}
