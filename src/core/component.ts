// Component: the public face of monitors. Statuses of monitors become one word that the public understands.
// Promises worst-of with the component's own mapping, and honest unknown. Must not know pages or HTML.
import { type Selector, selects } from './glob.ts'
import { keyPattern } from './key.ts'
import type { Reason } from './reason.ts'
import type { Outcome, ShownStatus } from './words.ts'

export const componentStatuses = [
  'operational',
  'degraded',
  'partial_outage',
  'major_outage',
  'maintenance',
  'unknown',
] as const
export type ComponentStatus = (typeof componentStatuses)[number]

/** What each status of a monitor means for the public; `operational` hides it. */
export interface Mapping {
  readonly down: ComponentStatus
  readonly degraded: ComponentStatus
  readonly unknown: ComponentStatus
}

export const defaultMapping: Mapping = { down: 'major_outage', degraded: 'degraded', unknown: 'unknown' }

const rank: Record<ComponentStatus, number> = {
  operational: 0,
  maintenance: 1,
  unknown: 2,
  degraded: 3,
  partial_outage: 4,
  major_outage: 5,
}

/** What somebody says of a component, as its monitor takes it: an outcome, and a reason that keeps the exact word. */
const saying = {
  operational: { outcome: 'up', reason: null },
  degraded: { outcome: 'degraded', reason: 'set_degraded' },
  partial_outage: { outcome: 'down', reason: 'set_partial' },
  major_outage: { outcome: 'down', reason: 'set_major' },
  maintenance: { outcome: 'unknown', reason: 'set_maintenance' },
  unknown: { outcome: 'unknown', reason: 'set_unknown' },
} as const satisfies Record<ComponentStatus, { outcome: Outcome; reason: Reason | null }>

export const saidAs = (status: ComponentStatus): { readonly outcome: Outcome; readonly reason: Reason | null } =>
  saying[status]

const said: ReadonlyMap<Reason | null, ComponentStatus> = new Map(
  componentStatuses.flatMap((status) => (saying[status].reason === null ? [] : [[saying[status].reason, status]])),
)

/** A monitor as its component sees it. */
export interface Seen {
  readonly status: ShownStatus | 'maintenance'
  readonly reason: Reason | null
}

/**
 * The worst of its monitors after mapping; what somebody said keeps its word. Paused ones are left out; with none left
 * it is unknown.
 */
export function componentStatus(monitors: Iterable<Seen>, mapping: Mapping): ComponentStatus {
  let worst: ComponentStatus | null = null
  for (const { status, reason } of monitors) {
    if (status === 'paused') continue
    const mapped = mappedTo(status, reason, mapping)
    if (worst === null || rank[mapped] > rank[worst]) worst = mapped
  }
  return worst ?? 'unknown'
}

function mappedTo(status: Exclude<Seen['status'], 'paused'>, reason: Reason | null, mapping: Mapping): ComponentStatus {
  if (status === 'maintenance') return status
  return status === 'up' ? 'operational' : (said.get(reason) ?? mapping[status])
}

/** The key of the monitor that hears what people and programs say of a component. */
export function reportKey(page: string, component: string): string {
  const key = `component.${page}.${component}`
  if (keyPattern.test(key)) return key
  let [low, high] = [0x811c9dc5, 0x1000193]
  for (let at = 0; at < key.length; at += 1) {
    low = Math.imul(low ^ key.charCodeAt(at), 0x01000193) >>> 0
    high = Math.imul(high + key.charCodeAt(at), 0x85ebca6b) >>> 0
  }
  return `component.${low.toString(36)}${high.toString(36)}`
}

interface Watchable {
  readonly key: string
  readonly labels: Readonly<Record<string, string>>
}

/** Whether a component follows this monitor: it chooses it, or hears by it what is said of itself. */
export function follows(
  component: { readonly monitors: Selector; readonly reported: string },
  monitor: Watchable,
): boolean {
  return monitor.key === component.reported || selects(component.monitors, monitor)
}

/** The worst of several components; of none: unknown. */
export function worstComponent(all: Iterable<ComponentStatus>): ComponentStatus {
  let worst: ComponentStatus | null = null
  for (const status of all) if (worst === null || rank[status] > rank[worst]) worst = status
  return worst ?? 'unknown'
}

/** Whether the public is told of an incident while a component is in this status. */
export function isTrouble(status: ComponentStatus): boolean {
  return status === 'degraded' || status === 'partial_outage' || status === 'major_outage'
}

/** What trouble means for people. */
const impacts: Readonly<Record<ComponentStatus, (name: string) => string>> = {
  operational: (name) => `${name} works again.`,
  degraded: (name) => `${name} works, but slower or less reliably than usual.`,
  partial_outage: (name) => `Parts of ${name} do not work.`,
  major_outage: (name) => `${name} cannot be used.`,
  maintenance: (name) => `${name} is under maintenance.`,
  unknown: (name) => `It cannot be seen at the moment how ${name} is.`,
}

/** One sentence for the public about a component that is so. */
export const sayImpact = (status: ComponentStatus, name: string): string => impacts[status](name)
