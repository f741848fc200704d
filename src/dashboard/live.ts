// What moves while one looks: the server tells by SSE what changed of what is shown, and whether the line still stands.
// Promises one stream for a view, asking at intervals where there is none, nothing while the tab is hidden or nobody is
// signed in any more, and that whoever looks is told when what they see grows old.
import { effect, signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Change } from './api/changes.ts'
import { get, Problem, type Query, queryText } from './api/client.ts'
import type { Loaded } from './api/loaded.ts'
import { clock } from './clock.ts'
import { session } from './session.ts'
import { Stream } from './stream.ts'

interface Lost {
  /** Of when what is shown is, epoch ms. */
  readonly since: number
  /** Somebody answers, but cannot say anything. */
  readonly answers: boolean
}

/** The line is lost; null: it stands. */
export const lost = signal<Lost | null>(null)

const pollMs = 10_000
/** While the line is lost the server is asked for so often. */
const knockMs = 3_000
/** Who does not answer within this is not there. */
const answerMs = 8_000
/** What comes within this is asked for at once. */
const soonMs = 200
let heardAt = clock.now()

/** Somebody has heard from the server just now. */
function heard(): void {
  heardAt = clock.now()
  if (lost.peek() !== null) lost.value = null
}

function missed(answers = false): void {
  if (lost.peek()?.answers !== answers) lost.value = { since: heardAt, answers }
}

/** Whether anybody is signed in who could be told anything. */
const isEntered = () => session.value.is === 'in' && !session.value.ended

/** Calls at intervals while the tab is looked at, and at once when one comes back to it. */
export function useLive(again: () => void, everyMs = pollMs): void {
  const latest = useLatest(again)
  useEffect(() => whileLooking(everyMs, () => latest.current()), [everyMs])
}

function whileLooking(everyMs: number, call: () => void): () => void {
  const turn = () => {
    if (!document.hidden && isEntered()) call()
  }
  const stop = clock.every(everyMs, turn)
  document.addEventListener('visibilitychange', turn)
  return () => {
    stop()
    document.removeEventListener('visibilitychange', turn)
  }
}

function useLatest<Value>(value: Value): { current: Value } {
  const latest = useRef(value)
  latest.current = value
  return latest
}

interface Watched {
  /** Puts what is told into what is shown. */
  readonly take: (change: Change) => void
  /** Asks for all again. */
  readonly again: () => void
}

/** Hears of what changes in a view; where no stream comes about, asks at intervals. */
export function useChanges(query: Query, watched: Watched): void {
  const latest = useLatest(watched)
  const address = queryText(query)
  useEffect(() => listen(`/api/v2/live${address}`, latest), [address])
}

function listen(address: string, latest: { readonly current: Watched }): () => void {
  const stream = new Stream(address, {
    heard,
    broke: () => void knock(),
    change: (data) => {
      heard()
      latest.current.take(JSON.parse(data) as Change)
    },
    missed: () => latest.current.again(),
  })
  const look = () => {
    const stands = isEntered() && lost.value === null
    stream.want(stands && !document.hidden)
  }
  document.addEventListener('visibilitychange', look)
  const stop = effect(look)
  const stopAsking = clock.every(pollMs, () => {
    if (stream.isWanted && !stream.isOpen) latest.current.again()
  })
  return () => {
    stop()
    stopAsking()
    document.removeEventListener('visibilitychange', look)
    stream.want(false)
  }
}

/** Asks for all again, but not more often than so, nor before the last answer has come. */
export function useSeldom({ loading, again }: Pick<Loaded<unknown>, 'loading' | 'again'>, everyMs: number): () => void {
  const latest = useLatest({ loading, again })
  const kept = useRef({ waits: false, asked: 0 })
  return () => {
    const state = kept.current
    const turn = () => {
      if (latest.current.loading) {
        clock.after(everyMs, turn)
        return
      }
      state.waits = false
      state.asked = clock.now()
      latest.current.again()
    }
    if (state.waits) return
    state.waits = true
    clock.after(Math.max(soonMs, state.asked + everyMs - clock.now()), turn)
  }
}

let knocking: Promise<void> | null = null

/** Asks whether the server is there. */
export function knock(): Promise<void> {
  knocking ??= ask().finally(() => {
    knocking = null
  })
  return knocking
}

async function ask(): Promise<void> {
  try {
    await get('/me', {}, clock.timeout(answerMs))
    heard()
  } catch (error) {
    const status = error instanceof Problem ? error.status : 0
    // Whoever refuses us is there.
    if (status > 0 && status < 500) heard()
    else missed(status >= 500)
  }
}

/** Looks after the line from now on. */
export function watchLine(): void {
  whileLooking(pollMs, () => void knock())
  whileLooking(knockMs, () => {
    if (lost.value !== null) void knock()
  })
  window.addEventListener('offline', () => missed())
  window.addEventListener('online', () => void knock())
}
