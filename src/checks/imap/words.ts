// The words of IMAP (RFC 3501 and 9051): greeting, CAPABILITY, STARTTLS, login, a mailbox looked at and not touched.
// Promises a Failure in the server's own words for every refusal. Must not know settings or TLS.
import { Failure } from '../failure.ts'
import type { Dialogue } from '../talk/dialogue.ts'

export type Capabilities = ReadonlySet<string>

export interface Answer {
  /** What the server said unasked or along the way, without `* `. */
  readonly untagged: readonly string[]
  readonly ok: boolean
  /** The last line, without its tag. */
  readonly text: string
}

const tag = 'a'
const settled = new RegExp(`^${tag} (OK|NO|BAD)\\b`, 'i')

/** The greeting without `* `, and whether it takes us for somebody already. */
export async function greet(dialogue: Dialogue): Promise<{ readonly text: string; readonly known: boolean }> {
  const line = await dialogue.line()
  const word = /^\* (OK|PREAUTH|BYE)\b/i.exec(line)?.[1]?.toUpperCase()
  if (word === undefined) throw dialogue.strange('does not speak IMAP', line)
  if (word === 'BYE') throw dialogue.refusal('status', 'does not let us in', line)
  return { text: line.slice(2 + word.length).trim(), known: word === 'PREAUTH' }
}

/** Says a command and reads up to the line that settles it. */
export async function ask(dialogue: Dialogue, command: string): Promise<Answer> {
  dialogue.say(`${tag} ${command}\r\n`)
  return answer(dialogue)
}

async function answer(dialogue: Dialogue): Promise<Answer> {
  const untagged: string[] = []
  for (;;) {
    const line = await dialogue.line()
    const status = settled.exec(line)?.[1]
    if (status !== undefined) return { untagged, ok: /^ok$/i.test(status), text: line.slice(tag.length + 1) }
    if (/^\* BYE\b/i.test(line)) throw dialogue.refusal('closed', 'says goodbye', line)
    if (!line.startsWith('* ')) throw dialogue.strange('answers in a way that is not IMAP’s', line)
    untagged.push(line.slice(2))
  }
}

export async function capabilities(dialogue: Dialogue): Promise<Capabilities> {
  const { ok, text, untagged } = await ask(dialogue, 'CAPABILITY')
  if (!ok) throw dialogue.refusal('status', 'does not answer CAPABILITY', text)
  const lists = untagged.filter((line) => /^CAPABILITY\s/i.test(line)).flatMap((line) => line.split(/\s+/).slice(1))
  return new Set(lists.filter((one) => one !== '').map((one) => one.toUpperCase()))
}

/** Once resolved, TLS may begin. */
export async function askForTls(dialogue: Dialogue): Promise<void> {
  const { ok, text } = await ask(dialogue, 'STARTTLS')
  if (!ok) throw dialogue.refusal('tls', 'refuses STARTTLS', text)
}

export async function logIn(dialogue: Dialogue, offers: Capabilities, user: string, password: string): Promise<void> {
  const plain = Buffer.from(`\0${user}\0${password}`).toString('base64')
  for (const secret of [password, quoted(password), plain]) dialogue.hush(secret)
  const { ok, text } = offers.has('AUTH=PLAIN')
    ? await authenticate(dialogue, plain)
    : await byLogin(dialogue, offers, user, password)
  if (ok) return
  // UNAVAILABLE (RFC 5530): it could not ask those who know; that says nothing of the password.
  const reason = /\[(UNAVAILABLE|SERVERBUG|CONTACTADMIN|INUSE)\]/i.test(text) ? 'status' : 'auth'
  throw dialogue.refusal(reason, 'does not let us log in', text)
}

async function authenticate(dialogue: Dialogue, secret: string): Promise<Answer> {
  dialogue.say(`${tag} AUTHENTICATE PLAIN\r\n`)
  const line = await dialogue.line()
  if (!line.startsWith('+')) throw dialogue.refusal('auth', 'does not let us log in', line)
  dialogue.say(`${secret}\r\n`)
  return answer(dialogue)
}

async function byLogin(dialogue: Dialogue, offers: Capabilities, user: string, password: string): Promise<Answer> {
  if (offers.has('LOGINDISABLED'))
    throw new Failure('auth', `${dialogue.target} takes no password here (LOGINDISABLED), for want of TLS perhaps.`)
  return ask(dialogue, `LOGIN ${quoted(user)} ${quoted(password)}`)
}

export const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/** How many messages a mailbox has; it is opened for reading only, so that no message becomes less new. */
export async function examine(dialogue: Dialogue, mailbox: string): Promise<number> {
  const { ok, text, untagged } = await ask(dialogue, `EXAMINE ${quoted(mailbox)}`)
  if (!ok) throw dialogue.refusal('status', `does not open the mailbox ${mailbox}`, text)
  const [count] = untagged.flatMap((line) => /^(\d{1,10}) EXISTS\b/i.exec(line)?.[1] ?? [])
  if (count === undefined) throw dialogue.strange(`does not say what is in the mailbox ${mailbox}`, text)
  return Number(count)
}
