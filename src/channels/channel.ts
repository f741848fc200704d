// What a notification channel is. One file per channel defines everything about it; index.ts lists them.
// Promises that a send either succeeds or says whether to try again. Must not know rules, monitors' storage or queues.
import type { z } from 'zod'
import type { Message } from '#core/message.ts'
import type { Clock } from '#platform/clock.ts'
import type { Outbound } from '#platform/outbound.ts'

export type { Message } from '#core/message.ts'

export interface SendContext {
  readonly clock: Clock
  readonly outbound: Outbound
  /** The same at every attempt of one delivery. */
  readonly idempotencyKey: string
  /** 1 for the first. */
  readonly attempt: number
  /** Everything must be over after so many ms. */
  readonly timeout: number
  readonly signal: AbortSignal
  /** Common settings some channels need (the file's `smtp:`), by channel kind. */
  readonly settings: ChannelSettings
}

export interface ChannelSettings {
  readonly smtp: { readonly url: string; readonly from: string } | null
  /** Where people find the dashboard and page; null when not set. */
  readonly publicUrl: string | null
  /** The folder with the programs that may be run; null, or left out: none may. */
  readonly scripts?: string | null
}

/** `detail` is kept in the delivery log and shown: no secrets in it. */
export type Sent =
  | { readonly ok: true; readonly detail: string }
  | {
      readonly ok: false
      /** False: no later attempt can succeed (bad address, refused for good). */
      readonly retry: boolean
      readonly detail: string
      /** What the far side asked for, ms from now. */
      readonly retryAfter?: number
    }

export interface OwnServer {
  readonly host: string
  readonly port: number
  /** How it greets; null: it waits to be spoken to. */
  readonly greeting: RegExp | null
}

export interface ChannelKind<Config = unknown> {
  readonly kind: string
  readonly title: string
  readonly summary: string
  readonly config: z.ZodType<Config>
  /** Names of config fields never shown: dotted paths, `headers.*` for all of a map. */
  readonly secrets: readonly string[]
  describe(config: Config): string
  /** Messages under way at once on one channel. Left out: a few, as a mail server likes it. */
  readonly atOnce?: number
  /** Common settings without which this one could not send. Left out: none. */
  needs?(config: Config): readonly ('smtp' | 'publicUrl')[]
  /** Servers of its own that can be asked beforehand whether they are there. Left out: none. */
  servers?(config: Config): readonly OwnServer[]
  send(config: Config, message: Message, context: SendContext): Promise<Sent>
}

export function defineChannel<Config>(channel: ChannelKind<Config>): ChannelKind {
  return channel
}
