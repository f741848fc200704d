// The words of SMTP (RFC 5321): greeting, EHLO, STARTTLS (RFC 3207), AUTH (RFC 4954), an envelope that is never filled.
// Promises a Failure in the server's own words for every refusal. Must not know settings or TLS.
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import type { Dialogue } from '../talk/dialogue.ts'
import { ask, readReply, type Reply } from '../talk/replies.ts'

/** What a server offers, by its name in capitals: `AUTH` → `PLAIN LOGIN`. */
export type Offers = ReadonlyMap<string, string>

export async function greet(dialogue: Dialogue): Promise<Reply> {
  return accept(dialogue, await readReply(dialogue, 'SMTP'))
}

/** The greeting, where it is one of a server that takes mail. */
export function accept(dialogue: Dialogue, greeting: Reply): Reply {
  if (greeting.code !== '220') throw dialogue.refusal('status', 'does not accept mail', greeting.text)
  return greeting
}

/** `name`: by which we call ourselves; null: by our address. */
export async function hello(dialogue: Dialogue, name: string | null): Promise<Offers> {
  const reply = await ask(dialogue, `EHLO ${name ?? literal(dialogue)}`, 'SMTP')
  if (reply.code !== '250') throw dialogue.refusal('status', 'does not answer EHLO', reply.text)
  const [, ...lines] = reply.lines
  return new Map(
    lines.map((line) => {
      const offer = line.slice(4).trim().toUpperCase()
      // Old servers write AUTH=LOGIN.
      const end = offer.search(/[\s=]/)
      return end < 0 ? [offer, ''] : [offer.slice(0, end), offer.slice(end + 1).trim()]
    }),
  )
}

function literal({ socket }: Dialogue): string {
  const { localAddress = '127.0.0.1' } = socket
  return `[${localAddress.includes(':') ? `IPv6:${localAddress}` : localAddress}]`
}

/** Once resolved, TLS may begin. */
export async function askForTls(dialogue: Dialogue, offers: Offers): Promise<void> {
  if (!offers.has('STARTTLS'))
    throw new Failure('tls', `${dialogue.target} does not offer STARTTLS; it offers ${sayOffers(offers)}.`)
  const reply = await ask(dialogue, 'STARTTLS', 'SMTP')
  if (reply.code !== '220') throw dialogue.refusal('tls', 'refuses STARTTLS', reply.text)
}

/** `AUTH PLAIN LOGIN` as `AUTH`, `AUTH PLAIN` and `AUTH LOGIN`, each of which people may ask for. */
export const listOffers = (offers: Offers): string[] =>
  [...offers].flatMap(([name, more]) => [
    name,
    ...more.split(' ').flatMap((one) => (one === '' ? [] : `${name} ${one}`)),
  ])

const sayOffers = (offers: Offers) => (offers.size === 0 ? 'nothing' : quote([...offers.keys()].join(', ')))

const base64 = (text: string) => Buffer.from(text).toString('base64')

export async function logIn(dialogue: Dialogue, offers: Offers, user: string, password: string): Promise<void> {
  const plain = base64(`\0${user}\0${password}`)
  for (const secret of [password, base64(password), plain]) dialogue.hush(secret)
  const ways = offers.get('AUTH')?.split(/\s+/) ?? []
  if (ways.includes('PLAIN')) {
    settle(dialogue, await ask(dialogue, `AUTH PLAIN ${plain}`, 'SMTP'))
    return
  }
  if (!ways.includes('LOGIN')) {
    const what = ways.length === 0 ? 'offers no AUTH' : `offers neither PLAIN nor LOGIN, only ${ways.join(' ')}`
    throw new Failure('auth', `${dialogue.target} ${what}.`)
  }
  for (const words of ['AUTH LOGIN', base64(user)]) {
    const reply = await ask(dialogue, words, 'SMTP')
    if (reply.code !== '334') throw dialogue.refusal('auth', 'does not let us log in', reply.text)
  }
  settle(dialogue, await ask(dialogue, base64(password), 'SMTP'))
}

function settle(dialogue: Dialogue, reply: Reply): void {
  if (reply.code === '235') return
  // 454: it could not ask those who know; that says nothing of the password.
  const reason = reply.code.startsWith('4') ? 'status' : 'auth'
  throw dialogue.refusal(reason, 'does not let us log in', reply.text)
}

/** A sender and a recipient, and then nothing: no mail is sent. */
export async function address(dialogue: Dialogue, from: string, to: string): Promise<void> {
  const sender = await ask(dialogue, `MAIL FROM:<${from}>`, 'SMTP')
  if (!sender.code.startsWith('2'))
    throw dialogue.refusal('status', `refuses mail from ${from === '' ? '<>' : from}`, sender.text)
  const recipient = await ask(dialogue, `RCPT TO:<${to}>`, 'SMTP')
  if (!recipient.code.startsWith('2')) throw dialogue.refusal('status', `refuses mail to ${to}`, recipient.text)
  await ask(dialogue, 'RSET', 'SMTP')
}
