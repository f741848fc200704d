// Asking PostgreSQL: statements and the first row of their answer.
// Promises that a query of people's own runs in a transaction that can only read, and ends when the check does.
import type { Dialogue } from '../talk/dialogue.ts'
import { queryLimit } from '../service/question.ts'
import type { Session } from '../talk/session.ts'
import { type Complaint, complaintOf, oneStatement, query, read, rowOf, strange } from './wire.ts'

type Row = readonly (string | null)[]

interface Answer {
  /** The first; null when there is none. */
  readonly row: Row | null
  readonly complaint: Complaint | null
}

/** Says it, and reads on until the server waits again. Throws a Failure for what is no answer. */
async function exchange(dialogue: Dialogue, bytes: Buffer): Promise<Answer> {
  dialogue.say(bytes)
  let row: Row | null = null
  let complaint: Complaint | null = null
  for (;;) {
    const message = await read(dialogue).catch((error: unknown) => {
      // Who is thrown out is told why, and hears nothing more.
      if (complaint) return null
      throw error
    })
    if (!message) return { row, complaint }
    const { type, body } = message
    if (type === 'Z') return { row, complaint }
    if (type === 'E') complaint ??= complaintOf(body)
    if (type === 'D') row ??= rowOf(body)
    if (type === 'D' && row === null) throw strange(dialogue, body)
    // What begins a login or a copy has no place here; all else tells how the statement goes.
    if ('RKvdcGHW'.includes(type)) throw strange(dialogue, body)
  }
}

/** The row; throws a Failure with the server's words where it refuses. */
function rowIn(dialogue: Dialogue, { row, complaint }: Answer, what: string): Row | null {
  if (complaint) throw dialogue.refusal('failed', `answers ${what} with an error`, complaint.text)
  return row
}

/** Asks something of our own, which only reads. */
export const ask = (session: Session, sql: string): Promise<Row | null> =>
  session.step('answer', 'the answer', async (dialogue) =>
    rowIn(dialogue, await exchange(dialogue, query(sql)), 'a question'),
  )

/** Asks what people want to know, within a check of so many ms. */
export async function askReadOnly(session: Session, sql: string, timeout: number): Promise<Row | null> {
  const limit = `set local statement_timeout = ${queryLimit(timeout)}`
  const say = (bytes: Buffer, awaited: string) =>
    session.step('answer', awaited, (dialogue) => exchange(dialogue, bytes))
  const begun = await say(query(`begin transaction read only; ${limit}`), 'the beginning of a transaction')
  rowIn(session.dialogue, begun, 'the wish for a transaction')
  const answer = await say(oneStatement(sql), 'the answer to the query')
  // A pool of connections takes this one back only after the end of its transaction.
  const ended = say(query('rollback'), 'the end of the transaction')
  await (answer.complaint ? ended.catch(() => null) : ended)
  return rowIn(session.dialogue, answer, 'the query')
}
