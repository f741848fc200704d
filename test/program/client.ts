// What tests read from the program's API, typed as far as they need it.
// Promises whole lists, and an error that shows the answer where it is not 200.
import type { Answer } from './ask.ts'
import type { Program } from './program.ts'
import { eventually } from './wait.ts'

export interface MonitorSeen {
  readonly key: string
  readonly kind: string
  readonly status: string
  readonly since: string
  readonly reason: string | null
  readonly sentence: string | null
  readonly paused: boolean
  readonly lastAt: string | null
  readonly owner: string
}

export interface EventSeen {
  readonly id: number
  readonly type: string
  readonly monitor: string
  readonly at: string
  readonly status: string
}

export interface DeliverySeen {
  readonly id: number
  readonly monitor: string
  readonly channel: string
  readonly state: string
  readonly attempts: number
  readonly detail: string | null
  readonly idempotencyKey: string
}

export interface ObservationSeen {
  readonly at: string
  readonly outcome: string
  readonly signal: string
}

/** The JSON of a good answer. */
export function read(answer: Answer): unknown {
  if (answer.status !== 200) throw new Error(`the API answered ${answer.status}: ${answer.text}`)
  return answer.json()
}

async function list<Item>(program: Program, path: string): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor = ''; ;) {
    const { items: some, next } = read(await program.api('GET', `${path}${cursor}`)) as {
      items: Item[]
      next: string | null
    }
    items.push(...some)
    if (next === null) return items
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
}

export const monitorOf = async (program: Program, key: string): Promise<MonitorSeen> =>
  read(await program.api('GET', `/monitors/${key}`)) as MonitorSeen
export const monitorsOf = (program: Program): Promise<MonitorSeen[]> => list(program, '/monitors?limit=100')
/** Newest first. */
export const eventsOf = (program: Program, monitor?: string): Promise<EventSeen[]> =>
  list(program, `/events?limit=100${monitor === undefined ? '' : `&monitor=${monitor}`}`)
/** Newest first. */
export const deliveriesOf = (program: Program, channel?: string): Promise<DeliverySeen[]> =>
  list(program, `/deliveries?limit=100${channel === undefined ? '' : `&channel=${channel}`}`)
/** Of the last seven days, oldest first. */
export const observationsOf = (program: Program, monitor: string): Promise<ObservationSeen[]> => {
  const from = new Date(Date.now() - 6 * 86_400_000).toISOString()
  return list(program, `/monitors/${monitor}/observations?limit=10000&order=oldest&from=${encodeURIComponent(from)}`)
}

/** Waits until a monitor has a status. */
export function becomes(program: Program, key: string, status: string): Promise<MonitorSeen> {
  return eventually(`${key} is ${status}`, async () => {
    const monitor = await monitorOf(program, key)
    return monitor.status === status && monitor
  })
}

/** The value of one series of `/metrics`; 0 where it is not there. */
export async function metric(program: Program, series: string): Promise<number> {
  const { text } = await program.ask('/metrics')
  const line = text.split('\n').find((one) => one.startsWith(`${series} `))
  return Number(line?.slice(series.length + 1) ?? 0)
}
