// What holds for every history that sources could produce, whatever the policy.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { advance } from './advance.ts'
import { nextDeadline } from './deadline.ts'
import { type Event, movesStatus } from './event.ts'
import { quietAt, takenOn } from './hold.ts'
import { anyInputs, anyPolicy, play, time } from './testing.ts'

/** Checks a claim about the course of any history under any policy; inputs and states are frozen throughout. */
const always = (claim: (course: ReturnType<typeof play>, policy: Parameters<typeof play>[0]) => void) =>
  fc.assert(
    fc.property(anyPolicy, anyInputs, (policy, inputs) => claim(play(policy, inputs), policy)),
    { numRuns: 500 },
  )

test('no input and no state is ever changed in place', () => always(() => {}))

test('the same inputs always give the same states and events', () =>
  always((course, policy) => {
    const again = play(
      policy,
      course.steps.map(({ input }) => input),
    )
    assert.deepEqual(again, course)
  }))

test('a state that went through JSON goes on as the one that did not', () =>
  always((course, policy) => {
    const half = Math.floor(course.steps.length / 2)
    const stored = JSON.parse(JSON.stringify(course.steps[half]?.before ?? course.state))
    const rest = course.steps.slice(half).map(({ input }) => input)
    assert.deepEqual(play(policy, rest, stored).state, course.state)
  }))

const isMeeting = (event: Event) => event.type === 'monitor.identity_changed'

test('the version goes up with every change, by one for each event at least, and stays otherwise', () =>
  always(({ steps }) => {
    for (const { before, state, events } of steps) {
      if (state === before) {
        assert.deepEqual(events, [])
        continue
      }
      const raised = state.version - before.version
      assert.ok(raised >= Math.max(1, events.length) && raised <= 3, `raised by ${raised}`)
      assert.notDeepEqual({ ...state, version: 0 }, { ...before, version: 0 }, 'a version without a change')
    }
  }))

test('every event has a number of its own that goes up, one that the state came by', () =>
  always(({ steps }) => {
    for (const { state, before, events } of steps) {
      assert.ok(events.filter(movesStatus).length <= 1)
      let last = before.version
      for (const { seq } of events) {
        assert.ok(seq > last && seq <= state.version)
        last = seq
      }
    }
  }))

test('what answered is remembered in a few words, and is an event only where it changed', () =>
  always(({ steps }) => {
    for (const { before, state, events } of steps) {
      for (const event of events.filter(isMeeting)) {
        assert.equal(event.identity?.before.id, before.identity?.now.id)
        assert.equal(event.identity?.now.id, state.identity?.now.id)
        assert.deepEqual([event.status, event.previous, event.alert], [before.status, before.status, false])
      }
      const known = [state.identity?.now, ...(state.identity?.recent ?? [])].flatMap((one) => one?.id ?? [])
      assert.ok(known.length <= 4 && new Set(known).size === known.length, known.join())
    }
  }))

test('an event tells exactly what changed: status, previous one, how long it lasted', () =>
  always(({ steps }) => {
    for (const { before, state, events: all } of steps) {
      const changed = state.status !== before.status || state.paused !== before.paused
      const events = all.filter(movesStatus)
      assert.equal(events.length, changed ? 1 : 0)
      for (const event of events) {
        assert.deepEqual([event.status, event.previous], [state.status, before.status])
        assert.deepEqual([event.at, event.lasted], [state.since, state.since - before.since])
        assert.ok(event.lasted >= 0)
      }
    }
  }))

test('no status is told twice in a row but to remind, and its end only to those who know of trouble', () =>
  always(({ events }) => {
    let told = 'up'
    for (const event of events) {
      const { alert, status, held } = event
      const known = told !== 'up'
      if (status === 'up') assert.equal(alert, movesStatus(event) && known)
      if (!alert) continue
      if (held) {
        // Whoever has been told of what somebody took on is taken to know how it goes on.
        if (held.kind === 'acknowledged' && known && movesStatus(event)) told = status
        continue
      }
      if (movesStatus(event)) assert.notEqual(status, told)
      if (status !== 'unknown') told = status
    }
  }))

test('while a snooze or a silence is in force nobody is told of trouble', () =>
  always(({ steps }, policy) => {
    for (const { input, state, events } of steps) {
      const now = input.type === 'observation' ? input.observation.at : input.at
      if (quietAt(state, policy, now) === null) continue
      for (const { alert, status, held, type } of events) {
        const telling = alert || type === 'monitor.unknown'
        if (telling && status !== 'up' && !isLifted(type)) assert.ok(held, `${type} is not held`)
      }
    }
  }))

/** A hold that ended before what followed in the same step. */
const isLifted = (type: string) => type === 'monitor.hold_ended'

test('what was held and still lasts is told when nothing holds it any more', () =>
  fc.assert(
    fc.property(anyPolicy, anyInputs, (policy, inputs) => {
      const { state } = play(policy, inputs)
      const { state: then } = advance(1, state, time(100_000_000, 100_000_000), policy)
      assert.deepEqual([then.snooze, then.owed], then.paused ? [state.snooze, state.owed] : [undefined, undefined])
      if (then.paused || (then.status !== 'down' && then.status !== 'degraded')) return
      if (takenOn(then, then.status) === null) assert.equal(then.told, then.status)
    }),
    { numRuns: 2_000 },
  ))

test('an acknowledgement lasts until its outage is over or worse or it is taken back, and is never another one', () =>
  always(({ steps }) => {
    for (const { before, state, input } of steps) {
      const [was, is] = [before.outage?.acknowledged, state.outage?.acknowledged]
      const worse = before.outage?.worst !== state.outage?.worst
      if (was && !is) assert.ok(worse || input.type === 'unacknowledge')
      if (!was && is) assert.equal(input.type, 'acknowledge')
      if (was && is) assert.equal(is, was)
    }
  }))

test('an outage keeps its number from the first fault until it is up, through silence and pauses', () =>
  always(({ steps }) => {
    let open: number | null = null
    for (const { state, events } of steps) {
      for (const event of events) {
        if (!isMeeting(event) && (event.status === 'down' || event.status === 'degraded')) open ??= event.seq
        assert.equal(event.outage, open)
        if (!isMeeting(event) && event.status === 'up') open = null
      }
      assert.equal(state.outage?.seq ?? null, open)
    }
  }))

test('unknown observations move no status, reason or location', () =>
  always(({ steps }) => {
    for (const { before, state, input } of steps) {
      if (input.type !== 'observation' || input.observation.outcome !== 'unknown') continue
      assert.deepEqual(
        [state.status, state.since, state.reason, state.locations],
        [before.status, before.since, before.reason, before.locations],
      )
    }
  }))

test('a paused monitor is unknown and nothing but resuming moves it', () =>
  always(({ steps }) => {
    for (const { before, state, input } of steps) {
      if (before.paused && input.type !== 'resume') assert.equal(state, before)
      if (state.paused) assert.deepEqual([state.status, state.reason, state.wakeAt], ['unknown', 'paused', null])
    }
  }))

test('an up state has no reason, and a fault always has one', () =>
  always(({ steps }) => {
    for (const { state } of steps) {
      assert.equal(state.reason === null, state.status === 'up')
      assert.equal(state.sentence === null, state.status === 'up')
    }
  }))

test('the state knows the next deadline', () =>
  always(({ steps }, policy) => {
    for (const { input, state, before } of steps) {
      if (state === before) continue
      const since = input.type === 'time' ? input.listeningSince : Number.NEGATIVE_INFINITY
      const { snooze, owed, paused } = state
      const moments = [nextDeadline(state, policy, since)?.at, snooze?.until, owed?.until].filter(
        (at) => at !== undefined,
      )
      assert.equal(state.wakeAt, paused || moments.length === 0 ? null : Math.min(...moments))
    }
  }))

test('after time has been looked at, the next look lies ahead: no busy loop', () =>
  always(({ steps }) => {
    for (const { input, state } of steps)
      if (input.type === 'time') assert.ok(state.wakeAt === null || state.wakeAt > input.at)
  }))

test('time changes nothing before wakeAt, and at wakeAt something happens or wakeAt moves ahead', () =>
  fc.assert(
    fc.property(anyPolicy, anyInputs, fc.nat(60_000), (policy, inputs, heard) => {
      const { state, steps } = play(policy, inputs)
      const { wakeAt } = state
      if (wakeAt === null) return
      const since = Math.max(0, ...steps.map(({ input }) => (input.type === 'time' ? input.listeningSince : 0)))
      assert.deepEqual(advance(1, state, time(wakeAt - 1, since), policy).events, [])
      const { state: then, events } = advance(1, state, time(wakeAt, Math.max(since, wakeAt - heard)), policy)
      assert.ok(events.length > 0 || then.wakeAt === null || then.wakeAt > wakeAt)
    }),
    { numRuns: 500 },
  ))

test('our own absence alone never raises an alarm before one hold of listening is over', () =>
  fc.assert(
    fc.property(anyPolicy, anyInputs, fc.nat(1_000_000), (policy, inputs, absence) => {
      const { state, steps } = play(policy, inputs)
      const last = Math.max(0, ...steps.map(({ input }) => ('at' in input ? input.at : input.observation.at)))
      const back = last + absence
      const { events } = advance(1, state, time(back, back), policy)
      assert.deepEqual(events.filter(movesStatus), [])
    }),
    { numRuns: 500 },
  ))
