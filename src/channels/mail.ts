// Mail: what a message looks like as a mail: subject, thread, text, and HTML for a phone at night.
// Promises no remote content, readable in light and dark, everything escaped. Must not know SMTP.
import { createHash } from 'node:crypto'
import type { SendMailOptions } from 'nodemailer'
import { lines, linked, type Message, plain, sentence, text, title } from '#core/message.ts'
import type { Status } from '#core/words.ts'
import { html, raw } from '#platform/html.ts'
import { lovebeatSentence, lovebeatSubject } from './lovebeat.ts'

export interface Letter {
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly prefix: string
  /** Whose words subject and first line are. */
  readonly format: 'allswell' | 'lovebeat'
  readonly idempotencyKey: string
  /** When it is sent, epoch ms. */
  readonly at: number
  readonly publicUrl: string | null
}

/** The mail that tells the message. The same delivery always makes the same Message-ID, so that repeats collapse. */
export function compose(message: Message, letter: Letter): SendMailOptions {
  const { from, to, cc, prefix, format, idempotencyKey, at, publicUrl } = letter
  const isTheirs = format === 'lovebeat'
  const before = isTheirs ? `${lovebeatSentence(message)}\n\n` : ''
  return {
    from: plain(from, 320),
    to: [...to],
    ...(cc.length > 0 ? { cc: [...cc] } : {}),
    subject: [plain(prefix, 60), isTheirs ? plain(lovebeatSubject(message), 200) : title(message)].join(' ').trim(),
    ...thread(message, idempotencyKey, domainOf(from)),
    date: new Date(at),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Allswell-Idempotency-Key': plain(idempotencyKey, 200) },
    text: `${before}${text(message)}\n${publicUrl === null ? '' : `\nMore: ${publicUrl}\n`}`,
    html: page(message, publicUrl),
  }
}

const domainOf = (from: string) => /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'allswell.invalid'
const short = (value: string) => createHash('sha256').update(value).digest('hex').slice(0, 32)

/** The outage's first mail is the root; all its others refer to the root, whether or not it went to this channel. */
function thread(message: Message, idempotencyKey: string, domain: string) {
  const own = `<message-${short(idempotencyKey)}@${domain}>`
  if (message.outage === null) return { messageId: own }
  const root = `<outage-${short(message.outage.id)}@${domain}>`
  const isNew = message.event !== 'monitor.up' && message.again === null
  const first = isNew && message.at === message.outage.at
  return first ? { messageId: root } : { messageId: own, inReplyTo: root, references: [root] }
}

const colours: Record<Status, string> = { up: '#1f9e89', degraded: '#b07d00', down: '#c8374a', unknown: '#7d8695' }
const fonts = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"

/** Large enough for a thumb. */
const button =
  'display:inline-block;margin:16px 8px 0 0;padding:12px 20px;border:2px solid #4a6ee8;border-radius:8px;' +
  'color:#4a6ee8;text-decoration:none;font-weight:600'

const buttons = ({ links }: Message) =>
  links === null
    ? null
    : html`<p style="margin:0">
        ${linked(links).map(({ label, url }) => html`<a href="${url}" style="${raw(button)}">${label}</a>`)}
      </p>`

/** No ground and no text colour of its own: the reader's light or dark stays. */
function page(message: Message, publicUrl: string | null): string {
  const colour = colours[message.status]
  const rows = lines(message).map(
    ({ label, value }) =>
      html`<tr>
        <td style="padding:2px 12px 2px 0;vertical-align:top;white-space:nowrap;opacity:.7">${label}</td>
        <td style="padding:2px 0;vertical-align:top;word-break:break-word">${value}</td>
      </tr>`,
  )
  const more =
    publicUrl === null
      ? null
      : html`<p style="margin:16px 0 0"><a href="${publicUrl}" style="color:#4a6ee8">${publicUrl}</a></p>`
  return html`<!doctype html>
    <html lang="en" dir="auto">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>${title(message)}</title>
      </head>
      <body style="margin:0;padding:16px;font-family:${raw(fonts)};font-size:16px;line-height:1.5">
        <div style="max-width:560px;margin:0 auto;border-left:4px solid ${raw(colour)};padding-left:16px">
          <h1 style="margin:0 0 8px;font-size:20px;line-height:1.3;word-break:break-word">${title(message)}</h1>
          <p style="margin:0 0 16px;word-break:break-word">${sentence(message)}</p>
          <table role="presentation" style="border-collapse:collapse;font-size:14px;line-height:1.5">
            ${rows}
          </table>
          ${[buttons(message), more]}
        </div>
      </body>
    </html>`.text
}
