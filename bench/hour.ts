// An hour of 1,000 HTTP monitors at 10 s as the engine lives it, without the network and without waiting: observations
// go through the real ingest into the real store, and the real keeper does its rounds each simulated minute.
// Promises the same observations at every run; one in 500 fails alone, and each monitor is down some minutes a day.
import { channelKinds } from '#channels/index.ts'
import { kinds } from '#checks/index.ts'
import type { Observation } from '#core/observation.ts'
import { Catalog } from '#engine/catalog.ts'
import { Ingest } from '#engine/ingest.ts'
import { Keeper } from '#engine/keeper.ts'
import { Live } from '#engine/live.ts'
import { Silences } from '#engine/silences.ts'
import { openManifest } from '#manifest/read.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import type { Store } from '#store/store.ts'
import { seeded } from '#test/sim/random.ts'
import { cost } from './measure.ts'

export const monitors = 1_000
export const everyMs = 10_000
export const begin = Date.UTC(2026, 0, 5, 12)
const roundsPerMinute = 60_000 / everyMs
const outageMs = 300_000

/** The wall clock stands where it is put; timers are the system's. */
export class SetClock implements Clock {
  #now = begin

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return systemClock.monotonic()
  }

  after(ms: number, call: () => void): ReturnType<Clock['after']> {
    return systemClock.after(ms, call)
  }

  set(now: number): void {
    this.#now = now
  }
}

/**
 * One round of all monitors after another: a jitter of some ms, latencies spread by a fifth. `timed`: with the phases
 * of HTTPS, each spread by as much.
 */
export function observer(timed = false): (round: number) => Observation[] {
  const random = seeded(1)
  const downUntil = new Map<number, number>()
  return (round) =>
    Array.from({ length: monitors }, (_, monitor) => {
      const at = begin + round * everyMs + monitor * 10 + random.whole(0, 7)
      if (random.chance(everyMs / 86_400_000)) downUntil.set(monitor, at + outageMs)
      const bad = random.chance(0.002) || at < (downUntil.get(monitor) ?? 0)
      const latency = (20 + (monitor % 300)) * (0.9 + random.next() * 0.2)
      return {
        monitor: monitor + 1,
        location: 'local',
        at,
        outcome: bad ? 'down' : 'up',
        signal: 'check',
        latency,
        ...(timed ? { phases: phasesOf(latency, random) } : {}),
        reason: bad ? 'timeout' : null,
        sentence: bad ? 'No answer within 5 s.' : null,
      }
    })
}

const shares = { resolve: 0.03, connect: 0.15, tls: 0.35, firstByte: 0.4, body: 0.07 }

function phasesOf(latency: number, random: ReturnType<typeof seeded>) {
  const spread = (share: number) => Math.round(latency * share * (0.9 + random.next() * 0.2) * 100) / 100
  return Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, spread(share)]))
}

/** Enters the monitors and a page of thirty of them. */
export async function provision(store: Store): Promise<void> {
  const put = (type: 'monitor' | 'page', key: string, kind: string, spec: object) =>
    store.objects.put({ type, key, name: key, kind, labels: {}, spec, owner: 'file:bench' }, begin)
  await store.transaction(async () => {
    for (let number = 1; number <= monitors; number += 1) {
      const http = { url: `http://192.0.2.1/${number}` }
      await put('monitor', `web-${number}`, 'http', { http, interval: '10s', fail_after: 2 })
    }
    const components = Array.from({ length: 30 }, (_, number) => ({ name: `${number}`, monitors: `web-${number + 1}` }))
    await put('page', 'main', '', { title: 'Bench', groups: [{ name: 'All', components }] })
  })
}

export interface Played {
  readonly observations: number
  /** CPU seconds here: deciding and storing, and the keeper's rounds. */
  readonly decideCpu: number
  readonly keepCpu: number
}

/** Lets so many minutes pass, handing observations over in batches. The store holds what `provision` entered. */
export async function play(
  store: Store,
  clock: SetClock,
  minutes: number,
  batch: number,
  observe = observer(),
): Promise<Played> {
  const manifest = openManifest({ kinds, channelKinds })
  const catalog = new Catalog(manifest)
  await catalog.reload(store)
  const live = new Live(silentLog)
  const silences = new Silences({ store, catalog, clock })
  const parts = { store, catalog, silences, clock, log: silentLog }
  const ingest = new Ingest({ ...parts, live, kinds: new Map(), metrics: new Metrics(), instance: 'bench' })
  const server = manifest.readServer({})
  if (!server.ok) throw new Error('the default settings cannot be read')
  const keeper = new Keeper({ ...parts, ingest, holder: 'bench', keep: () => server.value.keep })
  await ingest.warm()
  const spent = { decide: 0, keep: 0 }
  const rounds = minutes * roundsPerMinute
  for (let round = 0; round < rounds; round += 1) {
    const seen = observe(round)
    clock.set(begin + (round + 1) * everyMs)
    const decided = await cost(async () => {
      for (let from = 0; from < seen.length; from += batch) {
        for (const one of seen.slice(from, from + batch)) ingest.offer(one)
        await ingest.drain()
      }
    })
    spent.decide += decided.cpu
    if ((round + 1) % roundsPerMinute === 0) spent.keep += (await cost(() => keeper.round())).cpu
  }
  const observations = rounds * monitors
  if (ingest.stored !== observations) throw new Error(`${ingest.stored} observations were stored of ${observations}`)
  await ingest.close()
  await keeper.close()
  return { observations, decideCpu: spent.decide, keepCpu: spent.keep }
}
