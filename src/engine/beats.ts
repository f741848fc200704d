// Beats: how incoming signs of life find their monitor, and how an unknown name makes one.
// Promises a limit on what strangers can create, and that a beat counts once. Must not know any protocol.
import type { Observation } from '#core/observation.ts'
import { formatDuration } from '#core/duration.ts'
import type { MailRules } from '#core/mail-rules.ts'
import type { Adjustment } from '#core/expected.ts'
import type { Clock } from '#platform/clock.ts'
import type { ServerModel } from '#manifest/model.ts'
import { Conflict, type NewObject, type Store, type StoredObject } from '#store/store.ts'
import type { Adjusted, Adjuster } from './adjuster.ts'
import { Allowance } from './allowance.ts'
import type { Catalog, CatalogMonitor } from './catalog.ts'
import { type Ingest, Overloaded } from './ingest.ts'

/** One that we look at takes no beats, nor does one that follows from others, or of which people say how it is. */
const isPassive = ({ policy }: CatalogMonitor) => policy.beat !== null

export interface BeatsParts {
  readonly store: Store
  readonly catalog: Catalog
  readonly ingest: Ingest
  readonly adjuster: Adjuster
  readonly clock: Clock
  readonly settings: () => ServerModel['heartbeats']
  /** A monitor was made. */
  readonly made?: (monitor: number) => void
  /** The kind that heartbeats made by a beat are given, and its settings. */
  readonly entry: (every: string, grace: string) => { kind: string; spec: object }
}

/** What is known of a heartbeat that is to be made: the name that people read, what was said of its thresholds. */
export interface Making {
  readonly name?: string
  readonly said?: readonly Adjustment[]
}

/** A passive monitor (`passive`) takes beats; no other does. */
export interface BeatMonitor {
  readonly id: number
  readonly key: string
  readonly passive: boolean
  /** Found by its secret id, or by its key though it has one (`guarded`); `open`: it has none. */
  readonly access: 'open' | 'id' | 'guarded'
}

const shown = (monitor: CatalogMonitor, access: BeatMonitor['access']): BeatMonitor => ({
  id: monitor.id,
  key: monitor.key,
  passive: isPassive(monitor),
  access,
})

/** Logs kept of one heartbeat, and as many of failures. */
const logsKept = 50
const creatingMost = 1_000

type Created = BeatMonitor | 'limit' | 'off'

export class Beats {
  readonly #parts: BeatsParts
  readonly #creating = new Map<string, Promise<Created>>()
  readonly #allowance: Allowance

  constructor(parts: BeatsParts) {
    this.#parts = parts
    this.#allowance = new Allowance(() => parts.store.objects.countBy('beat', 'monitor'))
  }

  /** Another number whenever what `find` said may be wrong. */
  get revision(): number {
    return this.#parts.catalog.revision
  }

  find(name: string): BeatMonitor | null {
    const { byKey, byAlias } = this.#parts.catalog
    const monitor = byKey.get(name)
    if (monitor) return shown(monitor, monitor.alias === null ? 'open' : 'guarded')
    const secret = byAlias.size > 0 ? byAlias.get(name.toLowerCase()) : undefined
    return secret ? shown(secret, 'id') : null
  }

  /** Makes the monitor of an unknown name; `limit`: as many as are allowed exist, `off`: beats make none. */
  create(key: string, making: Making = {}): Promise<Created> {
    const under = this.#creating.get(key)
    if (under) return under
    const known = this.find(key)
    if (known) return Promise.resolve(known)
    if (!this.#parts.settings().create) return Promise.resolve('off')
    if (this.#creating.size >= creatingMost)
      return Promise.reject(new Overloaded('Too many heartbeats are being made.'))
    const creation = this.#create(key, making).finally(() => this.#creating.delete(key))
    this.#creating.set(key, creation)
    return creation
  }

  async #create(key: string, { name = key, said = [] }: Making): Promise<Created> {
    const { catalog, clock, ingest, adjuster, settings, entry, made } = this.#parts
    const settle = await this.#allowance.reserve(settings().limit)
    if (settle === null) return 'limit'
    let isMade = false
    try {
      const { kind, spec: usual } = entry(formatDuration(settings().every), formatDuration(settings().grace))
      const now = clock.now()
      const spec = adjuster.adjusted(kind, name === key ? usual : { name, ...usual }, said)
      const object = { type: 'monitor', key, name, kind, labels: {}, spec, owner: 'beat' } as const
      const stored = await this.#put(object, now)
      isMade = stored.owner === 'beat'
      const monitor = catalog.take(stored)
      // Somebody else's monitor that this version cannot read is left alone, and takes no beats.
      if (monitor === null) return { id: stored.id, key, passive: false, access: 'open' }
      await ingest.input(monitor.id, { type: 'revise', at: now, follows: monitor.follows })
      made?.(monitor.id)
      return shown(monitor, monitor.alias === null ? 'open' : 'guarded')
    } finally {
      settle(isMade)
    }
  }

  /** Only where there is none: what somebody else made meanwhile stays as it is. */
  async #put(made: NewObject, at: number): Promise<StoredObject> {
    const { objects } = this.#parts.store
    const by = { kind: 'beat', id: null, name: 'a first heartbeat', address: null } as const
    try {
      return (await this.#parts.store.as(by, () => objects.put(made, at, 0))).object
    } catch (error) {
      const living = error instanceof Conflict ? await objects.get('monitor', made.key) : null
      if (living === null) throw error
      return living
    }
  }

  /** Objects changed: how many were made by beats is counted anew. */
  recount(): void {
    this.#allowance.recount()
  }

  /** A sign of life that nobody waits for. False: too much waits. */
  offer(monitor: number, at: number): boolean {
    const nothing = { latency: null, reason: null, sentence: null }
    return this.#parts.ingest.offer({ monitor, at, location: 'local', outcome: 'up', signal: 'beat', ...nothing })
  }

  /** Takes what a sender says of a monitor's thresholds. */
  adjust(monitor: number, change: Adjustment): Adjusted {
    return this.#parts.adjuster.adjust(monitor, change)
  }

  /** Resolves when what senders said of thresholds is stored; rejects when that cannot be done now. */
  stored(): Promise<void> {
    return this.#parts.adjuster.stored()
  }

  /** Resolves after the commit; rejects when it cannot be stored now. */
  async commit(observation: Observation): Promise<void> {
    const state = await this.#parts.ingest.input(observation.monitor, { type: 'observation', observation })
    if (state === null) throw new Overloaded('The monitor was deleted meanwhile.')
  }

  mailRules(monitor: number): MailRules | null {
    return this.#parts.catalog.monitors.get(monitor)?.mail ?? null
  }

  log(entry: Omit<Parameters<Store['beatLogs']['insert']>[0], 'keep'>): Promise<void> {
    return this.#parts.store.beatLogs.insert({ ...entry, keep: logsKept })
  }
}
