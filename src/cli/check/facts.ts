// Evidence as lines for a terminal: phases as bars one after another, tables, and excerpts of what was answered.
// Promises to draw facts of any shape by their shape alone, bounded in lines. Must not know any kind.
import type { Facts } from '#core/observation.ts'
import { cut, harmless, pad, widthOf, wrap } from '../text.ts'

export interface View {
  /** Epoch ms, for how long a date is away. */
  readonly now: number
  readonly width: number
  dim(text: string): string
}

type Lines = string[]
type Mapping = Readonly<Record<string, unknown>>
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** So many lines of an excerpt, entries of a list and levels of nesting are shown; JSON has the rest. */
const excerptMost = 12
const entriesMost = 20
const depthMost = 6
const labelMost = 20

const words: Readonly<Record<string, string>> = {
  validFrom: 'valid from',
  validTo: 'valid until',
  tls: 'TLS',
  url: 'URL',
}
/** `firstByte` is `first byte`; headers and the like stay as they are. */
const say = (name: string) =>
  words[name] ??
  harmless(/^[a-z]+([A-Z][a-z]+)+$/.test(name) ? name.replaceAll(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`) : name)

/** `0.43 ms`, `43 ms`, `1.25 s`. */
export function sayTime(ms: number): string {
  if (ms >= 999.5) return `${(ms / 1_000).toFixed(2)} s`
  return `${ms >= 99.5 ? Math.round(ms) : ms >= 9.95 ? ms.toFixed(1) : ms.toFixed(2)} ms`
}

/** Sections of lines: what is short first, then the phases, then what has parts. */
export function drawFacts(facts: Facts, view: View): Lines[] {
  const { phases, ...others } = facts
  const entries = Object.entries(others).filter(([, value]) => value !== null && value !== undefined)
  const inline = entries.filter(([, value]) => isInline(value))
  const blocks = entries.filter(([, value]) => !isInline(value))
  const sections = [
    drawMapping(Object.fromEntries(inline), 2, view, 0),
    isMapping(phases) ? drawPhases(phases, view) : [],
    ...blocks.sort(byRank).map(([name, value]) => drawEntry(name, value, 2, view, 0)),
  ]
  return sections.filter((lines) => lines.length > 0)
}

/** What was said comes last: it is the longest. */
const spoken = ['request', 'redirects', 'response', 'answer']
const byRank = ([one]: [string, unknown], [other]: [string, unknown]) => spoken.indexOf(one) - spoken.indexOf(other)

/** Each phase begins where the one before ended. */
function drawPhases(phases: Mapping, view: View): Lines {
  const rows = Object.entries(phases).filter((row): row is [string, number] => typeof row[1] === 'number')
  const total = rows.reduce((sum, [, ms]) => sum + ms, 0)
  const labels = Math.max(0, ...rows.map(([name]) => widthOf(say(name))))
  const times = Math.max(0, ...rows.map(([, ms]) => sayTime(ms).length))
  const room = Math.min(60, view.width - labels - times - 8)
  let before = 0
  return rows.map(([name, ms]) => {
    const from = total > 0 ? Math.min(room - 1, Math.floor((before / total) * room)) : 0
    before += ms
    const to = total > 0 ? Math.max(from + 1, Math.round((before / total) * room)) : from
    const bar = rows.length > 1 && room >= 10 ? `${view.dim('·'.repeat(from))}${'█'.repeat(to - from)}` : ''
    return `  ${pad(say(name), labels)}  ${sayTime(ms).padStart(times)}  ${bar}`.trimEnd()
  })
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isScalar = (value: unknown) => typeof value === 'number' || typeof value === 'boolean' || isText(value)
const isShort = (value: unknown) => isScalar(value) && !(isText(value) && (value.length > 160 || /\n./.test(value)))
/** What stands beside its name; everything else below it. */
const isInline = (value: unknown): boolean => (Array.isArray(value) ? value.every(isShort) : isShort(value))

function drawMapping(mapping: Mapping, indent: number, view: View, depth: number): Lines {
  const entries = Object.entries(mapping).filter(([name, value]) => shown(name, value, mapping))
  const labels = entries.filter(([, value]) => isInline(value)).map(([name]) => widthOf(say(name)))
  const width = Math.min(labelMost, Math.max(0, ...labels))
  return entries.flatMap(([name, value]) => {
    if (!isInline(value)) return drawEntry(name, value, indent, view, depth)
    return beside(`${' '.repeat(indent)}${pad(cut(say(name), labelMost), width)}  `, sayValue(value, view), view)
  })
}

/** Days left stand beside the date already. */
const shown = (name: string, value: unknown, { validTo, expires }: Mapping) =>
  value !== null && value !== undefined && !(name === 'daysLeft' && (validTo ?? expires) !== undefined)

function beside(begin: string, text: string, view: View): Lines {
  const indent = widthOf(begin)
  const lines = wrap(text, Math.max(16, view.width - indent))
  return lines.map((line, index) => `${index === 0 ? begin : ' '.repeat(indent)}${line}`.trimEnd())
}

function drawEntry(name: string, value: unknown, indent: number, view: View, depth: number): Lines {
  const title = `${' '.repeat(indent)}${say(name)}`
  if (isInline(value)) return beside(`${title}  `, sayValue(value, view), view)
  if (depth >= depthMost) return [title, `${' '.repeat(indent + 2)}…`]
  if (isText(value)) return [title, ...drawExcerpt(value, indent + 2, view)]
  if (isMapping(value))
    return [title, ...drawMapping(name === 'times' ? timesOf(value) : value, indent + 2, view, depth + 1)]
  if (!Array.isArray(value)) return []
  const shownEntries = value.slice(0, entriesMost).flatMap((one: unknown) => drawItem(one, indent + 2, view, depth))
  const more = value.length - entriesMost
  return [title, ...shownEntries, ...(more > 0 ? [`${' '.repeat(indent + 2)}… and ${more} more`] : [])]
}

/** Times are in ms, as phases are. */
const timesOf = (times: Mapping): Mapping =>
  Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, typeof ms === 'number' ? sayTime(ms) : ms]))

/** An entry of a list, its first line marked. */
function drawItem(item: unknown, indent: number, view: View, depth: number): Lines {
  const lines = isMapping(item)
    ? drawMapping(item, indent + 2, view, depth + 1)
    : beside(' '.repeat(indent + 2), sayValue(item, view), view)
  return lines.map((line, index) => (index === 0 ? `${' '.repeat(indent)}- ${line.slice(indent + 2)}` : line))
}

/** The beginning of a text, line by line. */
function drawExcerpt(text: string, indent: number, view: View): Lines {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/)
  const begin = `${' '.repeat(indent)}${view.dim('│')} `
  const room = view.width - indent - 2
  const kept =
    lines.length === 1 ? wrap(harmless(lines[0] ?? ''), room) : lines.map((line) => cut(harmless(line), room))
  const more = kept.length - excerptMost
  return [
    ...kept.slice(0, excerptMost).map((line) => begin + line),
    ...(more > 0 ? [`${begin}… ${more} more ${more === 1 ? 'line' : 'lines'}`] : []),
  ].map((line) => line.trimEnd())
}

const day = 86_400_000
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

function sayValue(value: unknown, view: View): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((one) => sayValue(one, view)).join(', ')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (!isText(value)) return typeof value === 'number' ? String(value) : harmless(JSON.stringify(value) ?? '')
  if (!moment.test(value) || Number.isNaN(Date.parse(value))) return harmless(value.replaceAll(/\r?\n$/g, ''))
  return `${value.slice(0, 10)} ${value.slice(11, 16)} UTC (${sayAway(Date.parse(value) - view.now)})`
}

function sayAway(ms: number): string {
  const days = Math.floor(Math.abs(ms) / day)
  const count = days === 0 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`
  return ms >= 0 ? `in ${count}` : `${count} ago`
}
