// What moves while one looks: the server tells by SSE what changed of what is shown, and whether the line still stands.
// Promises one stream for a view, asking at intervals where there is none, nothing while the tab is hidden, and
// that whoever looks is told when what they see grows old.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Change } from './api/changes.ts'
import { get, Problem, type Query, queryText } from './api/client.ts'
import { clock } from './clock.ts'

/** Since when the line is lost, epoch ms; null: it stands. */
export const lostSince = signal<number | null>(null)

const pollMs = 10_000
/** A stream that broke off is missed only when it does not come back within this. */
const patienceMs = 4_000
let heardAt = clock.now()

/** Somebody has heard from the server just now. */
function heard(): void {
  heardAt = clock.now()
  if (lostSince.value !== null) lostSince.value = null
}

function missed(): void {
  if (lostSince.value === null) lostSince.value = heardAt
}

/** Calls at intervals while the tab is looked at, and at once when one comes back to it. */
export function useLive(again: () => void, everyMs = pollMs): void {
  const latest = useLatest(again)
  useEffect(() => whileLooking(everyMs, () => latest.current()), [everyMs])
}

function whileLooking(everyMs: number, call: () => void): () => void {
  const turn = () => {
    if (!document.hidden) call()
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
  useEffect(() => {
    let stream: EventSource | null = null
    let forget: (() => void) | null = null
    const open = () => {
      stream = new EventSource(`/api/v2/live${address}`)
      stream.addEventListener('open', () => {
        forget?.()
        heard()
      })
      stream.addEventListener('change', (event) => {
        heard()
        latest.current.take(JSON.parse(String(event.data)) as Change)
      })
      stream.addEventListener('reset', () => latest.current.again())
      stream.addEventListener('error', () => {
        forget?.()
        forget = clock.after(patienceMs, () => void knock())
      })
    }
    const close = () => {
      stream?.close()
      stream = null
    }
    const look = () => {
      if (document.hidden) close()
      else if (stream === null) {
        open()
        latest.current.again()
      }
    }
    if (!document.hidden) open()
    document.addEventListener('visibilitychange', look)
    const stop = whileLooking(pollMs, () => {
      if (stream?.readyState !== EventSource.OPEN) latest.current.again()
    })
    return () => {
      stop()
      forget?.()
      document.removeEventListener('visibilitychange', look)
      close()
    }
  }, [address])
}

/** Asks whether the server is there. */
export async function knock(): Promise<void> {
  try {
    await get('/me')
    heard()
  } catch (error) {
    // Whoever refuses us is there.
    if (error instanceof Problem && error.status > 0 && error.status < 500) heard()
    else missed()
  }
}

/** Looks after the line from now on. */
export function watchLine(): void {
  clock.every(pollMs, () => {
    if (!document.hidden) void knock()
  })
  window.addEventListener('offline', missed)
  window.addEventListener('online', () => void knock())
}
