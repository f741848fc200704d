// Seals what lies in the database in clear, or under a key that is no longer the newest, in small transactions.
// Promises that it can be broken off anywhere and goes on with the next start. Must not know any key.
import { sql } from 'kysely'
import type { Context } from './context.ts'
import { objectPlace, sealedTypes, totpPlace, unsealedOwner } from './places.ts'

const rowsAtOnce = 500

/** Gives how many secrets were sealed anew. */
async function sealAll(context: Context): Promise<number> {
  const objects = await inBatches(async (after) => {
    const rows = await context
      .db()
      .selectFrom('objects')
      .select(['id', 'type', 'key', 'spec'])
      .where('id', '>', after)
      .where('type', 'in', [...sealedTypes])
      .where('owner', '<>', unsealedOwner)
      .orderBy('id')
      .limit(rowsAtOnce)
      .execute()
    const stale = rows.filter(({ spec }) => !context.sealer.isCurrent(spec))
    for (const { id, type, key, spec } of stale) {
      const sealed = resealed(context, spec, objectPlace(type, key))
      await context.db().updateTable('objects').set({ spec: sealed }).where('id', '=', id).execute()
    }
    return { last: rows.at(-1)?.id ?? null, count: stale.length }
  }, context)
  const users = await inBatches(async (after) => {
    const select = context.db().selectFrom('users').select(['id', 'totp']).where('id', '>', after)
    const rows = await select.where('totp', 'is not', null).orderBy('id').limit(rowsAtOnce).execute()
    const stale = rows.filter(({ totp }) => totp !== null && !context.sealer.isCurrent(totp))
    for (const { id, totp } of stale) {
      const sealed = resealed(context, totp ?? '', totpPlace(id))
      await context.db().updateTable('users').set({ totp: sealed }).where('id', '=', id).execute()
    }
    return { last: rows.at(-1)?.id ?? null, count: stale.length }
  }, context)
  return objects + users
}

const resealed = ({ sealer }: Context, text: string, place: string) => sealer.seal(sealer.open(text, place), place)

interface Batch {
  /** The last id that was looked at; null: there are no more. */
  readonly last: number | null
  readonly count: number
}

async function inBatches(work: (after: number) => Promise<Batch>, context: Context): Promise<number> {
  let [after, sum] = [0, 0]
  for (;;) {
    const { last, count } = await context.transaction(() => work(after))
    sum += count
    if (last === null) return sum
    after = last
  }
}

/** Old texts are overwritten where they lay in a file, not merely no longer referred to. */
export async function sealAllOver(context: Context): Promise<number> {
  if (context.dialect.name !== 'sqlite') return await sealAll(context)
  await sql`pragma secure_delete = on`.execute(context.db())
  try {
    const count = await sealAll(context)
    if (count > 0) await sql`pragma wal_checkpoint(truncate)`.execute(context.db())
    return count
  } finally {
    await sql`pragma secure_delete = off`.execute(context.db())
  }
}
