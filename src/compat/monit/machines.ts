// Machines: what the reports of a machine mean for its monitors, which are made at its first one.
// Promises that a report is bound to the token of the first, that two machines under one id are not mixed, and that
// checks which stand still are not taken for well. Keeps only what tells one report from the next.
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { InventoryPort, KeptMonitor, NewMonitor } from '../ports.ts'
import { judge, type Known, nothing, type Seen } from './judge.ts'
import { aliasOf, digest, hostKind, serviceKind, serviceTypes } from './names.ts'
import type { Report, Service } from './scan.ts'

/** Who sent a report. */
export interface Sender {
  /** Number or name of its token. */
  readonly token: string
  /** Labels that all it makes must have. */
  readonly labels: Readonly<Record<string, string>>
}

export interface MachinesParts {
  readonly port: InventoryPort
  readonly clock: Clock
  readonly log: Log
}

/** How a report ended, for counting. */
export type Taken = 'taken' | 'foreign' | 'clone' | 'limit' | 'initialising'

/** What the last reports of a machine said. */
interface Course {
  incarnation: number
  /** Reports of it in a row. */
  inRow: number
  /** Those before: one that comes back is another machine's. */
  readonly past: Set<number>
  /** Until when two machines are thought to report under this id, monotonic ms. */
  cloneUntil: number
  /** When Monit last looked at anything, and when that was heard first, monotonic ms. */
  collected: number
  heardAt: number
  services: ReadonlySet<string>
}

const machinesMost = 20_000
const pastMost = 20
const cloneMs = 600_000
/** What is missing in so many reports in a row is gone. */
const settledAfter = 3
const stillLeast = 90_000
const daemon = 'Monit'
const id = { instance: 0x1_0000 } as const
const stopped = 3
const owner = 'monit'

export class Machines {
  readonly #parts: MachinesParts
  readonly #courses = new Map<string, Course>()
  /** Machines of which the log has been told. */
  readonly #told = new Set<string>()
  /** What was said of monitors and is not stored yet; no more than may wait to be. */
  readonly #unsettled = new Map<number, Seen>()

  constructor(parts: MachinesParts) {
    this.#parts = parts
  }

  /** Takes a report in; rejects when it cannot be stored. */
  async take(report: Report, sender: Sender): Promise<Taken> {
    const { port } = this.#parts
    const alias = aliasOf(report.machine)
    if (port.find(alias) === null && !(await port.make(owner, [hostOf(report, sender)]))) return this.#full(report)
    const host = port.find(alias)
    if (host === null) return 'limit'
    const { token, poll } = host.config as { readonly token: string; readonly poll: number }
    if (token !== sender.token) return this.#foreign(report, host)
    const course = this.#course(report)
    if (this.#isClone(report, course)) return this.#clone(report, host)
    if (poll !== report.poll) await port.change(host.id, { poll: report.poll })
    if (!(await this.#makeMissing(report, sender, host))) return this.#full(report)
    if (this.#standsStill(report, course, host)) return 'taken'
    if (this.#isStopped(report)) this.#stop(report, host)
    else {
      this.#say(host, { outcome: 'up', signal: 'beat', reason: null, sentence: null })
      this.#services(report, course)
    }
    return 'taken'
  }

  #course(report: Report): Course {
    const { machine, incarnation } = report
    const known = this.#courses.get(machine)
    if (known !== undefined) return known
    const [oldest] = this.#courses.keys()
    if (this.#courses.size >= machinesMost && oldest !== undefined) this.#courses.delete(oldest)
    const never = Number.NEGATIVE_INFINITY
    const heardAt = this.#parts.clock.monotonic()
    const fresh = {
      incarnation,
      inRow: 0,
      past: new Set<number>(),
      cloneUntil: never,
      collected: 0,
      heardAt,
      services: none,
    }
    this.#courses.set(machine, fresh)
    return fresh
  }

  /** A Monit that was started anew never tells of its time before: who does is another one under the same id. */
  #isClone({ incarnation }: Report, course: Course): boolean {
    const now = this.#parts.clock.monotonic()
    if (incarnation !== course.incarnation) {
      if (course.past.has(incarnation)) course.cloneUntil = now + cloneMs
      course.past.add(course.incarnation)
      const [oldest] = course.past
      if (course.past.size > pastMost && oldest !== undefined) course.past.delete(oldest)
      course.incarnation = incarnation
      course.inRow = 0
    }
    course.inRow += 1
    return now < course.cloneUntil
  }

  #clone(report: Report, host: KeptMonitor): Taken {
    const sentence =
      'Two machines report under one id of Monit, so neither counts; run `monit -r` on the one that was copied.'
    this.#say(host, { outcome: 'degraded', signal: 'fail', reason: 'failed', sentence })
    this.#tell(report.machine, 'two machines report under one id of Monit; run `monit -r` on the copy', report)
    return 'clone'
  }

  #foreign(report: Report, host: KeptMonitor): Taken {
    const what =
      'a report of Monit came by another token than that of its machine, and does not count; ' +
      'give the machine its token back, or set the token of the monitor'
    this.#tell(report.machine, what, report, host.key)
    return 'foreign'
  }

  #full(report: Report): Taken {
    this.#tell('', 'as many monitors are made from reports of Monit as are allowed', report)
    return 'limit'
  }

  #tell(about: string, what: string, { host, machine }: Report, monitor?: string): void {
    if (this.#told.has(about) || this.#told.size >= machinesMost) return
    this.#told.add(about)
    this.#parts.log.warn(what, { host, machine, ...(monitor === undefined ? {} : { monitor }) })
  }

  async #makeMissing(report: Report, sender: Sender, host: KeptMonitor): Promise<boolean> {
    const { port } = this.#parts
    const { machine, services } = report
    const missing = services.filter(({ name }) => port.find(aliasOf(machine, name)) === null)
    if (missing.length === 0) return true
    return await port.make(
      owner,
      missing.map((service) => serviceOf(service, report, sender, host.key)),
    )
  }

  /** Reports arrive, but nothing is looked at: what they say of services is old. */
  #standsStill(report: Report, course: Course, host: KeptMonitor): boolean {
    const now = this.#parts.clock.monotonic()
    const looked = report.services.filter(({ rarely, monitor }) => !rarely && (monitor & 4) === 0)
    const newest = Math.max(0, ...looked.map(({ collected }) => collected))
    if (newest !== course.collected || looked.every(({ monitor }) => monitor === 0)) {
      course.collected = newest
      course.heardAt = now
      return false
    }
    const least = Math.max(stillLeast, 3 * report.poll * 1_000)
    const still = now - course.heardAt
    if (still < least) return false
    const outcome = still >= 2 * least ? 'down' : 'degraded'
    const sentence = 'Its Monit reports, but its checks stand still: one of them hangs, or the machine does.'
    this.#say(host, { outcome, signal: 'fail', reason: 'late', sentence })
    return true
  }

  #isStopped({ event }: Report): boolean {
    return event !== null && event.service === daemon && event.id === id.instance && event.action === stopped
  }

  /** It says so itself, so nobody need wait for what does not come; that it comes back is expected all the same. */
  #stop(report: Report, host: KeptMonitor): void {
    const stop = nothing('Its Monit was stopped.', this.#known(host))
    if (stop) this.#say(host, stop)
    for (const { name } of report.services) {
      const service = this.#parts.port.find(aliasOf(report.machine, name))
      const known = service && this.#known(service)
      if (service === null || known?.status === 'down') continue
      const seen = nothing('The Monit that looks at it was stopped.', known)
      if (seen) this.#say(service, seen)
    }
  }

  #services(report: Report, course: Course): void {
    const { port } = this.#parts
    const { machine, services, event } = report
    for (const one of services) {
      const service = port.find(aliasOf(machine, one.name))
      if (service === null || service.state?.paused) continue
      const seen = judge(one, event?.service === one.name ? event : null, this.#known(service))
      if (seen) this.#say(service, seen)
    }
    const names = new Set(services.map(({ name }) => aliasOf(machine, name)))
    // Who came but now may be another machine under the same id.
    if (course.inRow < settledAfter) return
    const isSame = course.services.size > 0 && course.services.isSubsetOf(names)
    if (isSame) course.services = names
    else this.#retire(aliasOf(machine), names, course)
  }

  /** What is no longer in a report was taken out of the settings of its Monit. */
  #retire(alias: string, names: ReadonlySet<string>, course: Course): void {
    const { port } = this.#parts
    course.services = names
    for (const other of port.under(alias)) {
      const service = names.has(other) ? null : port.find(other)
      const seen = service && nothing('Its Monit knows it no more; delete it here, too.', this.#known(service))
      if (service && seen) this.#say(service, seen)
    }
  }

  #say({ id: monitor }: KeptMonitor, seen: Seen): void {
    const at = this.#parts.clock.now()
    const settled = () => {
      if (this.#unsettled.get(monitor) === seen) this.#unsettled.delete(monitor)
    }
    this.#unsettled.set(monitor, seen)
    if (!this.#parts.port.offer({ monitor, at, location: 'local', latency: null, ...seen }, settled)) settled()
  }

  /** As a monitor is, or is about to be: the next report may come before the last is stored. */
  #known({ id, state }: KeptMonitor): Known | null {
    const seen = this.#unsettled.get(id)
    return seen === undefined ? state : { status: seen.outcome, sentence: seen.sentence }
  }
}

const none: ReadonlySet<string> = new Set()
const keyMost = 60

/** What may stand in a key of a name. */
function slug(name: string): string {
  const text = name
    .normalize('NFKD')
    .replaceAll(/[^a-zA-Z0-9._-]+/g, '-')
    .replaceAll(/^[._-]+|[._-]+$/g, '')
    .slice(0, keyMost)
  return text === '' ? 'unnamed' : text
}

function hostOf(report: Report, { token, labels }: Sender): NewMonitor {
  const { machine, host, poll } = report
  const key = `monit.${slug(host)}.${machine.slice(0, 8)}`
  const name = host === '' ? machine : host
  return { key, name: name.slice(0, 200), kind: hostKind, labels, config: { machine, token, poll } }
}

function serviceOf({ name, type }: Service, report: Report, { labels }: Sender, hostKey: string): NewMonitor {
  const { machine, host } = report
  const key = `${hostKey.slice(0, 55)}.${slug(name).slice(0, 50)}.${digest(machine, name).slice(0, 8)}`
  const config = { machine, service: name, type: serviceTypes[type] ?? 'program' }
  const shown = name === host ? `${host} (system)` : `${name} on ${host}`
  return { key, name: shown.slice(0, 200), kind: serviceKind, labels: { ...labels, host: host.slice(0, 200) }, config }
}
