// The states as this process knows them, so that deciding and looking need no read.
// Promises that what is forgotten after a failure is read again before anybody is told of all, and that among several
// processes nobody sees anything older than a second. Decides nothing.
import type { MonitorState } from '#core/state.ts'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#store/store.ts'

/** Among several processes others change states, too. */
const freshMs = 1_000

export class StateCache {
  readonly #store: Pick<Store, 'states' | 'dialect'>
  readonly #clock: Clock
  readonly #states = new Map<number, MonitorState>()
  /** Whether every stored state is here. */
  #whole = false
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | null = null

  constructor(store: Pick<Store, 'states' | 'dialect'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  get(monitor: number): MonitorState | undefined {
    return this.#states.get(monitor)
  }

  set(monitor: number, state: MonitorState): void {
    this.#states.set(monitor, state)
  }

  /** What is stored may be another one: it is read again when it is needed. */
  delete(monitor: number): void {
    if (this.#states.delete(monitor)) this.#whole = false
  }

  /** Its monitor is gone. */
  drop(monitor: number): void {
    this.#states.delete(monitor)
  }

  clear(): void {
    this.#states.clear()
    this.#whole = false
  }

  /** The states of some monitors, from here or the store; those that nobody has looked at have none. */
  async some(monitors: Iterable<number>): Promise<Map<number, MonitorState>> {
    const states = new Map<number, MonitorState>()
    const missing = new Set<number>()
    for (const monitor of monitors) {
      const state = this.#states.get(monitor)
      if (state) states.set(monitor, state)
      else missing.add(monitor)
    }
    if (missing.size > 0) {
      for (const [id, state] of await this.#store.states.get([...missing])) states.set(id, state)
    }
    return states
  }

  /** All of them, those of monitors that are gone among them. The map stays the same and goes on changing. */
  async all(): Promise<ReadonlyMap<number, MonitorState>> {
    const alone = this.#store.dialect === 'sqlite'
    const old = !alone && this.#clock.monotonic() - this.#readAt >= freshMs
    if (!this.#whole || old) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null
      })
      await this.#reading
    }
    return this.#states
  }

  async #read(): Promise<void> {
    const { states } = this.#store
    this.#readAt = this.#clock.monotonic()
    const whole = this.#whole
    this.#whole = true
    try {
      const found = whole ? await states.get(await this.#changed()) : await states.all()
      for (const [id, state] of found) if (state.version > this.#version(id)) this.#states.set(id, state)
    } catch (error) {
      this.#whole = false
      throw error
    }
  }

  /** Those that another process has changed. */
  async #changed(): Promise<number[]> {
    const versions = await this.#store.states.versions()
    return [...versions].filter(([id, version]) => version > this.#version(id)).map(([id]) => id)
  }

  #version(monitor: number): number {
    return this.#states.get(monitor)?.version ?? -1
  }
}
