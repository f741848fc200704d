// advance() by example: confirming, alerting, heartbeats, pauses, several locations, and a clock that is moved.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { advance, type Input } from './advance.ts'
import { active, beat, checks, failSignal, passive, play, saw, see, startSignal, time, words } from './testing.ts'
import type { Outcome } from './words.ts'

const told = (...[policy, inputs]: Parameters<typeof play>) => words(play(policy, inputs).events)

describe('confirming', () => {
  test('nobody knows a new monitor until it has been seen', () => {
    const { state } = play(active(), [])
    assert.deepEqual([state.status, state.reason, state.wakeAt], ['unknown', 'no_data', null])
  })

  test('the first good look suffices, and is no news to anybody', () =>
    assert.deepEqual(told(active({ recoverAfter: 3 }), checks('up')), ['up@10000']))

  test('it is down with exactly the third bad look when three are asked for', () => {
    const policy = active({ failAfter: 3 })
    assert.deepEqual(told(policy, checks('up', 'down', 'down')), ['up@10000'])
    assert.deepEqual(told(policy, checks('up', 'down', 'down', 'down')), ['up@10000', 'down@40000!'])
  })

  test('a good look in between begins the count anew', () =>
    assert.deepEqual(told(active({ failAfter: 3 }), checks('up', 'down', 'down', 'up', 'down', 'down')), ['up@10000']))

  test('a new monitor that fails is down only when confirmed', () =>
    assert.deepEqual(told(active({ failAfter: 2 }), checks('down', 'down')), ['down@20000!']))

  test('it is up again with exactly the second good look when two are asked for', () => {
    const policy = active({ recoverAfter: 2 })
    assert.deepEqual(told(policy, checks('down', 'up')), ['down@10000!'])
    assert.deepEqual(told(policy, checks('down', 'up', 'up')), ['down@10000!', 'up@30000!'])
  })

  test('after every flip the full count is needed again', () => {
    const policy = active({ failAfter: 2, recoverAfter: 2 })
    const inputs = checks('up', 'down', 'down', 'up', 'down', 'up', 'up', 'down', 'up', 'down', 'down')
    assert.deepEqual(told(policy, inputs), ['up@10000', 'down@30000!', 'up@70000!', 'down@110000!'])
  })

  test('degraded is confirmed like down, and down outranks it once confirmed itself', () =>
    assert.deepEqual(told(active({ failAfter: 2 }), checks('up', 'degraded', 'down', 'down')), [
      'up@10000',
      'degraded@30000!',
      'down@40000!',
    ]))

  test('what is down gets better to degraded as it does to up', () =>
    assert.deepEqual(told(active({ recoverAfter: 2 }), checks('down', 'degraded', 'degraded', 'up', 'up')), [
      'down@10000!',
      'degraded@30000!',
      'up@50000!',
    ]))

  test('an event says how often in a row it was seen, and from where', () => {
    const [, down] = play(active({ failAfter: 2 }), checks('up', 'down', 'down')).events
    assert.deepEqual([down?.confirmations, down?.locations], [2, ['local']])
  })

  test('a fault keeps its reason while the first good looks are not confirmed yet', () => {
    const { state } = play(active({ recoverAfter: 3 }), checks('down', 'up', 'up'))
    assert.deepEqual([state.status, state.reason, state.sentence], ['down', 'refused', 'It is refused.'])
  })

  test('a fault takes on the newest confirmed reason without any event', () => {
    const inputs = [...checks('down'), see({ at: 20_000, outcome: 'down', reason: 'timeout' })]
    const { state, events } = play(active(), inputs)
    assert.deepEqual([state.reason, events.length], ['timeout', 1])
  })

  test('an observation older than the last one from there is left out', () => {
    const policy = active()
    const { state } = play(policy, checks('up', 'up'))
    assert.equal(advance(1, state, see({ at: 19_999, outcome: 'down' }), policy).state, state)
  })

  test('a new monitor that is slow is degraded only when confirmed', () => {
    const { state, events } = play(active({ failAfter: 2 }), checks('degraded', 'degraded'))
    assert.deepEqual([words(events), state.reason, events[0]?.confirmations], [['degraded@20000!'], 'slow', 2])
  })

  test('what could not be checked says why where nothing is known, and is no news', () => {
    const unable = (at: number) => see({ at, outcome: 'unknown', reason: 'internal' })
    const never = play(active(), [unable(10_000), unable(20_000)])
    assert.deepEqual(
      [never.state.status, never.state.reason, never.state.sentence],
      ['unknown', 'internal', 'It is internal.'],
    )
    assert.deepEqual([never.state.since, never.state.lastAt, never.events], [0, null, []])
    const { state } = play(active(), [...checks('up'), unable(20_000)])
    assert.deepEqual([state.status, state.sentence], ['up', null])
    const silent = play(active(), [...checks('up'), time(40_000), unable(50_000)])
    assert.deepEqual([silent.state.status, silent.state.sentence], ['unknown', 'It is internal.'])
    assert.deepEqual(words(silent.events), ['up@10000', 'unknown@40000'])
  })

  test('what is unknown says why while it waits to be confirmed', () => {
    const { state } = play(active({ failAfter: 2 }), checks('down'))
    assert.deepEqual([state.status, state.reason, state.sentence], ['unknown', 'refused', 'It is refused.'])
  })

  test('better than down is confirmed by looks since the last that found it down, not by those before', () => {
    const { events } = play(active({ failAfter: 2, recoverAfter: 2 }), checks('down', 'down', 'degraded', 'degraded'))
    assert.deepEqual(words(events), ['down@20000!', 'degraded@40000!'])
    assert.deepEqual(
      events.map(({ confirmations }) => confirmations),
      [2, 2],
    )
    const mixed = play(active({ failAfter: 3 }), checks('up', 'degraded', 'down', 'degraded'))
    assert.equal(mixed.events.at(-1)?.confirmations, 3)
  })

  test('a fault keeps its reason while another one is not confirmed yet', () => {
    const { state } = play(active({ recoverAfter: 2 }), checks('down', 'degraded'))
    assert.deepEqual([state.status, state.reason], ['down', 'refused'])
  })

  test('a fault confirmed by different looks has the reason of the last', () => {
    const { state } = play(active({ failAfter: 2 }), checks('up', 'degraded', 'down'))
    assert.deepEqual([state.status, state.reason], ['degraded', 'refused'])
  })

  test('two looks in the same moment both count', () =>
    assert.deepEqual(told(active(), [see({ at: 5, outcome: 'up' }), see({ at: 5, outcome: 'down' })]), [
      'up@5',
      'down@5!',
    ]))

  test('what could not be looked at moves nothing', () => {
    const policy = active()
    const { state } = play(policy, checks('down'))
    assert.equal(advance(1, state, see({ at: 20_000, outcome: 'unknown' }), policy).state, state)
  })

  test('the evidence of the look that decided stays with the event', () => {
    const observation = { ...observationOf(checks('down')[0]), facts: { code: 503 } }
    const { events } = play(active(), [{ type: 'observation', observation }])
    assert.deepEqual(events[0]?.facts, { code: 503 })
  })
})

function observationOf(input: ReturnType<typeof see> | undefined) {
  assert.ok(input?.type === 'observation')
  return input.observation
}

describe('alerting', () => {
  test('a fault that was told is not told again after a silence, and its end is told once', () => {
    const policy = active({ staleAfter: 30_000 })
    const inputs = [
      ...checks('down'),
      time(60_000),
      see({ at: 70_000, outcome: 'down' }),
      see({ at: 80_000, outcome: 'up' }),
    ]
    assert.deepEqual(told(policy, inputs), ['down@10000!', 'unknown@40000', 'down@70000', 'up@80000!'])
  })

  test('one outage goes through worse and better until it is up, and says how bad it was', () => {
    const { events } = play(active(), checks('up', 'degraded', 'down', 'degraded', 'up'))
    assert.deepEqual(
      events.map(({ status, outage, outageAt, worst }) => [status, outage, outageAt, worst]),
      [
        ['up', null, null, null],
        ['degraded', 2, 20_000, 'degraded'],
        ['down', 2, 20_000, 'down'],
        ['degraded', 2, 20_000, 'down'],
        ['up', 2, 20_000, 'down'],
      ],
    )
  })

  test('coming back after a silence without any fault is no alert, but says that it ends one', () => {
    const inputs = [...checks('up'), time(60_000), see({ at: 70_000, outcome: 'up' })]
    const { events } = play(active(), inputs)
    assert.deepEqual(words(events), ['up@10000', 'unknown@40000', 'up@70000'])
    assert.deepEqual(
      events.map(({ silence }) => silence),
      [false, false, true],
    )
  })
})

describe('an active monitor that nobody checks', () => {
  test('is unknown with the moment at which its last look is too old', () => {
    const { state, events } = play(active({ staleAfter: 30_000 }), [...checks('up'), time(39_999), time(45_000)])
    assert.deepEqual(words(events), ['up@10000', 'unknown@40000'])
    assert.deepEqual(
      [state.reason, state.sentence],
      ['no_data', 'Nothing has been observed since 1970-01-01 00:00 UTC.'],
    )
  })

  test('is counted anew when it is checked again', () => {
    const inputs = [...checks('up', 'down'), time(60_000), see({ at: 70_000, outcome: 'down' })]
    assert.deepEqual(told(active({ failAfter: 2 }), inputs), ['up@10000', 'unknown@50000'])
  })

  test('is not made unknown by our own absence before one span of listening is over', () =>
    assert.deepEqual(
      told(active({ staleAfter: 30_000 }), [...checks('up'), time(500_000, 490_000), time(520_000, 490_000)]),
      ['up@10000', 'unknown@520000'],
    ))

  test('never becomes unknown where its policy says so', () =>
    assert.deepEqual(told(active({ staleAfter: null }), [...checks('up'), time(1e12)]), ['up@10000']))
})

describe('a heartbeat', () => {
  test('that never came is down when period and grace are over', () => {
    const { state, events } = play(passive(), [time(69_999), time(70_000)])
    assert.deepEqual(words(events), ['down@70000!'])
    assert.equal(state.sentence, 'No heartbeat has ever arrived; one was expected every 1 min, with 10 s of grace.')
  })

  test('that stays away is down at its deadline, not when that is noticed', () =>
    assert.deepEqual(told(passive(), [beat(5_000), time(90_000)]), ['up@5000', 'down@75000!']))

  test('is up again with the next beat', () =>
    assert.deepEqual(told(passive(), [beat(5_000), time(90_000), beat(95_000)]), [
      'up@5000',
      'down@75000!',
      'up@95000!',
    ]))

  test('that came late needs as many beats as its policy asks for, also when it never came before', () => {
    const policy = passive({}, { recoverAfter: 2 })
    assert.deepEqual(told(policy, [time(70_000), beat(80_000), beat(81_000)]), ['down@70000!', 'up@81000!'])
    assert.deepEqual(told(policy, [beat(0), time(70_000), beat(80_000), beat(81_000)]), [
      'up@0',
      'down@70000!',
      'up@81000!',
    ])
  })

  test('that was sent in time and heard late still counts', () =>
    assert.deepEqual(told(passive(), [beat(5_000), time(90_000), beat(74_000)]), [
      'up@5000',
      'down@75000!',
      'up@75000!',
    ]))

  test('is not counted late for beats that nobody could hear', () =>
    assert.deepEqual(
      told(passive(), [beat(5_000), time(200_000, 200_000), time(209_999, 200_000), time(210_000, 200_000)]),
      ['up@5000', 'down@210000!'],
    ))

  test('without grace is held for its period after an absence, but a minute at most', () => {
    const daily = passive({ every: 86_400_000, grace: 0 })
    const back = 90_000_000
    const inputs = [beat(0), time(back, back), time(back + 59_999, back), time(back + 60_000, back)]
    assert.deepEqual(told(daily, inputs), ['up@0', `down@${back + 60_000}!`])
  })

  test('without a period is never late', () =>
    assert.deepEqual(told(passive({ every: null }), [beat(5_000), time(1e12)]), ['up@5000']))

  test('that reports a failure is down at once', () => {
    const { state, events } = play(passive(), [beat(5_000), failSignal(6_000)])
    assert.deepEqual([words(events), state.reason], [['up@5000', 'down@6000!'], 'failed'])
  })

  test('that is down already is not late as well', () => {
    const { state } = play(passive(), [failSignal(6_000), time(1e9)])
    assert.deepEqual([state.reason, state.wakeAt], ['failed', null])
  })

  test('that reported a failure and then nothing needs no further event', () =>
    assert.deepEqual(told(passive(), [failSignal(6_000), failSignal(7_000), time(1e9)]), ['down@6000!']))

  test('whose run began and takes longer than its grace is down', () => {
    const { state, events } = play(passive(), [beat(5_000), startSignal(20_000), time(30_000)])
    assert.deepEqual([words(events), state.reason, state.startedAt], [['up@5000', 'down@30000!'], 'overrun', null])
  })

  test('whose run ended in time is well', () =>
    assert.deepEqual(told(passive(), [startSignal(20_000), beat(29_000), time(60_000)]), ['up@29000']))

  test('whose run ended in the moment in which it began is well, and may begin again in the same', () => {
    assert.equal(play(passive(), [startSignal(20_000), beat(20_000)]).state.startedAt, null)
    assert.equal(play(passive(), [beat(20_000), startSignal(20_000)]).state.startedAt, 20_000)
  })

  test('whose run goes on is not ended by a check, nor by an older beat from elsewhere', () => {
    const inputs = [startSignal(20_000), see({ at: 21_000, outcome: 'up' }), beat(19_000, 'berlin')]
    assert.equal(play(passive(), inputs).state.startedAt, 20_000)
  })

  test('a first run that began says so, and that nobody knows how it ends', () => {
    const { state } = play(passive(), [startSignal(20_000)])
    assert.equal(state.sentence, 'It started at 1970-01-01 00:00 UTC and has not said yet how it ended.')
    assert.equal(play(passive(), [startSignal(20_000), beat(21_000)]).state.sentence, null)
  })

  test('whose run is known to have begun is still unknown', () => {
    const { state } = play(passive(), [startSignal(20_000)])
    assert.deepEqual([state.status, state.startedAt, state.lastAt], ['unknown', 20_000, 20_000])
  })

  test('whose start is heard after its end has no run that never ends', () => {
    const { state } = play(passive(), [beat(29_000, 'berlin'), startSignal(20_000)])
    assert.deepEqual([state.startedAt, state.wakeAt], [null, 99_000])
  })

  test('heard from two places is reckoned from the latest, in whatever order they are heard', () => {
    const { state } = play(passive(), [beat(50_000, 'berlin'), beat(20_000, 'lima')])
    assert.deepEqual([state.beatAt, state.wakeAt], [50_000, 120_000])
  })

  test('gets its new deadline when its policy changes', () => {
    const { state } = play(passive(), [beat(5_000)])
    const revised = advance(1, state, { type: 'revise', at: 6_000 }, passive({ every: 120_000 })).state
    assert.deepEqual([state.wakeAt, revised.wakeAt], [75_000, 135_000])
  })
})

describe('a pause', () => {
  const pause = (at: number) => ({ type: 'pause', at }) as const
  const resume = (at: number) => ({ type: 'resume', at }) as const

  test('is an event, and nothing is seen or late meanwhile', () => {
    const inputs = [beat(5_000), pause(10_000), failSignal(20_000), startSignal(21_000), time(1e9), pause(1e9)]
    assert.deepEqual(told(passive(), inputs), ['up@5000', 'paused@10000'])
  })

  test('leaves a monitor unknown when it ends, and deadlines count from then', () => {
    const { state, events } = play(passive(), [beat(5_000), pause(10_000), resume(500_000)])
    assert.deepEqual(words(events), ['up@5000', 'paused@10000', 'resumed@500000'])
    assert.deepEqual([state.status, state.reason, state.wakeAt], ['unknown', 'no_data', 570_000])
  })

  test('forgets what was counted before it', () => {
    const inputs = [...checks('up', 'down'), pause(25_000), resume(26_000), see({ at: 30_000, outcome: 'down' })]
    assert.deepEqual(told(active({ failAfter: 2 }), inputs), ['up@10000', 'paused@25000', 'resumed@26000'])
  })

  test('in an outage does not hide its end: people are told when it is up', () => {
    const inputs = [...checks('down'), pause(20_000), resume(30_000), see({ at: 40_000, outcome: 'up' })]
    const { events } = play(active(), inputs)
    assert.deepEqual(words(events), ['down@10000!', 'paused@20000', 'resumed@30000', 'up@40000!'])
    assert.deepEqual(
      events.map(({ outage, outageAt, worst, silence }) => [outage, outageAt, worst, silence]),
      Array.from({ length: 4 }, () => [1, 10_000, 'down', false]),
    )
  })

  test('that is not one cannot be ended', () => {
    const { state } = play(active(), checks('up'))
    assert.equal(advance(1, state, resume(20_000), active()).state, state)
  })
})

describe('several locations', () => {
  const from = (location: string, at: number, outcome: 'up' | 'down' | 'degraded') => see({ location, at, outcome })
  const all = (at: number, ...outcomes: ('up' | 'down' | 'degraded')[]) =>
    outcomes.map((outcome, index) => from(['berlin', 'lima', 'oslo'][index] ?? 'local', at + index, outcome))

  test('make it down only when the quorum of them agrees', () => {
    const policy = active({ quorum: 'majority' })
    const { state, events } = play(policy, [...all(10_000, 'up', 'up', 'up'), from('berlin', 20_000, 'down')])
    assert.deepEqual(words(events), ['up@10000', 'degraded@20000!'])
    assert.deepEqual([state.reason, state.sentence], ['partial', 'It fails from berlin, well from 2 of 3 locations.'])
    const worse = play(policy, [from('lima', 21_000, 'down')], state)
    assert.deepEqual(words(worse.events), ['down@21000!'])
    assert.deepEqual(worse.events[0]?.locations, ['berlin', 'lima'])
  })

  test('that do not know yet are counted on neither side', () => {
    const policy = active({ quorum: 'all', failAfter: 2 })
    const inputs = [
      ...all(10_000, 'up', 'up'),
      ...all(20_000, 'down'),
      ...all(30_000, 'down'),
      from('oslo', 30_500, 'down'),
    ]
    assert.equal(play(policy, inputs).state.sentence, 'It fails from berlin, well from 1 of 2 locations.')
  })

  test('that fell silent have no vote any more', () => {
    const policy = active({ quorum: 'any', staleAfter: 30_000 })
    const inputs = [...all(10_000, 'down', 'up'), from('lima', 30_000, 'up'), from('lima', 50_000, 'up')]
    assert.deepEqual(told(policy, inputs), ['down@10000!', 'up@50000!'])
  })

  test('are alive to the last millisecond of what their policy allows', () => {
    const policy = active({ quorum: 'any', staleAfter: 30_000 })
    const inputs = [...all(10_000, 'down', 'up'), from('lima', 40_000, 'up'), from('lima', 40_001, 'up')]
    assert.deepEqual(told(policy, inputs), ['down@10000!', 'up@40001!'])
  })

  test('of which none was heard of late make it unknown, and say so', () => {
    const inputs = [...all(10_000, 'up'), see({ at: 90_000, outcome: 'unknown', signal: 'start', location: 'lima' })]
    const { state } = play(active(), [...inputs, from('berlin', 20_000, 'up')])
    assert.deepEqual([state.status, state.reason], ['unknown', 'no_data'])
  })

  test('that agree give the reason of the one that spoke last', () => {
    const policy = active({ quorum: 'all' })
    const inputs = [...all(10_000, 'down'), see({ location: 'lima', at: 11_000, outcome: 'down', reason: 'timeout' })]
    assert.equal(play(policy, inputs).state.reason, 'timeout')
    assert.equal(play(policy, [...inputs, from('berlin', 12_000, 'down')]).state.reason, 'refused')
  })

  test('that were cut off cannot bring back old beliefs with what they send late', () => {
    const policy = active({ quorum: 'any', staleAfter: 30_000 })
    const inputs = [...all(10_000, 'up', 'up'), from('lima', 100_000, 'up'), from('berlin', 20_000, 'down')]
    const { state, events } = play(policy, inputs)
    assert.deepEqual([words(events), state.status], [['up@10000'], 'up'])
  })

  test('of which the last one falls silent make it unknown', () =>
    assert.deepEqual(told(active({ staleAfter: 30_000 }), [...all(10_000, 'up', 'up'), time(40_001)]), [
      'up@10000',
      'unknown@40001',
    ]))

  test('give the reason of one that agrees, not of one that does not', () => {
    const policy = active({ quorum: 'any', failAfter: 2 })
    const inputs = [...all(10_000, 'up', 'down'), from('lima', 20_000, 'down'), from('berlin', 21_000, 'degraded')]
    const { state } = play(policy, inputs)
    assert.deepEqual([state.status, state.reason], ['down', 'refused'])
  })

  test('may be called anything', () => {
    const names = ['__proto__', 'constructor', 'toString', '']
    const { state } = play(
      active({ quorum: 'all' }),
      names.map((location, index) => see({ location, at: 10_000 + index, outcome: 'down' })),
    )
    assert.deepEqual([Object.keys(state.locations), state.status], [names, 'down'])
  })
})

describe('a wall clock that was moved', () => {
  const move = (by: number, at: number) => ({ type: 'clock', by, at }) as const

  test('forwards makes no heartbeat late', () => {
    const policy = passive()
    const { state, events } = play(policy, [beat(5_000), move(3_600_000, 3_610_000), time(3_610_000, 3_610_000)])
    assert.deepEqual([words(events), state.wakeAt], [['up@5000'], 3_675_000])
  })

  test('backwards makes no beat too old to count', () => {
    const inputs = [beat(3_600_000), move(-3_590_000, 10_000), beat(11_000), time(82_000)]
    assert.deepEqual(told(passive(), inputs), ['up@3600000', 'down@3600000!'])
  })
})

const follows = (at: number, outcome: Outcome, sentence: string | null = null): Input => ({
  type: 'observation',
  observation: { ...saw({ at, outcome, signal: 'derived' }), reason: sentence === null ? null : 'members', sentence },
})

test('what follows from others changes at once, to unknown as well, and says so', () => {
  const { state, events } = play(active({ interval: null, staleAfter: null, failAfter: 3, recoverAfter: 3 }), [
    follows(1, 'up'),
    follows(2, 'down', '2 of 3 are down.'),
    follows(3, 'down', '3 of 3 are down.'),
    follows(4, 'degraded', '1 of 3 is down.'),
    follows(5, 'unknown', 'Nothing is known.'),
    follows(6, 'unknown', 'Still nothing.'),
  ])
  assert.deepEqual(words(events), ['up@1', 'down@2!', 'degraded@4!', 'unknown@5'])
  assert.deepEqual([state.status, state.sentence, state.version], ['unknown', 'Still nothing.', 6])
  assert.deepEqual([events[1]?.confirmations, events[1]?.sentence], [0, '2 of 3 are down.'])
})
