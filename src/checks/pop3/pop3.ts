// The kind `pop3`: a conversation with a mail server, up to the number of messages that lie there.
// Promises one finding within the timeout, and a QUIT at the end. Must not know how the words are said.
import { z } from 'zod'
import { defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { greetingSetting, judgeGreeting } from '../talk/greeting.ts'
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
const tlsPorts = [995]
const stages = ['greeting', 'starttls', 'login'] as const

const config = z
  .strictObject({
    ...talkSettings('mail.example.com:995', tlsPorts),
    auth: loginSetting.optional(),
    until: z
      .enum(stages, { error: `expected one of ${stages.join(', ')}` })
      .meta({
        title: 'Until',
        description: 'How far the conversation goes; left out: greeting, or as far as the rest says.',
      })
      .optional(),
    expect: z
      .strictObject({ greeting: greetingSetting })
      .meta({ title: 'Expectations', description: 'What the server must say.' })
      .optional(),
  })
  .transform((given, context) => {
    const fault: Fault = (message, ...path) => context.addIssue({ code: 'custom', message, path })
    const tls = settleTls(given, tlsPorts, fault)
    refuseClear(given.auth, tls, fault)
    const wants = {
      greeting: {},
      starttls: { needs: 'starttls: true', given: given.starttls },
      login: { needs: 'auth: { user, password }', path: 'auth', given: given.auth !== undefined },
    }
    return { ...given, tls, until: lastStage(wants, given.until, 'greeting', fault) }
  })

type Pop3Config = z.output<typeof config>

const probe = (settings: Pop3Config, context: ProbeContext): Promise<Finding> =>
  hold(settings, context, { talk: (session) => talk(session, settings) })

async function talk(session: Session, settings: Pop3Config): Promise<void> {
  const { tls, starttls, auth, until, expect } = settings
  const goes = (stage: (typeof stages)[number]) => reaches(stages, until, stage)
  if (tls && !starttls) await secureAtOnce(session, tls)
  const greeting = await session.step('greeting', 'its greeting', words.greet)
  session.bye = 'QUIT\r\n'
  judgeGreeting(session, greeting, expect?.greeting)
  if (starttls && tls && goes('starttls')) {
    await session.step('starttls', 'its answer to STLS', words.askForTls)
    await session.secure(tls)
  }
  if (auth && goes('login'))
    session.facts['messages'] = await session.step('login', 'its answer to the login', (dialogue) =>
      words.logIn(dialogue, auth.user, auth.password),
    )
}

export const pop3 = defineCheck<Pop3Config>({
  kind: 'pop3',
  title: 'POP3',
  summary: 'Talks with a POP3 server: greeting, TLS, login, and how many messages lie there.',
  config,
  target: 'address',
  example: { address: 'mail.example.com:995' },
  secrets: ['auth.*', 'tls.client.key'],
  describe: describeTalk,
  probe,
})
