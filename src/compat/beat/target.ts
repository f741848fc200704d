// What a heartbeat's address says: `/beat/{key}`, `/beat/{key}/start`, `/beat/{key}/fail`.
// Promises that nothing but a valid key comes out, however the path was spelt. Pure.
import type { Signal } from '#core/words.ts'
import { isKeyText } from '#core/key.ts'

export type Target =
  | { readonly key: string; readonly signal: Exclude<Signal, 'check'> }
  | { readonly fault: 'name' | 'verb' }

const signals: ReadonlyMap<string, Exclude<Signal, 'check'>> = new Map([
  ['', 'beat'],
  ['start', 'start'],
  ['fail', 'fail'],
])

/** Reads a request's URL; null: it is no heartbeat's. */
export function targetOf(url: string): Target | null {
  if (!url.startsWith('/beat')) return null
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  if (path.length === 5) return { fault: 'name' }
  if (path[5] !== '/') return null
  const slash = path.indexOf('/', 6)
  const key = decoded(slash < 0 ? path.slice(6) : path.slice(6, slash))
  if (key === null || !isKeyText(key)) return { fault: 'name' }
  const signal = signals.get(slash < 0 ? '' : path.slice(slash + 1))
  return signal === undefined ? { fault: 'verb' } : { key, signal }
}

function decoded(text: string): string | null {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
