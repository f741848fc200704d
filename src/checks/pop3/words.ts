// The words of POP3 (RFC 1939): greeting, STLS (RFC 2595), USER and PASS, STAT.
// Promises a Failure in the server's own words for every refusal. Must not know settings or TLS.
import type { Dialogue } from '../talk/dialogue.ts'

export async function greet(dialogue: Dialogue): Promise<string> {
  const line = await dialogue.line()
  if (!isAnswer(line)) throw dialogue.strange('does not speak POP3', line)
  if (!line.startsWith('+')) throw dialogue.refusal('status', 'does not let us in', line)
  return line
}

const isAnswer = (line: string) => /^(\+OK|-ERR)(?!\S)/i.test(line)

interface Answer {
  readonly ok: boolean
  readonly text: string
}

/** Says a command and reads the line that answers it. */
async function ask(dialogue: Dialogue, command: string): Promise<Answer> {
  dialogue.say(`${command}\r\n`)
  const text = await dialogue.line()
  if (!isAnswer(text)) throw dialogue.strange('answers in a way that is not POP3’s', text)
  return { ok: text.startsWith('+'), text }
}

/** Once resolved, TLS may begin. */
export async function askForTls(dialogue: Dialogue): Promise<void> {
  const { ok, text } = await ask(dialogue, 'STLS')
  if (!ok) throw dialogue.refusal('tls', 'refuses STLS', text)
}

/** How many messages lie there; the mailbox is locked until the session ends. */
export async function logIn(dialogue: Dialogue, user: string, password: string): Promise<number> {
  dialogue.hush(password)
  for (const command of [`USER ${user}`, `PASS ${password}`]) {
    const { ok, text } = await ask(dialogue, command)
    // RFC 2449 and 3206: the mailbox is in use, the system is unwell; that says nothing of the password.
    const reason = /\[(IN-USE|SYS\/\w+|LOGIN-DELAY)\]/i.test(text) ? 'status' : 'auth'
    if (!ok) throw dialogue.refusal(reason, 'does not let us log in', text)
  }
  const { ok, text } = await ask(dialogue, 'STAT')
  const count = /^\+OK (\d{1,10})\b/i.exec(text)?.[1]
  if (!ok || count === undefined) throw dialogue.refusal('status', 'does not say what is in the mailbox', text)
  return Number(count)
}
