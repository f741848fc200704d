// A big installation made in seconds: thousands of monitors with labels, states, months of roll-ups and events, the
// last results, and messages, as a server that had run all that time would have stored them.
// Promises the same installation for the same options, whose events and roll-ups tell the same story. Objects, states,
// events and results go through the store; roll-ups, of which there are millions, by statements of the database's own.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Event } from '#core/event.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import type { Reason } from '#core/reason.ts'
import { followed } from '#engine/settle.ts'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { openStore } from '#store/open.ts'
import type { Aggregates, NewObject, Store } from '#store/store.ts'
import { fillRollups, finishDeliveries, openBare } from './fill.ts'
import { dayMs, outagesOf } from './story.ts'

export interface Seed {
  readonly monitors: number
  /** So long they have been watched. */
  readonly days: number
  /**
   * Where a local web service answers that they look at: three quarters by HTTP, some by TCP, the others are
   * heartbeats. Left out: all are heartbeats that are never late, so that nothing moves by itself.
   */
  readonly port?: number
  /** Between two checks: `60s` where nothing is said. */
  readonly interval?: string
  /** `postgres://…`; left out: the SQLite file of a server with its data in `folder/data`. */
  readonly url?: string
}

/** Hours are kept of so many days for all monitors, and of all days for the first few. */
export const hourDays = 8
export const hourlyMonitors = 50
const batch = 500
const resultsEach = 30
const resultMs = 60_000

/** The key of the monitor with this number, from 1 on. */
export const keyOf = (number: number): string => `web-${String(number).padStart(4, '0')}`

/** Fills an empty database; its server is started afterwards (bench/program.ts: `serve(folder, null)`). */
export async function seed(folder: string, wanted: Seed): Promise<void> {
  const data = join(folder, 'data')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const url = wanted.url ?? `sqlite:${data}/allswell.db`
  const store = await openStore({ url, clock: systemClock, log: silentLog })
  const now = systemClock.now()
  const bare = await openBare(url)
  try {
    const ids = await provision(store, wanted, now)
    await fillRollups(bare, { now, days: wanted.days, hourDays, hourlyMonitors })
    await tell(store, ids, wanted, now)
    await finishDeliveries(bare)
    await results(store, ids, now)
    await bare.run('analyze')
  } finally {
    await bare.close()
    await store.close()
  }
}

const turn = <Value>(values: readonly Value[], number: number): Value => values[number % values.length] as Value

function labelsOf(number: number): Record<string, string> {
  return {
    team: turn(['shop', 'pay', 'search', 'mail', 'login', 'data', 'ops', 'web', 'app', 'edge', 'media', 'lab'], number),
    env: turn(['prod', 'prod', 'prod', 'stage', 'dev'], Math.floor(number / 7)),
    region: turn(['eu-north', 'eu-west', 'us-east', 'ap-south'], Math.floor(number / 3)),
    service: `svc-${Math.floor(number / 25)}`,
  }
}

/** How it is now: most are up, and one of every other sort in each hundred. */
type Now = 'up' | 'degraded' | 'down' | 'paused'
function nowOf(number: number): Now {
  const place = number % 100
  return place === 7 ? 'down' : place === 29 ? 'degraded' : place === 13 ? 'paused' : 'up'
}

function specOf(number: number, { port, interval = '60s' }: Seed): { kind: string; spec: Record<string, unknown> } {
  const common = { name: `Web ${number} of ${labelsOf(number)['team']}`, labels: labelsOf(number) }
  if (port === undefined || number % 10 === 9)
    return { kind: 'heartbeat', spec: { ...common, heartbeat: heartbeatOf(number) } }
  if (number % 10 === 8) return { kind: 'tcp', spec: { ...common, interval, tcp: { address: `127.0.0.1:${port}` } } }
  // What is down now stays so while it is looked at.
  const expect = nowOf(number) === 'down' ? { body: { contains: 'never there' } } : { status: 200 }
  const http = { url: `http://127.0.0.1:${port}/${number}`, expect }
  return { kind: 'http', spec: { ...common, interval, http } }
}

/** No beat comes: late from the first second on, or never. */
const heartbeatOf = (number: number) => ({
  down_after: nowOf(number) === 'down' ? '2s' : 'none',
  degraded_after: nowOf(number) === 'degraded' ? '1s' : 'none',
})

async function provision(store: Store, wanted: Seed, now: number): Promise<number[]> {
  const at = now - wanted.days * dayMs
  const ids: number[] = []
  const put = async (tx: Aggregates, object: Pick<NewObject, 'type' | 'key' | 'kind'> & { spec: object }) => {
    const { name = object.key, labels = {} } = object.spec as { name?: string; labels?: Record<string, string> }
    return (await tx.objects.put({ ...object, name, labels, owner: 'api' }, at)).object.id
  }
  await inBatches(store, wanted.monitors, async (tx, number) => {
    ids.push(await put(tx, { type: 'monitor', key: keyOf(number), ...specOf(number, wanted) }))
  })
  await store.transaction(async (tx) => {
    const states = ids.map((id, index) => ({ id, from: 0, state: stateOf(index + 1, wanted, now) }))
    await tx.states.save(states)
    const webhook = { url: `http://127.0.0.1:${wanted.port ?? 9}/hook` }
    await put(tx, { type: 'channel', key: 'pager', kind: 'webhook', spec: { name: 'Pager', webhook } })
    await put(tx, { type: 'rule', key: 'all', kind: '', spec: { monitors: '*', tell: 'pager' } })
    const components = Array.from({ length: 30 }, (_, index) => ({ name: `${index}`, monitors: keyOf(index + 1) }))
    const spec = { title: 'Status', groups: [{ name: 'All', components }] }
    await put(tx, { type: 'page', key: 'main', kind: '', spec })
  })
  return ids
}

async function inBatches(store: Store, count: number, each: (tx: Aggregates, number: number) => Promise<void>) {
  for (let from = 1; from <= count; from += batch) {
    await store.transaction(async (tx) => {
      for (let number = from; number < from + batch && number <= count; number += 1) await each(tx, number)
    })
  }
}

const reasons: Readonly<Record<Now, { reason: Reason | null; sentence: string | null }>> = {
  up: { reason: null, sentence: null },
  paused: { reason: null, sentence: null },
  down: { reason: 'body', sentence: 'The body does not contain "never there".' },
  degraded: { reason: 'late', sentence: 'No sign of life for longer than 1 s.' },
}

function stateOf(number: number, wanted: Seed, now: number): MonitorState {
  const is = nowOf(number)
  const status = is === 'paused' ? 'up' : is
  const begin = now - wanted.days * dayMs
  const since = is === 'up' ? begin + (number % 80) * 3_600_000 : now - (number % 70) * 60_000 - 60_000
  const { kind, spec } = specOf(number, wanted)
  const bad = status === 'down' || status === 'degraded' ? 5 : 0
  const counts = { notUp: bad, downs: status === 'down' ? bad : 0, notDown: 5 - bad, ups: 5 - bad }
  const seen = { settled: status, latest: status, at: now - 30_000, ...counts, ...reasons[is] }
  return {
    ...fresh(begin),
    version: 1_000,
    status,
    since,
    ...reasons[is],
    paused: is === 'paused',
    locations: kind === 'heartbeat' ? {} : { local: seen },
    lastAt: now - 30_000,
    beatAt: kind === 'heartbeat' ? now - 30_000 : null,
    told: status,
    outage: status === 'up' ? null : { seq: 999, at: since, worst: status },
    follows: followed({ kind, paused: false }, spec),
    accountedAt: now,
  }
}

/** The events of the story, with a message for each. */
async function tell(store: Store, ids: readonly number[], wanted: Seed, now: number): Promise<void> {
  const explanation = [{ rule: 'all', channel: 'pager', told: true, why: 'It went down, and 2 checks agreed.' }]
  const today = now - (now % dayMs)
  for (let from = 0; from < ids.length; from += batch) {
    const events = ids.slice(from, from + batch).flatMap((monitor) => eventsOf(monitor, wanted.days, today))
    await store.transaction(async (tx) => {
      const stored = await tx.events.insert(events.map((event) => ({ ...event, explanation })))
      await tx.deliveries.insert(
        events.map(({ monitor, at, seq }, index) => {
          const about = { eventId: stored[index] ?? 0, monitorId: monitor, idempotencyKey: `${monitor}-${seq}` }
          return { ...about, channel: 'pager', rule: 'all', at }
        }),
      )
    })
  }
}

function eventsOf(monitor: number, days: number, today: number): Event[] {
  let wellSince = today - days * dayMs
  return outagesOf(monitor, days, today).flatMap(({ status, at, ms }, index) => {
    const seq = index * 2 + 1
    const about = { monitor, outage: seq, outageAt: at, worst: status, silence: false, confirmations: 2 } as const
    const common = { ...about, alert: true, locations: ['local'] }
    const began: Event = {
      ...common,
      type: `monitor.${status}`,
      seq,
      at,
      status,
      previous: 'up',
      lasted: at - wellSince,
      ...reasons[status],
    }
    wellSince = at + ms
    const ended: Event = {
      ...common,
      type: 'monitor.up',
      seq: seq + 1,
      at: wellSince,
      status: 'up',
      previous: status,
      lasted: ms,
      ...reasons.up,
    }
    return [began, ended]
  })
}

/** The last half hour of each, one result a minute. */
async function results(store: Store, ids: readonly number[], now: number): Promise<void> {
  for (let from = 0; from < ids.length; from += batch) {
    const seen = ids.slice(from, from + batch).flatMap((monitor, index) => {
      const is = nowOf(from + index + 1)
      const outcome = is === 'paused' ? 'up' : is
      return Array.from({ length: resultsEach }, (_, place) => {
        const at = now - (resultsEach - place) * resultMs + (monitor % 600) * 100
        const latency = 15 + (monitor % 90) + ((place * 7) % 11)
        const about = { monitor, location: 'local', at: Math.min(at, now), signal: 'check' } as const
        return { ...about, outcome, latency, ...reasons[is] }
      })
    })
    await store.history.append(seen)
  }
  while ((await store.history.pack(10_000)) === 10_000);
}
