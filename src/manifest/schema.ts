// Schemas of a manifest's entries as people write them; documentation and JSON Schema follow from here.
// Promises that every key is described here once, with its default. Must not know any kind of monitor or channel.
import { z } from 'zod'
import { parseSmtpUrl } from '#channels/smtp.ts'
import { type ComponentStatus, componentStatuses } from '#core/component.ts'
import { duration, formatDuration } from '#core/duration.ts'
import type { Selector } from '#core/glob.ts'
import { keyPattern } from '#core/key.ts'
import { labelName, named, oneOrMany, selection } from '#core/selection.ts'
import { suggest } from '#core/suggest.ts'
import { quote } from './faults.ts'
import { checkNetwork } from './network-words.ts'
import { signIn } from './sign-in.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

export const key = named(
  keyPattern,
  'a key; a key is 1 to 128 letters, digits, "." "_" or "-", beginning with a letter or digit',
)
/** Of components and groups, which may be named in any script. */
const ownKey = named(
  /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,127}$/u,
  'a key; a key is 1 to 128 letters, digits, "." "_" or "-", beginning with a letter or digit',
)
/** So many patterns choose monitors on one page. */
const patternsOfPage = 2_000
/** So many labels has one monitor. */
const labelsMost = 100

/** Characters that turn the direction of all that follows, the words around a name too. */
const turning = /[\u202a-\u202e\u2066-\u2069]/
const straight = (text: string) => !turning.test(text)
const turned = 'holds a character that turns the direction of text (U+202A to U+202E, U+2066 to U+2069); take it out'
const name = z.string().min(1).max(200).refine(straight, turned)
const description = z.string().max(2_000).describe('For people: what it is, what to do when it fails.').optional()

const protect = z
  .boolean()
  .prefault(false)
  .describe('Not deleted, neither by an apply nor by anybody, until this is taken away.')
  .meta({ title: 'Protected' })

const annotations = z
  .record(z.string().min(1).max(64), z.string().max(20_000))
  .refine((all) => Object.keys(all).length <= 20, { error: 'are more than 20' })
  .describe('What other tools keep with it; it means nothing here.')
  .meta({ title: 'Annotations' })
  .optional()

export const monitorFields = z.strictObject({
  name: name.describe('Shown to people; left out: the key.').meta({ title: 'Name' }).optional(),
  description: description.meta({ title: 'Description', 'x-input': 'lines' }),
  interval: duration({ min: second, max: day })
    .prefault('60s')
    .describe('Time between two checks. Some kinds are looked at less often where nothing is said.')
    .meta({ title: 'Interval' }),
  timeout: duration({ min: 50, max: hour })
    .describe(
      'How long one check may take, at most the interval. Left out: 10s, or the interval where that is shorter.',
    )
    .meta({ title: 'Timeout' })
    .optional(),
  fail_after: z
    .int()
    .min(1)
    .max(20)
    .describe('So many bad checks in a row make it down (or degraded). Left out: 2; heartbeats 1.')
    .meta({ title: 'Failures before it is down' })
    .optional(),
  recover_after: z
    .int()
    .min(1)
    .max(20)
    .prefault(1)
    .describe('So many good checks in a row make it up again.')
    .meta({ title: 'Successes before it is up' }),
  retry_every: duration({ min: 100, max: day })
    .describe(
      'Time between checks while a change waits to be confirmed, at most the interval. ' +
        'Left out: a quarter of the interval, within 1s and 15s.',
    )
    .meta({ title: 'Interval while in doubt' })
    .optional(),
  quorum: z
    .union([z.enum(['any', 'majority', 'all']), z.int().min(1).max(100)])
    .prefault('majority')
    .describe('How many of the locations that watch it must agree: any, majority, all or a number.')
    .meta({ title: 'Locations that must agree' }),
  labels: z
    .record(labelName, z.string().max(200).refine(straight, turned))
    .refine((labels) => Object.keys(labels).length <= labelsMost, `takes at most ${labelsMost} labels`)
    .prefault({})
    .describe('Names and values by which rules and pages choose monitors.')
    .meta({ title: 'Labels' }),
  paused: z.boolean().prefault(false).describe('Not watched for the time being.').meta({ title: 'Paused' }),
  annotations,
  protect,
})

const retry = z
  .strictObject({
    first: duration({ min: 100, max: day })
      .prefault('2s')
      .describe('Wait before the second attempt; each further wait is three times as long.'),
    most: duration({ min: second, max: day }).prefault('1h').describe('No wait is longer.'),
    give_up_after: duration({ min: second, max: 30 * day })
      .prefault('24h')
      .describe('After so long it is kept as dead, to be seen and sent again by hand.'),
  })
  .superRefine(({ first, most }, context) => {
    if (first <= most) return
    const longer = `${formatDuration(first)} is longer than most, the longest wait, which is ${formatDuration(most)}`
    context.addIssue({ code: 'custom', path: ['first'], message: `${longer}; make it shorter, or most longer` })
  })
  .prefault({})
  .describe('How a message that could not be delivered is tried again.')

export const channelFields = z.strictObject({
  name: name.describe('Shown to people; left out: the key.').meta({ title: 'Name' }).optional(),
  timeout: duration({ min: 100, max: 5 * minute })
    .prefault('10s')
    .describe('How long one attempt may take.')
    .meta({ title: 'Timeout' }),
  retry: retry.meta({ title: 'Further attempts' }),
  protect,
})

export const ruleFields = z.strictObject({
  name: name.describe('Shown to people; left out: the key.').meta({ title: 'Name' }).optional(),
  monitors: selection.meta({ title: 'Monitors' }),
  tell: oneOrMany(key)
    .describe('Key of a channel, or a list of them.')
    .meta({ title: 'Channels', 'x-input': 'channels' }),
  on: oneOrMany(z.enum(['down', 'up', 'degraded', 'unknown', 'changed']))
    .prefault(['down', 'up'])
    .describe('What is told: down, up (after trouble that was told), degraded, unknown, changed (another certificate).')
    .meta({ title: 'Tell of' }),
  annotations,
  protect,
})

const shownAs = (fallback: ComponentStatus, what: string) =>
  z.enum(componentStatuses).prefault(fallback).describe(`What the public reads while a monitor is ${what}.`)

const show = z
  .strictObject({
    down: shownAs('major_outage', 'down'),
    degraded: shownAs('degraded', 'degraded'),
    unknown: shownAs('unknown', 'unknown'),
  })
  .prefault({})
  .describe('What each status of a monitor means for the public.')

const isHttpUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

const hidden = z.boolean().prefault(false).describe('Not shown to the public.')
const place = z
  .int()
  .min(-1_000_000)
  .max(1_000_000)
  .prefault(0)
  .describe('Lower ones come first; those with the same stand as they are written.')

export const componentFields = z.strictObject({
  name: name.describe('The name that the public reads.').meta({ title: 'Name' }),
  key: ownKey
    .describe('Identity on this page, which survives a new name; left out: made from the name.')
    .meta({ title: 'Key' })
    .optional(),
  description: z.string().max(2_000).describe('One line below the name.').meta({ title: 'Description' }).optional(),
  monitors: selection
    .describe('Which monitors it follows. Left out: none; people and programs say how it is, by the API.')
    .meta({ title: 'Monitors' })
    .optional(),
  show: show.meta({ title: 'What the public reads' }),
  link: z
    .string()
    .max(2_000)
    .refine(isHttpUrl, 'is not a URL such as https://shop.example.com')
    .describe('Where the name leads.')
    .meta({ title: 'Link' })
    .optional(),
  hidden: hidden.meta({ title: 'Hidden' }),
  order: place.meta({ title: 'Order' }),
  tags: z
    .array(z.string().min(1).max(100))
    .max(50)
    .prefault([])
    .describe('Words by which programs find it; the page does not show them.')
    .meta({ title: 'Tags' }),
  meta: z
    .record(z.string().max(200), z.unknown())
    .refine((meta) => JSON.stringify(meta).length <= 10_000, 'is larger than 10 kB')
    .prefault({})
    .describe('What programs keep with it; the page does not show it.')
    .meta({ title: 'Data of programs' }),
})

const zone = z
  .string()
  .superRefine((text, context) => {
    if (isZone(text)) return
    const near = suggest(text, Intl.supportedValuesOf('timeZone'))
    const hint = near === null ? '; write one such as Europe/Berlin or UTC' : `; did you mean ${quote(near)}?`
    context.addIssue({ code: 'custom', message: `${quote(text)} is not a time zone${hint}` })
  })
  .prefault('UTC')
  .describe('Time zone (IANA) in which the page prints times.')

function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const incidents = z
  .strictObject({
    open_after: z
      .union([z.literal('never').transform(() => null), duration({ max: 7 * day })])
      .prefault('2m')
      .describe('Trouble must last so long before an incident is published; `never`: not by itself.'),
    resolve_after: duration({ max: 7 * day })
      .prefault('2m')
      .describe('It must be well for so long before the incident is resolved.'),
  })
  .prefault({})
  .describe('When incidents open and resolve by themselves.')

export const pageFields = z.strictObject({
  title: name.describe('The heading of the page.').meta({ title: 'Title' }),
  description: z
    .string()
    .max(2_000)
    .describe('One or two sentences below the heading.')
    .meta({ title: 'Description', 'x-input': 'lines' })
    .optional(),
  order: z
    .int()
    .min(0)
    .max(1_000_000)
    .prefault(1_000)
    .describe(
      'Pages are sorted by it, then by key; the first is at `/`. In a file it is the place there when left out.',
    )
    .meta({ title: 'Order' }),
  zone: zone.meta({ title: 'Time zone' }),
  incidents: incidents.meta({ title: 'Incidents' }),
  groups: z
    .array(
      z.strictObject({
        name: name.describe('Heading of the group; left out: none.').optional(),
        key: ownKey
          .describe('Identity on this page, which survives a new name; left out: made from the name.')
          .optional(),
        collapsed: z
          .enum(['never', 'always', 'well'])
          .describe(
            'When it is closed until somebody opens it: never, always, or while all of it is well. ' +
              'Left out: while it is well on a page of more than ten components.',
          )
          .optional(),
        hidden,
        order: place,
        components: z.array(componentFields).max(500).describe('The components, in this order.'),
      }),
    )
    .max(100)
    .refine((groups) => patternsIn(groups) <= patternsOfPage, {
      error: `chooses monitors by more than ${patternsOfPage} patterns in all; choose many by one with *, or by labels`,
    })
    .describe('The groups of components, in this order.')
    .meta({ title: 'Groups' }),
  protect,
})

type WithMonitors = { readonly components: readonly { readonly monitors?: Selector | undefined }[] }

function patternsIn(groups: readonly WithMonitors[]): number {
  const all = groups.flatMap((group) => group.components.flatMap(({ monitors }) => monitors ?? []))
  return all.reduce((sum, { keys, labels }) => sum + (keys?.length ?? 0) + Object.keys(labels ?? {}).length, 0)
}

/** Networks in CIDR from addresses, CIDR and the words `loopback`, `private` and `any`. */
const networks = (fallback: readonly string[], what: string) =>
  z
    .array(z.string().superRefine(checkNetwork))
    .max(1_000)
    .prefault([...fallback])
    .describe(`${what} Addresses, networks such as 10.0.0.0/8, or the words loopback, private, any.`)

/** Names as a browser's Host header has them, without a port. */
const hosts = z
  .array(
    z
      .string()
      .max(253)
      .regex(/^[\w-]+(\.[\w-]+)*$/, 'is not a host name such as watch.example.com, without scheme and port')
      .transform((name) => name.toLowerCase()),
  )
  .max(1_000)
  .prefault([])

const smtp = z
  .strictObject({
    url: z
      .string()
      .superRefine((url, context) => {
        const server = parseSmtpUrl(url)
        if (typeof server === 'string') context.addIssue({ code: 'custom', message: server })
      })
      .describe('The mail server: smtp://user:password@host:587 (STARTTLS where offered) or smtps://…:465 (TLS).'),
    from: z
      .string()
      .max(320)
      .regex(/^[^\r\n]*\S@\S[^\r\n]*$/, 'is not a sender such as "Allswell <allswell@example.com>"')
      .describe('The sender, such as `Allswell <allswell@example.com>`.'),
  })
  .describe('How mail is sent.')
  .optional()

export const serverFields = z.strictObject({
  smtp,
  public_url: z
    .string()
    .refine(isHttpUrl, 'is not a URL such as https://status.example.com')
    .describe('Where people reach this server; used for links in messages.')
    .optional(),
  networks: z
    .strictObject({
      beats: networks(['loopback', 'private'], 'From where heartbeats are taken without a token.'),
      metrics: networks(['loopback', 'private'], 'From where `/metrics` is answered without a token.'),
      hosts: hosts.describe(
        'Further names under which requests without a token are taken for those of these networks; any: all names.',
      ),
      trusted_proxies: networks([], 'Reverse proxies whose forwarding headers are believed.'),
      denied: networks(
        ['metadata'],
        'Where checks and webhooks never connect to; metadata: link-local, cloud metadata.',
      ),
    })
    .prefault({})
    .describe('Who may do what by where they come from.'),
  heartbeats: z
    .strictObject({
      create: z.boolean().prefault(true).describe('An unknown name makes a heartbeat monitor by its first beat.'),
      limit: z.int().min(0).max(1_000_000).prefault(1_000).describe('So many are made that way at most.'),
      every: duration({ min: second, max: 366 * day })
        .prefault('1d')
        .describe('How often such a one is expected.'),
      grace: duration({ max: 366 * day })
        .prefault('1h')
        .describe('How late it may be.'),
      lovebeat: z
        .enum(['1.0', '0.8', 'off'])
        .prefault('1.0')
        .describe(
          'Which generation of lovebeat is spoken on the main port where the two differ (lists of services); ' +
            'off: none of its paths is answered.',
        ),
    })
    .prefault({})
    .describe('Heartbeats that nobody configured, and how their senders are spoken with.'),
  limits: z
    .strictObject({
      checks: z.int().min(1).max(100_000).prefault(10_000).describe('So many checks are under way at once.'),
      per_host: z.int().min(1).max(100_000).prefault(8).describe('So many of them look at one host.'),
    })
    .prefault({})
    .describe('How much is done at once. What must wait for its turn is late, never down.'),
  metrics: z
    .strictObject({
      per_monitor: z
        .boolean()
        .prefault(true)
        .describe('Whether `/metrics` has a series for each monitor; without, only sums.'),
    })
    .prefault({})
    .describe('What `/metrics` tells.'),
  keep: z
    .strictObject({
      observations: duration({ min: hour, max: 3_660 * day })
        .prefault('3d')
        .describe('Single results of checks.'),
      hours: duration({ min: day, max: 3_660 * day })
        .prefault('90d')
        .describe('Hourly sums and finished deliveries; daily sums and events stay for ever.'),
      audit: duration({ min: day, max: 3_660 * day })
        .prefault('365d')
        .describe('The record of who changed what.'),
    })
    .prefault({})
    .describe('How long history is kept. Events and daily sums stay for ever.'),
  sign_in: signIn,
})
