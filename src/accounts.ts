// Part of the composition root: what accounts and the proof of them need, and the link that makes the first owner.
// Promises no behaviour of its own; it only puts parts together.
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { sendLetter } from '#channels/letter.ts'
import type { OidcParts } from '#commands/accounts/oidc/flow.ts'
import { Providers } from '#commands/accounts/oidc/provider.ts'
import { Passwords } from '#commands/accounts/password.ts'
import type { AccountParts } from '#commands/accounts/ports.ts'
import { needsOwner, ownerSecret } from '#commands/accounts/setup.ts'
import { Authenticator } from '#http/auth.ts'
import { linkTo } from '#http/links.ts'
import { People } from '#http/people.ts'
import type { ServerModel } from '#manifest/model.ts'
import type { Clock } from '#platform/clock.ts'
import type { Outbound } from '#platform/outbound.ts'
import type { Actor, Store } from '#store/store.ts'

export interface AccountRoots {
  readonly store: Store
  readonly clock: Clock
  readonly outbound: Outbound
  readonly server: () => ServerModel
  readonly adminToken: string | null
}

/** What commands of accounts are handed, and who is asked whether somebody may come in. */
export function openAccounts(roots: AccountRoots): { readonly accounts: OidcParts; readonly auth: Authenticator } {
  const { store, clock, outbound, server, adminToken } = roots
  const accounts: OidcParts = {
    providers: new Providers({ clock, outbound }),
    store,
    clock,
    passwords: new Passwords(),
    signIn: () => server().signIn,
    mail() {
      const { smtp } = server()
      return smtp === null ? null : (letter) => sendLetter(letter, smtp, { clock, outbound })
    },
  }
  const people = new People(accounts)
  return { accounts, auth: new Authenticator({ tokens: store.tokens, clock, adminToken, people }) }
}

/** Keeps where people reach the server, for links that are made by a command. */
export const rememberBase = (store: Store, base: string): Promise<void> => store.meta.set('base_url', base)

type LinkParts = Pick<AccountParts, 'store' | 'clock'>

/** The link with which whoever reads it makes the first owner; null: there is somebody already. */
export const firstOwnerLink = async (parts: LinkParts): Promise<string | null> =>
  (await needsOwner(parts.store)) ? await ownerLink(parts) : null

export async function ownerLink(parts: LinkParts): Promise<string> {
  const base = (await parts.store.meta.get('base_url')) ?? 'http://localhost:8080'
  return linkTo(base, 'setup', await ownerSecret(parts))
}

/** Whoever runs a command on the machine itself. */
export const commandLine = (): Actor => ({
  kind: 'command',
  id: null,
  name: `${userName()} on the command line`,
  address: null,
})

/** The configuration file, as the record of changes names it. */
export const byFile = (path: string): Actor => ({ kind: 'file', id: null, name: resolve(path), address: null })

/** Containers run as users that have no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'somebody'
  }
}
