// The engine: the machine that runs, put together. Opens, keeps the catalog current, starts and stops in order.
// Promises that what is committed at close is all that was acknowledged. Must not know HTTP, pages or the CLI.
import { advance, type Input } from '#core/advance.ts'
import type { MonitorState } from '#core/state.ts'
import type { MembersOf } from '#core/veil.ts'
import type { ActiveKind, Finding, Kind, ProbeContext } from '#checks/check.ts'
import type { ChannelKind, ChannelSettings, Message, SendContext, Sent } from '#channels/channel.ts'
import { breathe } from '#platform/breathe.ts'
import type { Clock } from '#platform/clock.ts'
import type { DeedLinks } from '#platform/deed-links.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { Outbound } from '#platform/outbound.ts'
import { Trouble } from '#platform/trouble.ts'
import type { MonitorModel, Readers, ServerModel } from '#manifest/model.ts'
import type { Store } from '#store/store.ts'
import { Adjuster } from './adjuster.ts'
import { Beats, type BeatsParts } from './beats.ts'
import { Catalog, type CatalogMonitor } from './catalog.ts'
import { chronicle } from './chronicle.ts'
import type { Move } from './decide.ts'
import { Deliverer } from './deliverer.ts'
import { Ingest } from './ingest.ts'
import { Inventory } from './inventory.ts'
import { Keeper } from './keeper.ts'
import { Live, type Moved } from './live.ts'
import type { Window } from '#core/maintenance.ts'
import { type Announced, announced } from './maintenances.ts'
import { publish } from './publisher.ts'
import { Runner } from './runner.ts'
import { Scheduler } from './scheduler.ts'
import { Shelter } from './shelter.ts'
import { gone, settling } from './settle.ts'
import { Silences } from './silences.ts'
import { openStatusGauge } from './status-gauge.ts'
import { Tick } from './tick.ts'
import { Unfolder } from './unfold.ts'

export interface EngineParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly outbound: Outbound
  readonly readers: Readers
  readonly kinds: ReadonlyMap<string, Kind>
  readonly channelKinds: ReadonlyMap<string, ChannelKind>
  readonly probe: (kind: ActiveKind, config: unknown, context: ProbeContext) => Promise<Finding>
  readonly send: (kind: ChannelKind, config: unknown, message: Message, context: SendContext) => Promise<Sent>
  readonly heartbeatEntry: BeatsParts['entry']
  /** Random, for the identity of a new installation and of this process. */
  readonly random: () => string
  readonly server: () => ServerModel
  /** The folder with the programs that channels may run; left out or null: none may. */
  readonly scripts?: string | null
  /** Makes the links in messages; left out: messages have none. */
  readonly links?: DeedLinks | undefined
}

const deliverWithinMs = 2_000
const againMs = 5_000
/** Of hundreds of thousands so many are looked at at once. */
const settledAtOnce = 500

/** Whether a state is as its monitor's settings want it, so that nothing need be told to it. */
function follows({ id, policy }: CatalogMonitor, state: MonitorState | null, moves: readonly Move[]): boolean {
  const [move, more] = moves
  if (state === null || move?.type !== 'revise' || more !== undefined) return false
  return advance(id, state, move, policy).state === state
}

export class Engine {
  readonly catalog: Catalog
  readonly live: Live
  readonly silences: Silences
  readonly ingest: Ingest
  readonly runner: Runner
  readonly scheduler: Scheduler
  readonly tick: Tick
  readonly deliverer: Deliverer
  readonly keeper: Keeper
  readonly beats: Beats
  readonly inventory: Inventory
  readonly #parts: EngineParts
  readonly #adjuster: Adjuster
  readonly #unfolder: Unfolder
  readonly #shelter: Shelter
  readonly #trouble: Trouble
  /** The reload that runs or ran last, and the one that waits for its end. */
  #reload: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | null = null
  #running = false
  /** A change was stored that states may not follow yet. */
  #unsettled = false
  /** What the last process knew: the first start is a change from that. */
  #opened: ReadonlyMap<number, CatalogMonitor> = new Map()

  /** Opens the engine on a store; nothing moves before `start`. */
  static async open(parts: EngineParts): Promise<Engine> {
    let instance = await parts.store.meta.get('instance')
    if (instance === null) {
      instance = parts.random()
      await parts.store.meta.set('instance', instance)
    }
    const engine = new Engine(parts, instance)
    await engine.catalog.reload(parts.store)
    await engine.silences.open()
    engine.#opened = engine.catalog.monitors
    await engine.ingest.warm()
    await engine.tick.begin()
    return engine
  }

  private constructor(parts: EngineParts, instance: string) {
    this.#parts = parts
    const { store, clock, log, metrics, outbound, server } = parts
    const catalog = new Catalog(parts.readers)
    const live = new Live(log)
    const silences = new Silences({ store, catalog, clock })
    catalog.inMaintenance = (monitor, at) =>
      silences.windows(monitor).some(({ from, until }) => from <= at && at < until)
    const ingest = new Ingest({ store, catalog, silences, live, kinds: parts.kinds, clock, log, metrics, instance })
    const runner = new Runner({
      kinds: parts.kinds,
      probe: parts.probe,
      outbound,
      clock,
      metrics,
      limits: () => server().limits,
    })
    const settings = (): ChannelSettings => ({ smtp: server().smtp, publicUrl: server().publicUrl })
    live.listen(chronicle(log, catalog))
    openStatusGauge({ metrics, catalog, ingest, clock, wanted: () => server().metrics.perMonitor })
    this.#trouble = new Trouble({
      log,
      clock,
      what: 'changed settings are stored but cannot be followed now; it is tried again',
      over: 'changed settings are followed',
    })
    this.catalog = catalog
    this.live = live
    this.silences = silences
    this.ingest = ingest
    this.runner = runner
    this.scheduler = new Scheduler({ catalog, ingest, runner, clock, log, metrics })
    this.tick = new Tick({ store, catalog, ingest, silences, live, clock, log, holder: parts.random() })
    this.deliverer = new Deliverer({
      store,
      catalog,
      outbound,
      clock,
      log,
      metrics,
      instance,
      settings,
      channelKinds: parts.channelKinds,
      send: parts.send,
      links: parts.links ?? null,
    })
    this.keeper = new Keeper({ store, catalog, ingest, clock, log, holder: parts.random(), keep: () => server().keep })
    this.#adjuster = new Adjuster({ store, catalog, ingest, kinds: parts.kinds, clock, log, metrics })
    this.#unfolder = new Unfolder({
      store,
      catalog,
      kinds: parts.kinds,
      readers: parts.readers,
      clock,
      log,
      changed: () => this.catalogChanged(),
    })
    this.#shelter = new Shelter({ catalog, ingest, live, kinds: parts.kinds, log })
    this.inventory = new Inventory({ store, catalog, ingest, clock, shelter: this.#shelter })
    this.beats = new Beats({
      made: (id) => this.#unfolder.look(id),
      store,
      catalog,
      ingest,
      adjuster: this.#adjuster,
      clock,
      entry: parts.heartbeatEntry,
      settings: () => server().heartbeats,
    })
  }

  /** Begins to check, to let time pass, to deliver and to keep house. */
  async start(): Promise<void> {
    this.#running = true
    const { monitors, members } = this.catalog
    await this.#settle([...monitors.values()], this.#opened, [...members.derived.keys()])
    this.#opened = new Map()
    await this.silences.begin(this.ingest)
    await this.#publishAll()
    this.live.listen((change) => {
      if (change.deliveries) this.deliverer.nudge()
    })
    this.scheduler.refresh()
    this.#shelter.start()
    this.tick.start()
    this.keeper.start()
    this.#unfolder.look()
    await this.deliverer.start()
  }

  /** Stops in order: no new checks, what was observed is committed, messages under way get a moment. */
  async close(): Promise<void> {
    this.#running = false
    this.scheduler.close()
    await this.runner.close()
    await Promise.all([
      this.tick.close(),
      this.keeper.close(),
      this.#adjuster.close(),
      this.#unfolder.close(),
      this.#shelter.close(),
    ])
    await this.ingest.close()
    await this.deliverer.close(deliverWithinMs)
  }

  /**
   * Objects changed in the store: takes over what they say now. Calls that wait while one runs become one. Rejects when
   * it cannot be done now; it is tried again until it is.
   */
  catalogChanged(): Promise<void> {
    this.#waiting ??= this.#reload
      .catch(() => {})
      .then(() => {
        this.#waiting = null
        this.#reload = this.#takeOver()
        return this.#reload
      })
    return this.#waiting
  }

  async #takeOver(): Promise<void> {
    try {
      await this.#follow()
      this.#trouble.over()
    } catch (error) {
      this.#unsettled = true
      this.#trouble.note(error)
      this.#parts.clock.after(againMs, () => {
        if (this.#running && this.#unsettled) this.catalogChanged().catch(() => {})
      })
      throw error
    }
  }

  async #follow(): Promise<void> {
    const before = this.catalog.monitors
    const all = this.#unsettled
    const next = await this.catalog.read(this.#parts.store)
    await this.#countThoseGone(next.monitors)
    this.catalog.adopt(next)
    this.beats.recount()
    for (const id of before.keys()) if (!this.catalog.monitors.has(id)) this.ingest.forget(id)
    if (!this.#running) return
    const changed = [...this.catalog.monitors.values()].filter((monitor) => all || before.get(monitor.id) !== monitor)
    const { derived, changed: concerned } = this.catalog.members
    await this.#settle(changed, before, [...(all ? derived : concerned).keys()])
    this.scheduler.refresh()
    await this.#publishAll()
    this.#unsettled = false
    this.#unfolder.look()
    this.live.tell({ events: [], deliveries: true, public: true })
  }

  /** What people tell the public changed: incidents follow, and pages are made anew. */
  async publicChanged(): Promise<void> {
    await this.#publishAll()
    this.live.tell({ events: [], deliveries: false, public: true })
  }

  /** Lets incidents follow what is provisioned now: those of components that are gone end. */
  async #publishAll(): Promise<void> {
    const { store, clock } = this.#parts
    await store.transaction((tx) => publish(tx, this.catalog, { monitors: new Set(), all: true }, clock.now()))
  }

  /** What is about to go is counted to its last moment, while it is still known. */
  async #countThoseGone(living: ReadonlyMap<number, CatalogMonitor>): Promise<void> {
    const dead = [...this.catalog.monitors.keys()].filter((id) => !living.has(id))
    const at = this.#parts.clock.now()
    await this.ingest.inputs(dead.map((id) => [id, { type: 'account', at }]))
    await this.ingest.inputs(dead.map((id) => [id, { type: 'revise', at, follows: gone }]))
  }

  /**
   * Lets new and changed monitors' states follow: deadlines, pausing, and time that nobody watched; then looks at those
   * that follow from others.
   */
  async #settle(
    changed: readonly CatalogMonitor[],
    before: ReadonlyMap<number, CatalogMonitor>,
    derived: readonly number[],
  ): Promise<void> {
    const at = this.#parts.clock.now()
    for (let from = 0; from < changed.length; from += settledAtOnce) {
      await breathe()
      const some = changed.slice(from, from + settledAtOnce)
      const states = await this.ingest.states(some.map(({ id }) => id))
      const moves = some.flatMap((monitor) => {
        const { id } = monitor
        const state = states.get(id) ?? null
        const wanted = settling(monitor, before.get(id), state, at)
        return follows(monitor, state, wanted) ? [] : wanted.map((move) => [id, move] as const)
      })
      await this.ingest.inputs(moves)
    }
    await this.ingest.inputs(derived.map((id) => [id, { type: 'derive', at }]))
  }

  /** Moves one monitor's state by a command; the scheduler follows. Null: no such monitor. */
  async input(monitor: number, input: Input): Promise<MonitorState | null> {
    const state = await this.ingest.input(monitor, input)
    if (input.type === 'pause' || input.type === 'resume') this.scheduler.refresh()
    return state
  }

  /** Moves many monitors' states by commands; the scheduler follows once. */
  async inputs(moves: Iterable<readonly [monitor: number, input: Input]>): Promise<void> {
    await this.ingest.inputs(moves)
    this.scheduler.refresh()
  }

  /** Silences were made, changed or ended. */
  silencesChanged(): Promise<void> {
    return this.silences.changed(this.ingest)
  }

  /** The windows of maintenance over a monitor, of the last day and to come. */
  windows(monitor: number): readonly Window[] {
    const found = this.catalog.monitors.get(monitor)
    return found === undefined ? [] : this.silences.windows(found)
  }

  /** What the public is told of maintenance. */
  announced(now: number): Promise<readonly Announced[]> {
    return announced(this.#parts.store, now)
  }

  /** Maintenance was planned, changed or ended: monitors and pages follow. */
  async maintenanceChanged(): Promise<void> {
    await this.silences.changed(this.ingest)
    await this.publicChanged()
  }

  /** Checks an active monitor once, now, and takes it in. Null: it is not checked. Rejects with Overloaded. */
  async runNow(key: string): Promise<{ finding: Finding; state: MonitorState } | null> {
    const monitor = this.catalog.byKey.get(key)
    const done = monitor ? await this.runner.runAsked(monitor) : null
    if (monitor === undefined || done === null) return null
    const state = await this.ingest.input(monitor.id, { type: 'observation', observation: done.observation })
    return state === null ? null : { finding: done.finding, state }
  }

  /** What a check with these settings finds now; it counts for nothing. Null: not checked. Rejects with Overloaded. */
  tryOut(monitor: MonitorModel): Promise<Finding | null> {
    return this.runner.tryOut(monitor)
  }

  /** How monitors are now, by number. */
  states(): Promise<ReadonlyMap<number, MonitorState>> {
    return this.ingest.all()
  }

  /** Those that a monitor follows from; null: it follows from none. */
  readonly membersOf: MembersOf = (monitor) => {
    const { members } = this.catalog
    if (!members.derived.has(monitor)) return null
    return [...members.of(monitor)].flatMap((id) => members.get(id) ?? [])
  }

  /** The key of the monitor that reports under this secret id; null: none does. */
  holderOf(id: string): string | null {
    return this.catalog.byAlias.get(id.toLowerCase())?.key ?? null
  }

  /** Another number after every change of what is provisioned, as far as this process knows. */
  provisioned(): number {
    return this.catalog.revision
  }

  /** Hears of every commit; gives what ends it. */
  watch(watcher: (moved: Moved) => void): () => void {
    return this.live.watch(watcher)
  }

  unstoredSince(): number | null {
    return this.ingest.unstoredSince
  }

  nudgeDeliveries(): void {
    this.deliverer.nudge()
  }

  /** How the watchman himself is, in plain numbers. */
  health() {
    const since = this.ingest.unstoredSince
    return {
      monitors: this.catalog.monitors.size,
      unreadable: this.catalog.unreadable,
      waiting: this.ingest.waiting,
      failure: this.ingest.failure,
      unstoredSince: since === null ? null : new Date(since).toISOString(),
      latenessP99Ms: this.scheduler.lateness.quantile(0.99),
      latelyMs: this.scheduler.lately.value,
      deliveries: this.deliverer.counts,
      listeningSince: new Date(this.tick.listeningSince).toISOString(),
    }
  }
}
