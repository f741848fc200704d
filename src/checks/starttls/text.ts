// STARTTLS where text is exchanged: SMTP (RFC 3207), IMAP and POP3 (RFC 2595), FTP (RFC 4217), XMPP (RFC 6120).
// Promises to say no more than it takes to begin TLS. Must not know TLS.
import * as ftpWords from '../ftp/words.ts'
import * as imapWords from '../imap/words.ts'
import * as pop3Words from '../pop3/words.ts'
import * as smtpWords from '../smtp/words.ts'
import type { Dialogue } from '../talk/dialogue.ts'

export async function smtp(dialogue: Dialogue): Promise<void> {
  await smtpWords.greet(dialogue)
  await smtpWords.askForTls(dialogue, await smtpWords.hello(dialogue, null))
}

export async function ftp(dialogue: Dialogue): Promise<void> {
  await ftpWords.greet(dialogue)
  await ftpWords.askForTls(dialogue)
}

export async function imap(dialogue: Dialogue): Promise<void> {
  await imapWords.greet(dialogue)
  await imapWords.askForTls(dialogue)
}

export async function pop3(dialogue: Dialogue): Promise<void> {
  await pop3Words.greet(dialogue)
  await pop3Words.askForTls(dialogue)
}

const streams = 'http://etherx.jabber.org/streams'
const xmppTls = 'urn:ietf:params:xml:ns:xmpp-tls'

export async function xmpp(dialogue: Dialogue, name: string): Promise<void> {
  const open = `<stream:stream xmlns='jabber:client' xmlns:stream='${streams}' to='${name}' version='1.0'>`
  dialogue.say(`<?xml version='1.0'?>${open}`)
  const features = await upTo(dialogue, /<\/stream:features\s*>|<stream:features\s*\/>|<\/stream:stream\s*>/)
  if (!/<starttls[\s/>]/.test(features)) throw dialogue.refusal('tls', 'does not offer STARTTLS', features)
  dialogue.say(`<starttls xmlns='${xmppTls}'/>`)
  const answer = await upTo(dialogue, /<proceed[^>]{0,200}\/>|<\/proceed\s*>|<failure[^>]{0,200}>|<\/stream:stream\s*>/)
  if (!answer.includes('<proceed')) throw dialogue.refusal('tls', 'refuses STARTTLS', answer)
}

/** Everything to the end of the first match. What does not look like XML is not waited for. */
function upTo(dialogue: Dialogue, end: RegExp): Promise<string> {
  return dialogue.take((bytes) => {
    const text = bytes.toString('latin1')
    if (!/^\s*(<|$)/.test(text)) throw dialogue.strange('does not speak XMPP', text)
    const match = end.exec(text)
    const length = match ? match.index + match[0].length : 0
    return match ? { value: text.slice(0, length), length } : null
  })
}
