// The kind `imap`: a conversation with a mail server up to a mailbox, which is looked at and not touched.
// Promises one finding within the timeout, and a LOGOUT at the end. Must not know how the words are said.
import { z } from 'zod'
import { defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { expectsSomething, greetingSetting, judgeGreeting, judgeOffers, offersSetting } from '../talk/greeting.ts'
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
const tlsPorts = [993]
const stages = ['greeting', 'capability', 'starttls', 'login', 'mailbox'] as const

const config = z
  .strictObject({
    ...talkSettings('mail.example.com:993', tlsPorts),
    auth: loginSetting.optional(),
    mailbox: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[\u0020-\u007e]+$/, 'is written as the protocol has it: ASCII, others in modified UTF-7 (Entw&APw-rfe)')
      .meta({ title: 'Mailbox', description: 'A mailbox that is opened, for reading only (EXAMINE).' })
      .optional(),
    until: z
      .enum(stages, { error: `expected one of ${stages.join(', ')}` })
      .meta({
        title: 'Until',
        description: 'How far the conversation goes; left out: capability, or as far as the rest says.',
      })
      .optional(),
    expect: z
      .strictObject({
        greeting: greetingSetting.optional(),
        offers: offersSetting('as CAPABILITY, inside of TLS where there is one', ['IDLE']).optional(),
      })
      .refine(...expectsSomething)
      .default({})
      .meta({ title: 'Expectations', description: 'What the server must say.' }),
  })
  .transform((given, context) => {
    const fault: Fault = (message, ...path) => context.addIssue({ code: 'custom', message, path })
    const tls = settleTls(given, tlsPorts, fault)
    refuseClear(given.auth, tls, fault)
    if (given.mailbox !== undefined && !given.auth)
      fault('is opened after a login; add auth: { user, password }', 'mailbox')
    const wants = {
      greeting: {},
      capability: { path: 'expect', given: given.expect.offers !== undefined },
      starttls: { needs: 'starttls: true', given: given.starttls },
      login: { needs: 'auth: { user, password }', path: 'auth', given: given.auth !== undefined },
      mailbox: { needs: 'a mailbox: INBOX', given: given.mailbox !== undefined },
    }
    return { ...given, tls, until: lastStage(wants, given.until, 'capability', fault) }
  })

type ImapConfig = z.output<typeof config>

const probe = (settings: ImapConfig, context: ProbeContext): Promise<Finding> =>
  hold(settings, context, { talk: (session) => talk(session, settings) })

async function talk(session: Session, settings: ImapConfig): Promise<void> {
  const { tls, starttls, auth, mailbox, until, expect } = settings
  const goes = (stage: (typeof stages)[number]) => reaches(stages, until, stage)
  if (tls && !starttls) await secureAtOnce(session, tls)
  const greeting = await session.step('greeting', 'its greeting', words.greet)
  session.bye = 'z LOGOUT\r\n'
  judgeGreeting(session, greeting.text, expect.greeting)
  if (!goes('capability')) return
  if (starttls && tls && goes('starttls')) {
    await session.step('starttls', 'its answer to STARTTLS', words.askForTls)
    await session.secure(tls)
  }
  const offers = await session.step('capability', 'its answer to CAPABILITY', words.capabilities)
  judgeOffers(session, [...offers], expect.offers)
  if (auth && goes('login') && !greeting.known)
    await session.step('login', 'its answer to the login', (dialogue) =>
      words.logIn(dialogue, offers, auth.user, auth.password),
    )
  if (mailbox !== undefined && goes('mailbox'))
    session.facts['messages'] = await session.step('mailbox', `the mailbox ${mailbox}`, (dialogue) =>
      words.examine(dialogue, mailbox),
    )
}

export const imap = defineCheck<ImapConfig>({
  kind: 'imap',
  title: 'IMAP',
  summary: 'Talks with an IMAP server: greeting, TLS, login, and whether a mailbox opens.',
  config,
  target: 'address',
  example: { address: 'mail.example.com:993', expect: { offers: ['IDLE'] } },
  secrets: ['auth.*', 'tls.client.key'],
  describe: describeTalk,
  probe,
})
