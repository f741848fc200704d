// What a page is beside HTML, for programs: JSON, feeds, a calendar, badges; each at its name below the page's address.
// Promises null for what there is not. Must not know who asks.
import { badgeOf } from './badge.ts'
import { calendar } from './calendar.ts'
import { fileHeaders } from './document.ts'
import { atom, rss } from './feeds.ts'
import type { PageView } from './model.ts'
import { statuspageJson, statuspageParts } from './statuspage.ts'

const api = 'api/v2/'
const badges = 'badge/'

type Make = (view: PageView, base: string) => string
const feeds: Readonly<Record<string, readonly [type: string, make: Make]>> = {
  'history.atom': ['application/atom+xml', atom],
  'history.rss': ['application/rss+xml', rss],
  'maintenance.ics': ['text/calendar', calendar],
}

/** Whether an address below a page's, or below `/`, is one of these. */
export const isFile = (name: string): boolean =>
  Object.hasOwn(feeds, name) ||
  (name.startsWith(api) && Object.hasOwn(statuspageParts, name.slice(api.length))) ||
  (name.startsWith(badges) && name.endsWith('.svg'))

export interface PageFile {
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

/** `base`: what stands before each path, such as `https://status.example.com`; empty where nobody has said. */
export function fileOf(name: string, view: PageView, base: string): PageFile | null {
  const feed = Object.hasOwn(feeds, name) ? feeds[name] : undefined
  if (feed !== undefined) return { text: feed[1](view, base), headers: fileHeaders(feed[0]) }
  const json = name.startsWith(api) ? statuspageJson(name.slice(api.length), view, base) : null
  if (json !== null) return { text: json, headers: fileHeaders('application/json') }
  const badge = name.startsWith(badges) ? badgeOf(view, name.slice(badges.length)) : null
  return badge === null ? null : { text: badge, headers: fileHeaders('image/svg+xml') }
}
