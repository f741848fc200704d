// Alerting: which rules an event touches, who is told and who is not, and why. Everything is explained.
// Promises to decide only; what is to be sent becomes delivery rows in the event's own transaction.
import type { Event } from '#core/event.ts'
import { selects } from '#core/glob.ts'
import { sayHeld } from '#core/hold.ts'
import { sayDuration } from '#core/duration.ts'
import type { AlertOn, ChannelModel, RuleModel } from '#manifest/model.ts'
import type { Explanation } from '#store/store.ts'

export interface Alerts {
  readonly rules: readonly RuleModel[]
  readonly channels: ReadonlyMap<string, ChannelModel>
}

/** What people did themselves is no news to them. */
const untold: ReadonlySet<string> = new Set([
  'monitor.paused',
  'monitor.resumed',
  'monitor.changed',
  'monitor.acknowledged',
  'monitor.snoozed',
])
/** Told only where people do not know yet, or are to be reminded, that it is in trouble. */
const again: ReadonlySet<string> = new Set(['monitor.hold_ended', 'monitor.unsnoozed', 'monitor.unacknowledged'])

/** One line for each rule that selects the monitor and each channel it names: told or held, and the reason in words. */
export function explain(
  event: Event,
  monitor: { key: string; labels: Readonly<Record<string, string>> },
  alerts: Alerts,
): Explanation[] {
  if (untold.has(event.type) || (again.has(event.type) && !event.alert)) return []
  const lines: Explanation[] = []
  const told = new Map<string, string>()
  for (const rule of alerts.rules) {
    if (!selects(rule.monitors, monitor)) continue
    const verdict = unlessHeld(event, judge(event, rule))
    for (const channel of rule.tell) {
      const earlier = told.get(channel)
      if (!verdict.told) lines.push({ rule: rule.key, channel, ...verdict })
      else if (!alerts.channels.has(channel))
        lines.push({ rule: rule.key, channel, told: false, why: 'There is no such channel.' })
      else if (earlier !== undefined)
        lines.push({ rule: rule.key, channel, told: false, why: `Already told by the rule "${earlier}".` })
      else {
        told.set(channel, rule.key)
        lines.push({ rule: rule.key, channel, ...verdict })
      }
    }
  }
  return lines
}

interface Verdict {
  readonly told: boolean
  readonly why: string
}

const told = (why: string): Verdict => ({ told: true, why })
const held = (why: string): Verdict => ({ told: false, why })

/** Whoever would be told is not, while somebody has taken it on, put it off or silenced it. */
const unlessHeld = ({ held: hold }: Event, verdict: Verdict): Verdict =>
  verdict.told && hold ? held(`Held: ${sayHeld(hold)}.`) : verdict

function judge(event: Event, rule: RuleModel): Verdict {
  const wants = (on: AlertOn) => rule.on.includes(on)
  if (event.type === 'monitor.identity_changed')
    return wants('changed') ? told('Another one answers now.') : held('The rule does not tell of "changed".')
  if (!wants(event.status)) return held(`The rule does not tell of "${event.status}".`)
  if (again.has(event.type)) return told(lasting[event.type] ?? 'It is still so.')
  if (event.status === 'unknown') return told(`It became unknown after ${sayDuration(event.lasted)}.`)
  if (event.status !== 'up') {
    if (!event.alert) return held('It was told already; a silence lay between.')
    return told(confirmed(event))
  }
  if (event.silence && wants('unknown')) return told('The silence that was told of is over.')
  if (!event.alert) return held('There was no fault before it that anybody had been told of.')
  if ((event.heard ?? event.worst) === 'degraded' && !wants('degraded') && (wants('down') || wants('unknown')))
    return held('People were told only that it was degraded, which this rule does not tell of.')
  return told(confirmed(event))
}

const lasting: Readonly<Record<string, string>> = {
  'monitor.hold_ended': 'Nothing holds it back any more, and it is still so.',
  'monitor.unsnoozed': 'It was held while it was snoozed, and is still so.',
  'monitor.unacknowledged': 'Nobody had been told of it, and nobody has taken it on any more.',
}

function confirmed(event: Event): string {
  if (event.confirmations === 0) return 'It follows from its monitors.'
  const times = event.confirmations === 1 ? 'once' : `${event.confirmations} times in a row`
  const where = event.locations.length > 0 ? ` from ${event.locations.join(', ')}` : ''
  return event.reason === 'late' || event.reason === 'overrun'
    ? 'Its time had passed.'
    : `It was seen ${times}${where}.`
}
