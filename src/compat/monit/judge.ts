// Judging: what a service in a report of Monit means for its monitor.
// Promises that the whole report is the truth and its event only the cause: whoever is well there is up, however that
// came about; and that nothing is up which Monit does not look at. Pure.
import type { Observation } from '#core/observation.ts'
import type { Status } from '#core/words.ts'
import type { Event, Service } from './scan.ts'

export type Seen = Pick<Observation, 'outcome' | 'signal' | 'reason' | 'sentence'>

export interface Known {
  readonly status: Status
  readonly sentence: string | null
}

const bit = {
  monitored: 1,
  initialising: 2,
} as const

/** The tests of Monit by their bits, in words; `down`: a service without it is of no use. */
const tests: readonly (readonly [bit: number, words: string, down: boolean])[] = [
  [0x200, 'it does not exist', true],
  [0x1000, 'its program could not be run', true],
  [0x4, 'it was restarted too often', true],
  [0x20, 'the connection failed', true],
  [0x4000, 'the ping failed', true],
  [0x20_0000, 'the program ended badly', true],
  [0x80_0000, 'the link is down', true],
  [0x400, 'it is of another type', true],
  [0x800, 'its data cannot be read', true],
  [0x2, 'a resource limit is passed', false],
  [0x8, 'a time or the days of a certificate', false],
  [0x1, 'its checksum is wrong', false],
  [0x10, 'its size is wrong', false],
  [0x40, 'its permissions are wrong', false],
  [0x80, 'its user is wrong', false],
  [0x100, 'its group is wrong', false],
  [0x2000, 'its filesystem flags changed', false],
  [0x8000, 'its content matches', false],
  [0x100_0000, 'it answers slowly, or the speed of the link is wrong', false],
  [0x200_0000, 'the link is saturated', false],
  [0x400_0000, 'the download limit is passed', false],
  [0x800_0000, 'the upload limit is passed', false],
  [0x1000_0000, 'the limit of packets received is passed', false],
  [0x2000_0000, 'the limit of packets sent is passed', false],
]
/** What is no fault: that it exists, another process id, how long it runs. */
const harmless = 0x4000_0000 | 0x4_0000 | 0x8_0000 | 0x40_0000 | 0x10_0000

const id = { timeout: 0x4, actionDone: 0x2_0000 } as const
const unmonitor = 5

/** What is to be said of a service; null: nothing new. `event`: of this service; `known`: as its monitor is now. */
export function judge(service: Service, event: Event | null, known: Known | null): Seen | null {
  const { monitor, status, hint } = service
  // Neither well nor ill: Monit has not looked yet.
  if ((monitor & bit.initialising) !== 0) return null
  if ((monitor & bit.monitored) === 0) return unwatched(event, known)
  const faults = status & ~hint & ~harmless
  if (faults === 0) return known?.status === 'up' ? null : well
  const found = tests.filter(([test]) => (faults & test) !== 0)
  const outcome = found.some(([, , down]) => down) || found.length === 0 ? 'down' : 'degraded'
  if (known?.status === outcome && event?.state !== 1) return null
  const words = found.map(([, said]) => said).join(', ') || 'a test failed'
  const said = event?.state === 1 ? event.message : service.output
  const quoted = said === null || said === '' ? '' : ` (“${said}”)`
  return { outcome, signal: 'fail', reason: 'failed', sentence: `Monit says: ${words}${quoted}.` }
}

const well: Seen = { outcome: 'up', signal: 'beat', reason: null, sentence: null }

/** Monit does not look at it: given up, told not to, or never begun. */
function unwatched(event: Event | null, known: Known | null): Seen | null {
  if (event?.id === id.timeout && event.action === unmonitor)
    return { outcome: 'down', signal: 'fail', reason: 'failed', sentence: `Monit has given it up: ${event.message}.` }
  if (event?.id === id.actionDone) {
    const [what] = event.message.split(' ')
    return nothing(`Monit was told by its people: ${what}; it does not look at it any more.`, known)
  }
  // It failed when it was left alone, and nobody says that it is well again.
  if (known?.status === 'down' || known?.status === 'degraded') return null
  return known?.status === 'unknown' ? null : nothing('Monit does not look at it (monitoring is off there).', known)
}

/** Nothing is known of it, at once. */
export function nothing(sentence: string, known: Known | null): Seen | null {
  if (known?.status === 'unknown' && known.sentence === sentence) return null
  return { outcome: 'unknown', signal: 'derived', reason: 'no_data', sentence }
}
