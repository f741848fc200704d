// The settings that conversations have in common: where, TLS, who logs in.
// Promises that no password goes over a clear connection unless that was asked for in so many words.
import { z } from 'zod'
import { addressSetting, clash, type HostPort, ipSetting } from '../address.ts'
import { type IpChoice, where } from '../dial.ts'
import { Failure } from '../failure.ts'
import { latencySetting } from '../latency.ts'
import { type Trust, tlsSetting } from '../tls-check/options.ts'
import type { Reach, Session } from './session.ts'

/** Says what is wrong with a setting. */
export type Fault = (message: string, ...path: string[]) => void

/** Where a conversation is held, whatever the protocol. `ports`: where TLS begins with the first byte. */
export const talkSettings = (example: string, ports: readonly number[]) => ({
  address: addressSetting.meta({
    title: 'Address',
    description: 'Host and port; an IPv6 address stands in brackets.',
    examples: [example],
  }),
  ip: ipSetting,
  tls: tlsSetting
    .meta({
      title: 'TLS',
      description:
        `Whether TLS is spoken, and what it must be like; left out: with starttls, and on port ${ports.join(', ')}. ` +
        'Without starttls it begins with the first byte.',
    })
    .optional(),
  starttls: z
    .boolean()
    .default(false)
    .meta({ title: 'STARTTLS', description: 'Whether TLS is asked for after the greeting.' }),
  latency: latencySetting.optional(),
})

interface TalkGiven {
  readonly address: HostPort
  readonly ip: IpChoice
  readonly tls?: Trust | null | undefined
  readonly starttls: boolean
}

/** What TLS must be like; null: none is spoken. Refuses what contradicts itself. */
export function settleTls({ address, ip, tls, starttls }: TalkGiven, ports: readonly number[], fault: Fault) {
  const wrong = clash(address.host, ip)
  if (wrong !== null) fault(wrong, 'ip')
  if (starttls && tls === null) fault('asks for TLS, which tls: false forbids; leave one of them out', 'starttls')
  if (tls !== undefined) return tls
  return starttls || ports.includes(address.port) ? tlsSetting.parse(true) : null
}

/** TLS from the first byte; says what else may be meant where the server speaks none. */
export async function secureAtOnce(session: Session, tls: Trust): Promise<void> {
  try {
    await session.secure(tls)
  } catch (error) {
    if (!(error instanceof Failure) || !error.message.endsWith('does not speak TLS.')) throw error
    const hint = 'if it begins TLS only when asked to, write starttls: true'
    throw new Failure('tls', `${session.target} does not speak TLS from the first byte; ${hint}.`, error)
  }
}

/** `mail.example.com:587 (STARTTLS)` */
export function describeTalk({ address, tls, starttls }: Settled): string {
  return where(address.host, address.port) + (starttls ? ' (STARTTLS)' : tls ? ' (TLS)' : '')
}

type Settled = Pick<Reach, 'address' | 'tls'> & { readonly starttls: boolean }

const word = (title: string, description: string) =>
  z
    .string({ error: 'expected text; put it in quotes where it is a number' })
    .min(1, 'must not be empty')
    .max(1_000)
    .regex(/^[^\r\n\0]*$/, 'has no line breaks')
    .meta({ title, description })

/** The setting `auth: { user, password }`. */
export const loginSetting = z
  .strictObject({
    user: word('User', 'The user’s name.'),
    password: word('Password', 'The user’s password.'),
    without_tls: z.boolean().default(false).meta({
      title: 'Without TLS',
      description: 'Whether the password may go over a connection that is not encrypted, where anybody can read it.',
    }),
  })
  .meta({ title: 'Login', description: 'Who logs in.' })

export type Login = z.output<typeof loginSetting>

/** Refuses to give a password away. */
export function refuseClear(login: Login | undefined, tls: Trust | null, fault: Fault): void {
  if (!login) return
  if (!tls && !login.without_tls)
    fault(
      'the password would go over a connection that is not encrypted; ' +
        'add tls: true or starttls: true, or without_tls: true where that is meant',
      'auth',
    )
  if (tls && login.without_tls) fault('is for a connection without TLS, and this one has it', 'auth', 'without_tls')
}
