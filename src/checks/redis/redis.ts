// The kind `redis`: logs in to Redis, or what speaks like it (Valkey, KeyDB, Dragonfly), and asks something harmless.
// Promises one finding within the timeout, and that nothing is ever written there. Must not know who asked.
import { z } from 'zod'
import { defineCheck } from '../check.ts'
import { where } from '../dial.ts'
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import { enter, reachOf, refuseClashes, serviceSettings } from '../service/settings.ts'
import { serviceSecrets } from '../service/tls.ts'
import { refuseNonsense, valueFault, valueSettings } from '../service/value.ts'
import { hold, type Session } from '../talk/session.ts'
import { command, type Reply, reply } from './resp.ts'

const config = z
  .strictObject({
    ...serviceSettings({
      schemes: { redis: { port: 6379 }, valkey: { port: 6379 }, rediss: { port: 6379, tls: true } },
      user: true,
      path: true,
      description: 'The server, with the user (where there are several) and the number of the database.',
      example: 'redis://cache.example.test:6379',
    }),
    role: z
      .enum(['master', 'replica'], { error: 'expected master or replica' })
      .meta({
        title: 'Role',
        description: 'What the server must be. A replica must be in touch with its master.',
      })
      .optional(),
    key: z
      .string()
      .min(1)
      .max(1_000)
      .meta({ title: 'Key', description: 'A key to get. It must exist and hold a text.' })
      .optional(),
    expect: z
      .strictObject(valueSettings('value'))
      .superRefine(refuseNonsense)
      .meta({ title: 'Expectations', description: 'What the value of the key must be.' })
      .optional(),
  })
  .superRefine(refuseClashes)
  .superRefine(({ url, password, key, expect }, context) => {
    if (context.issues.length > 0) return
    const fault = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
    if (!/^\d{0,5}$/.test(url.path)) fault(`/${url.path} is not a database; they have numbers, such as /0`, 'url')
    if (url.user !== '' && password === undefined) fault(`is needed for the user ${url.user}`, 'password')
    if (expect && key === undefined) fault('is about the value of a key; name it under key', 'expect')
  })

type RedisConfig = z.output<typeof config>

const roles: Readonly<Record<string, string>> = { master: 'master', slave: 'replica' }
/** What a server says that wants another password, or grants less. */
const refusals = /^(WRONGPASS|NOPERM)\b/i

/** Says a command; throws a Failure for an error, in the server's own words. */
async function ask(session: Session, phase: string, ...words: readonly string[]): Promise<Reply> {
  const [name = ''] = words
  const answer = await session.step(phase, `the answer to ${name}`, (dialogue) => {
    dialogue.say(command(...words))
    return reply(dialogue)
  })
  if (answer.is !== 'error') return answer
  if (/^NOAUTH\b/i.test(answer.text))
    throw new Failure('auth', `${session.target} wants a password; give it under password.`)
  const who = words.length > 2 ? `the user ${words[1]} or the password` : 'the password'
  const what = name === 'AUTH' ? `refuses ${who}` : `answers ${name} with an error`
  const isAuth = name === 'AUTH' || refusals.test(answer.text)
  throw session.dialogue.refusal(isAuth ? 'auth' : 'failed', what, answer.text)
}

async function talk(session: Session, settings: RedisConfig): Promise<void> {
  const { url, password, role, key, expect } = settings
  await enter(session, settings)
  if (password !== undefined) await ask(session, 'auth', 'AUTH', ...(url.user === '' ? [] : [url.user]), password)
  if (url.path !== '') await ask(session, 'answer', 'SELECT', url.path)
  const { target } = session
  const pong = await ask(session, 'answer', 'PING')
  if (pong.text !== 'PONG') throw session.dialogue.strange('does not answer PING with PONG', pong.text ?? 'nothing')
  if (role) judgeRole(session, role, await ask(session, 'answer', 'INFO', 'replication'))
  if (key === undefined) return
  const { text } = await ask(session, 'answer', 'GET', key)
  if (text === null) throw new Failure('body', `The key ${quote(key)} does not exist on ${target}.`)
  const wrong = expect ? valueFault(text, expect) : null
  if (wrong !== null) throw new Failure('body', `The value of ${quote(key)} on ${target} ${wrong}.`)
}

function judgeRole({ target, facts }: Session, wanted: 'master' | 'replica', { text }: Reply): void {
  const lines = (text ?? '').split(/\r?\n/).map((line) => line.split(':') as [string, string?])
  const { role = '', master_link_status: link = '', master_host: master = '' } = Object.fromEntries(lines)
  const found = roles[role]
  if (found === undefined) throw new Failure('protocol', `${target} does not say whether it is a master or a replica.`)
  facts['role'] = found
  if (found !== wanted) throw new Failure('status', `${target} is a ${found}; a ${wanted} was expected.`)
  if (found === 'replica' && link !== 'up')
    throw new Failure('status', `${target} is a replica that has lost its master, ${quote(master)}.`)
}

export const redis = defineCheck<RedisConfig>({
  kind: 'redis',
  title: 'Redis',
  summary: 'Logs in to Redis or Valkey, asks whether it lives, and where wanted for its role or the value of a key.',
  config,
  target: 'url',
  example: { url: 'redis://cache.example.com:6379', role: 'master' },
  secrets: serviceSecrets,
  describe: ({ url }) => where(url.host, url.port) + (url.path === '' ? '' : `/${url.path}`),
  probe: (settings, context) => hold(reachOf(settings), context, { talk: (session) => talk(session, settings) }),
})
