// Planning and applying a document: one request, one transaction, no state kept elsewhere.
// Promises all or nothing, and that what is carried out is what was planned. Must not know how a document came.
import { breathe } from '#platform/breathe.ts'
import { Hidden } from '#store/store.ts'
import type { CommandParts } from '../ports.ts'
import { Refused } from '../refused.ts'
import type { ApplyTerms, Document } from './document.ts'
import { type Plan, prepare } from './plan.ts'

/** So many are stored before all else of this process has its turn. */
const inOneTurn = 50

/** What applying the document would do. Throws Refused with all that is wrong with the document. */
export function planDocument(parts: CommandParts, document: Document, terms: ApplyTerms): Promise<Plan> {
  return parts.store.transaction(async (tx) => {
    const { plan, puts } = await prepare(parts, tx, document, terms)
    if (tx.objects.limit === null) return plan
    const obstacles = [...plan.obstacles]
    for (const { object } of puts) {
      const refused = await tx.objects.refusal(object)
      const why = refused instanceof Hidden ? 'There is no such thing.' : refused?.message
      if (why !== undefined) obstacles.push({ type: object.type, key: object.key, why })
    }
    return { ...plan, obstacles }
  })
}

/**
 * Makes the store say what the document says. `fingerprint`: of the plan that was agreed to; refused where it would do
 * something else by now.
 */
export async function applyDocument(
  parts: CommandParts,
  document: Document,
  terms: ApplyTerms,
  fingerprint?: string,
): Promise<Plan> {
  const plan = await parts.store.transaction(async (tx) => {
    const prepared = await prepare(parts, tx, document, terms)
    const { obstacles } = prepared.plan
    if (fingerprint !== undefined && fingerprint !== prepared.plan.fingerprint) throw new Refused({ kind: 'replan' })
    if (obstacles.length > 0) throw new Refused({ kind: 'obstructed', obstacles })
    const now = parts.clock.now()
    const ids: number[] = []
    for (const [index, { object, from, revision }] of prepared.puts.entries()) {
      if (index % inOneTurn === 0) await breathe()
      const moved = from === null ? null : await tx.objects.rename(object.type, from, object.key, now)
      const { object: stored } = await tx.objects.put(object, now, moved?.revision ?? revision)
      ids.push(stored.id)
    }
    for (const { type, key } of prepared.removals) await tx.objects.remove(type, key, now)
    await tx.objects.markApplied([...ids, ...prepared.settled])
    return prepared.plan
  })
  if (plan.changes.length > 0) await parts.engine.catalogChanged()
  return plan
}
