// Replies of SMTP and FTP: three digits and a text, over one line or several.
// Promises the whole reply or a Failure in the server's own words. Must not know what was asked.
import type { Dialogue } from './dialogue.ts'

export interface Reply {
  /** `250` */
  readonly code: string
  readonly lines: readonly string[]
  readonly text: string
}

/** A reply: `250-first`, `250 last`. FTP (RFC 959) lets anything stand between the two, SMTP (RFC 5321) does not. */
export async function readReply(dialogue: Dialogue, protocol: 'SMTP' | 'FTP'): Promise<Reply> {
  const first = await dialogue.line()
  const code = /^([1-5]\d{2})(?:[ -]|$)/.exec(first)?.[1]
  if (code === undefined) throw dialogue.strange(`does not speak ${protocol}`, first)
  const lines = [first]
  for (let line = first; !isLast(line, code);) {
    line = await dialogue.line()
    lines.push(line)
    if (protocol === 'SMTP' && !isLast(line, code) && !line.startsWith(`${code}-`))
      throw dialogue.strange('answers in a way that is not SMTP’s', lines.join(' '))
  }
  return { code, lines, text: lines.join(' ') }
}

const isLast = (line: string, code: string) => line === code || line.startsWith(`${code} `)

/** Says a command and reads its reply. */
export function ask(dialogue: Dialogue, command: string, protocol: 'SMTP' | 'FTP'): Promise<Reply> {
  dialogue.say(`${command}\r\n`)
  return readReply(dialogue, protocol)
}
