// Asking PostgreSQL: statements and the first row of their answer.
// Promises that a query of people's own runs in a transaction that can only read, and ends when the check does.
import type { Dialogue } from '../talk/dialogue.ts'
import type { Session } from '../talk/session.ts'
import { complaintOf, oneStatement, query, read, rowOf, strange } from './wire.ts'

type Row = readonly (string | null)[]

/** Says it, and reads on until the server waits again: the first row, null when there is none. Throws a Failure. */
async function exchange(dialogue: Dialogue, bytes: Buffer, what: string): Promise<Row | null> {
  dialogue.say(bytes)
  let row: Row | null = null
  for (;;) {
    const { type, body } = await read(dialogue)
    if (type === 'Z') return row
    if (type === 'E') throw dialogue.refusal('failed', `answers ${what} with an error`, complaintOf(body).text)
    if (type === 'D') row ??= rowOf(body)
    if (type === 'D' && row === null) throw strange(dialogue, body)
    // What begins a login or a copy has no place here; all else tells how the statement goes.
    if ('RKvdcGHW'.includes(type)) throw strange(dialogue, body)
  }
}

/** Asks something of our own, which only reads. */
export const ask = (session: Session, sql: string): Promise<Row | null> =>
  session.step('answer', 'the answer', (dialogue) => exchange(dialogue, query(sql), 'a question'))

/** Asks what people want to know. `timeout`: ms after which the server gives up by itself. */
export async function askReadOnly(session: Session, sql: string, timeout: number): Promise<Row | null> {
  const limit = `set local statement_timeout = ${Math.max(1, Math.ceil(timeout))}`
  const begin = query(`begin transaction read only; ${limit}`)
  const say = (bytes: Buffer, awaited: string, what: string) =>
    session.step('answer', awaited, (dialogue) => exchange(dialogue, bytes, what))
  await say(begin, 'the beginning of a transaction', 'the wish for a transaction')
  const row = await say(oneStatement(sql), 'the answer to the query', 'the query')
  // A pool of connections takes this one back only after the end of its transaction.
  await say(query('rollback'), 'the end of the transaction', 'the end of the transaction')
  return row
}
