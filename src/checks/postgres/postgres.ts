// The kind `postgres`: logs in to PostgreSQL and asks something harmless, its role, how far it lags, or a query.
// Promises one finding within the timeout, and that nothing is written there. Must not know who asked.
import { z } from 'zod'
import { defineCheck } from '../check.ts'
import { where } from '../dial.ts'
import { Failure } from '../failure.ts'
import { judgeLag, judgeRole, judgeValue, questionSettings, refuseIdle } from '../service/question.ts'
import { reachOf, refuseClashes, serviceSettings } from '../service/settings.ts'
import { anyTls, serviceSecrets, usualTls, verifiedChain } from '../service/tls.ts'
import { hold, type Session } from '../talk/session.ts'
import { ask, askReadOnly } from './ask.ts'
import { logIn } from './login.ts'
import { terminate } from './wire.ts'

/** What libpq means by them; `prefer` is what happens where nothing is said. */
const modes = { disable: null, prefer: undefined, require: anyTls, 'verify-ca': verifiedChain, 'verify-full': usualTls }
const isMode = (text: string): text is keyof typeof modes => Object.hasOwn(modes, text)

const form = {
  schemes: { postgres: { port: 5432 }, postgresql: { port: 5432 } },
  user: true,
  path: true,
  query: ['sslmode'],
  description: 'The server with user and database, as clients are told it; a sslmode in it is kept.',
  example: 'postgres://watcher@db.example.test:5432/app',
}

const config = z
  .strictObject({
    ...serviceSettings(
      form,
      'Left out: where the server offers it, verified on the internet; a password never crosses that without.',
    ),
    ...questionSettings('primary', 'standby'),
  })
  .superRefine(refuseClashes)
  .superRefine((settings, context) => {
    refuseIdle(settings, 'primary', context)
    if (context.issues.length > 0) return
    const { url, tls } = settings
    const fault = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
    const mode = url.query.get('sslmode')
    if (url.user === '') fault(`names no user; write it such as ${form.example}`, 'url')
    if (mode !== undefined && !isMode(mode)) fault(`sslmode is one of ${Object.keys(modes).join(', ')}`, 'url')
    if (mode !== undefined && tls !== undefined) fault('is said by sslmode, too; leave one of them out', 'tls')
  })
  .transform(({ tls, ...settings }) => {
    const mode = settings.url.query.get('sslmode')
    return { ...settings, tls: mode !== undefined && isMode(mode) ? modes[mode] : tls }
  })

type PostgresConfig = z.output<typeof config>

/**
 * Whether it follows, and by how many seconds: none where it has replayed all that it received and still receives.
 * Otherwise it is as old as what it replayed last; null where that is nothing.
 */
const standing = `select pg_is_in_recovery(),
  case when not pg_is_in_recovery() then 0
    when pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() and exists (select from pg_stat_wal_receiver) then 0
    else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end`

async function talk(session: Session, settings: PostgresConfig, timeout: number): Promise<void> {
  const { url, password, tls, query, expect, role, lag } = settings
  const { user, path } = url
  const server = await logIn(session, { user, database: path === '' ? user : path, password, tls })
  session.bye = terminate()
  session.facts['version'] = server.get('server_version')?.slice(0, 100) ?? null
  if (role !== undefined || lag) {
    const [follows, behind = null] = (await ask(session, standing)) ?? []
    judgeRole(session, follows === 't' ? 'standby' : 'primary', role)
    if (lag && behind === null)
      throw new Failure('status', `${session.target} cannot say how far behind it is: it has replayed nothing so far.`)
    if (lag) judgeLag(session, Math.max(0, Number(behind) * 1_000), lag)
  }
  if (query !== undefined) {
    const row = await askReadOnly(session, query, timeout)
    judgeValue(session, row === null ? undefined : row[0], expect)
  } else if (role === undefined && !lag) await ask(session, 'select 1')
}

export const postgres = defineCheck<PostgresConfig>({
  kind: 'postgres',
  title: 'PostgreSQL',
  summary: 'Logs in to PostgreSQL and asks it something that changes nothing, its role, its lag, or a query.',
  config,
  target: 'url',
  example: { url: 'postgres://watcher@db.example.com:5432/app', role: 'primary' },
  secrets: serviceSecrets,
  describe: ({ url }) => `${where(url.host, url.port)}/${url.path === '' ? url.user : url.path}`,
  probe: (settings, context) =>
    hold(reachOf(settings), context, { talk: (session) => talk(session, settings, context.timeout) }),
})
