// What moves while one looks: the server tells by SSE what changed of what is shown, and whether the line still stands.
// Promises one connection, opened anew for another view, that asking again takes its place where there is none, and
// that whoever looks is told when what they see grows old.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { get, Problem } from './api/client.ts'
import { clock } from './clock.ts'

/** Since when the line is lost, epoch ms; null: it stands. */
export const lostSince = signal<number | null>(null)

const pollMs = 10_000
let heardAt = clock.now()

/** Somebody has heard from the server just now. */
export function heard(): void {
  heardAt = clock.now()
  if (lostSince.value !== null) lostSince.value = null
}

function missed(): void {
  if (lostSince.value === null) lostSince.value = heardAt
}

/** Calls at intervals while the screen is shown and the tab is looked at; at once when one comes back to it. */
export function useLive(again: () => void, everyMs = pollMs): void {
  useEffect(() => {
    const turn = () => {
      if (!document.hidden) again()
    }
    const stop = clock.every(everyMs, turn)
    document.addEventListener('visibilitychange', turn)
    return () => {
      stop()
      document.removeEventListener('visibilitychange', turn)
    }
  }, [again, everyMs])
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
