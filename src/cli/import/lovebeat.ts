// What becomes of lovebeat's services, views, alarms and alerts: monitors, channels and rules, and what cannot.
// Promises that old senders reach the same monitors by the same names, and a sentence for whatever changes. Pure.
import { formatDuration } from '#core/duration-text.ts'
import { isKeyText, namedBy } from '#core/key.ts'
import type { Alert, Lovebeat, Service, Timeout, View } from './lovebeat-files.ts'

export interface Imported {
  readonly type: 'monitor' | 'channel' | 'rule'
  readonly key: string
  readonly spec: Readonly<Record<string, unknown>>
}
/** Something that is told of one thing, or of many together. */
export interface Note {
  readonly what: string
  readonly why: string
}
export interface Import {
  readonly objects: readonly Imported[]
  readonly notes: readonly Note[]
}

const day = 86_400_000
const longest = 366 * day

export function importLovebeat(from: Lovebeat): Import {
  const work = new Work()
  for (const one of from.services) work.add('monitor', one.name, serviceSpec(one, work))
  const channels = new Map(from.alerts.map((alert) => [alert.name, alertChannels(alert, from, work)]))
  for (const one of from.views) addView(one, channels, from, work)
  for (const other of from.others) work.note(other, reasonFor(other))
  if (from.unread > 0) work.note(`${from.unread} lines of the database`, 'they cannot be understood and were left out')
  return work.done
}

class Work {
  readonly #objects = new Map<string, Imported>()
  readonly #notes = new Map<string, { first: string; count: number }>()

  get done(): Import {
    const notes = [...this.#notes].map(([why, { first, count }]) => ({
      what: count === 1 ? first : `${first} and ${count - 1} more`,
      why,
    }))
    return { objects: [...this.#objects.values()], notes }
  }

  note(what: string, why: string): void {
    const before = this.#notes.get(why)
    if (before) before.count += 1
    else this.#notes.set(why, { first: what, count: 1 })
  }

  /** Adds an object under a key made of its name, another one where that is taken; gives the key. */
  add(type: Imported['type'], name: string, spec: Imported['spec'], suffix = ''): string | null {
    const bytes = Buffer.from(name)
    const named = namedBy(bytes, 0, bytes.length)
    if (named === null) {
      this.note(JSON.stringify(name.slice(0, 60)), 'this is no name: it is too long, or has control characters')
      return null
    }
    let { key } = named
    if (this.#objects.has(`${type} ${key}`)) {
      if (suffix === '') {
        this.note(key, 'it is there more than once; the first one is taken')
        return null
      }
      const other = `${key.slice(0, 120)}${suffix}`
      this.note(name, `a service has the same name, so the key is ${other}`)
      key = other
    }
    const whole = named.name === key ? spec : { name: named.name, ...spec }
    this.#objects.set(`${type} ${key}`, { type, key, spec: whole })
    return key
  }
}

function serviceSpec({ name, warn, error, muted }: Service, work: Work): Imported['spec'] {
  const down = bounded(name, error, work)
  let degraded = bounded(name, warn, work)
  if (degraded !== null && (degraded === 'auto' ? down === 'auto' : typeof down === 'number' && degraded >= down)) {
    work.note(name, 'its warning was not before its error, so it could never be seen and is left out')
    degraded = null
  }
  if (down === 0) work.note(name, 'its timeout is 0, so it is down whatever comes, as lovebeat had it')
  if (muted) work.note(name, 'it was muted, so it is paused: nothing is watched or told of it until it is resumed')
  const heartbeat = {
    ...(degraded === null ? {} : { degraded_after: say(degraded) }),
    down_after: down === null ? 'none' : say(down),
  }
  return { heartbeat, ...(muted ? { paused: true } : {}) }
}

const say = (timeout: number | 'auto') => (timeout === 'auto' ? timeout : formatDuration(timeout))

function bounded(name: string, timeout: Timeout, work: Work): Timeout {
  if (typeof timeout !== 'number' || timeout <= longest) return timeout
  work.note(name, 'its timeout was longer than a year, which is none')
  return null
}

/** A channel for each way that an alert has; gives their keys. */
function alertChannels({ name, mail, webhook, slack, script }: Alert, from: Lovebeat, work: Work): string[] {
  const keys: (string | null)[] = []
  if (mail !== '') keys.push(work.add('channel', `${name}-mail`, mailSpec(mail, from)))
  if (webhook !== '') keys.push(work.add('channel', `${name}-webhook`, webhookSpec(webhook, name, work)))
  if (slack !== '' && from.slackUrl !== '')
    keys.push(work.add('channel', `${name}-slack`, slackSpec(slack, from.slackUrl)))
  else if (slack !== '') work.note(`alerts.${name}.slack_channel`, 'no [slack] webhook_url says where it goes')
  if (script !== '')
    work.note(
      `alerts.${name}.script`,
      'scripts are not run by Allswell; have a webhook tell a program of yours instead',
    )
  return keys.filter((key) => key !== null)
}

function mailSpec(mail: string, { mail: { server, from } }: Lovebeat): Imported['spec'] {
  const to = mail.split(',').map((one) => one.trim())
  return { email: { to: to.filter(Boolean), smtp: `smtp://${server}`, from, format: 'lovebeat' } }
}

function webhookSpec(url: string, name: string, work: Work): Imported['spec'] {
  work.note(name, 'lovebeat sent webhooks with GET, though it said POST: set method: GET where a receiver wants that')
  return { webhook: { url, format: 'lovebeat' } }
}

const slackSpec = (channel: string, url: string): Imported['spec'] => ({
  webhook: { url, body: { username: 'Allswell', channel, text: '{{title}}\n{{sentence}}' } },
})

function addView(view: View, channels: ReadonlyMap<string, readonly string[]>, from: Lovebeat, work: Work): void {
  const { name } = view
  const found = settingsOf(view)
  if (found === null) return work.note(name, 'nothing says which services belong to it')
  const label = labelOf(name)
  const labels = found.each === undefined ? {} : { labels: { lovebeat: label } }
  const key = work.add('monitor', found.each === undefined ? name : label, { view: found, ...labels }, '-view')
  if (key === null) return
  const tell = [
    ...view.alerts.flatMap((alert) => toldBy(alert, name, channels, work)),
    ...ownChannels(view, from, work),
  ]
  if (tell.length === 0) return
  const monitors = found.each === undefined ? key : { labels: { lovebeat: label } }
  work.add('rule', key, { monitors, tell: [...new Set(tell)], on: ['down', 'degraded', 'up'] })
}

function toldBy(alert: string, view: string, channels: ReadonlyMap<string, readonly string[]>, work: Work) {
  const keys = channels.get(alert)
  if (keys === undefined) work.note(`${view}: ${alert}`, 'there is no alert of this name, so nobody is told')
  return keys ?? []
}

/** Channels that the older generation kept beside a view itself. */
function ownChannels({ name, mail, webhook }: View, from: Lovebeat, work: Work): string[] {
  const keys: (string | null)[] = []
  if (mail !== '') keys.push(work.add('channel', `${name}-mail`, mailSpec(mail, from)))
  if (webhook !== '') keys.push(work.add('channel', `${name}-webhook`, webhookSpec(webhook, name, work)))
  return keys.filter((key) => key !== null)
}

interface ViewSettings {
  readonly match?: string
  readonly monitors?: string
  readonly except?: string
  readonly each?: string
}

function settingsOf({ name, regexp, includes, excludes }: View): ViewSettings | null {
  if (regexp !== null) return regexp === '' ? { monitors: '*' } : { match: regexp }
  if (includes.length === 0) return null
  const patterns = includes.map(patternOf)
  let group = 0
  const numbers = new Map<string, number[]>()
  const texts = patterns.map(({ regexp: one, names }) => {
    for (const word of names) numbers.set(word, [...(numbers.get(word) ?? []), (group += 1)])
    return one
  })
  const match = `^(?:${texts.join('|')})$`
  const except =
    excludes.length === 0 ? {} : { except: `^(?:${excludes.map((one) => patternOf(one).regexp).join('|')})$` }
  const each = eachOf(name, numbers)
  // Without a captured word there is one view, and no group is needed.
  if (each === null) return { match: match.replaceAll('([^.]+)', '[^.]+'), ...except }
  return { match, ...except, each }
}

/** `backup.$host.*`: `*` is any run, `$word` one part between dots, and both ends are fixed. */
function patternOf(pattern: string): { regexp: string; names: readonly string[] } {
  const names: string[] = []
  const regexp = pattern.replaceAll(/\*|\$([a-z]+)|[\\^$.|?+()[\]{}]/g, (sign, word: string | undefined) => {
    if (sign === '*') return '.*'
    if (word === undefined) return `\\${sign}`
    if (names.includes(word)) return '[^.]+'
    names.push(word)
    return '([^.]+)'
  })
  return { regexp, names }
}

/** The name with groups in the place of its words; null: it has none. Of several patterns only one has matched. */
function eachOf(name: string, numbers: ReadonlyMap<string, readonly number[]>): string | null {
  let found = false
  const each = name.replaceAll(/\$([a-z]+)/g, (_, word: string) => {
    const groups = (numbers.get(word) ?? []).filter((number) => number <= 9)
    if (groups.length === 0) return word
    found = true
    return groups.map((number) => `$${number}`).join('')
  })
  return found ? each : null
}

/** Of a name with words: something that can be a key and a label. */
function labelOf(name: string): string {
  const plain = name.replaceAll(/[^a-zA-Z0-9._-]+/g, '-').replaceAll(/^[._-]+|[._-]+$/g, '')
  return isKeyText(plain) ? plain : 'views'
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/^(udp|tcp)\./, 'where lines are taken is said when Allswell starts: --beats HOST:PORT'],
  [/^http\./, 'where Allswell is reached is said when it starts: --listen HOST:PORT'],
  [/^general\.public_url|^public_url/, 'set public_url in the configuration file'],
  [/^database\./, 'Allswell keeps its own database: --data DIR, or --database URL'],
  [/^metrics\./, 'Allswell does not send metrics; it shows them at /metrics'],
  [/^eventlog\./, 'events are kept in the database and given by /api/v2/events; there is no log file of them'],
  [/^notify/, 'that another lovebeat watches this one is not taken over; have something else watch /healthz'],
  [/^mailgun\./, 'mail goes by SMTP; take the SMTP server that Mailgun gives'],
]

const reasonFor = (what: string) =>
  reasons.find(([pattern]) => pattern.test(what))?.[1] ?? 'Allswell has nothing like it'
