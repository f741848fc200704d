// Part of the composition root: which key seals the secrets of a database, and putting a new one in its place.
// Promises a refusal with the way out where the key of the database is not here, and never a new key beside an old one.
import type { Secrets } from '#cli/index.ts'
import { type DeedLinks, openDeedLinks } from '#platform/deed-links.ts'
import { type Keys, makeKey, readKeys, writeKeys } from '#platform/secret-key.ts'
import { KeyRing, type MasterKey, newKey } from '#platform/seal.ts'
import type { Settings } from '#platform/settings.ts'
import type { Sealing } from '#store/sealer.ts'

/** With the keys that were chosen, when the database was opened by it. */
export interface ChosenSealing extends Sealing {
  chosen(): KeyRing
}

/** The key that belongs to the database, or the first one of the settings where none does yet. */
export function sealingOf(settings: Settings): ChosenSealing {
  let ring: KeyRing | null = null
  return {
    choose(known) {
      const { keys } = readKeys(settings) ?? fresh(settings, known)
      const current = known === null ? keys[0] : keys.find(({ id }) => id === known)
      if (current === undefined) throw new Error(missing(known, keys))
      ring = new KeyRing(keys, current)
      return { id: current.id, sealer: ring }
    },
    chosen() {
      if (ring === null) throw new Error('the database was not opened with these keys')
      return ring
    },
  }
}

function fresh(settings: Settings, known: string | null): Keys {
  if (known === null) return makeKey(settings)
  throw new Error(missing(known, []))
}

function missing(known: string | null, keys: readonly MasterKey[]): string {
  const here = keys.length === 0 ? 'there is none here' : `here is ${keys.map(({ id }) => id).join(', ')}`
  return (
    `its secrets are sealed with the key ${known}, and ${here}; give that key by ALLSWELL_SECRET_KEY or ` +
    '--secret-key-file, or bring secret.key back into the data folder from a backup. ' +
    'All servers of one database need the same key'
  )
}

/**
 * Seals everything anew with another key. `open` opens and closes the store once, which seals what is not sealed by the
 * key that is chosen. Broken off anywhere it goes on when it is called again.
 */
export async function rotate(settings: Settings, open: (sealing: Sealing) => Promise<void>): Promise<Secrets> {
  const before = readKeys(settings)
  if (before === null) throw new Error('There is no key yet; the first start of the server makes one.')
  const { own } = before
  const keys = own === null || before.keys.length > 1 ? before.keys : [newKey(), ...before.keys]
  const [to] = keys
  if (to === undefined || keys.length < 2) {
    throw new Error(
      `${before.source} holds one key; put a new one before it, with a comma between, on every server and restart ` +
        'them; then rotate, restart them again, and take the old one away.',
    )
  }
  if (own !== null) writeKeys(own, keys)
  let from: string | null = null
  await open({
    choose(known) {
      from ??= known
      if (known !== null && !keys.some(({ id }) => id === known)) throw new Error(missing(known, keys))
      return { id: to.id, sealer: new KeyRing(keys, to) }
    },
  })
  if (own !== null) writeKeys(own, [to])
  return { from, to: to.id, source: before.source, kept: own === null }
}

/** The links in messages, by the keys with which the database was opened. */
export const linksBy = (sealing: ChosenSealing): DeedLinks =>
  openDeedLinks(sealing.chosen().derive('links in messages'))
