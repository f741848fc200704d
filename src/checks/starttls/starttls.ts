// STARTTLS: brings a plain connection to the point where TLS begins, in the words of the protocol that is spoken there.
// Promises to read within bounds and nothing beyond that point. Must not know TLS or certificates.
import type { Socket } from 'node:net'
import { z } from 'zod'
import type { Attempt } from '../attempt.ts'
import { ldap, mysql, postgres } from './binary.ts'
import { Dialogue } from '../talk/dialogue.ts'
import { ftp, imap, pop3, smtp, xmpp } from './text.ts'

/** `name`: of the service, for protocols that say to whom they speak. */
type Start = (dialogue: Dialogue, name: string) => Promise<void>

const starts = { smtp, imap, pop3, ftp, postgres, mysql, ldap, xmpp } satisfies Record<string, Start>

export type StartTlsProtocol = keyof typeof starts
const protocols = Object.keys(starts) as [StartTlsProtocol, ...StartTlsProtocol[]]

/** The setting `starttls: smtp`. */
export const startTlsSetting = z
  .enum(protocols, { error: `expected one of ${protocols.join(', ')}; leave it out where TLS begins at once` })
  .meta({
    title: 'STARTTLS',
    description: 'The protocol in which TLS is asked for after connecting; left out where TLS begins at once.',
  })

/** So much may be said before TLS begins. */
const saidMost = 16 * 1024

export interface StartTlsOptions {
  readonly protocol: StartTlsProtocol
  /** Name of the service, without port. */
  readonly name: string
  /** `host:port`, for sentences. */
  readonly target: string
}

/** Asks for TLS; once resolved, the handshake may begin on the socket. Throws a Failure. */
export async function startTls(attempt: Attempt, socket: Socket, options: StartTlsOptions): Promise<void> {
  const { protocol, name, target } = options
  attempt.phase = `asking ${target} for TLS (STARTTLS, ${protocol})`
  const dialogue = new Dialogue(socket, target, saidMost)
  dialogue.awaited = 'TLS began'
  await starts[protocol](dialogue, name)
  dialogue.end()
}
