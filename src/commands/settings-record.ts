// Who changed the server's own settings: they stand in a file, so what it said the last time is kept to compare.
// Promises that no secret is kept or recorded; one that changed while the server was down goes unnoticed for that.
import { differences } from '#core/diff.ts'
import type { ServerModel } from '#manifest/model.ts'
import type { Store } from '#store/store.ts'
import { byName, mask } from './secrets.ts'

const fact = 'settings_shown'

/** Records in which settings the file differs from the last one, by whoever acts. The first time: nothing. */
export async function recordSettings(
  store: Pick<Store, 'transaction'>,
  settings: ServerModel,
  at: number,
): Promise<void> {
  const shown = JSON.stringify(mask(settings, byName))
  await store.transaction(async (tx) => {
    const before = await tx.meta.get(fact)
    if (before === shown) return
    await tx.meta.set(fact, shown)
    if (before === null) return
    const [old, now] = [JSON.parse(before) as unknown, JSON.parse(shown) as unknown]
    const changes = differences({ value: old, shown: old }, { value: now, shown: now })
    await tx.audit.record({ at, action: 'changed', type: 'settings', subject: 'server', changes })
  })
}
