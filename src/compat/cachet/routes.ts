// What stands at which address in which generation.
// Promises 404 for what is not there, and 405 with what is allowed for another method. Must not read a request.
import * as components from './components.ts'
import * as general from './general.ts'
import * as groups from './groups.ts'
import * as incidents from './incidents.ts'
import * as metrics from './metrics.ts'
import * as others from './others.ts'
import type { Ask, CachetParts, Generation, Reply } from './ports.ts'
import * as schedules from './schedules.ts'
import { missing, Wrong } from './wrong.ts'

type Handle = (parts: CachetParts, ask: Ask, id: number, second: number) => Promise<Reply> | Reply
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
type Methods = Partial<Record<Method, Handle>>

const all: readonly Generation[] = ['2015', 'v1', 'v3']
const later: readonly Generation[] = ['v1', 'v3']
const second: readonly Generation[] = ['v1']
const third: readonly Generation[] = ['v3']

const points: Methods = { GET: metrics.showPoint, PUT: metrics.updatePoint, DELETE: metrics.removePoint }
const groupList: Methods = { GET: groups.listGroups, POST: groups.createGroup }
const oneGroup: Methods = { GET: groups.showGroup, PUT: groups.updateGroup, DELETE: groups.removeGroup }

/** The first that fits counts; `{}` is a number. */
const table: readonly (readonly [readonly Generation[], string, Methods])[] = [
  [later, 'ping', { GET: general.ping }],
  [later, 'version', { GET: (_, ask) => general.version(ask) }],
  [later, 'status', { GET: general.status }],
  [second, 'components/groups', groupList],
  [second, 'components/groups/{}', oneGroup],
  [third, 'component-groups', groupList],
  [third, 'component-groups/{}', oneGroup],
  [all, 'components', { GET: components.listComponents, POST: components.createComponent }],
  [
    all,
    'components/{}',
    { GET: components.showComponent, PUT: components.updateComponent, DELETE: components.removeComponent },
  ],
  [second, 'incidents/templates', { GET: others.listTemplates }],
  [second, 'incidents/templates/{}', { GET: others.showTemplate }],
  [third, 'incident-templates', { GET: others.listTemplates }],
  [third, 'incident-templates/{}', { GET: others.showTemplate }],
  [all, 'incidents', { GET: incidents.listIncidents, POST: incidents.createIncident }],
  [all, 'incidents/{}', { GET: incidents.showIncident, PUT: incidents.updateOne, DELETE: incidents.removeOne }],
  [later, 'incidents/{}/updates', { GET: incidents.listUpdates, POST: incidents.createUpdate }],
  [
    later,
    'incidents/{}/updates/{}',
    { GET: incidents.showUpdate, PUT: incidents.changeUpdate, DELETE: incidents.dropUpdate },
  ],
  [all, 'metrics', { GET: metrics.listMetrics, POST: metrics.createMetric }],
  [all, 'metrics/{}', { GET: metrics.showMetric, PUT: metrics.updateMetric, DELETE: metrics.removeMetric }],
  [all, 'metrics/{}/points', { GET: metrics.listPoints, POST: metrics.createPoint }],
  [all, 'metrics/{}/points/{}', points],
  [later, 'schedules', { GET: schedules.listSchedules, POST: schedules.createSchedule }],
  [
    later,
    'schedules/{}',
    { GET: schedules.showSchedule, PUT: schedules.updateSchedule, DELETE: schedules.removeSchedule },
  ],
  [later, 'subscribers', { GET: others.listSubscribers, POST: others.noSubscribers }],
  [later, 'subscribers/{}', { DELETE: others.noSubscriber }],
  [second, 'subscriptions/{}', { DELETE: others.noSubscriber }],
]

/** Answers a request; throws Wrong, Refused or an error of the store. */
export async function answer(parts: CachetParts, ask: Ask): Promise<Reply> {
  for (const [generations, pattern, methods] of table) {
    if (!generations.includes(ask.generation)) continue
    const numbers = fit(pattern, ask.path)
    if (numbers === null) continue
    const handle = methods[methodOf(ask)]
    if (handle === undefined) throw new Wrong(405, '', { headers: { allow: Object.keys(methods).join(', ') } })
    return await handle(parts, ask, numbers[0] ?? 0, numbers[1] ?? 0)
  }
  throw missing()
}

/** The third generation changes by PATCH, too. */
const methodOf = ({ method, generation }: Ask): Method =>
  (method === 'HEAD' ? 'GET' : method === 'PATCH' && generation === 'v3' ? 'PUT' : method) as Method

/** The numbers at the places of a pattern; null: it does not fit. */
function fit(pattern: string, path: readonly string[]): number[] | null {
  const steps = pattern.split('/')
  if (steps.length !== path.length) return null
  const numbers: number[] = []
  for (const [at, step] of steps.entries()) {
    const given = path[at] ?? ''
    if (step !== '{}' && step !== given) return null
    if (step === '{}' && !/^\d{1,15}$/.test(given)) return null
    if (step === '{}') numbers.push(Number(given))
  }
  return numbers
}
