// Asking MySQL or MariaDB: a statement and the rows of its answer.
// Promises that a query of people's own only reads, gives one row, and ends when the check does; and that no file of
// this machine is ever handed over.
import { queryLimit } from '../service/question.ts'
import type { Session } from '../talk/session.ts'
import { complaintOf, isEnd, type Packets, Reader, strange } from './wire.ts'

export interface Answer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** The server's own error is thrown as this, so that another way may be tried. */
export interface Refused {
  readonly code: number
  readonly text: string
}

const queryCommand = 3

/** Runs a statement: its answer, or the server's refusal. Throws a Failure for what is neither. */
async function run(packets: Packets, sql: string): Promise<Answer | Refused> {
  const { dialogue } = packets
  packets.command(queryCommand, sql)
  const first = await packets.read()
  const complaint = complaintOf(first)
  if (complaint) return complaint
  if (first[0] === 0x00) return { columns: [], rows: [] }
  // 0xfb: it asks for a file of ours.
  const count = new Reader(dialogue, first).length()
  if (count === null || count === 0) throw strange(dialogue, first)
  const columns: string[] = []
  for (let left = count; left > 0; left -= 1) {
    const reader = new Reader(dialogue, await packets.read())
    // Catalog, schema, table, its own name; then the name that the statement gives it.
    for (let skip = 4; skip > 0; skip -= 1) reader.text()
    columns.push(reader.text() ?? '')
  }
  const end = await packets.read()
  if (!isEnd(end)) throw strange(dialogue, end)
  const rows: (string | null)[][] = []
  for (;;) {
    const body = await packets.read()
    if (isEnd(body)) return { columns, rows }
    const broken = complaintOf(body)
    if (broken) return broken
    const reader = new Reader(dialogue, body)
    rows.push(columns.map(() => reader.text()))
  }
}

export const isRefused = (answer: Answer | Refused): answer is Refused => 'code' in answer

/** Runs a statement of our own; a refusal is given back. */
export const tryAsk = (session: Session, packets: Packets, sql: string): Promise<Answer | Refused> =>
  session.step('answer', 'the answer', () => run(packets, sql))

/** Runs a statement; throws a Failure with the server's words where it is refused. */
export async function ask(session: Session, packets: Packets, sql: string, what = 'a question'): Promise<Answer> {
  const answer = await tryAsk(session, packets, sql)
  if (isRefused(answer)) throw packets.dialogue.refusal('failed', `answers ${what} with an error`, answer.text)
  return answer
}

/** Asks what people want to know, within a check of so many ms. */
export async function askReadOnly(
  session: Session,
  packets: Packets,
  sql: string,
  { timeout, version }: { readonly timeout: number; readonly version: string },
): Promise<Answer> {
  const limit = version.includes('MariaDB')
    ? `max_statement_time = ${queryLimit(timeout) / 1_000}`
    : `max_execution_time = ${queryLimit(timeout)}`
  await ask(session, packets, 'set session transaction read only')
  await ask(session, packets, 'set session sql_select_limit = 1')
  // Servers older than this setting do without.
  await tryAsk(session, packets, `set session ${limit}`)
  return ask(session, packets, sql, 'the query')
}
