// The kind `smtp`: a conversation with a mail server, up to a recipient and no further: no mail is ever sent.
// Promises one finding within the timeout, and a QUIT at the end. Must not know how the words are said.
import { z } from 'zod'
import { defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { expectsSomething, greetingSetting, judgeGreeting, judgeOffers, offersSetting } from '../talk/greeting.ts'
import { readReply } from '../talk/replies.ts'
import { hold, type Session } from '../talk/session.ts'
import {
  describeTalk,
  type Fault,
  loginSetting,
  refuseClear,
  secureAtOnce,
  settleTls,
  talkSettings,
} from '../talk/settings.ts'
import { lastStage, reaches } from '../talk/stages.ts'
import * as words from './words.ts'

/** Where TLS begins with the first byte. */
const tlsPorts = [465]
const stages = ['greeting', 'ehlo', 'starttls', 'auth', 'rcpt'] as const

const mailbox = z
  .string({ error: 'expected a mail address' })
  .max(320)
  .regex(/^[^\s<>\p{Cc}]+$/u, 'expected a mail address, such as probe@example.com')

const config = z
  .strictObject({
    ...talkSettings('mail.example.com:587', tlsPorts),
    hello: z
      .string()
      .regex(/^[a-z0-9[\]:._-]{1,255}$/i, 'expected the name of a host, such as monitor.example.com')
      .meta({ title: 'Hello', description: 'The name by which we greet (EHLO); left out: our address.' })
      .optional(),
    auth: loginSetting.optional(),
    from: mailbox
      .meta({ title: 'From', description: 'The sender that is named; left out: none, as in messages of failure (<>).' })
      .optional(),
    to: mailbox
      .meta({ title: 'To', description: 'A recipient that the server must accept. No mail is sent to it.' })
      .optional(),
    until: z
      .enum(stages, { error: `expected one of ${stages.join(', ')}` })
      .meta({
        title: 'Until',
        description: 'How far the conversation goes; left out: ehlo, or as far as the rest says.',
      })
      .optional(),
    expect: z
      .strictObject({
        greeting: greetingSetting.optional(),
        offers: offersSetting('after EHLO, inside of TLS where there is one', ['SIZE', 'STARTTLS']).optional(),
      })
      .refine(...expectsSomething)
      .default({})
      .meta({ title: 'Expectations', description: 'What the server must say.' }),
  })
  .transform((given, context) => {
    const fault: Fault = (message, ...path) => context.addIssue({ code: 'custom', message, path })
    const tls = settleTls(given, tlsPorts, fault)
    refuseClear(given.auth, tls, fault)
    if (given.from !== undefined && given.to === undefined)
      fault('is only said together with a recipient; add to', 'from')
    const wants = {
      greeting: {},
      ehlo: { path: 'expect', given: given.expect.offers !== undefined },
      starttls: { needs: 'starttls: true', given: given.starttls },
      auth: { needs: 'auth: { user, password }', given: given.auth !== undefined },
      rcpt: { needs: 'a recipient: to', path: 'to', given: given.to !== undefined },
    }
    return { ...given, tls, until: lastStage(wants, given.until, 'ehlo', fault) }
  })

type SmtpConfig = z.output<typeof config>

const probe = (settings: SmtpConfig, context: ProbeContext): Promise<Finding> =>
  hold(settings, context, { talk: (session) => talk(session, settings) })

async function talk(session: Session, settings: SmtpConfig): Promise<void> {
  const { tls, starttls, hello = null, auth, from = '', to, until, expect } = settings
  const goes = (stage: (typeof stages)[number]) => reaches(stages, until, stage)
  if (tls && !starttls) await secureAtOnce(session, tls)
  const greeting = await session.step('greeting', 'its greeting', (dialogue) => readReply(dialogue, 'SMTP'))
  session.bye = 'QUIT\r\n'
  words.accept(session.dialogue, greeting)
  judgeGreeting(session, greeting.lines.join('\n'), expect.greeting)
  if (!goes('ehlo')) return
  const sayHello = () => session.step('ehlo', 'its answer to EHLO', (dialogue) => words.hello(dialogue, hello))
  let offers = await sayHello()
  if (starttls && tls && goes('starttls')) {
    await session.step('starttls', 'its answer to STARTTLS', (dialogue) => words.askForTls(dialogue, offers))
    await session.secure(tls)
    offers = await sayHello()
  }
  judgeOffers(session, words.listOffers(offers), expect.offers)
  if (auth && goes('auth'))
    await session.step('auth', 'its answer to the login', (dialogue) =>
      words.logIn(dialogue, offers, auth.user, auth.password),
    )
  if (to !== undefined && goes('rcpt'))
    await session.step('rcpt', `its answer to mail for ${to}`, (dialogue) => words.address(dialogue, from, to))
}

export const smtp = defineCheck<SmtpConfig>({
  kind: 'smtp',
  title: 'SMTP',
  summary: 'Talks with a mail server: greeting, TLS, login, and whether it would take mail for a recipient.',
  config,
  target: 'address',
  example: { address: 'mail.example.com:587', starttls: true },
  secrets: ['auth.*', 'tls.client.key'],
  describe: describeTalk,
  probe,
})
