// Finds a page by its address and reads it as it stands, in three queries whatever its size.
// Promises null for a page that is not there. Must not know HTML.
import { follows } from '#core/component.ts'
import type { Window } from '#core/maintenance.ts'
import type { Policy } from '#core/policy.ts'
import type { PageModel } from '#manifest/model.ts'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#store/store.ts'
import type { PageView } from './model.ts'
import { type Announced, readPage } from './read.ts'

/** What is provisioned, as the program has it in memory. */
export interface Provisioned {
  /** In their order; the first one is at `/`. */
  readonly pages: readonly PageModel[]
  readonly monitors: ReadonlyMap<
    number,
    {
      readonly id: number
      readonly key: string
      readonly labels: Readonly<Record<string, string>>
      readonly createdAt: number
      readonly policy: Pick<Policy, 'interval'>
    }
  >
}

export interface LoadParts {
  readonly catalog: () => Provisioned
  readonly store: Pick<Store, 'rollups' | 'incidents' | 'states'>
  readonly clock: Clock
  /** Since when nothing could be stored, epoch ms; null: all is stored. */
  readonly unstoredSince: () => number | null
  /** The windows of maintenance over a monitor, of the last day and to come. */
  readonly windows: (monitor: number) => readonly Window[]
  /** What the public is told of maintenance. */
  readonly announced: (now: number) => Promise<readonly Announced[]>
}

/** Reads one page; `null` is the first one. */
export function pageLoader({
  catalog,
  store,
  clock,
  unstoredSince,
  windows,
  announced,
}: LoadParts): (slug: string | null) => Promise<PageView | null> {
  return async (slug) => {
    const { pages, monitors } = catalog()
    const page = slug === null ? pages[0] : pages.find((one) => one.key === slug)
    if (page === undefined) return null
    const components = page.groups.flatMap((group) => group.components)
    const shown = [...monitors.values()].filter((monitor) => components.some((one) => follows(one, monitor)))
    const states = await store.states.get(shown.map((monitor) => monitor.id))
    const interval = (id: number) => monitors.get(id)?.policy.interval ?? null
    const now = { now: clock.now(), unstoredSince: unstoredSince() }
    const planned = { windows, announced: await announced(now.now) }
    return readPage(page, { monitors: shown, states, store, interval, ...now, ...planned })
  }
}
