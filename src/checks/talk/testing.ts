// Servers for tests of conversations: they greet, answer each line by the first rule that fits, and begin TLS.
// Promises to keep what was said in clear and what inside of TLS apart. Must not know any protocol.
import type { Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { z } from 'zod'
import { look, type LookOptions, openTarget, type Talk, tlsOf } from '#test/targets.ts'
import type { Kind } from '../check.ts'

/** An answer; `tls`: after it TLS begins. Null ends the connection. */
export type Answer = string | Buffer | null | { readonly tls: string }

export interface Script {
  /** What is said first; again inside of TLS where that begins with the first byte. */
  readonly greeting?: string | Buffer
  readonly rules: readonly (readonly [RegExp, Answer | ((line: string) => Answer)])[]
  /** Rules inside of TLS that was asked for; left out: the same. */
  readonly inside?: Script['rules']
}

export interface Said {
  readonly clear: string[]
  readonly inside: string[]
}

const nobody = { clear: [], inside: [] }

/** Plays a script; what fits no rule ends the connection. */
export const play =
  (script: Script, said: Said = nobody): Talk =>
  (socket) => {
    if (script.greeting !== undefined) socket.write(script.greeting)
    converse(socket, script, script.rules, said.clear, said)
  }

function converse(socket: Socket, script: Script, rules: Script['rules'], kept: string[], said: Said): void {
  let rest = ''
  const listen = (bytes: Buffer): void => {
    const lines = (rest + bytes.toString('latin1')).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      kept.push(line)
      const [, rule = null] = rules.find(([wanted]) => wanted.test(line)) ?? []
      const answer = typeof rule === 'function' ? rule(line) : rule
      if (answer === null) socket.end()
      else if (typeof answer === 'string' || Buffer.isBuffer(answer)) socket.write(answer)
      else {
        socket.off('data', listen).pause()
        socket.write(answer.tls)
        const secured = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tlsOf('good')) })
        secured.on('error', () => {})
        secured.on('end', () => secured.end())
        converse(secured, script, script.inside ?? rules, said.inside, said)
      }
    }
  }
  socket.on('data', listen)
}

/** Plays a script, but says it in pieces of one byte. */
export const trickle =
  (talk: Talk): Talk =>
  (socket, index) => {
    const write = socket.write.bind(socket)
    const slow = (words: string | Buffer) => {
      for (const byte of Buffer.from(words)) write(Buffer.from([byte]))
      return true
    }
    talk(Object.assign(socket, { write: slow }), index)
  }

/** Says the same for ever. */
export const endless =
  (text: string): Talk =>
  (socket) => {
    const more = () => void (socket.destroyed || socket.write(text, () => setImmediate(more)))
    more()
  }

export interface Seen {
  readonly outcome: string
  readonly reason: string | null
  /** Reason and sentence, `PORT` for the port. */
  readonly said: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly latency: number | null
}

/** One check of a kind against a server; fails the test where it leaves a connection open. */
export async function check(
  t: TestContext,
  kind: Kind,
  talk: Talk,
  spec: object = {},
  { tls, ...options }: LookOptions & { readonly tls?: string } = {},
): Promise<Seen> {
  const target = await openTarget(t, talk, tls === undefined ? undefined : tlsOf(tls))
  const {
    outcome,
    reason,
    sentence,
    facts = {},
    latency,
  } = await look(kind, { address: `127.0.0.1:${target.port}`, ...spec }, options)
  await target.quiet()
  const words = sentence?.replaceAll(String(target.port), 'PORT') ?? 'well'
  return { outcome, reason, said: reason === null ? words : `${reason}: ${words}`, facts, latency }
}

/** What is wrong with settings, in one text; empty where nothing is. */
export const faultOf = (kind: Kind, spec: unknown): string =>
  kind.config
    .safeParse(spec)
    .error?.issues.map((issue) => `${issue.path.join('.')}: ${sayIssue(issue)}`)
    .join('; ') ?? ''

/** With what is wrong in each of the ways in which a setting may be written. */
const sayIssue = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_union'
    ? [issue.message, ...issue.errors.flat().map((one) => sayIssue(one))].join(' | ')
    : issue.message
