// Email: tells people by mail, through the file's SMTP server or the channel's own.
// Promises text and HTML, a thread for each outage, and a sentence for whatever the mail server refuses.
// Must not know rules or retries.
import { z } from 'zod'
import type { Message } from '#core/message.ts'
import { defineChannel, type SendContext, type Sent } from './channel.ts'
import { compose } from './mail.ts'
import { greetingOf, parseSmtpUrl, sendMail } from './smtp.ts'

const address = z.email()
const line = z.string().regex(/^\P{Cc}*$/u, 'write one line')
const sender = /^(\P{Cc}*<[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/u

/** One address, or a list with so many at least. */
const addresses = (least: number) => z.union([address.transform((one) => [one]), z.array(address).min(least).max(50)])

const config = z.strictObject({
  to: addresses(1).describe('Whom to tell: a mail address, or a list of them.'),
  cc: addresses(0).default([]).describe('Who gets a copy.'),
  subject_prefix: line.max(60).default('').describe('Put before every subject, such as [prod].'),
  format: z
    .enum(['allswell', 'lovebeat'])
    .default('allswell')
    .describe('Whose subject and first line a mail has: our own, or lovebeat’s, “[LOVEBEAT] name-3”.'),
  from: z
    .string()
    .max(320)
    .regex(sender, 'write a mail address, such as Allswell <allswell@example.com>')
    .optional()
    .describe('The sender, if it is another than smtp.from.'),
  smtp: z
    .string()
    .max(4_000)
    .superRefine((url, context) => {
      const server = parseSmtpUrl(url)
      if (typeof server === 'string') context.addIssue({ code: 'custom', message: server })
    })
    .optional()
    .describe('This channel’s own mail server, if it is another than smtp.url.'),
})

type Config = z.infer<typeof config>

const missing = 'No SMTP server is set: add `smtp: { url: …, from: … }` to the configuration file.'
const noSender = 'No sender is set: add `from` to the channel or `smtp: { url: …, from: … }` to the configuration file.'

async function send(config: Config, message: Message, context: SendContext): Promise<Sent> {
  const { settings, idempotencyKey, clock } = context
  const url = config.smtp ?? settings.smtp?.url
  const from = config.from ?? settings.smtp?.from
  if (url === undefined) return { ok: false, retry: true, detail: missing }
  if (from === undefined) return { ok: false, retry: true, detail: noSender }
  const server = parseSmtpUrl(url)
  if (typeof server === 'string') return { ok: false, retry: true, detail: `The smtp URL is wrong: ${server}.` }
  const { to, cc, format, subject_prefix: prefix } = config
  const { publicUrl } = settings
  return sendMail(
    server,
    compose(message, { from, to, cc, prefix, format, idempotencyKey, at: clock.now(), publicUrl }),
    context,
  )
}

export const email = defineChannel<Config>({
  kind: 'email',
  title: 'E-mail',
  summary: 'Sends each message as a mail; the mails of one outage make one thread.',
  config,
  secrets: ['smtp'],
  describe: ({ to, cc }) => [...to, ...cc].join(', '),
  servers: ({ smtp }) => (smtp === undefined ? [] : greetingOf(smtp)),
  needs: ({ smtp, from }) => (smtp !== undefined && from !== undefined ? [] : ['smtp']),
  send,
})
