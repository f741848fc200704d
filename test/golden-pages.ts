// Public pages to look at and to test with: a small world told in a few words, read through the real readPage.
// Promises the same pages at every run: one fixed moment, a seeded dice. Needs no database.
import { defaultMapping, type Mapping } from '#core/component.ts'
import type { IncidentUpdate } from '#core/incident.ts'
import { emptyRollup, type Rollup, type TimeOf } from '#core/rollup.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import type { Collapsed, ComponentModel, PageModel } from '#manifest/model.ts'
import { dayMs, type PageView } from '#pages/model.ts'
import { readPage, type Sources } from '#pages/read.ts'
import type { StoredIncident } from '#store/store.ts'

/** Saturday 21 November 2026, 14:05 UTC. */
export const goldenNow = Date.UTC(2026, 10, 21, 14, 5)
const min = 60_000
const hour = 60 * min

/** A monitor: how it is now, and what its past days were (index: days ago → ms per status). */
export interface GoldenMonitor {
  readonly key: string
  readonly status?: MonitorState['status']
  readonly paused?: boolean
  /** How long it has been so, ms. */
  readonly for?: number
  /** Last observed so long ago, ms; null: never. */
  readonly heard?: number | null
  readonly interval?: number | null
  /** Known for so many days. */
  readonly age?: number
  readonly days?: Readonly<Record<number, Partial<Record<TimeOf, number>>>>
  readonly labels?: Readonly<Record<string, string>>
}

export interface GoldenComponent {
  readonly name: string
  readonly key?: string
  readonly description?: string
  readonly monitors: readonly GoldenMonitor[]
  readonly mapping?: Partial<Mapping>
  readonly link?: string
  readonly hidden?: boolean
}

export interface GoldenPage {
  readonly title: string
  readonly description?: string
  readonly zone?: string
  readonly groups: readonly {
    readonly name: string | null
    readonly components: readonly GoldenComponent[]
    readonly collapsed?: Collapsed
    readonly hidden?: boolean
  }[]
  readonly incidents?: readonly StoredIncident[]
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')

function stateOf(monitor: GoldenMonitor, now: number): MonitorState {
  const { status = 'up', paused = false, heard = 20_000 } = monitor
  const since = now - (monitor.for ?? 12 * dayMs)
  const lastAt = heard === null ? null : now - heard
  return { ...fresh(since), version: 1, status, paused, lastAt, accountedAt: now - 10 * min }
}

/** What was recorded of one day: mostly up, with what the fixture says happened. */
function rollupOf(told: Partial<Record<TimeOf, number>>, length: number): Rollup {
  const bad = Object.values(told).reduce((sum, ms) => sum + ms, 0)
  return { ...emptyRollup, ms: { ...emptyRollup.ms, up: Math.max(0, length - bad), ...told } }
}

function daysOf(monitor: GoldenMonitor, now: number): { start: number; rollup: Rollup }[] {
  const today = Math.floor(now / dayMs) * dayMs
  return Array.from({ length: monitor.age ?? 90 }, (_, back) => ({
    start: today - back * dayMs,
    rollup: rollupOf(monitor.days?.[back] ?? {}, back === 0 ? now - today - 10 * min : dayMs),
  }))
}

/** When a monitor was made: with its state where it is known for a day only, at the beginning of its first day. */
function bornAt(age = 400, lasted = 12 * dayMs, now: number): number {
  return age === 1 ? now - lasted : Math.floor(now / dayMs) * dayMs - (age - 1) * dayMs
}

/** The model and the sources of a page, as the program would have them. */
export function goldenSources(golden: GoldenPage, now = goldenNow): { page: PageModel; sources: Sources } {
  const monitors = golden.groups.flatMap((group) => group.components).flatMap((component) => component.monitors)
  const ids = new Map([...new Set(monitors)].map((monitor, index) => [monitor, index + 1]))
  const byId = new Map([...ids].map(([monitor, id]) => [id, monitor]))
  const component = (one: GoldenComponent): ComponentModel => ({
    key: one.key ?? slug(one.name),
    name: one.name,
    description: one.description ?? null,
    monitors: { keys: one.monitors.map((monitor) => monitor.key), labels: null },
    mapping: { ...defaultMapping, ...one.mapping },
    reported: `component.main.${one.key ?? slug(one.name)}`,
    link: one.link ?? null,
    hidden: one.hidden ?? false,
    order: 0,
    tags: [],
    meta: {},
  })
  const page: PageModel = {
    key: 'main',
    title: golden.title,
    description: golden.description ?? null,
    order: 0,
    zone: golden.zone ?? 'UTC',
    groups: golden.groups.map(({ name, components, collapsed = null, hidden = false }) => ({
      key: slug(name ?? ''),
      name,
      collapsed,
      hidden,
      order: 0,
      components: components.map(component),
    })),
    incidents: { openAfter: 2 * min, resolveAfter: 5 * min },
  }
  const sources: Sources = {
    now,
    monitors: [...ids].map(([monitor, id]) => {
      const { key, labels = {}, age } = monitor
      return { id, key, labels, createdAt: bornAt(age, monitor.for, now) }
    }),
    states: new Map([...ids].map(([monitor, id]) => [id, stateOf(monitor, now)])),
    unstoredSince: null,
    interval: (id) => byId.get(id)?.interval ?? null,
    store: fakeStore(byId, golden.incidents ?? [], now),
  }
  return { page, sources }
}

/** The two aggregates that a page reads, in memory. What a page must not ask is left out and would throw. */
function fakeStore(
  monitors: ReadonlyMap<number, GoldenMonitor>,
  incidents: readonly StoredIncident[],
  now: number,
): Sources['store'] {
  const rollups = {
    read: async (wanted: readonly number[], _: string, from: number, to: number) =>
      new Map(
        wanted.map((id) => [
          id,
          daysOf(monitors.get(id) ?? { key: '' }, now).filter((day) => day.start >= from && day.start < to),
        ]),
      ),
  }
  const ofPage = async (_: string, since: number, limit: number) =>
    incidents.filter((incident) => incident.startedAt >= since || incident.phaseAt >= since).slice(0, limit)
  return { rollups, incidents: { ofPage } } as unknown as Sources['store']
}

export const goldenView = (golden: GoldenPage, now = goldenNow): Promise<PageView> => {
  const { page, sources } = goldenSources(golden, now)
  return readPage(page, sources)
}

/** An incident that opened, and (with `lasted`) was resolved. */
export function goldenIncident(
  id: number,
  name: string,
  impact: StoredIncident['impact'],
  startedAt: number,
  lasted: number | null,
  changes: readonly IncidentUpdate[] = [],
): StoredIncident {
  const ended = lasted === null ? null : startedAt + lasted
  const opened: IncidentUpdate = { at: startedAt, kind: 'opened', status: changes.length > 0 ? 'degraded' : impact }
  const resolved: IncidentUpdate[] = ended === null ? [] : [{ at: ended, kind: 'resolved', status: 'operational' }]
  return {
    id,
    page: 'main',
    component: slug(name),
    name,
    phase: ended === null ? 'open' : 'resolved',
    impact,
    status: ended === null ? impact : 'operational',
    startedAt,
    phaseAt: ended === null ? startedAt + 2 * min : ended + 5 * min,
    wakeAt: null,
    updates: [...resolved, ...changes, opened].map((update, index) => ({ ...update, id: id * 100 - index })),
  }
}

/** Numbers from 0 to 1, the same at every run. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const well = (name: string, more: Partial<GoldenMonitor> = {}, description?: string): GoldenComponent => ({
  name,
  monitors: [{ key: slug(name), interval: 30_000, ...more }],
  ...(description === undefined ? {} : { description }),
})

const shop = [
  well(
    'Web shop',
    { days: { 9: { down: 14 * min }, 34: { degraded: 3 * hour } } },
    'The shop itself, from the outside',
  ),
  well('Payments', { days: { 9: { down: 22 * min } } }),
  well('Search', { days: { 62: { unknown: 5 * hour } } }),
]
const inner = [well('Customer API'), well('Order mail', { interval: null }), well('Nightly backup', { interval: null })]

const allWell: GoldenPage = {
  title: 'Example status',
  description: 'How the services of Example are doing.',
  groups: [
    { name: 'Shop', components: shop },
    { name: 'Behind the scenes', components: inner },
  ],
  incidents: [
    goldenIncident(7, 'Payments', 'major_outage', goldenNow - 9 * dayMs - 2 * hour, 22 * min),
    goldenIncident(6, 'Web shop', 'major_outage', goldenNow - 9 * dayMs - 2 * hour, 14 * min),
  ],
}

const oneOutage: GoldenPage = {
  ...allWell,
  groups: [
    {
      name: 'Shop',
      components: [
        shop[0] ?? well('Web shop'),
        well('Payments', { status: 'down', for: 13 * min, days: { 0: { down: 3 * min }, 9: { down: 22 * min } } }),
        well('Search', { status: 'degraded', for: 42 * min, days: { 0: { degraded: 32 * min } } }),
      ],
    },
    { name: 'Behind the scenes', components: inner },
  ],
  incidents: [
    goldenIncident(12, 'Payments', 'major_outage', goldenNow - 13 * min, null),
    {
      ...goldenIncident(11, 'Search', 'degraded', goldenNow - 42 * min, null, [
        { at: goldenNow - 20 * min, kind: 'changed', status: 'degraded' },
        { at: goldenNow - 31 * min, kind: 'changed', status: 'major_outage' },
      ]),
      impact: 'major_outage',
    },
    ...(allWell.incidents ?? []),
  ],
}

/** Thirty components in four groups, each with a past of its own. */
function thirty(): GoldenPage {
  const throwDice = dice(42)
  const names = ['Shop', 'Accounts', 'Payments', 'Delivery']
  const parts = ['website', 'API', 'login', 'search', 'mail', 'database', 'queue', 'images']
  const all = Array.from({ length: 30 }, (_, index) => {
    const days: Record<number, Partial<Record<TimeOf, number>>> = {}
    for (let back = 1; back < 90; back += 1) {
      const fate = throwDice()
      if (fate < 0.02) days[back] = { down: throwDice() * 3 * hour }
      else if (fate < 0.04) days[back] = { degraded: throwDice() * 8 * hour }
      else if (fate < 0.05) days[back] = { down: throwDice() * hour, degraded: throwDice() * 4 * hour }
      else if (fate < 0.06) days[back] = { unknown: throwDice() * 12 * hour }
      else if (fate < 0.065) days[back] = { maintenance: 2 * hour }
    }
    const status = index === 9 ? 'down' : index === 17 ? 'degraded' : 'up'
    const name = `${names[Math.floor(index / 8)]} ${parts[index % 8]}`
    const age = index === 20 ? 12 : 90
    return well(name, { days, status, age, ...(status === 'up' ? {} : { for: 26 * min }) })
  })
  return {
    title: 'Acme Cloud',
    groups: names.map((name, index) => ({ name, components: all.slice(index * 8, index * 8 + 8) })),
    incidents: [
      goldenIncident(40, 'Accounts API', 'major_outage', goldenNow - 26 * min, null),
      goldenIncident(39, 'Payments API', 'degraded', goldenNow - 26 * min, null),
      ...Array.from({ length: 9 }, (_, index) =>
        goldenIncident(
          30 - index,
          all[index * 3]?.name ?? '',
          index % 2 ? 'degraded' : 'major_outage',
          goldenNow - (index * 1.4 + 1) * dayMs,
          (7 + index * 9) * min,
          index === 2 ? [{ at: goldenNow - 3.8 * dayMs + 8 * min, kind: 'changed', status: 'major_outage' }] : [],
        ),
      ),
    ],
  }
}

const everyStatus: GoldenPage = {
  title: 'Every status',
  zone: 'Europe/Berlin',
  groups: [
    {
      name: null,
      components: [
        well('All is well', { days: { 3: { maintenance: 4 * hour }, 5: { down: 2 * min } } }),
        well('Slow today', { status: 'degraded', for: 2 * hour, days: { 0: { degraded: 2 * hour } } }),
        {
          ...well('Partly gone', {
            status: 'down',
            for: 26 * min,
            days: { 0: { down: 26 * min }, 1: { down: 9 * hour } },
          }),
          mapping: { down: 'partial_outage' },
        },
        well('All gone', {
          status: 'down',
          for: 3 * dayMs,
          days: { 0: { down: 14 * hour }, 1: { down: dayMs }, 2: { down: dayMs } },
        }),
        {
          ...well('Being mended', { status: 'down', for: hour, days: { 0: { down: hour } } }),
          mapping: { down: 'maintenance' },
        },
        well('Nobody knows', {
          status: 'unknown',
          for: 5 * hour,
          heard: 5 * hour,
          interval: null,
          days: { 0: { unknown: 5 * hour } },
        }),
        {
          name: 'Several in one',
          monitors: [
            { key: 'one', interval: 30_000 },
            { key: 'two', interval: 30_000, status: 'down', for: 4 * min },
            {
              key: 'three',
              interval: 30_000,
              days: { 30: { down: 12 * hour }, 31: { degraded: 12 * hour, down: 8 * hour } },
            },
          ],
        },
        { name: 'Not watched', monitors: [] },
        well('Paused', {
          paused: true,
          status: 'unknown',
          for: 2 * dayMs,
          days: { 0: { paused: 14 * hour }, 1: { paused: dayMs } },
        }),
      ],
    },
  ],
}

const longName = 'Kundenselbstbedienungsportalauthentifizierungsdienstleistungsschnittstelle'
const longNames: GoldenPage = {
  title: `The status of ${longName} and of all that belongs to it, for everyone who wants to know it in detail`,
  groups: [
    {
      name: `A group whose name does not end where names usually end, with ${longName}`,
      components: [
        well(
          longName,
          { status: 'down', for: 3 * dayMs },
          'A description that goes on for longer than any line of any phone can hold, and then some.',
        ),
        { ...well('مركز الاتصال', { key: 'call-centre' }, 'خدمة العملاء'), key: 'call-centre' },
        well('<script>alert("x")</script> & "quotes"'),
        { ...well('お客様センター🎉', { key: 'customer-centre' }), key: 'customer-centre' },
      ],
    },
  ],
  incidents: [
    goldenIncident(3, longName, 'major_outage', goldenNow - 3 * dayMs, null),
    goldenIncident(2, '<b>bold</b>', 'degraded', goldenNow - 5 * dayMs, 3 * hour),
  ],
}

const firstHour: GoldenPage = {
  title: 'Brand new',
  groups: [{ name: null, components: [well('Website', { age: 1, for: 20 * min, days: { 0: { up: 10 * min } } })] }],
}

const silent: GoldenPage = {
  ...allWell,
  groups: allWell.groups.map((group) => ({
    ...group,
    components: group.components.map((component) => ({
      ...component,
      monitors: component.monitors.map((monitor) => ({ ...monitor, heard: 42 * min })),
    })),
  })),
}

/** All of them by name. */
export const goldenPages = {
  'all-well': allWell,
  'one-outage': oneOutage,
  thirty: thirty(),
  'every-status': everyStatus,
  'long-names': longNames,
  'first-hour': firstHour,
  silent,
} as const satisfies Record<string, GoldenPage>
