// What reports by itself, by example: thresholds, learnt ones, schedules, runs, too often, silence, and pauses.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { advance } from './advance.ts'
import { beatView } from './beat-view.ts'
import { type Expected, expecting } from './expected.ts'
import type { Observation } from './observation.ts'
import type { Policy } from './policy.ts'
import { active, beat, failSignal, passive, play, saw, startSignal, time, words } from './testing.ts'

const minute = 60_000
const policy = (expected: Partial<Expected>, over: Partial<Policy> = {}): Policy =>
  active({ interval: null, staleAfter: null, beat: expecting(expected), ...over })
const told = (expected: Partial<Expected>, inputs: Parameters<typeof play>[1]) =>
  words(play(policy(expected), inputs).events)
const beats = (count: number, every: number, from = 0) =>
  Array.from({ length: count }, (_, index) => beat(from + index * every))
const run = (at: number, signal: 'start' | 'beat' | 'fail', id?: string) => {
  const outcome = signal === 'start' ? 'unknown' : signal === 'fail' ? 'down' : 'up'
  const seen: Observation = saw({ at, outcome, signal, ...(signal === 'fail' ? { reason: 'failed' } : {}) })
  return { type: 'observation', observation: id === undefined ? seen : { ...seen, run: id } } as const
}

describe('two thresholds', () => {
  const both = { degradedAfter: minute, downAfter: 5 * minute }

  test('make it degraded first and down later, and the next beat makes it up', () => {
    const inputs = [beat(0), time(minute), time(5 * minute), beat(6 * minute)]
    assert.deepEqual(told(both, inputs), ['up@0', 'degraded@60000!', 'down@300000!', 'up@360000!'])
  })

  test('that passed both while nobody looked are one fault, the worse one', () =>
    assert.deepEqual(told(both, [beat(0), time(10 * minute)]), ['up@0', 'down@300000!']))

  test('make it unknown until they have passed, where no beat ever came', () => {
    const { state, events } = play(policy(both), [time(minute - 1), time(minute)])
    assert.deepEqual(words(events), ['degraded@60000!'])
    assert.equal(state.sentence, 'No heartbeat has ever arrived; without one for 1 min it counts as degraded.')
  })

  test('say in a sentence what they wait for', () => {
    const { state } = play(policy(both), [beat(0), time(5 * minute)])
    assert.equal(state.sentence, 'No heartbeat since 1970-01-01 00:00 UTC; without one for 5 min it counts as down.')
  })

  test('are held after our absence for as long as the next beat may take', () => {
    const back = 10 * minute
    const inputs = [beat(0), time(back, back), time(back + minute, back), time(back + 5 * minute, back)]
    assert.deepEqual(told(both, inputs), ['up@0', `degraded@${back + minute}!`, `down@${back + 5 * minute}!`])
  })

  test('may be one alone, or none', () => {
    assert.deepEqual(told({ degradedAfter: minute }, [beat(0), time(1e12)]), ['up@0', 'degraded@60000!'])
    assert.deepEqual(told({}, [beat(0), time(1e12)]), ['up@0'])
  })

  test('of nothing keep it down, whatever comes', () => {
    const { state, events } = play(policy({ downAfter: 0 }), [time(0), beat(5_000), beat(6_000)])
    assert.deepEqual([words(events), state.status], [['down@0!'], 'down'])
    assert.match(state.sentence ?? '', /counts as down whatever comes/)
  })

  test('with a period count from when a beat was due', () => {
    const late = passive({ every: minute, grace: 10_000, degradedAfter: 0 })
    const { state, events } = play(late, [beat(0), time(minute)])
    assert.deepEqual(words(events), ['up@0', 'degraded@60000!'])
    assert.match(state.sentence ?? '', /one was expected every 1 min, and it is late\.$/)
  })
})

describe('other expectations', () => {
  const revised = (from: Partial<Expected>, to: Partial<Expected>, at: number, inputs: Parameters<typeof play>[1]) =>
    advance(1, play(policy(from), inputs).state, { type: 'anew', at }, policy(to))

  test('count at once, but nothing was late before they were told', () => {
    const { state, events } = revised({}, { downAfter: minute }, 100 * minute, [beat(0)])
    assert.deepEqual([state.status, state.wakeAt, events], ['up', 100 * minute, []])
    assert.deepEqual(words(play(policy({ downAfter: minute }), [time(100 * minute)], state).events), ['down@6000000!'])
  })

  test('make up what was late and is so no longer', () => {
    const inputs = [beat(0), time(minute)]
    const cleared = revised({ downAfter: minute }, {}, 2 * minute, inputs)
    assert.deepEqual(words(cleared.events), ['up@120000!'])
    const milder = revised({ downAfter: minute }, { degradedAfter: minute, downAfter: 9 * minute }, 2 * minute, inputs)
    assert.deepEqual([milder.state.status, milder.state.wakeAt], ['degraded', 9 * minute])
    assert.deepEqual(revised({ downAfter: minute }, { downAfter: 90_000 }, 2 * minute, inputs).events, [])
  })

  test('do not make up what failed, and wait anew for a first beat', () => {
    const failed = revised({ downAfter: minute }, {}, minute, [beat(0), failSignal(1_000)])
    assert.deepEqual([failed.state.status, failed.state.reason], ['down', 'failed'])
    const first = revised({}, { downAfter: minute }, 100 * minute, [])
    assert.equal(first.state.wakeAt, 101 * minute)
  })
})

describe('a learnt threshold', () => {
  const auto = { downAfter: 'auto' } as const

  test('calls nothing late until six intervals are known', () => {
    assert.deepEqual(told(auto, [...beats(6, 10_000), time(1e12)]), ['up@0'])
    assert.deepEqual(told(auto, [...beats(7, 10_000), time(1e12)]), ['up@0', 'down@75000!'])
  })

  test('says what it learnt', () => {
    const { state } = play(policy(auto), [...beats(7, 10_000), time(1e6)])
    assert.equal(
      state.sentence,
      'No heartbeat since 1970-01-01 00:01 UTC; ' +
        'they usually come every 10 s, so without one for 15 s it counts as down.',
    )
  })

  test('is the same after an outage, a failure, a pause, a stop of ours and a moved clock', () => {
    const usual = beats(7, 10_000)
    const after = (...inputs: Parameters<typeof play>[1]) =>
      play(policy(auto), [...usual, ...inputs]).state.rhythm?.intervals
    const six = Array.from({ length: 6 }, () => 10_000)
    assert.deepEqual(after(time(100_000), beat(500_000)), six)
    assert.deepEqual(after(failSignal(65_000), beat(66_500)), six)
    assert.deepEqual(after({ type: 'pause', at: 61_000 }, { type: 'resume', at: 62_000 }, beat(63_000)), six)
    assert.deepEqual(after({ type: 'clock', by: 3_600_000, at: 3_661_000 }, beat(3_662_000)), six)
  })

  test('is told with its intervals, its rule, and when the next beat is due', () => {
    const few = beatView(play(policy(auto), beats(3, 10_000)).state, expecting(auto))
    assert.deepEqual([few.dueAt, few.downAt, few.learnt?.samples, few.learnt?.timeout], [null, null, 2, null])
    assert.match(few.learnt?.words ?? '', /2 of 6 intervals are known, and until then none is late/)
    const known = beatView(play(policy(auto), beats(9, 10_000)).state, expecting(auto))
    assert.deepEqual([known.dueAt, known.downAt, known.learnt?.median], [90_000, 95_000, 10_000])
    assert.match(
      known.learnt?.words ?? '',
      /every 10 s, the median of the last 8 intervals\. .* 15 s, and it counts as down/,
    )
  })
})

describe('a schedule', () => {
  /** Every hour on the hour, until it ends. */
  const hourly = (end = Infinity): Partial<Expected> => {
    const next = (after: number) => {
      const at = (Math.floor(after / (60 * minute)) + 1) * 60 * minute
      return at > end ? null : at
    }
    return { due: { next, words: '0 * * * * in UTC' }, downAfter: 5 * minute }
  }

  test('makes late what did not come within the grace after its time', () => {
    const { state, events } = play(policy(hourly()), [beat(minute), time(65 * minute)])
    assert.deepEqual(words(events), ['up@60000', `down@${65 * minute}!`])
    assert.equal(
      state.sentence,
      'No heartbeat since 1970-01-01 00:01 UTC; ' +
        'one was due at 1970-01-01 01:00 UTC (0 * * * * in UTC), with 5 min of grace.',
    )
  })

  test('takes a beat a few seconds early for the one of that time', () =>
    assert.equal(play(policy(hourly()), [beat(60 * minute - 5_000)]).state.wakeAt, 125 * minute))

  test('that has ended expects nothing more', () =>
    assert.equal(play(policy(hourly(60 * minute)), [beat(61 * minute)]).state.wakeAt, null))
})

describe('runs with names', () => {
  const limited = { maxRun: minute }
  const took = (...inputs: ReturnType<typeof run>[]) =>
    play(policy(limited), inputs).steps.map(({ seen }) => seen?.latency ?? null)

  test('that overlap are measured each by itself', () =>
    assert.deepEqual(
      took(run(0, 'start', 'a'), run(1_000, 'start', 'b'), run(5_000, 'beat', 'a'), run(8_000, 'fail', 'b')),
      [null, null, 5_000, 7_000],
    ))

  test('and without are measured, too; an end without a beginning is not', () => {
    assert.deepEqual(took(run(0, 'start'), run(5_000, 'beat'), run(6_000, 'beat')), [null, 5_000, null])
    assert.deepEqual(took(run(0, 'start'), run(5_000, 'beat', 'x')), [null, 5_000])
  })

  test('are too long each by itself, which is said once, and measured still when they end', () => {
    const inputs = [run(0, 'start', 'a'), run(50_000, 'start', 'b'), time(minute), run(70_000, 'beat', 'b')]
    const { state, events, steps } = play(policy(limited), [...inputs, time(1e9), run(1e9, 'beat', 'a')])
    assert.deepEqual(words(events), ['down@60000!', 'up@70000!'])
    assert.match(events[0]?.sentence ?? '', /^The run “a” started at .* and did not finish within 1 min\.$/)
    assert.equal(steps.at(-1)?.seen?.latency, 1e9)
    assert.equal(state.runs, undefined)
  })

  test('are forgotten, the oldest first, when very many begin and none ends', () => {
    const many = Array.from({ length: 100 }, (_, index) => run(index, 'start', `run-${index}`))
    const { state } = play(policy(limited), many)
    assert.equal(state.runs?.length, 16)
    assert.equal(state.runs?.at(-1)?.id, 'run-99')
  })
})

describe('a least gap', () => {
  const apart = { minGap: 10 * minute }

  test('makes degraded what comes too soon, until so long has passed', () => {
    const { state, events } = play(policy(apart), [beat(0), beat(minute), time(11 * minute)])
    assert.deepEqual(words(events), ['up@0', 'degraded@60000!', 'up@660000!'])
    assert.equal(events[1]?.reason, 'too_often')
    assert.equal(events[1]?.sentence, 'It reported 1 min after it had last ended; at least 10 min should lie between.')
    assert.deepEqual([state.status, state.reason], ['up', null])
  })

  test('is measured from the last end to the next beginning', () => {
    assert.deepEqual(told(apart, [beat(0), startSignal(11 * minute), beat(12 * minute)]), ['up@0'])
    const soon = [beat(0), startSignal(minute), beat(12 * minute)]
    assert.deepEqual(told(apart, soon), ['up@0', 'degraded@60000!', 'up@720000!'])
  })

  test('stays broken by a run that began too soon, however soon that ends', () => {
    const inputs = [beat(0), startSignal(minute), beat(2 * minute), time(11 * minute)]
    const { state, events } = play(policy({ ...apart, maxRun: 5 * minute }), inputs)
    assert.deepEqual(words(events), ['up@0', 'degraded@60000!'])
    assert.equal(state.reason, 'too_often')
    assert.equal(state.sentence, 'It began 1 min after it had last ended; at least 10 min should lie between.')
    const later = [...inputs, time(12 * minute)]
    assert.deepEqual(told(apart, later), ['up@0', 'degraded@60000!', 'up@720000!'])
  })

  test('holds nothing against a run that was under way while another ended', () => {
    const first = [run(11 * minute, 'start', 'a'), run(12 * minute, 'start', 'b')]
    const both = [...first, run(13 * minute, 'beat', 'b'), run(14 * minute, 'beat', 'a')]
    assert.deepEqual(told(apart, [beat(0), ...both]), ['up@0'])
  })

  test('says nothing of failures, which are worse', () =>
    assert.deepEqual(told(apart, [beat(0), failSignal(1_000), beat(11 * minute)]), [
      'up@0',
      'down@1000!',
      'up@660000!',
    ]))
})

describe('what must be silent', () => {
  const silent = { calmAfter: 10 * minute }

  test('is unknown at first, well after silence, down with a beat, and well again', () => {
    const inputs = [time(10 * minute), beat(20 * minute), beat(25 * minute), time(34 * minute), time(35 * minute)]
    const { events } = play(policy(silent), inputs)
    assert.deepEqual(words(events), ['up@600000', 'down@1200000!', 'up@2100000!'])
    assert.equal(events[1]?.reason, 'noise')
    assert.match(
      events[1]?.sentence ?? '',
      /^A heartbeat arrived at .* trouble until 10 min have passed without one\.$/,
    )
  })

  test('is not called calm for silence that nobody could hear', () => {
    const { state } = play(policy(silent), [beat(0), time(60 * minute, 55 * minute)])
    assert.deepEqual([state.status, state.wakeAt], ['down', 65 * minute])
  })

  test('is not to report its starts either', () =>
    assert.deepEqual(told(silent, [startSignal(minute)]), ['down@60000!']))
})

describe('a pause that a beat ends', () => {
  const pausing = policy({ downAfter: minute, resumes: true })
  const pause = { type: 'pause', at: 10_000 } as const

  test('ends with the next beat, start or failure', () => {
    const events = (input: ReturnType<typeof beat>) => words(play(pausing, [beat(0), pause, input]).events)
    assert.deepEqual(events(beat(90_000)), ['up@0', 'paused@10000', 'resumed@90000', 'up@90000'])
    assert.deepEqual(events(startSignal(90_000)), ['up@0', 'paused@10000', 'resumed@90000'])
    assert.deepEqual(events(failSignal(90_000)), ['up@0', 'paused@10000', 'resumed@90000', 'down@90000!'])
  })

  test('does not end with a beat of before', () =>
    assert.equal(play(pausing, [beat(0), pause, beat(9_000)]).state.paused, true))

  test('goes on where only people end it', () =>
    assert.equal(play(policy({ downAfter: minute }), [beat(0), pause, beat(90_000)]).state.paused, true))
})

test('what was kept of reports, looked at again, leads to the same state', () => {
  const kinds: Partial<Expected>[] = [{ calmAfter: minute }, { minGap: minute }, { downAfter: 0 }, { maxRun: minute }]
  for (const expected of kinds) {
    const inputs = [beat(0), startSignal(1_000), beat(2_000), failSignal(3_000), beat(100_000)]
    const { state, steps } = play(policy(expected), inputs)
    const kept = steps.map(({ seen, input }) => (seen ? ({ type: 'observation', observation: seen } as const) : input))
    assert.deepEqual(play(policy(expected), kept).state, state)
  }
})
