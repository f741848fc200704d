// The kind `mongodb`: logs in to one server of MongoDB, or what speaks like it; asks what it is and whether it lives.
// Promises one finding within the timeout, and that nothing is written there. Must not know who asked.
import { z } from 'zod'
import { version } from '#platform/version.ts'
import { defineCheck } from '../check.ts'
import { where } from '../dial.ts'
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import { enter, reachOf, refuseClashes, serviceSettings } from '../service/settings.ts'
import { serviceSecrets, usualTls } from '../service/tls.ts'
import { hold, type Session } from '../talk/session.ts'
import type { Document, Sent } from './bson.ts'
import { logIn, type Mechanism, mechanisms } from './login.ts'
import { answer, message } from './wire.ts'

const isMechanism = (text: string): text is Mechanism => Object.hasOwn(mechanisms, text)
const flags: Readonly<Record<string, boolean>> = { true: true, false: false }
/** What the URL says of TLS, by either name; null when neither, undefined for nonsense. */
function tlsOf(query: ReadonlyMap<string, string>): boolean | null | undefined {
  const text = query.get('tls') ?? query.get('ssl')
  return text === undefined ? null : flags[text]
}

const config = z
  .strictObject({
    ...serviceSettings(
      {
        schemes: { mongodb: { port: 27_017 } },
        user: true,
        path: true,
        query: ['authSource', 'authMechanism', 'directConnection', 'replicaSet', 'ssl', 'tls'],
        description:
          'One server with user and database, as drivers are told it; each of a set is a monitor of its own.',
        example: 'mongodb://watcher@db1.example.test:27017/?authSource=admin&replicaSet=rs0',
      },
      'Left out: as tls=true or ssl=true in the URL says.',
    ),
    role: z
      .enum(['primary', 'secondary'], { error: 'expected primary or secondary' })
      .meta({ title: 'Role', description: 'What the server must be in its replica set.' })
      .optional(),
  })
  .superRefine(refuseClashes)
  .superRefine(({ url, password, tls }, context) => {
    if (context.issues.length > 0) return
    const fault = (text: string, path: string) => context.addIssue({ code: 'custom', message: text, path: [path] })
    const mechanism = url.query.get('authMechanism')
    const known = Object.keys(mechanisms).join(', ')
    if (mechanism !== undefined && !isMechanism(mechanism)) fault(`authMechanism is one of ${known}`, 'url')
    if (tlsOf(url.query) === undefined) fault('tls in a URL is true or false', 'url')
    if (tlsOf(url.query) !== null && tls !== undefined) fault('is said by the URL, too; leave one of them out', 'tls')
    if (password !== undefined && url.user === '')
      fault('belongs to a user; name it in the URL: mongodb://USER@…', 'password')
    if (password === undefined && url.user !== '') fault(`is needed for the user ${url.user}`, 'password')
  })
  .transform(({ tls, ...settings }) => {
    const said = tlsOf(settings.url.query)
    return { ...settings, tls: said === true ? usualTls : said === false ? null : tls }
  })

type MongodbConfig = z.output<typeof config>

/** Says commands one after another, each with a number of its own; an answer that is an error is given back. */
class Commands {
  readonly #session: Session
  #number = 0

  constructor(session: Session) {
    this.#session = session
  }

  run(phase: string, awaited: string, database: string, command: { readonly [name: string]: Sent }): Promise<Document> {
    this.#number += 1
    const number = this.#number
    return this.#session.step(phase, awaited, (dialogue) => {
      dialogue.say(message(number, database, command))
      return answer(dialogue, number)
    })
  }
}

const client = {
  application: { name: 'allswell' },
  driver: { name: 'allswell', version },
  os: { type: process.platform },
}

async function talk(session: Session, settings: MongodbConfig): Promise<void> {
  const { url, password, role } = settings
  await enter(session, settings)
  const commands = new Commands(session)
  const database = url.query.get('authSource') ?? (url.path === '' ? 'admin' : url.path)
  const who: { [name: string]: Sent } = url.user === '' ? {} : { saslSupportedMechs: `${database}.${url.user}` }
  const hello = await commands.run('auth', 'its introduction', 'admin', { hello: 1, ...who, client })
  if (hello['ok'] !== 1) throw refusal(session, 'does not introduce itself', hello)
  judge(session, hello, role, url.query.get('replicaSet'))
  if (password !== undefined) {
    const wanted = url.query.get('authMechanism')
    const login = { user: url.user, password, database, mechanism: wanted && isMechanism(wanted) ? wanted : null }
    await logIn(session, login, hello, (command) => commands.run('auth', 'the login', database, command))
  }
  const pong = await commands.run('answer', 'the answer to a ping', 'admin', { ping: 1 })
  if (pong['ok'] !== 1) throw refusal(session, 'does not answer a ping', pong)
}

function refusal(session: Session, what: string, { errmsg }: Document): Failure {
  return session.dialogue.refusal('failed', what, typeof errmsg === 'string' ? errmsg : 'nothing of why')
}

/** Judges what a server says of itself. */
function judge(session: Session, hello: Document, wanted: string | undefined, set: string | undefined): void {
  const { target, facts } = session
  const name = typeof hello['setName'] === 'string' ? hello['setName'] : null
  const found = roleOf(hello, name)
  facts['role'] = found
  if (name !== null) facts['set'] = name.slice(0, 200)
  if (set !== undefined && name !== set) {
    const member = name === null ? 'is in no replica set' : `is in the replica set ${quote(name)}`
    throw new Failure('status', `${target} ${member}; ${quote(set)} was expected.`)
  }
  if (wanted === undefined || found === wanted) return
  throw new Failure('status', `${target} is ${found === 'arbiter' ? 'an' : 'a'} ${found}; a ${wanted} was expected.`)
}

function roleOf(hello: Document, set: string | null): string {
  if (hello['msg'] === 'isdbgrid') return 'router (mongos)'
  if (set === null) return 'server without a replica set'
  if (hello['isWritablePrimary'] === true) return 'primary'
  if (hello['secondary'] === true) return 'secondary'
  return hello['arbiterOnly'] === true ? 'arbiter' : 'member that is neither primary nor secondary'
}

export const mongodb = defineCheck<MongodbConfig>({
  kind: 'mongodb',
  title: 'MongoDB',
  summary: 'Logs in to a server of MongoDB, asks whether it lives, and where wanted for its place in a replica set.',
  config,
  target: 'url',
  example: { url: 'mongodb://db1.example.com:27017/?replicaSet=rs0&tls=true', role: 'primary' },
  secrets: serviceSecrets,
  describe: ({ url }) => where(url.host, url.port) + (url.path === '' ? '' : `/${url.path}`),
  probe: (settings, context) => hold(reachOf(settings), context, { talk: (session) => talk(session, settings) }),
})
