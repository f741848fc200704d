// Opens the store: one file on this machine or a PostgreSQL that many share, brought to the newest schema.
// Promises the Store contract on both. Must not know what is stored.
import { Kysely, sql } from 'kysely'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { audit, scribe } from './audit.ts'
import { beatLogs } from './beat-logs.ts'
import { type Context, openContext } from './context.ts'
import { deliveries } from './deliveries.ts'
import { sqlDialects } from './dialect.ts'
import { events } from './events.ts'
import { failures } from './failures.ts'
import { history } from './history.ts'
import { incidents } from './incidents.ts'
import { leases } from './leases.ts'
import { meta } from './meta.ts'
import { migrate } from './migrate.ts'
import { maintenances } from './maintenances.ts'
import { metrics } from './metrics.ts'
import { numbers } from './numbers.ts'
import { objects } from './objects.ts'
import { passkeys } from './passkeys.ts'
import { rollups } from './rollups.ts'
import type { Tables } from './schema.ts'
import { savedViews } from './saved-views.ts'
import { sealAllOver } from './seal-all.ts'
import type { Sealing } from './sealer.ts'
import { sessions } from './sessions.ts'
import { silences } from './silences.ts'
import { sqliteDialect } from './sqlite.ts'
import { states } from './states.ts'
import type { Aggregates, NewObject, Store } from './store.ts'
import { tickets } from './tickets.ts'
import { tokens } from './tokens.ts'
import { users } from './users.ts'

export interface StoreOptions {
  /** `sqlite:/absolute/path.db` or `postgres://user:password@host:port/database`. */
  readonly url: string
  readonly clock: Clock
  readonly log: Log
  /** PostgreSQL connections at most; 10 when not given. */
  readonly pool?: number | undefined
  /** For tests of a full disk: the SQLite file may not have more pages. */
  readonly maxPages?: number | undefined
  /** How secrets are kept; left out: in clear. */
  readonly sealing?: Sealing | undefined
  /** A spec as the record of changes may show it; left out: not at all. */
  readonly shown?: ((object: Pick<NewObject, 'type' | 'spec'>) => unknown) | undefined
}

/** Throws Unavailable when the database cannot be used, Error when the URL is wrong or the database too new. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const name = dialectOf(options.url)
  const dialect =
    name === 'sqlite'
      ? sqliteDialect({ ...options, path: options.url.slice('sqlite:'.length) })
      : await (await import('./postgres.ts')).postgresDialect(options)
  const context = openContext(new Kysely<Tables>({ dialect }), sqlDialects[name], {
    scribe: scribe(sqlDialects[name]),
  })
  try {
    const applied = await migrate(context)
    if (applied.length > 0) options.log.info('the database was brought to the newest schema', { applied })
    if (options.sealing) await sealWith(context, options.sealing, options.log)
  } catch (error) {
    await context.close()
    throw error
  }
  const aggregates: Aggregates = {
    objects: objects(context, options.shown ?? (() => '***')),
    states: states(context),
    events: events(context),
    deliveries: deliveries(context),
    history: history(context),
    failures: failures(context),
    rollups: rollups(context),
    incidents: incidents(context),
    silences: silences(context),
    numbers: numbers(context),
    metrics: metrics(context),
    maintenances: maintenances(context),
    tokens: tokens(context),
    beatLogs: beatLogs(context),
    meta: meta(context),
    leases: leases(context),
    users: users(context),
    sessions: sessions(context),
    passkeys: passkeys(context),
    tickets: tickets(context),
    audit: audit(context),
    savedViews: savedViews(context),
  }
  return {
    ...aggregates,
    dialect: name,
    transaction: async (work) => await context.transaction(() => work(aggregates)),
    as: async (actor, work) => await context.as(actor, work),
    async ping() {
      // Writes a row and takes it back with the transaction's end, so a full or read-only disk shows.
      await context.transaction(async () => {
        await aggregates.meta.set('ping', String(options.clock.now()))
        await sql`delete from meta where name = 'ping'`.execute(context.db())
      })
    },
    close: async () => await context.close(),
  }
}

/** The name under which the database keeps which key its secrets are sealed with. */
export const keyFact = 'secret_key'

/** Takes the key that belongs to this database, and seals with it what is not yet. */
async function sealWith(context: Context, sealing: Sealing, log: Log): Promise<void> {
  const facts = meta(context)
  const known = await facts.get(keyFact)
  const { id, sealer } = sealing.choose(known)
  if (known === null) {
    // Of several servers that start at once one is first; the others are asked again, and then have its key or not.
    await sql`insert into meta (name, value) values (${keyFact}, ${id}) on conflict (name) do nothing`.execute(
      context.db(),
    )
    sealing.choose(await facts.get(keyFact))
  }
  context.sealer = sealer
  const count = await sealAllOver(context)
  await facts.set(keyFact, id)
  if (count > 0) log.info('secrets in the database were sealed', { count, key: id })
}

export function dialectOf(url: string): 'sqlite' | 'postgres' {
  if (/^sqlite:./.test(url)) return 'sqlite'
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgres'
  throw new Error(
    'the database URL must begin with sqlite: and a path, or with postgres://, ' +
      `such as sqlite:/var/lib/allswell/allswell.db; it begins with "${url.split(':')[0] ?? ''}:"`,
  )
}
