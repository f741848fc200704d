// STARTTLS where text is exchanged: SMTP (RFC 3207), IMAP and POP3 (RFC 2595), FTP (RFC 4217), XMPP (RFC 6120).
// Promises to say no more than it takes to begin TLS. Must not know TLS.
import type { Dialogue } from './dialogue.ts'

interface Reply {
  readonly code: string
  readonly lines: readonly string[]
  readonly text: string
}

/** A reply of SMTP or FTP: `250-first`, anything, `250 last`. */
async function reply(dialogue: Dialogue, protocol: string): Promise<Reply> {
  const lines = [await dialogue.line()]
  const code = /^(\d{3})(?:[ -]|$)/.exec(lines[0] ?? '')?.[1]
  if (code === undefined) throw dialogue.refuse(`does not speak ${protocol}`, lines[0] ?? '')
  while (!isLast(lines.at(-1) ?? '', code)) lines.push(await dialogue.line())
  return { code, lines, text: lines.join(' ') }
}

const isLast = (line: string, code: string) => line === code || line.startsWith(`${code} `)

export async function smtp(dialogue: Dialogue): Promise<void> {
  const greeting = await reply(dialogue, 'SMTP')
  if (greeting.code !== '220') throw dialogue.refuse('does not accept mail', greeting.text)
  const { localAddress = '127.0.0.1' } = dialogue.socket
  dialogue.say(`EHLO [${localAddress.includes(':') ? `IPv6:${localAddress}` : localAddress}]\r\n`)
  const offers = await reply(dialogue, 'SMTP')
  if (offers.code !== '250') throw dialogue.refuse('does not answer EHLO', offers.text)
  if (!offers.lines.some((line) => /^250[ -]STARTTLS\s*$/i.test(line)))
    throw dialogue.refuse('does not offer STARTTLS', offers.text)
  dialogue.say('STARTTLS\r\n')
  const answer = await reply(dialogue, 'SMTP')
  if (answer.code !== '220') throw dialogue.refuse('refuses STARTTLS', answer.text)
}

export async function ftp(dialogue: Dialogue): Promise<void> {
  let greeting = await reply(dialogue, 'FTP')
  // 120: ready in a while; the greeting follows.
  while (greeting.code === '120') greeting = await reply(dialogue, 'FTP')
  if (greeting.code !== '220') throw dialogue.refuse('does not accept users', greeting.text)
  dialogue.say('AUTH TLS\r\n')
  const answer = await reply(dialogue, 'FTP')
  if (answer.code !== '234') throw dialogue.refuse('refuses AUTH TLS', answer.text)
}

export async function imap(dialogue: Dialogue): Promise<void> {
  const greeting = await dialogue.line()
  if (!greeting.startsWith('* ')) throw dialogue.refuse('does not speak IMAP', greeting)
  if (!/^\* OK\b/i.test(greeting)) throw dialogue.refuse('does not let us begin TLS', greeting)
  dialogue.say('a STARTTLS\r\n')
  let answer = await dialogue.line()
  while (answer.startsWith('* ')) answer = await dialogue.line()
  if (!/^a OK\b/i.test(answer)) throw dialogue.refuse('refuses STARTTLS', answer)
}

export async function pop3(dialogue: Dialogue): Promise<void> {
  const greeting = await dialogue.line()
  if (!/^(\+OK|-ERR)\b/i.test(greeting)) throw dialogue.refuse('does not speak POP3', greeting)
  if (!greeting.startsWith('+')) throw dialogue.refuse('does not accept users', greeting)
  dialogue.say('STLS\r\n')
  const answer = await dialogue.line()
  if (!/^\+OK\b/i.test(answer)) throw dialogue.refuse('refuses STLS', answer)
}

const streams = 'http://etherx.jabber.org/streams'
const xmppTls = 'urn:ietf:params:xml:ns:xmpp-tls'

export async function xmpp(dialogue: Dialogue, name: string): Promise<void> {
  const open = `<stream:stream xmlns='jabber:client' xmlns:stream='${streams}' to='${name}' version='1.0'>`
  dialogue.say(`<?xml version='1.0'?>${open}`)
  const features = await upTo(dialogue, /<\/stream:features\s*>|<stream:features\s*\/>|<\/stream:stream\s*>/)
  if (!/<starttls[\s/>]/.test(features)) throw dialogue.refuse('does not offer STARTTLS', features)
  dialogue.say(`<starttls xmlns='${xmppTls}'/>`)
  const answer = await upTo(dialogue, /<proceed[^>]{0,200}\/>|<\/proceed\s*>|<failure[^>]{0,200}>|<\/stream:stream\s*>/)
  if (!answer.includes('<proceed')) throw dialogue.refuse('refuses STARTTLS', answer)
}

/** Everything to the end of the first match. What does not look like XML is not waited for. */
function upTo(dialogue: Dialogue, end: RegExp): Promise<string> {
  return dialogue.take((bytes) => {
    const text = bytes.toString('latin1')
    if (!/^\s*(<|$)/.test(text)) throw dialogue.refuse('does not speak XMPP', text)
    const match = end.exec(text)
    const length = match ? match.index + match[0].length : 0
    return match ? { value: text.slice(0, length), length } : null
  })
}
