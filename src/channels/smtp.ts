// SMTP: a mail server's address as a URL, one mail to it, and what its refusals mean for people.
// Promises one connection a mail, a password never in the clear unless told so, and certificates checked wherever TLS
// is relied on. Must not know what a mail says.
import type { Socket } from 'node:net'
import type { SendMailOptions } from 'nodemailer'
import { plain } from '#core/message.ts'
import { suggest } from '#core/suggest.ts'
import { loopback, parseNetworks } from '#platform/networks.ts'
import { isInside, OutboundError } from '#platform/outbound.ts'
import type { OwnServer, SendContext, Sent } from './channel.ts'
import { dial, secure } from './dial.ts'
import { codeOf, isCertificate, redact, sayFailure } from './failure.ts'
import { type Login, loginOf } from './login.ts'

export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (smtps). */
  readonly implicit: boolean
  readonly starttls: 'offered' | 'require' | 'never'
  /** Null: where TLS is relied on, and not where it is only taken because it is offered. */
  readonly verify: boolean | null
  readonly auth: Login | null
}

const parameters = ['starttls', 'verify']
const example = 'smtp://user:password@mail.example.com:587 or smtps://mail.example.com'

/**
 * Reads `smtp://user:password@host:port?starttls=offered|require|never&verify=true|false` or `smtps://…`.
 * A text in return says what is wrong with it. Ports are 587 and 465 unless given.
 */
export function parseSmtpUrl(text: string): SmtpServer | string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') return `write a URL such as ${example}`
  if (!/^\/?$/.test(url.pathname)) return 'a mail server has no path; percent-encode "/" in a user or password as %2F'
  for (const name of url.searchParams.keys()) {
    if (parameters.includes(name)) continue
    return `"${name}" is not known; did you mean "${suggest(name, parameters) ?? parameters.join('" or "')}"?`
  }
  const starttls = url.searchParams.get('starttls') ?? 'offered'
  const verify = url.searchParams.get('verify')
  if (starttls !== 'offered' && starttls !== 'require' && starttls !== 'never')
    return 'starttls is one of offered, require, never'
  if (verify !== null && verify !== 'true' && verify !== 'false') return 'verify is true or false'
  const auth = loginOf(url)
  if (typeof auth === 'string') return auth
  const implicit = url.protocol === 'smtps:'
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (implicit ? 465 : 587) : Number(url.port),
    implicit,
    starttls,
    verify: verify === null ? null : verify === 'true',
    auth,
  }
}

/** The server of an smtp URL, and how it greets: a server that begins with TLS waits. None where the URL is wrong. */
export function greetingOf(url: string): OwnServer[] {
  const server = parseSmtpUrl(url)
  if (typeof server === 'string') return []
  return [{ host: server.host, port: server.port, greeting: server.implicit ? null : /^220/ }]
}

const ownMachine = parseNetworks([...loopback])

/** Sends one mail; never throws for what the server does. */
export async function sendMail(server: SmtpServer, mail: SendMailOptions, context: SendContext): Promise<Sent> {
  const peer = `${server.host}:${server.port}`
  let socket: Socket | null = null
  const cut = () => socket?.destroy()
  context.signal.addEventListener('abort', cut, { once: true })
  try {
    socket = await dial(server.host, server.port, context)
    const detail = await converse(socket, server, mail, context)
    return { ok: true, detail: `${peer} ${detail}` }
  } catch (error) {
    cut()
    return { ok: false, retry: !isFinal(error), detail: sayRefusal(error, peer, server) }
  } finally {
    context.signal.removeEventListener('abort', cut)
  }
}

async function converse(socket: Socket, server: SmtpServer, mail: SendMailOptions, context: SendContext) {
  const { host, port, implicit, starttls, auth } = server
  const near = ownMachine.has(socket.remoteAddress ?? '')
  if (auth !== null && !implicit && starttls === 'never' && !isInside(socket.remoteAddress ?? '')) {
    const clear = `${host}:${port} is on the Internet, and its URL says starttls=never: user and password would go`
    throw new OutboundError(
      'forbidden',
      `${clear} there for all to read, so nothing was sent. Take starttls=require or smtps://.`,
    )
  }
  const relied = implicit || starttls === 'require' || (auth !== null && starttls === 'offered' && !near)
  const verify = server.verify ?? relied
  const connection = implicit ? await secure(socket, host, verify, context) : socket
  const { createTransport } = await import('nodemailer')
  const info = await createTransport({
    host,
    port,
    connection,
    secure: implicit,
    secured: implicit,
    requireTLS: relied && !implicit,
    ignoreTLS: starttls === 'never',
    tls: { rejectUnauthorized: verify },
    ...(auth === null ? {} : { auth }),
    greetingTimeout: context.timeout,
    socketTimeout: context.timeout,
    socketCloseTimeout: 1_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  }).sendMail(mail)
  const refused = (info.rejectedErrors ?? []).map((error: Error) => quote(error.message, 200, server))
  const accepted = `accepted it for ${info.accepted.length === 1 ? '1 address' : `${info.accepted.length} addresses`}`
  return [`${accepted}: ${quote(info.response, 200, server)}`, ...refused].join('; ')
}

/** What the mail library adds to an error. */
interface Refusal {
  readonly code?: string
  /** The system's own code below the library's. */
  readonly originalCode?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
  readonly rejectedErrors?: readonly Refusal[]
}

const isPermanent = ({ responseCode }: Refusal) =>
  responseCode !== undefined && responseCode >= 500 && responseCode < 600 && responseCode !== 503

/** Refused for good: the sender, the message, or every recipient. Settings can be mended, so those are tried again. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const refusal: Refusal = error as Error & Refusal
  const { command, rejectedErrors } = refusal
  if (command === 'API') return refusal.code === 'EENVELOPE'
  if (rejectedErrors !== undefined && rejectedErrors.length > 0) return rejectedErrors.every(isPermanent)
  return ['MAIL FROM', 'RCPT TO', 'DATA'].includes(command ?? '') && isPermanent(refusal)
}

function sayRefusal(error: unknown, peer: string, server: SmtpServer): string {
  if (!(error instanceof Error) || error instanceof OutboundError) return sayFailure(error, peer)
  const { code, command, response, rejectedErrors, originalCode } = error as Error & Refusal
  const said = quote(response ?? '', 200, server)
  if (rejectedErrors !== undefined && rejectedErrors.length > 0) {
    const all = rejectedErrors.map((one) => quote(one.response ?? '', 100, server))
    return `${peer} refused every address: ${all.join('; ')}`
  }
  if (code === 'EAUTH') {
    const user = server.auth?.user ?? 'nobody'
    return `${peer} refused the user name or password of ${user}${said === '' ? '.' : `: ${said}`}`
  }
  if (isCertificate(codeOf(error)) || /certificate/i.test(error.message))
    return `${sayCertificate(error, peer, server)} Mend it, or add ?verify=false to the smtp URL to trust it unseen.`
  if (code === 'ETLS' || command === 'STARTTLS')
    return sayNoTls(peer, server, said === '' ? quote(error.message, 200, server) : said)
  if (said !== '') return `${peer} refused the mail${command === undefined ? '' : ` (${command})`}: ${said}`
  return hide(
    sayFailure(originalCode === undefined ? error : Object.assign(new Error(), { code: originalCode }), peer),
    server,
  )
}

const sayCertificate = (error: Error, peer: string, server: SmtpServer) =>
  isCertificate(codeOf(error))
    ? sayFailure(error, peer)
    : `TLS with ${peer} failed: ${quote(error.message.replace(/^Error initiating TLS - /, ''), 200, server)}.`

function sayNoTls(peer: string, server: SmtpServer, why: string): string {
  const plainly = server.auth !== null && server.starttls === 'offered'
  const hint = plainly
    ? ' The password was not sent; within a private network ?starttls=never sends it without encryption.'
    : ''
  return `TLS with ${peer} failed: ${why.replace(/\.?$/, '.')}${hint}`
}

/** What the server said, without the login that it may repeat in the form in which it was sent. */
const quote = (said: string, most: number, server: SmtpServer) => plain(hide(said, server), most)

function hide(text: string, { auth }: SmtpServer): string {
  if (auth === null) return text
  const { user, pass } = auth
  return redact(text, [pass, `\0${user}\0${pass}`, Buffer.from(user).toString('base64').replace(/=+$/, '')])
}
