// The board: what a list shows of each monitor, in memory, so that thousands are searched, sorted and counted in a
// moment. Promises to be as new as the store: only what changed is read again. Must not know who may see what.
import type { MonitorState } from '#core/state.ts'
import type { MembersOf } from '#core/veil.ts'
import { maskUrl } from '#commands/secrets.ts'
import type { EnginePort } from '#commands/ports.ts'
import type { Readers } from '#manifest/model.ts'
import type { Clock } from '#platform/clock.ts'
import type { Store, StoredObject } from '#store/store.ts'

/** What is known of a monitor without looking at its state. */
export interface BoardRow {
  readonly id: number
  readonly key: string
  readonly name: string
  readonly kind: string
  readonly labels: Readonly<Record<string, string>>
  readonly owner: string
  /** What is watched, in words, without secrets. Null: this version cannot read its settings. */
  readonly target: string | null
  /** Between two checks, ms. */
  readonly interval: number | null
  /** What a search looks at, in small letters. */
  readonly text: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly revision: number
}

export interface BoardParts {
  /** Without a limit: whoever asks the board is limited there. */
  readonly store: Pick<Store, 'objects' | 'dialect'>
  readonly engine: Pick<EnginePort, 'states' | 'provisioned' | 'membersOf'>
  readonly readers: Pick<Readers, 'readMonitor'>
  readonly clock: Clock
}

/** All monitors at one moment. The states go on changing. */
export interface Snapshot {
  /** In the order of their keys. */
  readonly rows: readonly BoardRow[]
  readonly byId: ReadonlyMap<number, BoardRow>
  readonly byKey: ReadonlyMap<string, BoardRow>
  readonly states: ReadonlyMap<number, MonitorState>
  /** Another object after every change of the rows. */
  readonly version: object
  /** Whom monitors follow from. */
  readonly membersOf: MembersOf
}

/** Other processes may change objects, too. */
const freshMs = 1_000
/** A change that was begun earlier may be committed later. */
const slackMs = 60_000
const readAtOnce = 200

export class Board {
  readonly #parts: BoardParts
  #rows = new Map<number, BoardRow>()
  #ordered: readonly BoardRow[] = []
  #keyed: ReadonlyMap<string, BoardRow> = new Map()
  /** The time of the last change that is known; null: nothing was read yet. */
  #changedAt: number | null = null
  #provisioned = -1
  #readAt = 0
  #reading: Promise<void> | null = null
  #version = {}

  constructor(parts: BoardParts) {
    this.#parts = parts
  }

  /** Everything as it is now. Rejects when the store does. */
  async look(): Promise<Snapshot> {
    // Twice at most: a reading that was under way may have begun before a change.
    for (let reading = 0; reading < 2 && this.#isOld(); reading += 1) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null
      })
      await this.#reading
    }
    const { engine } = this.#parts
    const states = await engine.states()
    const { membersOf } = engine
    return { membersOf, rows: this.#ordered, byId: this.#rows, byKey: this.#keyed, states, version: this.#version }
  }

  #isOld(): boolean {
    const { engine, store, clock } = this.#parts
    if (this.#changedAt === null || engine.provisioned() !== this.#provisioned) return true
    return store.dialect === 'postgres' && clock.monotonic() - this.#readAt >= freshMs
  }

  async #read(): Promise<void> {
    const { engine, clock } = this.#parts
    const [provisioned, readAt] = [engine.provisioned(), clock.monotonic()]
    if (this.#changedAt === null) await this.#readAll()
    else await this.#readChanges(this.#changedAt - slackMs)
    this.#provisioned = provisioned
    this.#readAt = readAt
  }

  /** A few at a time: all of them with their settings are more than need be in memory, and others have their turn. */
  async #readAll(): Promise<void> {
    const rows: BoardRow[] = []
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.#parts.store.objects.list({ type: 'monitor', limit: readAtOnce, cursor })
      for (const object of page.items) rows.push(this.#rowOf(object))
      cursor = page.next
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#changedAt = rows.reduce((latest, { updatedAt }) => Math.max(latest, updatedAt), 0)
    this.#set(new Map(rows.map((row) => [row.id, row])))
  }

  async #readChanges(since: number): Promise<void> {
    const { objects } = this.#parts.store
    const changes = await objects.changedSince('monitor', since)
    const gone = changes.filter(({ id, deleted }) => deleted && this.#rows.has(id)).map(({ id }) => id)
    const news = changes.filter(({ id, deleted, revision }) => !deleted && this.#rows.get(id)?.revision !== revision)
    if (gone.length + news.length > 0) this.#take(await objects.byIds(news.map(({ id }) => id)), gone)
  }

  #take(objects: readonly StoredObject[], gone: readonly number[]): void {
    const rows = new Map(this.#rows)
    for (const id of gone) rows.delete(id)
    for (const object of objects) {
      if (object.deletedAt === null) rows.set(object.id, this.#rowOf(object))
      else rows.delete(object.id)
      this.#changedAt = Math.max(this.#changedAt ?? 0, object.updatedAt)
    }
    this.#set(rows)
  }

  #set(rows: Map<number, BoardRow>): void {
    this.#rows = rows
    this.#ordered = [...rows.values()].sort((one, other) => (one.key < other.key ? -1 : 1))
    this.#keyed = new Map(this.#ordered.map((row) => [row.key, row]))
    this.#version = {}
  }

  #rowOf(object: StoredObject): BoardRow {
    const { id, key, name, kind, labels, owner, createdAt, updatedAt, revision } = object
    const read = this.#parts.readers.readMonitor(key, object.spec)
    const target = read.ok ? maskUrl(read.value.target) : null
    const interval = read.ok ? read.value.policy.interval : null
    const words = Object.entries(labels).map(([label, value]) => `${label}:${value}`)
    const text = [key, name, ...words, target ?? ''].join('\n').toLowerCase()
    return { id, key, name, kind, labels, owner, target, interval, text, createdAt, updatedAt, revision }
  }
}
