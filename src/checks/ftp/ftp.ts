// The kind `ftp`: a conversation with an FTP server, up to the list of a folder over a second connection.
// Promises one finding within the timeout, and a QUIT at the end. Must not know how the words are said.
import { z } from 'zod'
import { defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { refuseContradictions, textFault, textSettings } from '../expect/text.ts'
import { Failure } from '../failure.ts'
import { excerpt, quote } from '../quote.ts'
import { expectsSomething, greetingSetting, judgeGreeting } from '../talk/greeting.ts'
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
import { listFolder } from './list.ts'
import * as words from './words.ts'

/** Where TLS begins with the first byte. */
const tlsPorts = [990]
const stages = ['greeting', 'starttls', 'login', 'list'] as const
/** They have no password; what is sent in its place is a courtesy. */
const nobody = /^(anonymous|ftp)$/i
const shownMost = 1_000

const config = z
  .strictObject({
    ...talkSettings('files.example.com:21', tlsPorts),
    auth: loginSetting.optional(),
    list: z
      .string()
      .min(1, 'expected a folder, such as /pub')
      .max(1_000)
      .regex(/^[^\p{Cc}]+$/u, 'has no line breaks or control characters')
      .refine((path) => !path.startsWith('-'), 'would be taken for an option; write ./ before it')
      .meta({ title: 'List', description: 'A folder that is listed, over a second connection as transfers are.' })
      .optional(),
    until: z
      .enum(stages, { error: `expected one of ${stages.join(', ')}` })
      .meta({
        title: 'Until',
        description: 'How far the conversation goes; left out: greeting, or as far as the rest says.',
      })
      .optional(),
    expect: z
      .strictObject({
        greeting: greetingSetting.optional(),
        list: z
          .strictObject(textSettings('list'))
          .superRefine(refuseContradictions)
          .meta({
            title: 'List',
            description: 'What the list of the folder must be like; its form is the server’s own.',
          })
          .optional(),
      })
      .refine(...expectsSomething)
      .default({})
      .meta({ title: 'Expectations', description: 'What the server must say.' }),
  })
  .transform((given, context) => {
    const fault: Fault = (message, ...path) => context.addIssue({ code: 'custom', message, path })
    const tls = settleTls(given, tlsPorts, fault)
    if (given.auth && !nobody.test(given.auth.user)) refuseClear(given.auth, tls, fault)
    if (given.list !== undefined && !given.auth)
      fault('is asked for after a login; add auth: { user: anonymous, password: … } or another', 'list')
    if (given.expect.list && given.list === undefined) fault('needs a folder to list; add list', 'expect', 'list')
    const wants = {
      greeting: {},
      starttls: { needs: 'starttls: true', given: given.starttls },
      login: { needs: 'auth: { user, password }', path: 'auth', given: given.auth !== undefined },
      list: { needs: 'a folder: list', given: given.list !== undefined },
    }
    return { ...given, tls, until: lastStage(wants, given.until, 'greeting', fault) }
  })

type FtpConfig = z.output<typeof config>

const probe = (settings: FtpConfig, context: ProbeContext): Promise<Finding> =>
  hold(settings, context, { talk: (session) => talk(session, settings) })

async function talk(session: Session, settings: FtpConfig): Promise<void> {
  const { tls, starttls, auth, list, until, expect } = settings
  const goes = (stage: (typeof stages)[number]) => reaches(stages, until, stage)
  if (tls && !starttls) await secureAtOnce(session, tls)
  const greeting = await session.step('greeting', 'its greeting', words.greet)
  session.bye = 'QUIT\r\n'
  judgeGreeting(session, greeting.lines.join('\n'), expect.greeting)
  if (starttls && tls && goes('starttls')) {
    await session.step('starttls', 'its answer to AUTH TLS', words.askForTls)
    await session.secure(tls)
  }
  if (!auth || !goes('login')) return
  const folder = await session.step('login', 'its answer to the login', async (dialogue) => {
    await words.logIn(dialogue, auth.user, auth.password)
    return words.folder(dialogue)
  })
  session.facts['folder'] = excerpt(folder, shownMost)
  if (list === undefined || !goes('list')) return
  const text = await session.step('list', `the list of ${list}`, () => listFolder(session, list, tls))
  session.facts['list'] = excerpt(text, shownMost)
  const wrong = expect.list ? textFault(text, expect.list) : null
  if (wrong)
    throw new Failure('body', `The list of ${list} on ${session.target} is ${quote(text)}, which ${wrong.says}.`)
}

export const ftp = defineCheck<FtpConfig>({
  kind: 'ftp',
  title: 'FTP',
  summary: 'Talks with an FTP server: greeting, TLS, login, and the list of a folder.',
  config,
  target: 'address',
  example: { address: 'files.example.com:21', starttls: true },
  secrets: ['auth.*', 'tls.client.key'],
  describe: describeTalk,
  probe,
})
