// Dialect: the few places where the two databases speak differently.
// Promises one bulk parameter for any number of rows. Must not know any table.
import { CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'
import { Each } from './driver.ts'
import type { Tables } from './schema.ts'

export type DialectName = 'sqlite' | 'postgres'

/** How a column of a bulk parameter is read: bytes travel as hex, json as a nested value. */
export type BulkType = 'int' | 'real' | 'text' | 'json' | 'bytes'

export interface SqlDialect {
  readonly name: DialectName
  /** A table `(column, …)` made of ONE parameter: rows as arrays of values, in the order of `columns`. */
  rows(columns: Readonly<Record<string, BulkType>>, values: readonly (readonly unknown[])[]): RawBuilder<unknown>
  /** Whether a column is one of these numbers: ONE parameter, of which the planner knows how many it holds. */
  among(column: string, ids: readonly number[]): RawBuilder<unknown>
  /** The same for texts. */
  amongTexts(column: string, texts: readonly string[]): RawBuilder<unknown>
  /**
   * Sums a table by one column: a row `id` and the sums for each of these numbers that has any. `rows` gives what is
   * summed, by the condition that it has to make.
   */
  sumBy(
    column: string,
    ids: readonly number[],
    sums: RawBuilder<unknown>,
    rows: (condition: RawBuilder<unknown>) => RawBuilder<unknown>,
  ): RawBuilder<unknown>
  /** The texts of a column in one, with commas between. */
  joined(column: string): RawBuilder<unknown>
  /**
   * Runs one statement for each row and gives how many rows each run changed. Null: a round trip each, so one
   * statement must do for all.
   */
  readonly each:
    | ((db: Kysely<Tables>, text: string, rows: readonly (readonly unknown[])[]) => Promise<readonly number[]>)
    | null
  /** Takes rows that no other node has locked. */
  readonly skipLocked: RawBuilder<unknown>
  /** Rows stay as they are until this transaction ends. */
  readonly forUpdate: RawBuilder<unknown>
  /** Until this transaction ends nobody else does this work; false: somebody does it now. */
  alone(work: 'pack', db: Kysely<Tables>): Promise<boolean>
}

/** Escapes of NUL and lone surrogates, which jsonb refuses. */
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g

/** JSON that both databases take. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.includes('\\u') ? text.replaceAll(unstorable, '$1\u{fffd}') : text
}

export const toHex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')

const sqliteRead: Record<BulkType, (index: string) => string> = {
  int: (index) => `value ->> ${index}`,
  real: (index) => `value ->> ${index}`,
  text: (index) => `value ->> ${index}`,
  json: (index) => `value -> ${index}`,
  bytes: (index) => `unhex(value ->> ${index})`,
}
const postgresRead: Record<BulkType, (index: string) => string> = {
  int: (index) => `(value ->> ${index})::bigint`,
  real: (index) => `(value ->> ${index})::double precision`,
  text: (index) => `value ->> ${index}`,
  json: (index) => `(value -> ${index})::text`,
  bytes: (index) => `decode(value ->> ${index}, 'hex')`,
}

function selecting(columns: Readonly<Record<string, BulkType>>, read: Record<BulkType, (index: string) => string>) {
  const parts = Object.entries(columns).map(([name, type], index) => `${read[type](String(index))} as "${name}"`)
  return sql.raw(parts.join(', '))
}

/**
 * Adds rows to a table, or does as `conflict` says (`on conflict …`) where they are there: a prepared statement for
 * each where that costs no round trip, else one for all. Bytes are given as such.
 */
export async function insertRows(
  { db, dialect }: { db(): Kysely<Tables>; dialect: SqlDialect },
  table: keyof Tables,
  columns: Readonly<Record<string, BulkType>>,
  rows: readonly (readonly unknown[])[],
  conflict = '',
): Promise<void> {
  const names = Object.keys(columns)
  const into = `insert into ${table} (${names.join(', ')})`
  if (dialect.each !== null) {
    await dialect.each(db(), `${into} values (${names.map(() => '?').join(', ')}) ${conflict}`, rows)
    return
  }
  const written = rows.map((row) => row.map((value) => (value instanceof Uint8Array ? toHex(value) : value)))
  const given = sql`select ${sql.raw(names.join(', '))} from ${dialect.rows(columns, written)} as v`
  await sql`${sql.raw(into)} ${given} where true ${sql.raw(conflict)}`.execute(db())
}

const sqliteAmong = (column: string, ids: readonly number[]) =>
  sql`${sql.ref(column)} in (select value from json_each(${toJson(ids)}))`
const postgresIds = (ids: readonly number[]) => sql`${`{${ids.join(',')}}`}::bigint[]`

export const sqlDialects: Record<DialectName, SqlDialect> = {
  sqlite: {
    name: 'sqlite',
    rows: (columns, values) => sql`(select ${selecting(columns, sqliteRead)} from jsonb_each(${toJson(values)}))`,
    among: sqliteAmong,
    amongTexts: (column, texts) => sql`${sql.ref(column)} in (select value from json_each(${toJson(texts)}))`,
    sumBy: (column, ids, sums, rows) =>
      sql`select ${sql.ref(column)} as id, ${sums} from (${rows(sqliteAmong(column, ids))}) as r group by 1`,
    joined: (column) => sql`group_concat(${sql.ref(column)}, ',')`,
    each: async (db, text, rows) => (await db.executeQuery<number>(CompiledQuery.raw(text, [new Each(rows)]))).rows,
    skipLocked: sql``,
    forUpdate: sql``,
    // The one connection is in this transaction.
    alone: () => Promise.resolve(true),
  },
  postgres: {
    name: 'postgres',
    rows: (columns, values) =>
      sql`(select ${selecting(columns, postgresRead)} from jsonb_array_elements(${toJson(values)}::jsonb))`,
    among: (column, ids) => sql`${sql.ref(column)} = any(${postgresIds(ids)})`,
    amongTexts: (column, texts) =>
      sql`${sql.ref(column)} = any(array(select jsonb_array_elements_text(${toJson(texts)}::text::jsonb)))`,
    // One by one, so that the plan does not hang on statistics and its making costs little.
    sumBy: (column, ids, sums, rows) => sql`
      select one.id, s.* from unnest(${postgresIds(ids)}) as one (id) cross join lateral (
        select ${sums} from (${rows(sql`${sql.ref(column)} = one.id`)}) as r having count(*) > 0) as s`,
    joined: (column) => sql`string_agg(${sql.ref(column)}, ',')`,
    each: null,
    skipLocked: sql`for update skip locked`,
    forUpdate: sql`for update`,
    async alone(work, db) {
      const { rows } = await sql<{ got: boolean }>`
        select pg_try_advisory_xact_lock(hashtext(${`allswell ${work}`})) as got`.execute(db)
      return rows[0]?.got === true
    },
  },
}
