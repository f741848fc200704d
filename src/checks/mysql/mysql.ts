// The kind `mysql`: logs in to MySQL or MariaDB and asks something harmless, its role, how far it lags, or a query.
// Promises one finding within the timeout, and that nothing is written there. Must not know who asked.
import { z } from 'zod'
import { defineCheck } from '../check.ts'
import { where } from '../dial.ts'
import { Failure } from '../failure.ts'
import {
  judgeLag,
  judgeRole,
  judgeValue,
  type LagThresholds,
  questionSettings,
  refuseIdle,
} from '../service/question.ts'
import { reachOf, refuseClashes, serviceSettings } from '../service/settings.ts'
import { anyTls, serviceSecrets, usualTls, verifiedChain } from '../service/tls.ts'
import { hold, type Session } from '../talk/session.ts'
import { type Answer, ask, askReadOnly, isRefused, tryAsk } from './ask.ts'
import { logIn } from './login.ts'
import { type Packets, quit } from './wire.ts'

/** What MySQL's own clients mean by them; `preferred` is what happens where nothing is said. */
const modes = {
  disabled: null,
  preferred: undefined,
  required: anyTls,
  verify_ca: verifiedChain,
  verify_identity: usualTls,
}
const isMode = (text: string): text is keyof typeof modes => Object.hasOwn(modes, text)
const modeOf = (query: ReadonlyMap<string, string>) => query.get('ssl-mode')?.toLowerCase()

const form = {
  schemes: { mysql: { port: 3306 }, mariadb: { port: 3306 } },
  user: true,
  path: true,
  query: ['ssl-mode'],
  description: 'The server with user and database, as clients are told it; a ssl-mode in it is kept.',
  example: 'mysql://watcher@db.example.test:3306/app',
}

const config = z
  .strictObject({
    ...serviceSettings(
      form,
      'Left out: where the server offers it, verified on the internet; a password never crosses that without.',
    ),
    ...questionSettings('primary', 'replica'),
  })
  .superRefine(refuseClashes)
  .superRefine((settings, context) => {
    refuseIdle(settings, 'primary', context)
    if (context.issues.length > 0) return
    const { url, tls } = settings
    const fault = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
    const mode = modeOf(url.query)
    if (url.user === '') fault(`names no user; write it such as ${form.example}`, 'url')
    if (mode !== undefined && !isMode(mode)) fault(`ssl-mode is one of ${Object.keys(modes).join(', ')}`, 'url')
    if (mode !== undefined && tls !== undefined) fault('is said by ssl-mode, too; leave one of them out', 'tls')
  })
  .transform(({ tls, ...settings }) => {
    const mode = modeOf(settings.url.query)
    return { ...settings, tls: mode !== undefined && isMode(mode) ? modes[mode] : tls }
  })

type MysqlConfig = z.output<typeof config>

async function talk(session: Session, settings: MysqlConfig, timeout: number): Promise<void> {
  const { url, password, tls, query, expect, role, lag } = settings
  const { packets, version } = await logIn(session, { user: url.user, database: url.path, password, tls })
  session.bye = quit()
  session.facts['version'] = version
  if (role !== undefined || lag) {
    const { rows } = await ask(session, packets, 'select @@global.read_only')
    const found = /^(0|OFF)$/i.test(rows[0]?.[0] ?? '') ? 'primary' : 'replica'
    judgeRole(session, found, role)
    if (lag) await judgeReplication(session, packets, found === 'replica', lag)
  }
  if (query !== undefined) {
    const { rows } = await askReadOnly(session, packets, query, { timeout, version })
    judgeValue(session, rows[0]?.[0], expect)
  } else if (role === undefined && !lag) await ask(session, packets, 'select 1')
}

/** How far each source is behind; one that stands still is worse than any lag. */
async function judgeReplication(
  session: Session,
  packets: Packets,
  follows: boolean,
  lag: LagThresholds,
): Promise<void> {
  let status = await tryAsk(session, packets, 'show replica status')
  // As older servers call it.
  if (isRefused(status) && status.code === syntaxError) status = await tryAsk(session, packets, 'show slave status')
  if (isRefused(status)) throw packets.dialogue.refusal('auth', 'does not say how far it lags', status.text)
  const { target } = session
  if (status.rows.length === 0 && follows) throw new Failure('status', `${target} only reads, and follows nobody.`)
  const delays = status.rows.map((_, at) => delayOf(status, at))
  const still = delays.indexOf(null)
  if (still >= 0) {
    const why = column(status, still, /^Last_(SQL|IO)_Error$/i)
    const said = why ? `; it said ${packets.dialogue.quote(why, 160)}` : ''
    throw new Failure('status', `${target} is a replica that stands still${said}.`)
  }
  judgeLag(session, Math.max(0, ...delays.map((delay) => delay ?? 0)) * 1_000, lag)
}

const syntaxError = 1064

/** Seconds; null where replication does not run. */
function delayOf(status: Answer, row: number): number | null {
  const text = column(status, row, /^Seconds_Behind_(Source|Master)$/i)
  return text === null || text === '' ? null : Number(text)
}

/** The first column of that name that says something. */
function column({ columns, rows }: Answer, row: number, name: RegExp): string | null {
  const values = columns.map((one, at) => (name.test(one) ? (rows[row]?.[at] ?? null) : null))
  return values.find((value) => value !== null && value !== '') ?? null
}

export const mysql = defineCheck<MysqlConfig>({
  kind: 'mysql',
  title: 'MySQL',
  summary: 'Logs in to MySQL or MariaDB and asks it something that changes nothing, its role, its lag, or a query.',
  config,
  target: 'url',
  example: { url: 'mysql://watcher@db.example.com:3306/app', role: 'primary' },
  secrets: serviceSecrets,
  describe: ({ url }) => where(url.host, url.port) + (url.path === '' ? '' : `/${url.path}`),
  probe: (settings, context) =>
    hold(reachOf(settings), context, { talk: (session) => talk(session, settings, context.timeout) }),
})
