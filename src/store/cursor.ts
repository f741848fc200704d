// Cursors: where a list goes on, as opaque text. base64url JSON of the list's name and the last item's sort values.
// Promises that a cursor of another list, or a made-up one, throws BadCursor. Must not know any table.
import { BadCursor, type Listed } from './store.ts'

type Part = string | number
const longest = 2_000

export function writeCursor(list: string, parts: readonly Part[]): string {
  return Buffer.from(JSON.stringify([list, ...parts])).toString('base64url')
}

/** The sort values in a cursor; `like` has one example value of each type. */
export function readCursor<Parts extends readonly Part[]>(
  list: string,
  cursor: string | undefined,
  like: Parts,
): Parts | null {
  if (cursor === undefined) return null
  const parts = cursor.length > longest ? null : parse(cursor)
  const fits =
    Array.isArray(parts) &&
    parts.length === like.length + 1 &&
    parts[0] === list &&
    like.every((example, index) => typeof parts[index + 1] === typeof example) &&
    parts.every((part) => typeof part === 'string' || Number.isSafeInteger(part))
  if (!fits) throw new BadCursor('this cursor was not given out by this list; start again without one')
  return parts.slice(1) as unknown as Parts
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

/** A page of rows that were asked for with a limit one too high, so that a rest shows. */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  cursor: (last: Row) => string,
): Listed<Item> {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return { items: kept.map(item), next: rows.length > limit && last !== undefined ? cursor(last) : null }
}
