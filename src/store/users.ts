// Users: who may sign in, and what proves it, as hashes and sealed secrets.
// Promises that every change is recorded with it, and that a code or time step is taken once. Must not see a password.
import { type Selectable, sql } from 'kysely'
import { differences } from '#core/diff.ts'
import type { LabelLimit, Role } from '#core/rights.ts'
import type { NewUser, User, UserChange, Users } from './account-contract.ts'
import type { Context } from './context.ts'
import { toJson } from './dialect.ts'
import { totpPlace } from './places.ts'
import type { Tables } from './schema.ts'
import { Conflict } from './store.ts'
import { tokens } from './tokens.ts'

type Row = Selectable<Tables['users']>

const fromRow = (row: Row): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role as Role,
  labels: row.labels === null ? null : (JSON.parse(row.labels) as LabelLimit),
  hasPassword: row.password !== null,
  hasTotp: row.totp !== null,
  external: row.external,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  seenAt: row.seen_at,
  disabledAt: row.disabled_at,
  revision: row.revision,
})

const labelsOf = (labels: LabelLimit | null) => (labels === null ? null : toJson(labels))

export function users(context: Context): Users {
  const where = (column: 'id' | 'email' | 'external', value: number | string) => {
    const select = context.db().selectFrom('users').selectAll()
    return select.where(column, '=', value as never).executeTakeFirst()
  }
  const one = async (column: 'id' | 'email' | 'external', value: number | string) => {
    const row = await where(column, value)
    return row ? fromRow(row) : null
  }
  return {
    insert: async (user, at) => await context.transaction(() => insert(context, user, at)),
    update: async (id, change, at, revision) =>
      await context.transaction(() => update(context, id, change, at, revision)),
    remove: async (id, at) => await context.transaction(() => remove(context, id, at)),
    get: async (id) => await one('id', id),
    byEmail: async (email) => await one('email', email),
    byExternal: async (external) => await one('external', external),
    async all() {
      return (await context.db().selectFrom('users').selectAll().orderBy('email').execute()).map(fromRow)
    },
    async count(role) {
      const ofRole = role === undefined ? sql`` : sql`and role = ${role}`
      const { rows } = await sql`
        select id from users where disabled_at is null ${ofRole} ${context.dialect.forUpdate}`.execute(context.db())
      return rows.length
    },
    async proofs(id) {
      const row = await where('id', id)
      const totp = row?.totp ?? null
      return { password: row?.password ?? null, totp: totp === null ? null : context.sealer.open(totp, totpPlace(id)) }
    },
    async rehash(id, from, to) {
      const update = context.db().updateTable('users').set({ password: to }).where('id', '=', id)
      await update.where('password', '=', from).execute()
    },
    ...codes(context),
    async seen(id, at) {
      await context.db().updateTable('users').set({ seen_at: at }).where('id', '=', id).execute()
    },
  }
}

function codes(context: Context): Pick<Users, 'takeStep' | 'setCodes' | 'takeCode' | 'countCodes'> {
  return {
    async takeStep(id, step) {
      const update = context.db().updateTable('users').set({ totp_step: step }).where('id', '=', id)
      const fresh = update.where((column) =>
        column.or([column('totp_step', 'is', null), column('totp_step', '<', step)]),
      )
      return (await fresh.executeTakeFirst()).numUpdatedRows > 0n
    },
    setCodes: async (id, hashes) =>
      await context.transaction(async () => {
        await context.db().deleteFrom('recovery_codes').where('user_id', '=', id).execute()
        const rows = hashes.map((hash) => ({ user_id: id, hash }))
        if (rows.length > 0) await context.db().insertInto('recovery_codes').values(rows).execute()
      }),
    async takeCode(id, hash) {
      const taken = context.db().deleteFrom('recovery_codes').where('user_id', '=', id).where('hash', '=', hash)
      return (await taken.executeTakeFirst()).numDeletedRows > 0n
    },
    async countCodes(id) {
      const select = context.db().selectFrom('recovery_codes').select('hash').where('user_id', '=', id)
      return (await select.execute()).length
    },
  }
}

/** What the record of changes shows of a user. */
const shownOf = ({ email, name, role, labels, external, disabledAt }: User) => ({
  email,
  name,
  role,
  labels: labels ?? undefined,
  external: external ?? undefined,
  disabled: disabledAt === null ? undefined : true,
})

async function insert(context: Context, user: NewUser, at: number): Promise<User> {
  const { email, name, role, labels, external, password } = user
  const row = { email, name, role, labels: labelsOf(labels), external, password }
  const saved = await context
    .db()
    .insertInto('users')
    .values({ ...row, created_at: at, updated_at: at, revision: 1 })
    .returningAll()
    .executeTakeFirstOrThrow()
  const made = fromRow(saved)
  const now = shownOf(made)
  const changes = differences({ value: undefined, shown: undefined }, { value: now, shown: now })
  await context.record({ at, action: 'created', type: 'user', subject: email, changes })
  return made
}

async function update(context: Context, id: number, change: UserChange, at: number, revision: number | undefined) {
  const { rows } = await sql<Row>`select * from users where id = ${id} ${context.dialect.forUpdate}`.execute(
    context.db(),
  )
  const [row] = rows
  if (!row) return null
  if (revision !== undefined && row.revision !== revision)
    throw new Conflict(`the user ${row.email} was changed by somebody else; read it again`)
  const { labels, disabledAt, totp, ...plain } = change
  const saved = await context
    .db()
    .updateTable('users')
    .set({
      ...plain,
      ...(labels === undefined ? {} : { labels: labelsOf(labels) }),
      ...(disabledAt === undefined ? {} : { disabled_at: disabledAt }),
      ...(totp === undefined
        ? {}
        : { totp: totp === null ? null : context.sealer.seal(totp, totpPlace(id)), totp_step: null }),
      updated_at: at,
      revision: row.revision + 1,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  const [before, after] = [fromRow(row), fromRow(saved)]
  const [old, now] = [shownOf(before), shownOf(after)]
  const changes = [
    ...differences({ value: old, shown: old }, { value: now, shown: now }),
    ...secretChange('password', before.hasPassword, after.hasPassword, change.password),
    ...secretChange('authenticator', before.hasTotp, after.hasTotp, totp),
  ]
  if (changes.length > 0) await context.record({ at, action: 'changed', type: 'user', subject: before.email, changes })
  return after
}

function secretChange(path: string, had: boolean, has: boolean, given: string | null | undefined) {
  if (given === undefined || (!had && !has)) return []
  return [{ path, ...(had ? { before: '***' } : {}), ...(has ? { after: '***' } : {}) }]
}

async function remove(context: Context, id: number, at: number): Promise<boolean> {
  const db = context.db()
  const row = await db.deleteFrom('users').where('id', '=', id).returningAll().executeTakeFirst()
  if (!row) return false
  for (const table of ['sessions', 'passkeys', 'recovery_codes', 'tickets', 'saved_views'] as const)
    await db.deleteFrom(table).where('user_id', '=', id).execute()
  // Another person may be given the same number.
  await tokens(context).revokeOf(id, at)
  const old = shownOf(fromRow(row))
  const changes = differences({ value: old, shown: old }, { value: undefined, shown: undefined })
  await context.record({ at, action: 'deleted', type: 'user', subject: row.email, changes })
  return true
}
