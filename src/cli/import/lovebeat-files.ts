// The files of lovebeat: its configuration and its database, of both generations, as plain values.
// Promises bounds on what is read, and to say which line cannot be read. Must not know what becomes of them.
import { gunzipSync } from 'node:zlib'
import { readToml, type Toml, type TomlTable } from './toml.ts'

/** Milliseconds; `auto`; null: none; 0: always down. */
export type Timeout = number | 'auto' | null

export interface Service {
  readonly name: string
  /** The older generation's; null: none. */
  readonly warn: Timeout
  readonly error: Timeout
  readonly muted: boolean
}

/** A view (older) or an alarm (newer). */
export interface View {
  readonly name: string
  /** A regular expression found anywhere; null: patterns say which. */
  readonly regexp: string | null
  readonly includes: readonly string[]
  readonly excludes: readonly string[]
  /** Names of alerts. */
  readonly alerts: readonly string[]
  /** What the older generation kept beside each view. */
  readonly mail: string
  readonly webhook: string
}

export interface Alert {
  readonly name: string
  readonly mail: string
  readonly webhook: string
  readonly slack: string
  readonly script: string
}

export interface Lovebeat {
  readonly services: readonly Service[]
  readonly views: readonly View[]
  readonly alerts: readonly Alert[]
  readonly mail: { readonly server: string; readonly from: string }
  readonly slackUrl: string
  /** Sections and keys that were there, and that nothing becomes of: `metrics.server`. */
  readonly others: readonly string[]
  /** Lines of a database that say nothing that is understood. */
  readonly unread: number
}

const databaseMost = 512_000_000

/** Whether a file is a database: it is compressed, and a configuration is not. */
export const isDatabase = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

export function readDatabase(
  bytes: Uint8Array,
  progress: (done: number, all: number) => void = () => {},
): Pick<Lovebeat, 'services' | 'views' | 'unread'> {
  const text = gunzipSync(bytes, { maxOutputLength: databaseMost }).toString()
  const services: Service[] = []
  const views: View[] = []
  let unread = 0
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + 1
    const read = readLine(line)
    if (read === null) unread += line.trim() === '' ? 0 : 1
    else if ('error' in read) services.push(read)
    // What an alarm is follows from its configuration, so the newer generation's lines hold nothing that is needed.
    else if (read.regexp !== null) views.push(read)
    progress(at, text.length)
  }
  return { services, views, unread }
}

function readLine(line: string): Service | View | null {
  const [kind, json = ''] = line.split(/\t(.*)/s)
  if (kind !== 'SERV' && kind !== 'VIEW' && kind !== 'ALARM') return null
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const read = value as Readonly<Record<string, unknown>>
  const name = read.name ?? read.Name
  if (typeof name !== 'string' || name === '') return null
  return kind === 'SERV' ? service(name, read) : view(name, read)
}

function service(name: string, read: Readonly<Record<string, unknown>>): Service {
  // The older generation counts seconds, and writes capital letters.
  if ('Name' in read) return { name, warn: older(read.WarningTimeout), error: older(read.ErrorTimeout), muted: false }
  return {
    name,
    warn: null,
    error: newer(read.timeout),
    muted: typeof read.muted_since === 'number' && read.muted_since > 0,
  }
}

const older = (value: unknown): Timeout =>
  value === -2 ? 'auto' : typeof value === 'number' && value > 0 ? value * 1_000 : null
const newer = (value: unknown): Timeout =>
  value === -2 ? 'auto' : typeof value === 'number' && value >= 0 ? value : null

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')

const view = (name: string, read: Readonly<Record<string, unknown>>): View => ({
  name,
  regexp: 'Regexp' in read ? text(read.Regexp) : null,
  includes: [],
  excludes: [],
  alerts: [],
  mail: text(read.AlertMail),
  webhook: text(read.Webhooks),
})

/** A configuration, or several, put together as lovebeat itself does it. Throws TomlFault. */
export function readConfig(texts: readonly string[]): Omit<Lovebeat, 'services' | 'unread'> {
  // Lists of tables of a later file take the place of those before; tables come together.
  const whole: Record<string, Toml> = {}
  for (const one of texts)
    for (const [section, value] of Object.entries(readToml(one)))
      whole[section] = isTable(value) && isTable(whole[section]) ? { ...whole[section], ...value } : value
  const mail = tableOf(whole.mail)
  return {
    views: [...tablesOf(whole.views), ...tablesOf(whole.alarms)].map(viewIn),
    alerts: Object.entries(tableOf(whole.alerts)).map(([name, value]) => alertIn(name, tableOf(value))),
    mail: { server: text(mail.server) || 'localhost:25', from: text(mail.from) || 'lovebeat@example.com' },
    slackUrl: text(tableOf(whole.slack).webhook_url),
    others: Object.entries(whole).flatMap(([section, value]) => othersIn(section, value)),
  }
}

const known = new Set(['mail.server', 'mail.from', 'slack.webhook_url'])
const sections = new Set(['views', 'alarms', 'alerts'])

function othersIn(section: string, value: Toml): string[] {
  if (sections.has(section)) return []
  if (!isTable(value)) return [section]
  return Object.keys(value)
    .map((name) => `${section}.${name}`)
    .filter((name) => !known.has(name))
}

const isTable = (value: Toml | undefined): value is TomlTable => typeof value === 'object' && !Array.isArray(value)
const tableOf = (value: Toml | undefined): TomlTable => (isTable(value) ? value : {})
/** A list of tables, or tables by name, as one release candidate had it. */
const tablesOf = (value: Toml | undefined): TomlTable[] =>
  Array.isArray(value)
    ? value.filter((one) => isTable(one))
    : Object.entries(tableOf(value)).map(([name, one]) => ({ name, ...tableOf(one) }))
const textsOf = (value: Toml | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string' && one !== '') as string[]

const viewIn = (read: TomlTable): View => ({
  name: text(read.name),
  regexp: read.regexp === undefined ? null : text(read.regexp),
  includes: [...textsOf(read.pattern), ...textsOf(read.includes)],
  excludes: textsOf(read.excludes),
  alerts: textsOf(read.alerts),
  mail: '',
  webhook: '',
})

const alertIn = (name: string, read: TomlTable): Alert => ({
  name,
  mail: text(read.mail),
  webhook: text(read.webhook),
  slack: text(read.slack_channel),
  script: text(read.script),
})
