// Why a command is not carried out: one small closed list, so that one place can turn it into an answer.
// Promises a sentence that says what, where and how to mend it. Must not know HTTP.
import { sayTime } from '#core/deadline.ts'
import type { Fault } from '#manifest/model.ts'

export type Thing =
  | 'monitor'
  | 'channel'
  | 'rule'
  | 'page'
  | 'component'
  | 'incident'
  | 'update'
  | 'maintenance'
  | 'event'
  | 'delivery'
  | 'token'
  | 'user'
  | 'session'
  | 'passkey'
  | 'invitation'
  | 'silence'
  | 'saved view'

export type Trouble =
  /** There is no such thing; `near`: the key that was perhaps meant; `deletedAt`: there was one until then. */
  | {
      readonly kind: 'missing'
      readonly what: Thing
      readonly key: string
      readonly near?: string | null
      readonly deletedAt?: number
    }
  /** The content is wrong, in these places. */
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] }
  | { readonly kind: 'exists'; readonly what: Thing; readonly key: string }
  /** A file owns it; `loaded`: it is the one that is loaded now. */
  | {
      readonly kind: 'owned'
      readonly what: Thing
      readonly key: string
      readonly file: string
      readonly loaded: boolean
    }
  /** It was changed since it was read: by `who`, where that is known, in the settings of `differs`. */
  | {
      readonly kind: 'stale'
      readonly what: Thing
      readonly key: string
      readonly sent: number
      readonly revision: number
      readonly who: string | null
      readonly differs: readonly Fault[]
    }
  /** What a plan promised would not happen any more. */
  | { readonly kind: 'replan' }
  /** A document cannot be applied, for these reasons. */
  | {
      readonly kind: 'obstructed'
      readonly obstacles: readonly { readonly type: Thing; readonly key: string; readonly why: string }[]
    }
  /** Other things would be changed than the preview showed. */
  | { readonly kind: 'moved'; readonly differs: readonly Fault[] }
  /** It was to be created and is there, or was to be replaced and is not. */
  | { readonly kind: 'unmet'; readonly what: Thing; readonly key: string; readonly there: boolean }
  /** Others refer to it. */
  | { readonly kind: 'in_use'; readonly what: Thing; readonly key: string; readonly by: readonly string[] }
  /** It cannot be done in the present state; `why` says so in a sentence. */
  | { readonly kind: 'impossible'; readonly why: string }
  /** What was given does not prove who somebody is. */
  | { readonly kind: 'unproven'; readonly why: string }
  /** They proved who they are too long ago for this. */
  | { readonly kind: 'unconfirmed' }
  /** Who they are does not allow it. */
  | { readonly kind: 'forbidden'; readonly why: string }
  /** A one-time secret that was used, has expired, or never was. */
  | { readonly kind: 'spent' }

/** A command that changed nothing, and why. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly trouble: Trouble

  constructor(trouble: Trouble) {
    super(say(trouble))
    this.trouble = trouble
  }
}

type Sentences = { readonly [Kind in Trouble['kind']]: (trouble: Extract<Trouble, { kind: Kind }>) => string }

const sentences: Sentences = {
  missing: ({ what, key, near, deletedAt }) =>
    deletedAt === undefined
      ? `There is no ${what} "${key}".${near ? ` Did you mean "${near}"?` : ''}`
      : `The ${what} "${key}" was deleted at ${sayTime(deletedAt)}; what happened until then is kept.`,
  invalid: ({ faults }) =>
    faults.length === 1 ? 'One thing is wrong with it.' : `${faults.length} things are wrong with it.`,
  exists: ({ what, key }) => `There is a ${what} "${key}" already; change that one, or choose another key.`,
  owned: ({ what, key, file, loaded }) =>
    `The ${what} "${key}" belongs to the file ${file}` +
    (loaded ? '; change it there.' : ', which is not loaded; to change it here, repeat with ?take_over=true.'),
  stale: ({ what, key, sent, revision, who }) =>
    `The ${what} "${key}" was changed by ${who ?? 'somebody else'}: you sent revision ${sent}, ` +
    `it is at ${revision}. Read it again and repeat your change.`,
  replan: () => 'What is there has changed since this was planned, or the document has; plan it again.',
  obstructed: ({ obstacles }) =>
    obstacles.length === 1 ? 'One thing stands in its way.' : `${obstacles.length} things stand in its way.`,
  moved: () =>
    'Other monitors would be changed than the preview showed, or otherwise. ' +
    'Look at a new preview, and repeat with its fingerprint.',
  unmet: ({ what, key, there }) =>
    there
      ? `There is a ${what} "${key}" already, and it was asked for only if there was none.`
      : `There is no ${what} "${key}" that could be replaced.`,
  in_use: ({ what, key, by }) => `The ${what} "${key}" is still used by ${by.join(', ')}; change these first.`,
  impossible: ({ why }) => why,
  unproven: ({ why }) => why,
  unconfirmed: () =>
    'This needs a fresh proof of who you are: confirm it with POST /api/v2/session/confirm, then repeat.',
  forbidden: ({ why }) => why,
  spent: () => 'This link or step was used already, or its time is over; ask for a new one.',
}

const say = (trouble: Trouble): string => sentences[trouble.kind](trouble as never)
