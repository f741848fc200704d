// RESP: how Redis and its kin are spoken to (https://redis.io/docs/latest/develop/reference/protocol-spec/), version 2.
// Promises to read one plain reply at a time, and to take what is none for another protocol. Knows no command.
import type { Dialogue } from '../talk/dialogue.ts'

export type Reply =
  | { readonly is: 'status' | 'error' | 'number'; readonly text: string }
  /** Null: there is no such thing. */
  | { readonly is: 'value'; readonly text: string | null }

const valueMost = 60_000

/** A command and its arguments as bytes. */
export function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

const simple = { '+': 'status', '-': 'error', ':': 'number' } as const

/** The next reply. Throws a Failure for what is none. */
export async function reply(dialogue: Dialogue): Promise<Reply> {
  const line = await dialogue.line()
  const strange = () => dialogue.strange('does not speak Redis', line)
  const mark = line[0] ?? ''
  const text = line.slice(1)
  if (mark === '+' || mark === '-' || mark === ':') return { is: simple[mark], text }
  if (mark !== '$' || !/^(-1|\d{1,9})$/.test(text)) throw strange()
  const length = Number(text)
  if (length < 0) return { is: 'value', text: null }
  if (length > valueMost) throw dialogue.tooLarge(length)
  const bytes = await dialogue.exactly(length + 2)
  if (bytes.toString('latin1', length) !== '\r\n') throw strange()
  return { is: 'value', text: bytes.toString('utf8', 0, length) }
}
