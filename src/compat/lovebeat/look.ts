// Looks at all that is watched as lovebeat's clients see it: services, and the views that they belong to.
// Promises that whoever is limited to labels sees nothing else, and that views cost what their members do. Only reads.
import { wireName } from '#core/key.ts'
import { isWithin, type LabelLimit } from '#core/rights.ts'
import type { MonitorState } from '#core/state.ts'
import type { Watch, Watched } from '../ports.ts'
import type { Service, ViewMore } from './show.ts'
import { hookKey, mailKey } from './view-alerts.ts'

/** What one asker sees, at one moment. */
export class Look {
  readonly #watch: Watch
  readonly #states: ReadonlyMap<number, MonitorState>
  readonly #limit: LabelLimit | null

  constructor(watch: Watch, states: ReadonlyMap<number, MonitorState>, limit: LabelLimit | null) {
    this.#watch = watch
    this.#states = states
    this.#limit = limit
  }

  /** One of either sort; null: there is none that may be seen. */
  service(key: string): Service | null {
    const found = this.#watch.byKey(key)
    return found !== null && found.members === null && this.#sees(found) ? this.#of(found) : null
  }

  view(key: string): Service | null {
    const found = this.#watch.byKey(key)
    return found !== null && found.members !== null && this.#sees(found) ? this.#of(found) : null
  }

  /** All services, those of a view, or none where there is no such view. */
  *services(view: string | null): Generator<Service> {
    for (const one of view === null ? this.#watch.all() : this.#members(view)) {
      if (one.members === null && this.#sees(one)) yield this.#of(one)
    }
  }

  /** Views, by their keys. */
  views(): Service[] {
    const found = this.#watch.views().filter((one) => this.#sees(one))
    return found.map((one) => this.#of(one)).sort(byKey)
  }

  /** Names of the views that each service belongs to, by its key. */
  viewNames(): (service: string) => readonly string[] {
    const names = new Map<string, string[]>()
    for (const view of this.views()) {
      for (const { key } of this.#members(view.key)) {
        const some = names.get(key)
        if (some) some.push(wireName(view))
        else names.set(key, [wireName(view)])
      }
    }
    return (service) => names.get(service) ?? []
  }

  /** The same for one service alone. */
  viewsOf(service: string): string[] {
    const found = this.#watch.viewsOf(service).filter((one) => this.#sees(one))
    return found.map((one) => wireName(one)).sort()
  }

  /** A view's members that are in trouble, by their names; some of them where there are very many. */
  failed(view: string): string[] {
    const failed: string[] = []
    if (this.view(view)?.state?.status !== 'down') return failed
    for (const one of this.services(view)) {
      if (one.state?.status === 'down' && !one.state.paused) failed.push(wireName(one))
      if (failed.length === failedMost) break
    }
    return failed
  }

  /** What only the view itself tells. */
  moreOf(view: string): ViewMore {
    const watch = this.#watch
    return {
      regexp: watch.patternOf(view) ?? '',
      mail: watch.channel(mailKey(view))?.replaceAll(', ', ',') ?? '',
      webhook: watch.channel(hookKey(view)) ?? '',
    }
  }

  #members(view: string): Iterable<Watched> {
    const found = this.view(view)
    return found === null ? [] : this.#watch.membersOf(view)
  }

  #sees({ labels }: Watched): boolean {
    return this.#limit === null || isWithin(this.#limit, labels)
  }

  #of({ id, key, name, policy, createdAt }: Watched): Service {
    return { key, name, policy, createdAt, state: this.#states.get(id) ?? null }
  }
}

const failedMost = 1_000
const byKey = (one: Service, other: Service) => (one.key < other.key ? -1 : 1)
