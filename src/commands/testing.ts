// For tests of commands and of the API: a real store in a folder of its own, a manifest with small kinds, and an
// engine that moves states as the real one does but checks and sends nothing.
// Promises that closing leaves nothing behind.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { defineChannel } from '#channels/channel.ts'
import { manual } from '#checks/manual.ts'
import { defineCheck, defineDerived, definePassive, type Finding } from '#checks/check.ts'
import { everyWithGrace } from '#core/expected.ts'
import { advance } from '#core/advance.ts'
import type { Selector } from '#core/glob.ts'
import { selection } from '#core/selection.ts'
import { fresh } from '#core/state.ts'
import type { Member } from '#core/veil.ts'
import { openManifest } from '#manifest/read.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { shownSpec } from './object-types.ts'
import type { CommandParts, EnginePort, Moved } from './ports.ts'

const http = defineCheck({
  kind: 'http',
  title: 'HTTP',
  summary: 'A URL.',
  config: z.strictObject({
    url: z.url(),
    headers: z.record(z.string(), z.string()).optional(),
    auth: z.strictObject({ user: z.string(), password: z.string() }).optional(),
  }),
  secrets: ['headers.*'],
  describe: ({ url }) => url,
  probe: () => Promise.reject(new Error('not in tests')),
})
const heartbeat = definePassive<{ id?: string | undefined }>({
  kind: 'heartbeat',
  title: 'Heartbeat',
  summary: 'Reports.',
  config: z.strictObject({ id: z.string().optional() }),
  describe: () => 'a heartbeat',
  alias: ({ id = null }) => id,
  expects: () => everyWithGrace({ every: 60_000, grace: 0 }),
})
const crowd = defineDerived<{ monitors: Selector }>({
  kind: 'crowd',
  title: 'Crowd',
  summary: 'Follows from others.',
  config: z.strictObject({ monitors: selection }),
  describe: () => 'others',
  members: ({ monitors }) => monitors,
  derive: () => ({ outcome: 'unknown', reason: 'no_data', sentence: 'It is made up.' }),
})
const webhook = defineChannel({
  kind: 'webhook',
  title: 'Webhook',
  summary: 'A request.',
  config: z.strictObject({
    url: z.url(),
    secret: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  secrets: ['secret', 'headers.*'],
  describe: ({ url }) => url,
  send: () => Promise.reject(new Error('not in tests')),
})
export const testManifest = openManifest({ kinds: [http, heartbeat, crowd, manual], channelKinds: [webhook] })

export interface TestEngine extends EnginePort {
  reloads: number
  /** Whom monitors follow from, by number. */
  readonly members: Map<number, Member[]>
  /** How often silences were said to be others. */
  hushes: number
  published: number
  nudges: number
  /** What the next check finds. */
  finding: Finding
  /** What `unstoredSince` gives. */
  unstored: number | null
}

export interface CommandRig extends CommandParts {
  readonly engine: TestEngine
  loaded: string | null
  close(): Promise<void>
}

const secretsOf: CommandParts['secretsOf'] = (_, kind) =>
  [http, webhook].find((one) => one.kind === kind)?.secrets ?? []

/** A rig on SQLite in a temporary folder, on the database at `url`, or on a store that somebody else closes. */
export async function openRig(options: { url?: string; clock?: Clock; store?: Store } = {}): Promise<CommandRig> {
  const clock = options.clock ?? systemClock
  const folder = await mkdtemp(join(tmpdir(), 'allswell-'))
  const url = options.url ?? `sqlite:${join(folder, 'test.db')}`
  const own = options.store === undefined
  const store =
    options.store ??
    (await openStore({ url, clock, log: silentLog, shown: (object) => shownSpec({ secretsOf }, object) }))
  return {
    store,
    clock,
    engine: testEngine(store, clock),
    readers: testManifest,
    loaded: null,
    secretsOf,
    saidEntry: (name) => ({ name, manual: {} }),
    async close() {
      if (own) await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function testEngine(store: Store, clock: Clock): TestEngine {
  const watchers = new Set<(moved: Moved) => void>()
  let asked = 0
  const engine: TestEngine = {
    tryOut: async ({ kind }) => (kind === 'http' ? engine.finding : null),
    states: () => store.states.all(),
    holderOf: () => null,
    // Objects come into the store past this engine.
    provisioned: () => (asked += 1),
    watch(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    reloads: 0,
    hushes: 0,
    members: new Map(),
    membersOf: (id) => engine.members.get(id) ?? null,
    async silencesChanged() {
      engine.hushes += 1
    },
    nudges: 0,
    unstored: null,
    unstoredSince: () => engine.unstored,
    finding: { outcome: 'up', latency: 12, reason: null, sentence: null },
    health: () => ({ waiting: 0 }),
    nudgeDeliveries() {
      engine.nudges += 1
    },
    async maintenanceChanged() {
      engine.published += 1
    },
    async publicChanged() {
      engine.published += 1
    },
    published: 0,
    async catalogChanged() {
      engine.reloads += 1
    },
    async input(monitor, input) {
      const [object] = await store.objects.byIds([monitor])
      if (!object) return null
      const read = testManifest.readMonitor(object.key, object.spec)
      if (!read.ok) return null
      const before = (await store.states.get([monitor])).get(monitor)
      const step = advance(monitor, before ?? fresh(object.createdAt), input, read.value.policy)
      await store.transaction(async (tx) => {
        await tx.states.save([{ id: monitor, from: before?.version ?? 0, state: step.state }])
        await tx.events.insert(step.events.map((event) => ({ ...event, explanation: [] })))
      })
      const observations = input.type === 'observation' ? [step.seen ?? input.observation] : []
      const { events, state } = step
      for (const watcher of watchers) watcher({ states: [{ id: monitor, state }], events, observations })
      return step.state
    },
    async inputs(moves) {
      for (const [monitor, input] of moves) await engine.input(monitor, input)
    },
    async runNow(key) {
      const object = await store.objects.get('monitor', key)
      if (object?.kind !== 'http') return null
      const { finding } = engine
      const seen = { ...finding, monitor: object.id, location: 'local', at: clock.now(), signal: 'check' as const }
      return { finding, state: await engine.input(object.id, { type: 'observation', observation: seen }) }
    },
  }
  return engine
}
