// The reckoning: what arrived is laid beside what Allswell had promised, message by message and beat by beat.
// Promises findings that hold or not, from evidence alone. Must not know how the evidence came about.
import type { Acknowledged } from './worker.ts'

export interface Finding {
  readonly holds: boolean
  readonly claim: string
}

/** One message as it arrived at a receiver. */
export interface Arrival {
  readonly key: string
  readonly monitor: string
  readonly event: string
  /** Everything it said. */
  readonly said: string
}

export interface Evidence {
  /** Events that people are to be told of, each with the channels that tell. */
  readonly told: readonly { readonly id: number; readonly channels: readonly string[] }[]
  readonly deliveries: readonly {
    readonly event: number
    readonly channel: string
    readonly state: string
    readonly idempotencyKey: string
  }[]
  /** Channel → what arrived there, in order. */
  readonly arrived: Readonly<Record<string, readonly Arrival[]>>
  readonly acknowledged: readonly Acknowledged[]
  /** When each stored heartbeat was taken, epoch ms, oldest first. */
  readonly beats: readonly number[]
  readonly killed: Killed
}

/** What was known when Allswell was killed, and what the next process made of it. */
export interface Killed {
  /** Idempotency keys of the messages that were being sent. */
  readonly underWay: readonly string[]
  /** Heartbeats acknowledged until then. */
  readonly acknowledged: number
  /** Since when the shop was down: as the killed process said, and as the next one says. */
  readonly since: readonly [before: string, after: string]
  /** Events of the next process before anything was changed. */
  readonly eventsOfRestart: number
}

export function reckon(evidence: Evidence): Finding[] {
  return [
    restart(evidence.killed),
    onePerChannel(evidence),
    ...Object.keys(evidence.arrived).map((channel) => arrivedOnce(channel, evidence)),
    ...Object.entries(evidence.arrived).map(([channel, arrivals]) => inOrder(channel, arrivals)),
    heartbeats(evidence),
  ]
}

function restart({ since: [before, after], eventsOfRestart }: Killed): Finding {
  const same = before === after ? `down since ${after}, as before` : `down since ${after}, before since ${before}`
  return {
    holds: before === after && eventsOfRestart === 0,
    claim: `the restart made ${eventsOfRestart === 0 ? 'no event' : `${eventsOfRestart} events`}; the shop was ${same}`,
  }
}

/** Each event that is told has exactly one message for each channel, and all are delivered. */
function onePerChannel({ told, deliveries }: Evidence): Finding {
  const promised = told.flatMap(({ id, channels }) => channels.map((channel) => `${id} ${channel}`))
  const kept = deliveries.map(({ event, channel }) => `${event} ${channel}`)
  const delivered = deliveries.filter(({ state }) => state === 'delivered').length
  return {
    holds: sameSet(promised, kept) && delivered === kept.length && kept.length === new Set(kept).size,
    claim: `${told.length} events to tell of, ${promised.length} messages promised, ${delivered} delivered`,
  }
}

/** Each message arrived; one that came again was under way at the kill, and said the same with the same key. */
function arrivedOnce(channel: string, { arrived, deliveries, killed }: Evidence): Finding {
  const arrivals = arrived[channel] ?? []
  const expected = deliveries.filter((one) => one.channel === channel).map((one) => one.idempotencyKey)
  const keys = arrivals.map(({ key }) => key)
  const again = [...new Set(keys.filter((key, index) => keys.indexOf(key) < index))]
  const honest = again.every((key) => killed.underWay.includes(key))
  const alike = again.every(
    (key) => new Set(arrivals.filter((one) => one.key === key).map((one) => one.said)).size === 1,
  )
  const lost = expected.filter((key) => !keys.includes(key)).length
  const repeats =
    again.length === 0 ? 'none twice' : `${again.length} were under way at the kill and came again with the same key`
  return {
    holds: sameSet(expected, keys) && honest && alike,
    claim: `channel ${channel}: ${expected.length - lost} of ${expected.length} messages arrived; ${repeats}`,
  }
}

/** Of each monitor every "up" ends trouble that was told before it. What merely changed is neither. */
function inOrder(channel: string, arrivals: readonly Arrival[]): Finding {
  const first = arrivals.filter(({ key }, index) => arrivals.findIndex((one) => one.key === key) === index)
  const trouble = first.filter(({ event }) => troubles.has(event) || event === 'monitor.up')
  const byMonitor = Object.values(Object.groupBy(trouble, ({ monitor }) => monitor))
  const holds = byMonitor.every((some = []) =>
    some.every(({ event }, index) => troubles.has(event) === (index % 2 === 0)),
  )
  return { holds, claim: `channel ${channel}: of each monitor the trouble was told before its end` }
}

/** Each acknowledged heartbeat is stored: one taken between its sending and its answer, counted once. */
function heartbeats({ acknowledged, beats, killed }: Evidence): Finding {
  let next = 0
  let missing = 0
  for (const { sentAt, answeredAt } of acknowledged) {
    while (next < beats.length && (beats[next] ?? 0) < sentAt) next += 1
    if (next < beats.length && (beats[next] ?? 0) <= answeredAt) next += 1
    else missing += 1
  }
  const total = `${acknowledged.length} heartbeats were acknowledged (${killed.acknowledged} before the kill)`
  return {
    holds: missing === 0 && killed.acknowledged > 0 && acknowledged.length > killed.acknowledged,
    claim: `${total}; ${missing === 0 ? 'each of them is stored' : `${missing} of them are missing`}`,
  }
}

const troubles: ReadonlySet<string> = new Set(['monitor.down', 'monitor.degraded'])

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const [left, right] = [new Set(one), new Set(other)]
  return left.size === right.size && left.isSubsetOf(right)
}
