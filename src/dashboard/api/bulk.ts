// Changing many monitors at once: which, what, what it would do, and doing it. The words are the API's.
// Promises that what is done is what was looked at: the preview's fingerprint goes with it.
import { type Asked, post } from './client.ts'
import type { View } from './board.ts'
import { filterOf } from './board.ts'
import type { Change } from './types.ts'

/** Which monitors: these keys, or all that a list's filters find but some. */
export type Which =
  | { readonly are: 'these'; readonly keys: ReadonlySet<string> }
  | { readonly are: 'found'; readonly view: View; readonly except: ReadonlySet<string> }

/** What is to become of them. */
export type Wish =
  | { readonly set: Readonly<Record<string, unknown>> }
  | { readonly do: 'pause' | 'resume' | 'delete' }
  | { readonly rule: string; readonly about: boolean }

export interface Outcome {
  readonly dryRun: boolean
  readonly matched: number
  readonly changed: number
  readonly unchanged: number
  readonly leftOut: readonly {
    readonly why: string
    readonly sentence: string
    readonly count: number
    readonly keys: readonly string[]
  }[]
  /** The first of them, with what is different. */
  readonly items: readonly { readonly key: string; readonly name: string; readonly changes: readonly Change[] }[]
  readonly fingerprint: string
}

/** It goes on in pieces; many take their time. */
const longMs = 120_000

function askedFor(which: Which, more: object): { readonly body: object; readonly asked: Asked } {
  const body = which.are === 'these' ? { keys: [...which.keys], ...more } : { except: [...which.except], ...more }
  const query = which.are === 'these' ? {} : filterOf(which.view)
  return { body, asked: { query, timeout: longMs } }
}

export function previewMany(which: Which, wish: Wish): Promise<Outcome> {
  const { body, asked } = askedFor(which, { ...wish, dry_run: true })
  return post<Outcome>('/monitors/bulk', body, asked)
}

export function changeMany(which: Which, wish: Wish, fingerprint: string): Promise<Outcome> {
  const { body, asked } = askedFor(which, { ...wish, fingerprint })
  return post<Outcome>('/monitors/bulk', body, asked)
}
