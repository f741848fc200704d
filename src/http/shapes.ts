// Shapes that many routes share: how times, pages of lists and keys are written in the API.
// Promises RFC 3339 times and one form of list. Must not know any resource.
import { z } from 'zod'
import { BadCursor, type Paging } from '#store/store.ts'

/** A moment in an answer. */
export const when = z.string().meta({ format: 'date-time', examples: ['2026-11-21T14:05:00.000Z'] })
export const iso = (at: number): string => new Date(at).toISOString()
export const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at))

/** Milliseconds to the microsecond, which is as well as anybody measures. */
export const micro = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 1000) / 1000)

/** A moment in a request: RFC 3339 in, epoch ms out. */
export const moment = z
  .string()
  .transform((text, context) => {
    const at = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN
    if (!Number.isNaN(at)) return at
    context.addIssue({
      code: 'custom',
      message: `"${text.slice(0, 40)}" is not a time; write it as 2026-11-21T14:05:00Z`,
    })
    return z.NEVER
  })
  .meta({ format: 'date-time' })

/** A whole number in a query or path: text in, number out. */
export const whole = (least: number, most: number) =>
  z
    .string()
    .transform((text, context) => {
      const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      if (number >= least && number <= most) return number
      context.addIssue({ code: 'custom', message: `must be a whole number from ${least} to ${most}` })
      return z.NEVER
    })
    .meta({ type: 'integer', minimum: least, maximum: most })

/** Given once or more often in a query: always a list. */
export const many = <Item extends z.ZodType>(item: Item, most = 50) =>
  z
    .union([item, z.array(item).max(most, `may be given ${most} times at most`)])
    .transform((given): z.output<Item>[] => (Array.isArray(given) ? given : [given]) as z.output<Item>[])

/** Words out of a list, with commas between them or given more often. */
export const wordsOf = <Word extends string>(known: readonly Word[], what: string) =>
  many(z.string().max(500)).transform((given, context): Word[] => {
    const words = given.flatMap((text) => text.split(',')).filter((word) => word !== '')
    for (const word of words) {
      if ((known as readonly string[]).includes(word)) continue
      const message = `"${word.slice(0, 40)}" is not ${what}; there are ${known.join(', ')}`
      context.addIssue({ code: 'custom', message })
    }
    return words as Word[]
  })

export const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean', enum: undefined })

export const listMost = 500
export const paging = {
  limit: whole(1, listMost).describe(`At most so many; ${listMost} at most, 100 when left out.`).optional(),
  cursor: z.string().describe('Where to go on: the `next` of the answer before.').optional(),
}
export const pagingOf = (query: { limit?: number | undefined; cursor?: string | undefined }): Paging => ({
  limit: query.limit ?? 100,
  cursor: query.cursor,
})

/** One page of a list that is short enough to be read whole, in its own order; its cursor is the id of the last one. */
export function pageOf<Item extends { readonly id: number }>(
  all: readonly Item[],
  query: Parameters<typeof pagingOf>[0],
): { items: Item[]; next: string | null } {
  const { limit, cursor } = pagingOf(query)
  const before = cursor === undefined ? -1 : all.findIndex(({ id }) => String(id) === cursor)
  if (cursor !== undefined && before < 0) throw new BadCursor('the one it names is not in this list, or no more')
  const items = all.slice(before + 1, before + 1 + limit)
  const last = items.at(-1)
  return { items, next: last !== undefined && last !== all.at(-1) ? String(last.id) : null }
}

/** A list's answer; `next` is null at its end. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

export const byKey = z.object({ key: z.string().max(200) })
export const byId = z.object({ id: whole(1, Number.MAX_SAFE_INTEGER) })

/** A spec as people write it, secrets hidden as `***`. */
export const spec = z.record(z.string(), z.unknown())
