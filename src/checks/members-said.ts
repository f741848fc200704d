// Words about the monitors that another one follows from: who fails, who is left out, and which they are.
// Promises short sentences however many there are. Pure.
import type { Selector } from '#core/glob.ts'
import type { Members } from './check.ts'

/** So many names stand in a sentence, none longer; so many keys in an event's facts. */
const namesMost = 5
const nameMost = 60
const factsMost = 50

export const isAre = (count: number) => (count === 1 ? 'is' : 'are')

/** `2 of 5 are down: web-1, web-2`, a part for each of the statuses that some have. */
export function sayUnwell(members: Members, counted: number): string[] {
  return (['down', 'degraded', 'unknown'] as const).flatMap((status) => {
    const those = members.count(status)
    return those === 0 ? [] : [`${those} of ${counted} ${isAre(those)} ${status}: ${names(members, status)}`]
  })
}

/** Those that are paused; none: nothing. */
export const sayPaused = (members: Members): string[] =>
  members.count('paused') > 0 ? [`left out, since paused: ${names(members, 'paused')}`] : []

/** Parts as one sentence. */
export function asSentence(parts: readonly string[]): string {
  const [first = '', ...rest] = parts
  return `${[first.charAt(0).toUpperCase() + first.slice(1), ...rest].join('; ')}.`
}

/** `web-1, web-2 and 7 more`. */
function names(members: Members, status: Parameters<Members['first']>[0]): string {
  const shown = members.first(status, namesMost)
  const short = shown.map(({ name }) => (name.length > nameMost ? `${name.slice(0, nameMost - 1)}…` : name))
  const more = members.count(status) - shown.length
  return short.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** Keys of those that are not well, and of the paused ones. */
export function keysOf(members: Members) {
  const keys = (status: Parameters<Members['first']>[0]) => members.first(status, factsMost).map(({ key }) => key)
  return { down: keys('down'), degraded: keys('degraded'), unknown: keys('unknown'), paused: keys('paused') }
}

/** `web-1, web-2`, `those with tier=gold`, `those of shop-* with tier=gold and zone=eu`. */
export function describeSelector({ keys, labels }: Pick<Selector, 'keys' | 'labels'>): string {
  const listed = keys && keys.slice(0, namesMost).join(', ') + (keys.length > namesMost ? ' …' : '')
  const labelled = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`)
  if (labelled.length === 0) return listed ?? 'none'
  return `those ${listed === null ? '' : `of ${listed} `}with ${labelled.join(' and ')}`
}
