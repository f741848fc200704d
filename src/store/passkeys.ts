// Passkeys: public keys with which people sign in.
// Promises that a counter only moves from where it was read, so that a copied key shows. Must not verify anything.
import type { Selectable } from 'kysely'
import type { Passkey, Passkeys } from './account-contract.ts'
import type { Context } from './context.ts'
import { toJson } from './dialect.ts'
import type { Tables } from './schema.ts'

const fromRow = (row: Selectable<Tables['passkeys']>): Passkey => ({
  id: row.id,
  user: row.user_id,
  credential: row.credential,
  publicKey: JSON.parse(row.public_key) as Record<string, unknown>,
  counter: row.counter,
  name: row.name,
  transports: JSON.parse(row.transports) as string[],
  createdAt: row.created_at,
  usedAt: row.used_at,
})

export function passkeys(context: Context): Passkeys {
  const mine = (user: number, id: number) => ({ user_id: user, id })
  return {
    async insert({ user, credential, publicKey, counter, name, transports, createdAt }) {
      const json = { public_key: toJson(publicKey), transports: toJson(transports) }
      const row = { user_id: user, credential, counter, name, created_at: createdAt, ...json }
      return fromRow(await context.db().insertInto('passkeys').values(row).returningAll().executeTakeFirstOrThrow())
    },
    async of(user) {
      const select = context.db().selectFrom('passkeys').selectAll().where('user_id', '=', user)
      return (await select.orderBy('id').execute()).map(fromRow)
    },
    async byCredential(credential) {
      const select = context.db().selectFrom('passkeys').selectAll().where('credential', '=', credential)
      const row = await select.executeTakeFirst()
      return row ? fromRow(row) : null
    },
    async used(id, from, counter, at) {
      const update = context.db().updateTable('passkeys').set({ counter, used_at: at })
      return (await update.where('id', '=', id).where('counter', '=', from).executeTakeFirst()).numUpdatedRows > 0n
    },
    async rename(user, id, name) {
      const update = context.db().updateTable('passkeys').set({ name })
      return (await update.where((column) => column.and(mine(user, id))).executeTakeFirst()).numUpdatedRows > 0n
    },
    async remove(user, id) {
      const one = context.db().deleteFrom('passkeys')
      return (await one.where((column) => column.and(mine(user, id))).executeTakeFirst()).numDeletedRows > 0n
    },
  }
}
