// The words of FTP (RFC 959): greeting, AUTH TLS (RFC 4217), USER and PASS, PWD, CWD, a list by a second connection.
// Promises a Failure in the server's own words for every refusal. Must not know settings or TLS.
import type { Dialogue } from '../talk/dialogue.ts'
import { ask as askFor, readReply, type Reply } from '../talk/replies.ts'

const ask = (dialogue: Dialogue, command: string) => askFor(dialogue, command, 'FTP')

export async function greet(dialogue: Dialogue): Promise<Reply> {
  let greeting = await readReply(dialogue, 'FTP')
  // 120: ready in a while; the greeting follows.
  while (greeting.code === '120') greeting = await readReply(dialogue, 'FTP')
  if (greeting.code !== '220') throw dialogue.refusal('status', 'does not let us in', greeting.text)
  return greeting
}

/** Once resolved, TLS may begin. */
export async function askForTls(dialogue: Dialogue): Promise<void> {
  const reply = await ask(dialogue, 'AUTH TLS')
  if (reply.code !== '234') throw dialogue.refusal('tls', 'refuses AUTH TLS', reply.text)
}

export async function logIn(dialogue: Dialogue, user: string, password: string): Promise<void> {
  dialogue.hush(password)
  let reply = await ask(dialogue, `USER ${user}`)
  if (reply.code === '331') reply = await ask(dialogue, `PASS ${password}`)
  if (reply.code.startsWith('2')) return
  // 332 wants an account; 4xx says that it is not able to now, which says nothing of the password.
  throw dialogue.refusal(reply.code.startsWith('4') ? 'status' : 'auth', 'does not let us log in', reply.text)
}

/** The folder that we are in after the login. */
export async function folder(dialogue: Dialogue): Promise<string> {
  const reply = await ask(dialogue, 'PWD')
  if (reply.code !== '257') throw dialogue.refusal('status', 'does not say which folder we are in', reply.text)
  return /"((?:[^"]|"")*)"/.exec(reply.text)?.[1]?.replaceAll('""', '"') ?? reply.text.slice(4)
}

/** Asks that the second connection be secured as the first one is. */
export async function protect(dialogue: Dialogue): Promise<void> {
  for (const command of ['PBSZ 0', 'PROT P']) {
    const reply = await ask(dialogue, command)
    if (!reply.code.startsWith('2')) throw dialogue.refusal('tls', 'does not secure what it sends (PROT P)', reply.text)
  }
}

/** The port to which a second connection must lead; whatever address the server names is left aside. */
export async function passive(dialogue: Dialogue): Promise<number> {
  const extended = await ask(dialogue, 'EPSV')
  const port = /\((.)\1\1(\d{1,5})\1\)/.exec(extended.text)?.[2]
  if (extended.code === '229' && port !== undefined) return portOf(dialogue, Number(port), extended)
  const old = await ask(dialogue, 'PASV')
  const [, high, low] = /\d{1,3}(?:,\d{1,3}){3},(\d{1,3}),(\d{1,3})/.exec(old.text) ?? []
  if (old.code !== '227' || high === undefined || low === undefined)
    throw dialogue.refusal('status', 'opens no second connection (EPSV, PASV)', old.text)
  return portOf(dialogue, Number(high) * 256 + Number(low), old)
}

function portOf(dialogue: Dialogue, port: number, { text }: Reply): number {
  if (port < 1 || port > 65_535) throw dialogue.strange('names a port that is none', text)
  return port
}

/** Goes into a folder. Who merely asked for its list would be told by many servers that a missing one is empty. */
export async function enter(dialogue: Dialogue, path: string): Promise<void> {
  const reply = await ask(dialogue, `CWD ${path}`)
  if (!reply.code.startsWith('2')) throw dialogue.refusal('status', `does not open the folder ${path}`, reply.text)
}

/** Asks for the names in the folder that we are in; once resolved they come over the second connection. */
export async function beginList(dialogue: Dialogue, path: string): Promise<void> {
  const reply = await ask(dialogue, 'LIST')
  if (!reply.code.startsWith('1')) throw dialogue.refusal('status', `does not list ${path}`, reply.text)
}

/** After all came over the second connection. */
export async function endList(dialogue: Dialogue, path: string): Promise<void> {
  const reply = await readReply(dialogue, 'FTP')
  if (!reply.code.startsWith('2')) throw dialogue.refusal('status', `does not list ${path}`, reply.text)
}
