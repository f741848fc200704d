// Tokens: who may do what, by the hash of a secret.
// Promises that a revoked or expired token is never found, and that making and revoking is recorded.
// Must not see a secret itself.
import type { Selectable } from 'kysely'
import { differences } from '#core/diff.ts'
import type { LabelLimit, Role } from '#core/rights.ts'
import type { Actor } from './audit-contract.ts'
import type { Context } from './context.ts'
import { toJson } from './dialect.ts'
import type { Tables } from './schema.ts'
import type { Token, Tokens } from './store.ts'

type Row = Selectable<Tables['tokens']> &
  Nullable<{ maker: number; role: string; maker_labels: string; disabled_at: number }>
type Nullable<Value> = { readonly [Name in keyof Value]: Value[Name] | null }

const fromRow = (row: Row): Token => ({
  id: row.id,
  name: row.name,
  scopes: row.scopes === '' ? [] : row.scopes.split(' '),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  labels: row.labels === null ? null : (JSON.parse(row.labels) as LabelLimit),
  components: row.components === null ? null : (JSON.parse(row.components) as string[]),
  stringNumbers: row.string_numbers === 1,
  madeBy: row.made_by,
  maker: row.user_id === null ? null : makerOf(row, row.user_id),
})

/** Whoever is gone may do nothing. */
function makerOf({ maker, role, maker_labels, disabled_at }: Row, id: number): Token['maker'] {
  const labels = maker_labels === null ? null : (JSON.parse(maker_labels) as LabelLimit)
  return { id, role: (role ?? 'viewer') as Role, labels, disabled: maker === null || disabled_at !== null }
}

const nothing = { value: undefined, shown: undefined }

/** What the record of changes shows of a token. */
function shownOf({ id, scopes, labels, components, expiresAt }: Token) {
  const plain = { id, scopes, labels: labels ?? undefined, components: components ?? undefined }
  const value = expiresAt === null ? plain : { ...plain, expiresAt: new Date(expiresAt).toISOString() }
  return { value, shown: value }
}

export function tokens(context: Context): Tokens {
  const withMaker = () =>
    context
      .db()
      .selectFrom('tokens')
      .leftJoin('users', 'users.id', 'tokens.user_id')
      .selectAll('tokens')
      .select(['users.id as maker', 'users.role', 'users.labels as maker_labels', 'users.disabled_at'])
  const living = (now: number) =>
    withMaker()
      .where('revoked_at', 'is', null)
      .where((column) => column.or([column('expires_at', 'is', null), column('expires_at', '>', now)]))
  const read = async (id: number) => fromRow(await withMaker().where('tokens.id', '=', id).executeTakeFirstOrThrow())
  /** Through whatever tokens: a person who makes tokens by a token is behind those, too. */
  const personBehind = async ({ kind, id }: Actor): Promise<number | null> => {
    if (kind === 'user') return id
    if (kind !== 'token' || id === null) return null
    const by = context.db().selectFrom('tokens').select('user_id').where('id', '=', id)
    return (await by.executeTakeFirst())?.user_id ?? null
  }
  return {
    insert: async ({ name, hash, scopes, at, expiresAt, labels = null, components = null, stringNumbers = false }) =>
      await context.transaction(async () => {
        const limit = labels === null ? null : toJson(labels)
        const only = components === null ? null : toJson(components)
        const times = { created_at: at, expires_at: expiresAt }
        const limits = { labels: limit, components: only, string_numbers: Number(stringNumbers) }
        const actor = context.actor()
        const by = { made_by: actor.name, user_id: await personBehind(actor) }
        const row = { name, hash, scopes: scopes.join(' '), ...times, ...limits, ...by }
        const insert = context.db().insertInto('tokens').values(row)
        const token = await read((await insert.returning('id').executeTakeFirstOrThrow()).id)
        const changes = differences(nothing, shownOf(token))
        await context.record({ at, action: 'created', type: 'token', subject: name, changes })
        return token
      }),
    async byHash(hash, now) {
      const row = await living(now).where('hash', '=', hash).executeTakeFirst()
      return row ? fromRow(row) : null
    },
    async list(now) {
      return (await living(now).orderBy('tokens.id').execute()).map(fromRow)
    },
    revoke: async (id, at) =>
      await context.transaction(async () => {
        const update = context.db().updateTable('tokens').set({ revoked_at: at }).where('id', '=', id)
        const row = await update.where('revoked_at', 'is', null).returning('id').executeTakeFirst()
        if (!row) return false
        await recordRevoked(context, await read(id), at)
        return true
      }),
    revokeOf: async (user, at) =>
      await context.transaction(async () => {
        const theirs = (await withMaker().where('user_id', '=', user).where('revoked_at', 'is', null).execute()).map(
          fromRow,
        )
        const revoke = context.db().updateTable('tokens').set({ revoked_at: at }).where('user_id', '=', user)
        await revoke.where('revoked_at', 'is', null).execute()
        for (const token of theirs) await recordRevoked(context, token, at)
      }),
    async used(id, at) {
      await context.db().updateTable('tokens').set({ last_used_at: at }).where('id', '=', id).execute()
    },
  }
}

async function recordRevoked(context: Context, token: Token, at: number): Promise<void> {
  const changes = differences(shownOf(token), nothing)
  await context.record({ at, action: 'revoked', type: 'token', subject: token.name, changes })
}
