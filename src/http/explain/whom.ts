// Who would be told of a monitor if something happened to it now, who not, and why.
// Promises the verdict of the engine's own rules, asked of events that did not happen. Decides and stores nothing.
import type { Event } from '#core/event.ts'
import { type Held, holdOf, sayHeld } from '#core/hold.ts'
import { covers } from '#core/silence.ts'
import type { MonitorState } from '#core/state.ts'
import { whyUnselected } from '#core/unselected.ts'
import { type Alerts, explain } from '#engine/alerting.ts'
import type { AlertOn, ChannelModel, MonitorModel, RuleModel } from '#manifest/model.ts'
import type { Explanation, Store } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'

export interface Ruling {
  readonly key: string
  readonly name: string
  /** Whether it is about the monitor. */
  readonly about: boolean
  /** Null: it is. */
  readonly why: string | null
  readonly on: readonly AlertOn[]
  readonly channels: readonly { readonly key: string; readonly there: boolean }[]
}

export interface Whom {
  readonly sentences: readonly string[]
  readonly held: Held | null
  readonly rules: readonly Ruling[]
  readonly when: Readonly<Record<AlertOn, readonly Explanation[]>>
}

type Monitor = Pick<MonitorModel, 'key' | 'labels' | 'policy'>

/** Rules and channels as they are stored now; what cannot be read is left out, and named. */
export async function readAlerts({ store, readers }: Pick<ApiParts, 'store' | 'readers'>) {
  const [rules, channels] = [await store.objects.all('rule'), await store.objects.all('channel')]
  const unreadable: string[] = []
  const read = <Model>(key: string, from: { ok: true; value: Model } | { ok: false }): Model[] => {
    if (from.ok) return [from.value]
    unreadable.push(key)
    return []
  }
  const known = rules.flatMap(({ key, spec }): RuleModel[] => read(key, readers.readRule(key, spec)))
  const there = channels.flatMap(({ key, spec }): ChannelModel[] => read(key, readers.readChannel(key, spec)))
  const alerts: Alerts = { rules: known, channels: new Map(there.map((one) => [one.key, one])) }
  return { alerts, unreadable }
}

/** What holds alerts of a monitor back now, if it were in this trouble. */
export async function heldNow(
  store: Pick<Store, 'silences'>,
  monitor: Monitor,
  state: MonitorState,
  now: number,
): Promise<Held | null> {
  const silences = (await store.silences.current(now)).filter((one) => covers(one, monitor))
  return holdOf(state, { ...monitor.policy, silences }, 'down', now)
}

const asked: readonly AlertOn[] = ['down', 'degraded', 'up', 'unknown', 'changed']
const when: Readonly<Record<AlertOn, string>> = {
  down: 'When it goes down',
  degraded: 'When it is degraded',
  up: 'When it is well again after it was down',
  unknown: 'When nothing is known of it any more',
  changed: 'When another one answers',
}

export function whomOf(monitor: Monitor, alerts: Alerts, held: Held | null, paused: boolean): Whom {
  const rules = alerts.rules.map((rule): Ruling => {
    const why = whyUnselected(rule.monitors, monitor)
    const channels = rule.tell.map((key) => ({ key, there: alerts.channels.has(key) }))
    return { key: rule.key, name: rule.name, about: why === null, why, on: rule.on, channels }
  })
  const verdicts = asked.map((on) => [on, explain(imagined(on, monitor, held), monitor, alerts)] as const)
  const happening = Object.fromEntries(verdicts) as Record<AlertOn, Explanation[]>
  return { sentences: say(rules, verdicts, held, paused), held, rules, when: happening }
}

/** The event that would happen, confirmed as the monitor's settings want it. */
function imagined(on: AlertOn, { policy }: Monitor, held: Held | null): Event {
  const status = on === 'changed' ? 'up' : on
  const trouble = status === 'down' || status === 'degraded'
  return {
    type: on === 'changed' ? 'monitor.identity_changed' : `monitor.${status}`,
    monitor: 0,
    seq: 0,
    at: 0,
    status,
    previous: status === 'up' ? 'down' : 'up',
    lasted: 0,
    reason: null,
    sentence: null,
    alert: true,
    outage: null,
    outageAt: null,
    worst: status === 'up' || status === 'down' ? 'down' : null,
    silence: false,
    confirmations: trouble ? policy.failAfter : policy.recoverAfter,
    locations: [],
    ...(trouble && held ? { held } : {}),
  }
}

function say(
  rules: readonly Ruling[],
  verdicts: readonly (readonly [on: AlertOn, lines: readonly Explanation[]])[],
  held: Held | null,
  paused: boolean,
): string[] {
  const sentences: string[] = []
  if (paused) sentences.push('It is paused: nobody looks at it, so nothing happens of which people could be told.')
  if (held) sentences.push(`Nobody is told of trouble with it now: ${sayHeld(held)}.`)
  if (rules.length === 0) return [...sentences, 'There are no rules at all, so nobody is ever told of anything.']
  if (!rules.some(({ about }) => about)) {
    const most = rules.length === 1 ? 'The one rule is' : `None of the ${rules.length} rules is`
    return [...sentences, `${most}${rules.length === 1 ? ' not' : ''} about this monitor, so nobody is told of it.`]
  }
  for (const [on, lines] of verdicts) {
    const told = lines.filter((line) => line.told)
    const by = told.map(({ rule, channel }) => `${channel} (by the rule "${rule}")`)
    if (told.length > 0) sentences.push(`${when[on]}, ${by.join(', ')} ${told.length === 1 ? 'is' : 'are'} told.`)
    else sentences.push(`${when[on]}, nobody is told: ${[...new Set(lines.map(({ why }) => why))].join(' ')}`)
  }
  return sentences
}
