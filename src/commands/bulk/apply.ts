// Carrying out a change of many monitors that was looked at before: in pieces, each committed with its records.
// Promises that what somebody else changed meanwhile stays as it is, and that checks go on between the pieces.
import { Conflict, Hidden, Outside } from '#store/store.ts'
import type { Aggregates } from '#store/store.ts'
import type { CommandParts } from '../ports.ts'
import { gone, type LeftOut, outside, type Plan, type Step, type Terms, turn, type Wish } from './plan.ts'

/** Monitors changed in one transaction. */
const pieceMost = 25
/** States moved at once: the engine stores them in batches of its own. */
const movedMost = 500

export interface Applied {
  readonly changed: number
  /** Those that could not be changed any more. */
  readonly leftOut: readonly LeftOut[]
}

/** Does what a plan says. Rejects where the store does: what was committed until then stays. */
export async function applyBulk(parts: CommandParts, plan: Plan, wish: Wish, terms: Terms): Promise<Applied> {
  if ('do' in wish && wish.do !== 'delete') return await move(parts, plan.steps, wish.do)
  const leftOut: LeftOut[] = []
  let changed = 0
  try {
    for (let from = 0; from < plan.steps.length; from += pieceMost) {
      const piece = plan.steps.slice(from, from + pieceMost)
      const left = await parts.store.transaction((tx) => putPiece(parts, tx, piece, terms))
      leftOut.push(...left)
      changed += piece.length - left.length
      await turn()
    }
  } finally {
    if (changed > 0) await parts.engine.catalogChanged()
  }
  return { changed, leftOut }
}

async function putPiece(
  { clock }: CommandParts,
  tx: Aggregates,
  piece: readonly Step[],
  terms: Terms,
): Promise<LeftOut[]> {
  const left: LeftOut[] = []
  for (const { key, revision, after } of piece) {
    try {
      if (after !== null) await tx.objects.put(after, clock.now(), revision)
      else if ((await tx.objects.get('monitor', key))?.revision !== revision) left.push(moved(key))
      else await tx.objects.remove('monitor', key, clock.now())
    } catch (error) {
      // Thrown before anything was written of this one.
      if (error instanceof Conflict) left.push(moved(key))
      else if (error instanceof Hidden) left.push(gone(key))
      else if (error instanceof Outside) left.push(outside(key, terms.limit))
      else throw error
    }
  }
  return left
}

const moved = (key: string): LeftOut => ({ key, why: 'moved', sentence: 'Somebody else changed it at the same time.' })

async function move(parts: CommandParts, steps: readonly Step[], verb: 'pause' | 'resume'): Promise<Applied> {
  const { engine, store, clock } = parts
  const action = verb === 'pause' ? 'paused' : 'resumed'
  for (let from = 0; from < steps.length; from += movedMost) {
    const piece = steps.slice(from, from + movedMost)
    const at = clock.now()
    await engine.inputs(piece.map(({ id }) => [id, { type: verb, at }] as const))
    await store.transaction(async (tx) => {
      for (const { key } of piece) await tx.audit.record({ at, action, type: 'monitor', subject: key, changes: [] })
    })
    await turn()
  }
  return { changed: steps.length, leftOut: [] }
}
