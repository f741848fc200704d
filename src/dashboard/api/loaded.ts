// What a screen has asked for: kept while it is asked again, so that nothing on it flickers, and remembered for a
// while, so that going back shows at once what was there.
// Promises that an answer that comes late never replaces one to a later question. Must not know what is asked for.
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { Problem, sentenceOf } from './client.ts'

export interface Loaded<Value> {
  /** Null: nothing has come yet. */
  readonly value: Value | null
  /** Why the last question was not answered; null: it was, or is still open. */
  readonly problem: Problem | null
  readonly loading: boolean
  again(): void
  /** The value of this very moment, newer perhaps than what was drawn. */
  now(): Value | null
  /** Puts a value in place that is known by other means. */
  put(value: Value): void
}

const remembered = new Map<string, unknown>()
const rememberMost = 60

function remember(key: string, value: unknown): void {
  remembered.delete(key)
  remembered.set(key, value)
  const oldest = remembered.size > rememberMost ? remembered.keys().next().value : undefined
  if (oldest !== undefined) remembered.delete(oldest)
}

/** Nothing of one person is shown to the next. */
export const forgetAll = (): void => remembered.clear()

/** Asks whenever the key changes; null: not at all. */
export function useLoaded<Value>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<Value>,
  options: { readonly keep?: boolean } = {},
): Loaded<Value> {
  const value = useSignal<Value | null>(null)
  const problem = useSignal<Problem | null>(null)
  const loading = useSignal(key !== null)
  const round = useSignal(0)
  useMemo(() => {
    const known = key === null ? undefined : remembered.get(key)
    if (known !== undefined) value.value = known as Value
    else if (!options.keep) value.value = null
    problem.value = null
  }, [key])
  const turn = round.value
  useEffect(() => {
    if (key === null) return undefined
    const abort = new AbortController()
    loading.value = true
    load(abort.signal).then(
      (answer) => settle(abort, { value, problem, loading }, key, answer),
      (error: unknown) => {
        if (abort.signal.aborted) return
        problem.value = error instanceof Problem ? error : new Problem(0, 'dashboard', sentenceOf(error))
        loading.value = false
      },
    )
    return () => abort.abort()
  }, [key, turn])
  return {
    value: value.value,
    problem: problem.value,
    loading: loading.value,
    again: () => {
      round.value += 1
    },
    now: () => value.peek(),
    put: (next) => {
      if (key !== null) remember(key, next)
      value.value = next
    },
  }
}

interface Cells<Value> {
  readonly value: Signal<Value | null>
  readonly problem: Signal<Problem | null>
  readonly loading: Signal<boolean>
}

function settle<Value>(abort: AbortController, cells: Cells<Value>, key: string, answer: Value): void {
  if (abort.signal.aborted) return
  remember(key, answer)
  cells.value.value = answer
  cells.problem.value = null
  cells.loading.value = false
}
