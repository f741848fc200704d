// An engine on a real store with played kinds and channels, for the engine's own tests.
// Promises that what a probe finds and what a receiver answers is set by the test.
import { z } from 'zod'
import { defineChannel, type Message, type Sent } from '#channels/channel.ts'
import { defineCheck, type Finding, type Kind } from '#checks/check.ts'
import { group } from '#checks/group.ts'
import { heartbeat } from '#checks/heartbeat/heartbeat.ts'
import { view } from '#checks/view.ts'
import { monitHost } from '#checks/monit/host.ts'
import { monit } from '#checks/monit/service.ts'
import { Engine } from '#engine/engine.ts'
import { openManifest } from '#manifest/read.ts'
import type { Clock } from '#platform/clock.ts'
import { openDeedLinks } from '#platform/deed-links.ts'
import { type Log, silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import type { ObjectType, Store } from '#store/store.ts'

export interface EngineHouse {
  readonly engine: Engine
  readonly metrics: Metrics
  /** What the receivers got, in order, with the key of their channel. */
  readonly received: { channel: string; key: string; message: Message }[]
  /** How a channel answers; unset: ok. */
  readonly answers: Map<string, (attempt: number) => Promise<Sent> | Sent>
  /** What a probe of a target finds; unset: up. */
  readonly targets: Map<string, () => Promise<Finding> | Finding>
}

export const up: Finding = { outcome: 'up', latency: 1, reason: null, sentence: null }
export const refused: Finding = { outcome: 'down', latency: 1, reason: 'refused', sentence: 'Nothing listens.' }
export const delivered: Sent = { ok: true, detail: '200 OK' }
export const failed: Sent = { ok: false, retry: true, detail: '500 Internal Server Error' }

type Key = { key: string }

const publicUrl = 'https://status.example.test'
/** Reads and makes the links in messages. */
export const links = openDeedLinks([new Uint8Array(32)])

/** Opens an engine; `start` it where things shall run by themselves. */
export async function openEngine(
  store: Store,
  clock: Clock,
  instance = 'test',
  log: Log = silentLog,
  settings: Record<string, unknown> = {},
): Promise<EngineHouse> {
  const received: EngineHouse['received'] = []
  const answers: EngineHouse['answers'] = new Map()
  const targets: EngineHouse['targets'] = new Map()
  const played = defineCheck<Key>({
    kind: 'played',
    title: 'Played',
    summary: 'Finds what the test says.',
    config: z.strictObject({ key: z.string() }),
    describe: ({ key }) => key,
    host: ({ key }) => key,
    probe: async ({ key }) => (await targets.get(key)?.()) ?? up,
  })
  const sign: Kind = { ...heartbeat, kind: 'sign' }
  const receiver = defineChannel<Key>({
    kind: 'receiver',
    title: 'Receiver',
    summary: 'Remembers what it got.',
    secrets: [],
    config: z.strictObject({ key: z.string() }),
    describe: ({ key }) => key,
    send: async ({ key }, message, context) => {
      const sent = (await answers.get(key)?.(context.attempt)) ?? delivered
      if (sent.ok) received.push({ channel: key, key: context.idempotencyKey, message })
      return sent
    },
  })
  const kinds = new Map([played, sign, group, monitHost, monit, view].map((kind): [string, Kind] => [kind.kind, kind]))
  const channelKinds = new Map([[receiver.kind, receiver]])
  const manifest = openManifest({ kinds, channelKinds })
  const server = manifest.readServer({ public_url: publicUrl, ...settings })
  if (!server.ok) throw new Error('the default settings cannot be read')
  const metrics = new Metrics()
  let made = 0
  const engine = await Engine.open({
    store,
    clock,
    metrics,
    log,
    outbound: { resolve: () => Promise.reject(new Error('no network here')), connect: noSocket },
    readers: manifest,
    kinds,
    channelKinds,
    probe: (kind, config, context) => kind.probe(config, context),
    send: (kind, config, message, context) => kind.send(config, message, context),
    heartbeatEntry: (every, grace) => ({ kind: 'sign', spec: { sign: { every, grace } } }),
    random: () => {
      made += 1
      return `${instance}${made}`
    },
    server: () => server.value,
    links,
  })
  return { engine, metrics, received, answers, targets }
}

const noSocket = () => {
  throw new Error('no network here')
}

/** Stores an object as a manifest would; gives its number. */
export async function provision(store: Store, type: ObjectType, key: string, kind: string, spec: object, at: number) {
  const labels = 'labels' in spec ? (spec.labels as Record<string, string>) : {}
  const object = { type, key, name: key, kind, labels, spec, owner: 'api' }
  return (await store.objects.put(object, at)).object.id
}

/** A monitor that needs two bad looks, two receivers, a rule that tells them all, and a page. */
export async function provisionUsual(store: Store, at: number): Promise<number> {
  const id = await provision(
    store,
    'monitor',
    'web',
    'played',
    {
      played: { key: 'web' },
      interval: '60s',
      fail_after: 2,
    },
    at,
  )
  await provision(store, 'channel', 'one', 'receiver', { receiver: { key: 'one' }, retry: { first: '1s' } }, at)
  await provision(store, 'channel', 'two', 'receiver', { receiver: { key: 'two' }, retry: { first: '1s' } }, at)
  await provision(store, 'rule', 'all', '', { monitors: '*', tell: ['one', 'two'], on: ['down', 'up'] }, at)
  const groups = [{ name: 'All', components: [{ name: 'Web', monitors: 'web' }] }]
  await provision(store, 'page', 'main', '', { title: 'Main', groups, incidents: { open_after: '0s' } }, at)
  return id
}
