// Helpers for the tests of core: policies, observations, made-up histories, and objects that cannot be changed.
// Promises that every history it makes is one that sources could really produce.
import fc from 'fast-check'
import { advance, type Input, type Step } from './advance.ts'
import type { DeedInput } from './deed.ts'
import type { Event } from './event.ts'
import { everyWithGrace, type Expected } from './expected.ts'
import type { Silence } from './hold.ts'
import type { Observation } from './observation.ts'
import type { Policy } from './policy.ts'
import { fresh, type MonitorState } from './state.ts'
import type { Outcome, Signal } from './words.ts'

/** An active monitor checked every 10 s, with one location and no confirmation unless told otherwise. */
export const active = (over: Partial<Policy> = {}): Policy => ({
  interval: 10_000,
  timeout: 1_000,
  failAfter: 1,
  recoverAfter: 1,
  retryEvery: 1_000,
  quorum: 'any',
  staleAfter: 30_000,
  beat: null,
  ...over,
})

/** A heartbeat expected every minute with 10 s of grace unless told otherwise. */
export const passive = (
  beat: { every?: number | null; grace?: number } & Partial<Expected> = {},
  over: Partial<Policy> = {},
): Policy => {
  const { every = 60_000, grace = 10_000, ...rest } = beat
  return active({ interval: null, staleAfter: null, beat: { ...everyWithGrace({ every, grace }), ...rest }, ...over })
}

export interface Saw {
  readonly at: number
  readonly outcome: Outcome
  readonly location?: string
  readonly signal?: Signal
  readonly reason?: Observation['reason']
}

/** An observation of monitor 1; what is not up has a reason and a sentence. */
export function saw({ at, outcome, location = 'local', signal = 'check', reason }: Saw): Observation {
  const why = reason ?? (outcome === 'up' || outcome === 'unknown' ? null : outcome === 'down' ? 'refused' : 'slow')
  return { monitor: 1, location, at, outcome, signal, latency: null, reason: why, sentence: why && `It is ${why}.` }
}
export const see = (one: Saw): Input => ({ type: 'observation', observation: saw(one) })

/** A check's outcomes in a row, 10 s apart, from t = 10 s on. */
export const checks = (...outcomes: Outcome[]): Input[] =>
  outcomes.map((outcome, index) => see({ at: (index + 1) * 10_000, outcome }))

export const beat = (at: number, location = 'local') => see({ at, outcome: 'up', signal: 'beat', location })
export const startSignal = (at: number) => see({ at, outcome: 'unknown', signal: 'start' })
export const failSignal = (at: number) => see({ at, outcome: 'down', signal: 'fail', reason: 'failed' })
/** Time passes; by default we have always listened. */
export const time = (at: number, listeningSince = 0): Input => ({ type: 'time', at, listeningSince })

/** An object that throws when anything of it is changed. */
export function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}

export interface Course {
  readonly state: MonitorState
  readonly events: readonly Event[]
  readonly steps: readonly (Step & { readonly input: Input; readonly before: MonitorState })[]
}

/** All inputs in their order, beginning with a fresh state at 0 (or the one given). */
export function play(policy: Policy, inputs: readonly Input[], begin: MonitorState = fresh(0)): Course {
  let state = freeze(begin)
  const steps = inputs.map((input) => {
    const before = state
    const step = freeze(advance(1, before, freeze(input), policy))
    state = step.state
    return { ...step, input, before }
  })
  return { state, events: steps.flatMap((step) => step.events), steps }
}

/** `down@20000`: events as short words. */
export const words = (events: readonly Event[]) =>
  events.map((event) => `${event.type.slice('monitor.'.length)}@${event.at}${event.alert ? '!' : ''}`)

const outcome = fc.constantFrom<Outcome>('up', 'degraded', 'down', 'unknown')
const location = fc.constantFrom('local', 'berlin', 'lima')

const anySilence: fc.Arbitrary<Silence> = fc
  .record({ id: fc.integer({ min: 1, max: 9 }), from: fc.nat(200_000), lasts: fc.integer({ min: 1, max: 200_000 }) })
  .map(({ id, from, lasts }) => ({ id, from, until: from + lasts, by: 'ada', reason: null }))

/** Any complete policy, of active and passive monitors alike. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    failAfter: fc.integer({ min: 1, max: 4 }),
    recoverAfter: fc.integer({ min: 1, max: 4 }),
    quorum: fc.constantFrom<Policy['quorum']>('any', 'majority', 'all', 1, 2, 3),
    staleAfter: fc.option(fc.integer({ min: 1, max: 60_000 })),
    beat: fc.option(fc.record({ every: fc.option(fc.integer({ min: 1, max: 60_000 })), grace: fc.nat(30_000) })),
    silences: fc.array(anySilence, { maxLength: 2 }),
  })
  .map(({ beat: expected, silences, ...rest }) => ({
    beat: expected,
    ...rest,
    ...(silences.length ? { silences } : {}),
  }))
  .map(({ beat: expected, ...over }) =>
    expected ? passive(expected, { ...over, staleAfter: null }) : active({ ...over, interval: 1_000 }),
  )

const person = fc.constantFrom('ada', 'bob')

/** One deed of a person, as an input. */
function doing(deed: DeedInput['type'], by: string, at: number, lasts: number): Input {
  if (deed === 'acknowledge') return { type: deed, at, by, note: lasts % 2 === 0 ? 'on it' : null }
  if (deed === 'snooze') return { type: deed, at, by, until: at + lasts }
  return deed === 'hush' ? { type: deed, at } : { type: deed, at, by }
}

type Made = { readonly after: number; readonly make: (at: number, listeningSince: number) => Input }
const anyMade: fc.Arbitrary<Made['make']> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ outcome, location, late: fc.constantFrom(0, 0, 0, 5_000) }).map(
      ({ late, ...one }): Made['make'] =>
        (at) =>
          see({ ...one, at: Math.max(0, at - late) }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ outcome, id: fc.constantFrom('a', 'b', 'c', 'd', 'e') })
      .map(({ id, ...one }): Made['make'] => (at) => {
        const identity = { what: 'certificate', id, words: `one called ${id}`, facts: {} }
        return { type: 'observation', observation: { ...saw({ ...one, at }), identity } }
      }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ signal: fc.constantFrom<Signal>('beat', 'start', 'fail'), location })
      .map(({ signal, location: from }): Made['make'] => {
        const seen = signal === 'start' ? 'unknown' : signal === 'fail' ? 'down' : 'up'
        return (at) => see({ at, outcome: seen, signal, location: from })
      }),
  },
  { weight: 4, arbitrary: fc.constant<Made['make']>((at, listeningSince) => time(at, listeningSince)) },
  {
    weight: 3,
    arbitrary: fc
      .record({ deed: fc.constantFrom('acknowledge', 'unacknowledge', 'snooze', 'unsnooze', 'hush'), by: person })
      .chain(({ deed, by }) =>
        fc.nat(100_000).map(
          (lasts): Made['make'] =>
            (at) =>
              doing(deed, by, at, lasts),
        ),
      ),
  },
  { weight: 1, arbitrary: fc.constant<Made['make']>((at) => ({ type: 'pause', at })) },
  { weight: 1, arbitrary: fc.constant<Made['make']>((at) => ({ type: 'resume', at })) },
  { weight: 1, arbitrary: fc.constant<Made['make']>((at) => ({ type: 'revise', at })) },
)

/** Any history: inputs at times that do not go back (single observations may come late), and absences of ours. */
export const anyInputs: fc.Arbitrary<Input[]> = fc
  .array(
    fc.record({
      after: fc.oneof(fc.nat(20_000), fc.constant(0)),
      make: anyMade,
      absent: fc.nat(9).map((n) => n === 0),
    }),
    { maxLength: 40 },
  )
  .map((made) => {
    let [at, listeningSince] = [0, 0]
    return made.map(({ after, make, absent }) => {
      at += after
      if (absent) listeningSince = at
      return make(at, listeningSince)
    })
  })
