// How the dashboard says things: statuses, spans, moments, figures. Pure; the time is an argument.
// Promises plain words: "down for 4 min", never a code.
import type { ShownStatus } from './api/types.ts'

export const statusWord: Readonly<Record<ShownStatus, string>> = {
  up: 'Up',
  degraded: 'Degraded',
  down: 'Down',
  unknown: 'Unknown',
  paused: 'Paused',
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** A span in its two largest units: `2 d 4 h`, `4 min`, `12 s`, `340 ms`. */
export function span(ms: number): string {
  const left = Math.max(0, ms)
  if (left < 1_000) return `${Math.round(left)} ms`
  const first = units.findIndex(([, size]) => left >= size)
  const [unit, size] = units[first] ?? ['s', 1_000]
  const whole = Math.floor(left / size)
  const next = units[first + 1]
  // Seconds beside minutes, and hours beside ten days, are noise.
  if (next === undefined || whole >= 10) return `${whole} ${unit}`
  const rest = Math.floor((left - whole * size) / next[1])
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${next[0]}`
}

/** `for 4 min`, of something that began then. */
export const lasting = (since: string, now: number): string => span(Math.max(0, now - Date.parse(since)))

/** `4 min ago`, `in 3 h`, `just now`. */
export function ago(at: string, now: number): string {
  const ms = now - Date.parse(at)
  if (Number.isNaN(ms)) return 'at an unknown time'
  if (Math.abs(ms) < 5_000) return 'just now'
  const text = span(Math.abs(ms)).split(' ').slice(0, 2).join(' ')
  return ms > 0 ? `${text} ago` : `in ${text}`
}

const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const clockSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })

/** As short as is clear: `14:05` today, `21 Nov 14:05` this year, `21 Nov 2025`. */
export function moment(at: string, now: number): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return '–'
  const [date, today] = [new Date(time), new Date(now)]
  if (date.toDateString() === today.toDateString()) return clockTime.format(date)
  if (date.getFullYear() === today.getFullYear()) return `${dayMonth.format(date)} ${clockTime.format(date)}`
  return dayMonthYear.format(date)
}

export const timeOfDay = (ms: number): string => clockSeconds.format(new Date(ms))
export const exactly = (at: string): string => (Number.isNaN(Date.parse(at)) ? at : full.format(new Date(at)))

/** Milliseconds as people read them: `0.4 ms`, `82 ms`, `1.24 s`. */
export function latency(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–'
  if (ms < 0.05) return ms === 0 ? '0 ms' : '< 0.1 ms'
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`
}

/** A share of time, never rounded up to all of it: `99.98 %`. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return '–'
  if (share === 1) return '100 %'
  const digits = share > 0.9 ? 2 : 1
  const scale = 100 * 10 ** digits
  return `${(Math.floor(share * scale + 1e-9) / 10 ** digits).toFixed(digits)} %`
}

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** A setting's value: maps and lists as people write them, deeper ones as JSON. */
export function valueWords(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return value == null ? 'none' : JSON.stringify(value)
  const parts = Array.isArray(value)
    ? value.map(innerWords)
    : Object.entries(value).map(([name, one]) => `${name}: ${innerWords(one)}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}
const innerWords = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Who owns an object, for people. */
export function ownerWord(owner: string): string {
  if (owner.startsWith('file:')) return owner.slice(5)
  if (owner.startsWith('scope:')) return `scope ${owner.slice(6)}`
  if (owner.startsWith('view:')) return `view ${owner.slice(5)}`
  return owner === 'beat' ? 'first heartbeat' : owner === 'api' ? 'people' : owner
}
export const isFileOwned = (owner: string): boolean => owner.startsWith('file:')
