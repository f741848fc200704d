// Letters: mails to one person about their own account, each with a link. No channel and no delivery: nobody waits for
// them at three in the morning.
// Promises one attempt within its time, and to say what came of it. Must not know what the link does.
import { randomBytes } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import { html } from '#platform/html.ts'
import type { Outbound } from '#platform/outbound.ts'
import type { Sent } from './channel.ts'
import { parseSmtpUrl, sendMail } from './smtp.ts'

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly lines: readonly string[]
  readonly link: string
}

const timeout = 20_000

/** Sends one letter by the file's mail server; never rejects. */
export async function sendLetter(
  letter: Letter,
  smtp: { readonly url: string; readonly from: string },
  way: { readonly clock: Clock; readonly outbound: Outbound },
): Promise<Sent> {
  const server = parseSmtpUrl(smtp.url)
  if (typeof server === 'string') return { ok: false, retry: false, detail: `The smtp URL is wrong: ${server}.` }
  const late = new AbortController()
  const timer = way.clock.after(timeout, () => late.abort())
  const idempotencyKey = `letter-${randomBytes(8).toString('hex')}`
  const settings = { smtp, publicUrl: null }
  try {
    const context = { ...way, idempotencyKey, attempt: 1, timeout, signal: late.signal, settings }
    return await sendMail(server, compose(letter, smtp.from, way.clock.now()), context)
  } finally {
    timer.cancel()
  }
}

function compose({ to, subject, lines, link }: Letter, from: string, at: number) {
  const paragraphs = lines.map((line) => html`<p style="margin:0 0 12px">${line}</p>`)
  return {
    from,
    to: [to],
    subject,
    date: new Date(at),
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: `${lines.join('\n\n')}\n\n${link}\n`,
    html: html`<!doctype html>
      <html lang="en" dir="auto">
        <head>
          <meta charset="utf-8" />
          <meta name="color-scheme" content="light dark" />
          <title>${subject}</title>
        </head>
        <body style="margin:0;padding:16px;font-family:sans-serif;font-size:16px;line-height:1.5">
          ${paragraphs}
          <p style="margin:0;word-break:break-all"><a href="${link}" style="color:#4a6ee8">${link}</a></p>
        </body>
      </html>`.text,
  }
}
