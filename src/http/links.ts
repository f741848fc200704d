// Links that lead people into the dashboard with a one-time secret, and the mails that bring them.
// Promises that the secret stands behind the #, where no server's log keeps it, and that what a proxy calls this server
// counts only where no address is configured. Must not know what a link is for.
import type { Letter } from '#commands/accounts/ports.ts'
import type { ApiParts } from './parts.ts'
import type { Visitor } from './visitor.ts'

/** Where the dashboard takes each: `/app/setup#SECRET`. */
export type LinkPurpose = 'setup' | 'invitation' | 'reset'

export const linkTo = (base: string, purpose: LinkPurpose, secret: string): string =>
  `${base.replace(/\/+$/, '')}/app/${purpose}#${secret}`

/** The address of this server in links: as configured, else as the browser has it that asks for the link. */
export const baseOf = (parts: Pick<ApiParts, 'server'>, visitor: Visitor): string =>
  parts.server().publicUrl ?? visitor.origin

/** Tries to send it; says what became of it. Null: there is no mail server, so the link is handed over by hand. */
export async function sendLetter(
  parts: Pick<ApiParts, 'mail'>,
  letter: Letter,
): Promise<{ ok: boolean; detail: string } | null> {
  const send = parts.mail()
  if (send === null) return null
  const { ok, detail } = await send(letter)
  return { ok, detail }
}

/**
 * Whether people get a new password by mail. Only with a configured address: else whoever asks could have the link
 * lead to a server of their own.
 */
export const mendsByMail = (parts: Pick<ApiParts, 'mail' | 'server' | 'signIn'>): boolean =>
  parts.mail() !== null && parts.server().publicUrl !== null && parts.signIn().passwords
