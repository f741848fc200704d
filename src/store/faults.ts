// Faults: what goes wrong in a database, in the words of the store's contract.
// Promises that every error of a driver becomes Unavailable, Conflict or stays as it is. Must not know any table.
import { Conflict, Unavailable } from './store.ts'

const sqlite: Readonly<Record<number, string>> = {
  5: 'the database is locked by another program',
  6: 'the database is locked by another program',
  8: 'the database file cannot be written; look at its owner and rights',
  10: 'the disk reports an error',
  11: 'the database file is damaged; restore it from a backup',
  13: 'the disk is full; free some space and it goes on by itself',
  14: 'the database file cannot be opened; look at its folder, owner and rights',
  26: 'the file is not a SQLite database',
}

/** By SQLSTATE or its class, or by the error code of a socket. */
const postgres: Readonly<Record<string, string>> = {
  '08': 'the connection to the database was lost',
  '28': 'the database refuses the user or the password',
  '3D000': 'the database named in the URL does not exist',
  '53100': 'the disk of the database is full; free some space and it goes on by itself',
  '53': 'the database is out of resources',
  '57014': 'the database took too long to answer',
  '57P01': 'the database closed the connection; it may be shutting down',
  '57P02': 'the database has crashed and restarts',
  '57P03': 'the database is starting or stopping',
  '57P05': 'the database closed an idle connection',
  '25006': 'the database is read-only',
  '25P02': 'a statement before this one failed, so nothing of its transaction is kept',
  '25P03': 'the database closed an idle transaction',
  '58': 'the machine of the database reports an error',
  XX: 'the database reports an internal error',
}
const socketCode = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOENT)/
/** How pg says what has no code. */
const socketMessage =
  /^Connection terminated|connection timeout|when trying to connect$|not queryable|^Query read timeout|end on the pool$/

interface DriverError extends Error {
  readonly code?: string
  readonly errcode?: number
}

const told = (what: string, cause: Error) => new Unavailable(`${what} (${cause.message || String(cause)})`, { cause })

/** The error to throw in place of a driver's own. */
export function fault(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Unavailable || error instanceof Conflict) return error
  const { code = '', errcode, message } = error as DriverError
  if (errcode !== undefined) {
    const what = sqlite[errcode & 0xff]
    if (what !== undefined) return told(what, error)
    return errcode === 1555 || errcode === 2067 ? new Conflict(message, { cause: error }) : error
  }
  if (code === '23505' || code === '40001' || code === '40P01') return new Conflict(message, { cause: error })
  const what = postgres[code] ?? (code.length === 5 ? postgres[code.slice(0, 2)] : undefined)
  if (what !== undefined) return told(what, error)
  const unreached = socketCode.test(code) || socketMessage.test(message)
  return unreached ? told('the database cannot be reached', error) : error
}

/** Whether a PostgreSQL connection may be used again after this error: the server itself answered and stays. */
export function survives(error: unknown): boolean {
  const code = error instanceof Error ? ((error as DriverError).code ?? '') : ''
  return /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P|25P03|EPIPE)/.test(code)
}
