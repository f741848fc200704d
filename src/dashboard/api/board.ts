// The questions that the home screen and the table of monitors ask.
import { get } from './client.ts'
import type { HomeView, MonitorList } from './types.ts'

/** The columns that the table shows beside the row itself. */
const columns = 'results,latency,uptime,silence,counts'
export const pageSize = 100

export interface View {
  readonly search: string
  readonly status: readonly string[]
  readonly kind: readonly string[]
  readonly label: readonly string[]
  readonly owner: readonly string[]
  readonly sort: string
  /** From 1. */
  readonly page: number
}

const shownStatuses: ReadonlySet<string> = new Set(['up', 'degraded', 'down', 'unknown', 'paused'])
const sortings = /^-?(?:key|name|status|since|observed|changed|latency|uptime)$/
const searchMost = 200
const pageMost = 100_000

/** The view that an address means; what means nothing is left out. */
export function viewOf(query: URLSearchParams): View {
  const page = Number(query.get('page') ?? '1')
  const sort = query.get('sort') ?? ''
  return {
    search: (query.get('search') ?? '').slice(0, searchMost),
    status: query.getAll('status').filter((one) => shownStatuses.has(one)),
    kind: query.getAll('kind'),
    label: query.getAll('label'),
    owner: query.getAll('owner'),
    sort: sortings.test(sort) ? sort : 'status',
    page: Number.isSafeInteger(page) && page > 0 ? Math.min(page, pageMost) : 1,
  }
}

/** What narrows the list, as the API takes it. */
export const filterOf = ({ search, status, kind, label, owner }: View) => ({ search, status, kind, label, owner })
export const isNarrowed = (view: View): boolean =>
  view.search !== '' || [view.status, view.kind, view.label, view.owner].some((one) => one.length > 0)

export const listMonitors = (view: View, signal?: AbortSignal): Promise<MonitorList> =>
  get<MonitorList>(
    '/monitors',
    {
      ...filterOf(view),
      sort: view.sort,
      limit: pageSize,
      offset: (view.page - 1) * pageSize,
      fields: 'short',
      include: columns,
    },
    signal,
  )

/** All that the home screen tells. */
export const home = (signal: AbortSignal): Promise<HomeView> => get<HomeView>('/home', { limit: 60 }, signal)
