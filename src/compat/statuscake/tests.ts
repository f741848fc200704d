// A test as StatusCake has it, and as a monitor: which of its fields mean what here.
// Promises that every field comes back as it was sent, also those that mean nothing here. Must not know HTTP.
import type { MonitorState } from '#core/state.ts'
import type { StoredObject } from '#store/store.ts'
import type { FieldType, Form, Value } from './form.ts'
import { valueOf } from './form.ts'

/** All fields that are written, by v1's names. */
export const fieldTypes: Readonly<Record<string, FieldType>> = {
  name: 'text',
  test_type: 'text',
  website_url: 'text',
  check_rate: 'int',
  confirmation: 'int',
  contact_groups: 'list',
  tags: 'list',
  status_codes: 'ints',
  regions: 'list',
  dns_ips: 'list',
  dns_server: 'text',
  do_not_find: 'bool',
  enable_ssl_alert: 'bool',
  final_endpoint: 'text',
  find_string: 'text',
  follow_redirects: 'bool',
  host: 'text',
  include_header: 'bool',
  paused: 'bool',
  port: 'int',
  post_body: 'text',
  post_raw: 'text',
  timeout: 'int',
  trigger_rate: 'int',
  use_jar: 'bool',
  user_agent: 'text',
  custom_header: 'text',
  basic_username: 'text',
  basic_password: 'text',
  ping_url: 'text',
  logo_image: 'text',
  branding: 'bool',
  public: 'bool',
  virus: 'bool',
  real_browser: 'bool',
}
export type Fields = Readonly<Record<string, Value>>

/** Where the older API calls a field otherwise. */
export const legacyNames: Readonly<Record<string, string>> = {
  WebsiteName: 'name',
  TestType: 'test_type',
  WebsiteURL: 'website_url',
  CheckRate: 'check_rate',
  Confirmation: 'confirmation',
  ContactGroup: 'contact_groups',
  ContactID: 'contact_groups',
  TestTags: 'tags',
  StatusCodes: 'status_codes',
  NodeLocations: 'regions',
  DNSIP: 'dns_ips',
  DNSServer: 'dns_server',
  DoNotFind: 'do_not_find',
  EnableSSLAlert: 'enable_ssl_alert',
  FinalEndpoint: 'final_endpoint',
  FindString: 'find_string',
  FollowRedirect: 'follow_redirects',
  WebsiteHost: 'host',
  Paused: 'paused',
  Port: 'port',
  PostBody: 'post_body',
  PostRaw: 'post_raw',
  Timeout: 'timeout',
  TriggerRate: 'trigger_rate',
  UseJar: 'use_jar',
  UserAgent: 'user_agent',
  CustomHeader: 'custom_header',
  BasicUser: 'basic_username',
  BasicPass: 'basic_password',
  PingURL: 'ping_url',
  LogoImage: 'logo_image',
  Branding: 'branding',
  Public: 'public',
  Virus: 'virus',
  RealBrowser: 'real_browser',
}

export const types = ['DNS', 'HEAD', 'HTTP', 'PING', 'SMTP', 'SSH', 'TCP']
/** What counts as down where nothing is said. */
const usualCodes = [
  400, 401, 402, 403, 404, 405, 406, 408, 410, 413, 429, 444, 494, 495, 496, 499, 500, 501, 502, 503, 504, 505, 506,
  507, 508, 509, 510, 511, 520, 521, 522, 523, 524, 598, 599,
].map(String)

const defaults: Fields = {
  test_type: 'HTTP',
  check_rate: 300,
  confirmation: 2,
  contact_groups: [],
  tags: [],
  status_codes: usualCodes,
  regions: [],
  dns_ips: [],
  do_not_find: false,
  enable_ssl_alert: false,
  follow_redirects: false,
  include_header: false,
  paused: false,
  timeout: 15,
  trigger_rate: 0,
  use_jar: false,
}

/** What a form says of a test; faults by field. `names`: how the form calls fields, where it is otherwise. */
export function fieldsIn(form: Form, names: Readonly<Record<string, string>> | null) {
  const fields: Record<string, Value> = {}
  const faults: Record<string, string[]> = {}
  const spelled = names === null ? [...Object.keys(fieldTypes), 'status_codes_csv'] : Object.keys(names)
  for (const spelling of spelled) {
    const name = spelling === 'status_codes_csv' ? 'status_codes' : (names?.[spelling] ?? spelling)
    const value = valueOf(form, spelling, fieldTypes[name] as FieldType)
    if (value === null) faults[spelling] = ['has a value of another type']
    else if (value !== undefined) fields[name] = value
  }
  return { fields, faults }
}

/** What is missing or out of bounds, by field. */
export function faultsOf(fields: Fields): Record<string, string[]> {
  const faults: Record<string, string[]> = {}
  const between = (name: string, least: number, most: number) => {
    const value = fields[name]
    if (typeof value === 'number' && (value < least || value > most))
      faults[name] = [`must be between ${least} and ${most}`]
  }
  for (const name of ['name', 'website_url', 'test_type', 'check_rate'])
    if (fields[name] === undefined || fields[name] === '') faults[name] = ['is required']
  if (fields['test_type'] !== undefined && !types.includes(String(fields['test_type'])))
    faults['test_type'] = [`must be one of ${types.join(', ')}`]
  between('check_rate', 0, 86_400)
  between('timeout', 0, 99)
  between('confirmation', 0, 9)
  between('trigger_rate', 0, 60)
  const header = String(fields['custom_header'] ?? '')
  if (header !== '' && headersIn(header) === null) faults['custom_header'] = ['is not a JSON object']
  if (fields['test_type'] === 'TCP' && portOf(fields) === null) faults['port'] = ['is required']
  return faults
}

function headersIn(text: string): Record<string, string> | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]))
  } catch {
    return null
  }
}

const urlOf = (fields: Fields) => {
  const written = String(fields['website_url'] ?? '')
  return written.includes('://') ? written : `http://${written}`
}
const parsed = (fields: Fields) => (URL.canParse(urlOf(fields)) ? new URL(urlOf(fields)) : null)
const hostOf = (fields: Fields) => parsed(fields)?.hostname ?? String(fields['website_url'] ?? '')
const portOf = (fields: Fields): number | null => {
  const port = fields['port'] ?? (Number(parsed(fields)?.port ?? 0) || null)
  return typeof port === 'number' && port > 0 ? port : null
}

/** All statuses but these. */
function others(codes: readonly string[]): string[] {
  const down = new Set(codes.map(Number))
  const ranges: string[] = []
  for (let first = 100; first < 600; first += 1) {
    if (down.has(first)) continue
    let last = first
    while (last < 599 && !down.has(last + 1)) last += 1
    ranges.push(first === last ? String(first) : `${first}-${last}`)
    first = last
  }
  return ranges
}

function httpOf(fields: Fields): object {
  const text = (name: string) => String(fields[name] ?? '')
  const codes = (fields['status_codes'] ?? usualCodes) as readonly string[]
  const headers = {
    ...headersIn(text('custom_header')),
    ...(text('user_agent') && { 'User-Agent': text('user_agent') }),
  }
  const find = text('find_string')
  const body = text('post_raw') || text('post_body')
  return {
    url: urlOf(fields),
    ...(fields['test_type'] === 'HEAD' ? { method: 'HEAD' } : body === '' ? {} : { method: 'POST', body }),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(text('basic_username') === ''
      ? {}
      : { auth: { basic: { user: text('basic_username'), password: text('basic_password') } } }),
    follow: fields['follow_redirects'] === true ? 10 : 0,
    expect: {
      status: others(codes),
      ...(find === '' ? {} : { body: { [fields['do_not_find'] === true ? 'not_contains' : 'contains']: find } }),
    },
  }
}

function kindOf(fields: Fields): object {
  const host = hostOf(fields)
  const address = (usual: number) => `${host}:${portOf(fields) ?? usual}`
  const type = String(fields['test_type'])
  if (type === 'PING') return { ping: { host } }
  if (type === 'TCP') return { tcp: { address: address(80) } }
  if (type === 'SSH') return { ssh: { address: address(22) } }
  if (type === 'SMTP') return { smtp: { address: address(25) } }
  if (type !== 'DNS') return { http: httpOf(fields) }
  const server = String(fields['dns_server'] ?? '')
  const wanted = (fields['dns_ips'] ?? []) as readonly string[]
  return {
    dns: {
      name: host,
      ...(server === '' ? {} : { server }),
      ...(wanted.length > 0 ? { expect: { set: wanted } } : {}),
    },
  }
}

const labelOf = (text: string) =>
  text
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 50)
/** The label by which a contact group's rule chooses its tests. */
export const groupLabel = (id: string): string => `contact-group-${labelOf(id)}`

const kept = 'statuscake'
const secret = new Set(['basic_username', 'basic_password'])

/** The entry of a monitor that does what the fields say. */
export function entryOf(fields: Fields): Record<string, unknown> {
  const all = { ...defaults, ...fields }
  const rate = Math.max(1, Number(all['check_rate']) || 30)
  const timeout = Math.min(Number(all['timeout']) || 15, rate)
  const labels = Object.fromEntries([
    ...(all['tags'] as readonly string[]).flatMap((tag) => (labelOf(tag) ? [[`tag-${labelOf(tag)}`, 'yes']] : [])),
    ...(all['contact_groups'] as readonly string[]).map((id) => [groupLabel(id), 'yes']),
  ]) as Record<string, string>
  const written = Object.fromEntries(Object.entries(fields).filter(([name]) => !secret.has(name)))
  return {
    name: String(all['name']).slice(0, 200),
    ...kindOf(all),
    interval: `${rate}s`,
    timeout: `${timeout}s`,
    fail_after: Number(all['confirmation']) + 1,
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(all['paused'] === true ? { paused: true } : {}),
    annotations: { [kept]: JSON.stringify(written) },
  }
}

export const isTest = ({ kind }: StoredObject): boolean => Object.hasOwn(typeOfKind, kind)

const typeOfKind: Readonly<Record<string, string>> = {
  http: 'HTTP',
  tcp: 'TCP',
  ping: 'PING',
  dns: 'DNS',
  ssh: 'SSH',
  smtp: 'SMTP',
}

interface Spec {
  readonly annotations?: Readonly<Record<string, string>>
  readonly interval?: string
  readonly http?: { readonly auth?: { readonly basic?: { readonly user: string; readonly password: string } } }
  readonly [name: string]: unknown
}

/** The fields of a monitor as they were sent last; of one that others made what can be said of it. */
export function sentOf(object: StoredObject): Fields {
  const spec = object.spec as Spec
  const { user, password } = spec.http?.auth?.basic ?? {}
  const auth: Fields = user === undefined ? {} : { basic_username: user, basic_password: password ?? '' }
  try {
    const written = JSON.parse(spec.annotations?.[kept] ?? '') as Fields
    return { ...written, ...auth }
  } catch {
    const config = (spec[object.kind] ?? {}) as Readonly<Record<string, unknown>>
    const url = [config['url'], config['address'], config['host'], config['name']].find(
      (one) => typeof one === 'string',
    )
    const base = { name: object.name, website_url: url ?? '', test_type: typeOfKind[object.kind] ?? 'HTTP' }
    return { ...base, check_rate: secondsOf(spec.interval), ...auth }
  }
}

function secondsOf(text: string | undefined): number {
  const units = { s: 1, m: 60, h: 3_600, d: 86_400 } as const
  const parts = [...(text ?? '60s').matchAll(/(\d+)([smhd])/g)]
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * units[unit as keyof typeof units], 0)
}

/** All fields, with what counts where nothing was sent. */
export const allOf = (object: StoredObject): Fields => ({ ...defaults, ...sentOf(object) })

/** It has two words for how things are, so what nobody knows is not up. */
export const isUp = (state: MonitorState | undefined): boolean => state?.status === 'up' || state?.status === 'degraded'
