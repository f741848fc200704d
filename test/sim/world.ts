// The simulated world: targets that break, senders of heartbeats, a receiver of messages, and the process that watches.
// Promises that the engine and the store are the real ones; only time, the network and death are played.
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { defineChannel, type Message, type Sent } from '#channels/channel.ts'
import { defineCheck, type Finding, type Kind } from '#checks/check.ts'
import { group } from '#checks/group.ts'
import { heartbeat } from '#checks/heartbeat/heartbeat.ts'
import type { Policy } from '#core/policy.ts'
import { Engine } from '#engine/engine.ts'
import { openManifest } from '#manifest/read.ts'
import { sleep } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { beginLife, type Life, mortalStore } from './mortal.ts'
import { type Random, seeded } from './random.ts'
import { type Group, makeGroups } from './groups.ts'
import { answeringAt, healthAt, makeTarget, type Target } from './truth.ts'

export interface Scenario {
  readonly seed: number
  readonly hours: number
  /** Active monitors, and heartbeats. */
  readonly monitors: number
  readonly heartbeats: number
  /** Monitors that follow from those. */
  readonly groups: number
  readonly interval: number
  /** Means of independent events, ms; Infinity: never. */
  readonly kills: number
  readonly jumps: number
  readonly outages: number
  /** What people do: acknowledge, snooze, silence. Left out: nothing. */
  readonly deeds?: number
}

/** What the receiver got, in order. */
export interface Received {
  readonly at: number
  readonly key: string
  readonly message: Message
}

/** What one probe really saw. */
export interface Probed {
  readonly at: number
  readonly outcome: 'up' | 'degraded' | 'down'
  /** Who answered. */
  readonly id: string
}

const begin = Date.UTC(2026, 0, 1)
export const beatEvery = 600_000
export const beatGrace = 120_000

export class World {
  readonly scenario: Scenario
  readonly clock: VirtualClock
  readonly random: Random
  readonly targets: readonly Target[]
  readonly senders: readonly Target[]
  readonly groups: readonly Group[]
  readonly received: Received[] = []
  readonly probes = new Map<string, Probed[]>()
  /** When the process was dead, true time. */
  readonly deaths: { from: number; to: number }[] = []
  readonly jumped: number[] = []
  /** What people do goes by a chance of its own, so that targets break alike whether they do or not. */
  readonly people: Random
  /** How many deeds were done, and when the clock jumped last, true time. */
  readonly deeds = { count: 0, jumpedAt: Number.NEGATIVE_INFINITY }
  closed = false
  store!: Store
  engine: Engine | null = null
  #life: Life | null = null
  readonly #path: string

  constructor(scenario: Scenario) {
    this.scenario = scenario
    this.clock = new VirtualClock(begin, () => new Promise((resolve) => setImmediate(resolve)))
    this.random = seeded(scenario.seed)
    this.people = seeded(scenario.seed + 100_003)
    const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
    this.#path = join(folder, `allswell-sim-${scenario.seed}-${randomBytes(6).toString('hex')}.db`)
    const until = scenario.hours * 3_600_000
    const make = (name: string, count: number, meanDown: number) =>
      Array.from({ length: count }, (_, index) =>
        makeTarget(`${name}-${index}`, this.random, until, scenario.outages, meanDown),
      )
    this.targets = make('target', scenario.monitors, 600_000)
    this.senders = make('sender', scenario.heartbeats, 3_600_000)
    this.groups = makeGroups(scenario.groups, this)
  }

  /** True time since the world began, ms. */
  get true(): number {
    return this.clock.monotonic()
  }

  async open(): Promise<void> {
    this.store = await openStore({ url: `sqlite:${this.#path}`, clock: this.clock, log: silentLog })
    const at = this.clock.now()
    const owner = 'file:sim'
    const put = (type: 'monitor' | 'channel' | 'rule' | 'page', key: string, kind: string, spec: object) =>
      this.store.objects.put({ type, key, name: key, kind, labels: {}, spec, owner }, at)
    const { interval } = this.scenario
    const policy = { interval: `${interval}ms`, timeout: '1s', fail_after: 2, retry_every: '5s' }
    for (const { key } of this.targets) await put('monitor', key, 'played', { played: { target: key }, ...policy })
    const heartbeat = { every: `${beatEvery}ms`, grace: `${beatGrace}ms` }
    for (const { key } of this.senders) await put('monitor', key, 'sign', { sign: heartbeat })
    for (const { key, spec } of this.groups) await put('monitor', key, group.kind, spec)
    await put('channel', 'receiver', 'receiver', { receiver: {}, retry: { first: '2s', most: '1m' } })
    const on = ['down', 'degraded', 'up']
    await put('rule', 'all', '', { monitors: '*', tell: ['receiver'], on })
    const components = this.targets.slice(0, 20).map(({ key }) => ({ name: key, monitors: key }))
    await put('page', 'main', '', { title: 'Sim', groups: [{ name: 'All', components }] })
    await this.clock.pump(this.begin())
    for (const sender of this.senders) void this.#send(sender)
  }

  /** Starts the watching process on what the last one left. */
  async begin(): Promise<void> {
    const life = beginLife(this.clock)
    this.#life = life
    const kinds: Kind[] = [this.#playedKind(), { ...heartbeat, kind: 'sign' }, group]
    const channelKinds = [this.#receiverKind()]
    const manifest = openManifest({ kinds, channelKinds })
    const read = manifest.readServer({})
    if (!read.ok) throw new Error('the default settings cannot be read')
    const engine = await Engine.open({
      store: mortalStore(this.store, life),
      clock: life.clock,
      log: silentLog,
      metrics: new Metrics(),
      outbound: {
        resolve: () => Promise.reject(new Error('no network')),
        connect: () => Promise.reject(new Error()) as never,
      },
      readers: manifest,
      kinds: new Map(kinds.map((kind) => [kind.kind, kind])),
      channelKinds: new Map(channelKinds.map((kind) => [kind.kind, kind])),
      probe: (kind, config, context) => kind.probe(config, context),
      send: (kind, config, message, context) => kind.send(config, message, context),
      heartbeatEntry: (every, grace) => ({ kind: 'sign', spec: { sign: { every, grace } } }),
      random: () => randomBytes(4).toString('hex'),
      server: () => read.value,
    })
    await engine.start()
    if (life.alive()) this.engine = engine
  }

  /** As kill -9 would: nothing is said, nothing is finished. */
  kill(): void {
    this.#life?.kill()
    this.#life = null
    this.engine = null
  }

  /** How a monitor is judged; null: the process does not know it. */
  policy(id: number): Policy | null {
    return this.engine?.catalog.monitors.get(id)?.policy ?? null
  }

  async close(): Promise<void> {
    this.closed = true
    await this.store.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.#path}${suffix}`, { force: true })
  }

  #playedKind() {
    const byKey = new Map(this.targets.map((one) => [one.key, one]))
    return defineCheck<{ target: string }>({
      kind: 'played',
      title: 'Played',
      summary: 'A target of the simulated world.',
      config: z.strictObject({ target: z.string() }),
      describe: ({ target }) => target,
      probe: async ({ target }, context): Promise<Finding> => {
        const truth = byKey.get(target) as Target
        const latency = 5 + this.random.next() * 40
        await sleep(context.clock, latency, context.signal)
        const outcome = healthAt(truth, this.true)
        const probes = this.probes.get(target) ?? []
        this.probes.set(target, probes)
        const id = answeringAt(truth, this.true, probes.length)
        probes.push({ at: this.true, outcome, id })
        const reason = outcome === 'up' ? null : outcome === 'down' ? 'refused' : 'slow'
        const sentence = reason === null ? null : `The target is ${outcome}.`
        const identity = { what: 'certificate', id, words: `that of ${id}`, facts: {} }
        return { outcome, latency, reason, sentence, ...(outcome === 'down' ? {} : { identity }) }
      },
    })
  }

  /** A receiver that fails now and then, is slow now and then, and remembers all. */
  #receiverKind() {
    return defineChannel<Record<string, never>>({
      kind: 'receiver',
      title: 'Receiver',
      summary: 'Remembers what it got.',
      secrets: [],
      config: z.strictObject({}),
      describe: () => 'the receiver',
      send: async (_config, message, context): Promise<Sent> => {
        await sleep(context.clock, this.random.wait(50), context.signal)
        if (this.random.chance(0.1)) return { ok: false, retry: true, detail: '500' }
        this.received.push({ at: this.true, key: context.idempotencyKey, message })
        return { ok: true, detail: '200' }
      },
    })
  }

  /** Beats while its truth is well; tries again every 10 s while nobody answers, as a careful sender does. */
  async #send(sender: Target): Promise<void> {
    await sleep(this.clock, this.random.next() * beatEvery)
    while (!this.closed) {
      if (healthAt(sender, this.true) === 'down' || (await this.#beat(sender.key))) await sleep(this.clock, beatEvery)
      else await sleep(this.clock, 10_000)
    }
  }

  async #beat(key: string): Promise<boolean> {
    const { engine } = this
    const monitor = engine?.beats.find(key)
    if (!engine || !monitor) return false
    const nothing = { latency: null, reason: null, sentence: null }
    const at = this.clock.now()
    const observation = {
      monitor: monitor.id,
      at,
      location: 'local',
      outcome: 'up',
      signal: 'beat',
      ...nothing,
    } as const
    const gone = sleep(this.clock, 2_000).then(() => false)
    const stored = engine.beats.commit(observation).then(
      () => true,
      () => false,
    )
    const ok = await Promise.race([stored, gone])
    if (ok) this.acknowledged.push({ key, at: this.true })
    return ok
  }

  /** Beats that were answered: none of these may be lost. */
  readonly acknowledged: { key: string; at: number }[] = []
}
