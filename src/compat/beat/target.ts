// What a heartbeat's address says: `/beat/{key}`, and after it `/start`, `/fail`, `/log` or an exit status.
// Promises that nothing but a valid key comes out, however the path was spelt. Pure.
import { isKeyText } from '#core/key.ts'
import type { Signal } from '#core/words.ts'

export interface Target {
  /** A monitor's key, or its id. */
  readonly key: string
  readonly signal: Exclude<Signal, 'check' | 'derived'>
  /** With which status the job ended; null: nobody says. */
  readonly exit: number | null
  /** To which run it belongs. */
  readonly run?: string
  /** How long the job took, ms, where its sender measured it. */
  readonly took?: number
  /** Whether a monitor is to be made if there is none; left out: as it is set. */
  readonly create?: boolean
}
export type Fault = { readonly fault: 'name' | 'verb' | 'run' | 'took' | 'create' }

const signals: ReadonlyMap<string, Target['signal']> = new Map([
  ['', 'beat'],
  ['start', 'start'],
  ['fail', 'fail'],
  ['log', 'log'],
])
const exitMost = 255
const runPattern = /^[A-Za-z0-9._:-]{1,64}$/
/** Up to a month. */
const tookPattern = /^\d{1,10}(\.\d{1,6})?$/
const yes = new Set(['', '1', 'true', 'yes'])
const no = new Set(['0', 'false', 'no'])

/** Reads a request's URL; null: it is no heartbeat's. */
export function targetOf(url: string): Target | Fault | null {
  if (!url.startsWith('/beat')) return null
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  if (path.length === 5) return { fault: 'name' }
  if (path[5] !== '/') return null
  const slash = path.indexOf('/', 6)
  const key = decoded(slash < 0 ? path.slice(6) : path.slice(6, slash))
  if (key === null || !isKeyText(key)) return { fault: 'name' }
  const said = meaning(slash < 0 ? '' : path.slice(slash + 1))
  if (said === null) return { fault: 'verb' }
  return query < 0 ? { key, ...said } : asked({ key, ...said }, url.slice(query + 1))
}

function meaning(verb: string): Pick<Target, 'signal' | 'exit'> | null {
  const signal = signals.get(verb)
  if (signal !== undefined) return { signal, exit: null }
  if (!/^\d{1,3}$/.test(verb) || Number(verb) > exitMost) return null
  return { signal: Number(verb) === 0 ? 'beat' : 'fail', exit: Number(verb) }
}

/** What else is asked for; other parameters are left alone. */
function asked(target: Target, query: string): Target | Fault {
  const parameters = new URLSearchParams(query)
  const run = parameters.get('rid')
  const create = parameters.get('create')?.toLowerCase() ?? null
  if (run !== null && !runPattern.test(run)) return { fault: 'run' }
  const took = parameters.get('took')
  if (took !== null && !tookPattern.test(took)) return { fault: 'took' }
  if (create !== null && !yes.has(create) && !no.has(create)) return { fault: 'create' }
  const said = { ...(run === null ? {} : { run }), ...(took === null ? {} : { took: Number(took) }) }
  return { ...target, ...said, ...(create === null ? {} : { create: yes.has(create) }) }
}

function decoded(text: string): string | null {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
