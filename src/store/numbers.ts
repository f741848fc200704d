// Numbers: what things are called by programs that know no keys, and keep for ever, deleted or not.
// Promises that a number is never given twice. Must not know what has one.
import type { Context } from './context.ts'
import { Conflict, type Numbered, type NumberedKind, type Numbers } from './store.ts'

const triesMost = 10

export function numbers(context: Context): Numbers {
  const known = async (kind: NumberedKind, names: readonly string[]) => {
    const rows = await context.db().selectFrom('numbers').selectAll().where('kind', '=', kind).execute()
    const all = new Map(rows.map(({ name, number, created_at: at }): [string, Numbered] => [name, { number, at }]))
    const last = rows.reduce((most, { number }) => Math.max(most, number), 0)
    return { all, last, missing: [...new Set(names)].filter((name) => !all.has(name)) }
  }
  return {
    async of(kind, names, at) {
      for (let tries = 1; tries <= triesMost; tries += 1) {
        const { all, last, missing } = await known(kind, names)
        if (missing.length === 0) return new Map(names.map((name) => [name, all.get(name) as Numbered]))
        const values = missing.map((name, index) => ({ kind, name, number: last + 1 + index, created_at: at }))
        // Somebody else may have taken them meanwhile: then it is looked at again.
        await context
          .db()
          .insertInto('numbers')
          .values(values)
          .onConflict((on) => on.doNothing())
          .execute()
      }
      throw new Conflict(`numbers of ${kind}s are given by too many at once`)
    },
    async named(kind, number) {
      const query = context.db().selectFrom('numbers').select('name').where('kind', '=', kind)
      return (await query.where('number', '=', number).executeTakeFirst())?.name ?? null
    },
  }
}
