// The address bar as the one place where what is looked at is kept: path and query, so that any view can be sent to
// somebody, and back is back.
// Promises that leaving something unsaved is asked about first. Must not know any screen.
import { signal } from '@preact/signals'
import { changedQuery, type QueryChange } from './query.ts'

export const base = '/app'

export interface Place {
  /** Below /app: `/`, `/monitors/web`. */
  readonly path: string
  readonly query: URLSearchParams
  /** Behind the #, without it. */
  readonly hash: string
}

export function placeOf(location: Pick<Location, 'pathname' | 'search' | 'hash'>): Place {
  const path = location.pathname.replace(/^\/app/, '').replace(/\/+$/, '')
  return { path: path === '' ? '/' : path, query: new URLSearchParams(location.search), hash: location.hash.slice(1) }
}

export const place = signal(placeOf(window.location))

/** What would be lost by leaving; null: nothing. */
export const unsaved = signal<string | null>(null)

const mayLeave = () => unsaved.value === null || window.confirm(`${unsaved.value} Leave without saving?`)

/** Goes to a path below /app, query included. */
export function go(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (!mayLeave()) return
  unsaved.value = null
  const samePath = to.replace(/[?#].*$/s, '') === place.value.path
  window.history[replace ? 'replaceState' : 'pushState'](null, '', `${base}${to}`)
  place.value = placeOf(window.location)
  if (!samePath) window.scrollTo(0, 0)
}

/** Changes the view within a screen. `replace`: without a step to go back to, as while typing. */
export function setQuery(change: QueryChange, options: { readonly replace?: boolean } = {}): void {
  const { path, query } = place.value
  go(`${path}${changedQuery(query, change)}`, options)
}

let shown = window.location.href
window.addEventListener('popstate', () => {
  if (!mayLeave()) {
    window.history.pushState(null, '', shown)
    return
  }
  unsaved.value = null
  place.value = placeOf(window.location)
})
place.subscribe(() => {
  shown = window.location.href
})
window.addEventListener('beforeunload', (event) => {
  if (unsaved.value !== null) event.preventDefault()
})
// Links within the dashboard change the screen; everything else about them is the browser's.
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.hasAttribute('download')) return
  const url = new URL(link.href)
  if (url.origin !== window.location.origin || (url.pathname !== base && !url.pathname.startsWith(`${base}/`))) return
  event.preventDefault()
  go(`${url.pathname.slice(base.length) || '/'}${url.search}${url.hash}`)
})
