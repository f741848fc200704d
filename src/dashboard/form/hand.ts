// An object while it is edited: what was there, what it is to be, what the server says is wrong with it.
// Promises that leaving with changes is asked about, and that a change which somebody else made meanwhile is shown
// and not overwritten.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { at, type Fault, get, post, Problem, put } from '../api/client.ts'
import type { ObjectType } from '../api/schemas.ts'
import type { Common, Setting } from '../api/types.ts'
import { unsaved } from '../router.ts'
import { type Entry, keyFrom, type Path, write } from './entry.ts'
import { type Hand, type Inherited, pathText } from './input.tsx'
import { merged } from './merge.ts'
import { NodeField } from './node.tsx'
import { valueWord } from './words.ts'

export class Draft {
  readonly type: ObjectType
  /** Null: it is a new one. */
  readonly stored: Signal<Common | null>
  readonly entry: Signal<Entry>
  /** The key that was chosen; empty: one is made from the name. */
  readonly chosenKey = signal('')
  readonly problem = signal<Problem | null>(null)
  readonly key: ReadonlySignal<string>
  /** Grows whenever all of it is put in another's place, so that fields begin anew. */
  readonly turn = signal(0)
  /** What counts of what is stored, where nothing is said; empty until it is known. */
  readonly settings = signal<readonly Setting[]>([])

  /** The key that names its kind, which stays when nothing stands below it any more; null: it has none. */
  readonly kind: string | null

  constructor(type: ObjectType, stored: Common | null, entry: Entry, kind: string | null = null) {
    this.type = type
    this.kind = kind
    this.stored = signal(stored)
    this.entry = signal(entry)
    this.key = computed(() => {
      const { name, title } = this.entry.value
      const called = typeof name === 'string' ? name : typeof title === 'string' ? title : ''
      return this.stored.value?.key ?? (this.chosenKey.value || keyFrom(called))
    })
  }

  get faults(): readonly Fault[] {
    return this.problem.value?.errors ?? []
  }

  hand(readOnly: boolean): Hand {
    return {
      entry: this.entry.value,
      faults: this.faults,
      readOnly,
      Node: NodeField,
      write: (path, value) => this.write(path, value),
      derived: (path) => this.derived(path),
    }
  }

  /** Only what follows from other settings: what is usual stands in the schema. */
  private derived(path: Path): Inherited | undefined {
    const text = pathText(path)
    const found = this.settings.value.find((one) => one.source === 'derived' && one.path === text)
    const word = valueWord(found?.value)
    return word === null ? undefined : { word, source: 'now' }
  }

  /** Learns what counts where nothing is said. That it cannot be learnt keeps nobody from writing. */
  async learn(): Promise<void> {
    const now = this.stored.value
    if (now === null) return
    const found = await get<{ items: readonly Setting[] }>(at(`${this.type}s`, now.key, 'settings')).catch(() => null)
    if (found !== null) this.settings.value = found.items
  }

  write(path: Path, value: unknown): void {
    const next = write(this.entry.value, path, value) as Entry
    this.entry.value = this.kind === null || Object.hasOwn(next, this.kind) ? next : { ...next, [this.kind]: {} }
    unsaved.value = 'What you changed is not saved.'
  }

  /** Keeps it; resolves with what is stored then, and null where something is wrong with it. */
  async save(): Promise<Common | null> {
    const { stored, entry, key, type } = this
    try {
      const body = withoutBlanks(entry.value)
      const now = stored.value
      const saved =
        now === null
          ? await post<Common>(at(`${type}s`), { key: key.value, ...body })
          : await put<Common>(at(`${type}s`, now.key), body, { revision: now.revision })
      this.problem.value = null
      unsaved.value = null
      stored.value = saved
      return saved
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.problem.value = error
      return null
    }
  }

  /** Takes what is stored now as the ground, and keeps what was changed here. */
  async overwrite(): Promise<void> {
    const before = this.stored.value
    if (before !== null) {
      const now = await get<Common>(at(`${this.type}s`, before.key))
      this.entry.value = merged(before.spec, now.spec, this.entry.value) as Entry
      this.stored.value = now
      this.turn.value += 1
    }
    this.problem.value = null
  }

  /** Gives up what was written here. */
  async discard(): Promise<void> {
    const now = this.stored.value
    if (now === null) return
    const stored = await get<Common>(at(`${this.type}s`, now.key))
    this.stored.value = stored
    this.entry.value = stored.spec
    this.turn.value += 1
    this.problem.value = null
    unsaved.value = null
  }
}

/** Lists without the empty lines that somebody added and left. */
export function withoutBlanks(entry: Entry): Entry {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((one) => one !== '').map(clean)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, clean(one)]))
  }
  return clean(entry) as Entry
}
