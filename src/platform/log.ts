// JSON lines on stderr: one object a line with `at`, `level`, `message` and fields.
// Promises never to throw and never to print a field named like a secret. Must not know who logs.
import type { Clock } from './clock.ts'

export const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]
export type Fields = Readonly<Record<string, unknown>>

export interface Log {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}

const secretName = /token|password|secret|authorization|cookie/i

/** Errors become their message and code; secrets become `***`. */
function plain(name: string, value: unknown): unknown {
  if (secretName.test(name)) return '***'
  if (value instanceof Error) return { message: value.message, ...('code' in value ? { code: value.code } : {}) }
  return value
}

/** A log that writes lines through `write` (stderr in the program). */
export function openLog(clock: Clock, least: Level, write: (line: string) => void): Log {
  const from = levels.indexOf(least)
  const at =
    (level: Level) =>
    (message: string, fields: Fields = {}) => {
      if (levels.indexOf(level) < from) return
      const shown = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(name, value)]))
      write(`${JSON.stringify({ at: new Date(clock.now()).toISOString(), level, message, ...shown })}\n`)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
