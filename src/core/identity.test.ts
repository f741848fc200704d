// What answered: a change is news once, the first sight is none, and servers that take turns make no flood.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Identity, type KnownIdentity, recognise, sayChange } from './identity.ts'
import { fresh } from './state.ts'
import { active, play, saw, words } from './testing.ts'

const hour = 3_600_000
const one = (id: string): Identity => ({ what: 'certificate', id, words: `one called ${id}`, facts: { issuer: id } })

/** Ids seen an hour apart, or at the given time: those that were news. */
function news(...seen: (string | [string, number])[]): string[] {
  let known: KnownIdentity | undefined
  return seen.flatMap((entry, index) => {
    const [id, at] = typeof entry === 'string' ? [entry, index * hour] : entry
    const step = recognise(known, one(id), at)
    known = step.known
    return step.change ? [`${step.change.before.id}>${step.change.now.id}`] : []
  })
}

test('the first sight is no news, nor is the same again; another is', () =>
  assert.deepEqual(news('a', 'a', 'b', 'b', 'c'), ['a>b', 'b>c']))

test('two that take turns are news once', () => assert.deepEqual(news('a', 'b', 'a', 'b', 'a', 'b', 'a'), ['a>b']))

test('of many that take turns the first four are told of, and no more while that goes on', () => {
  const many = Array.from({ length: 200 }, (_, index): [string, number] => [`c${(index * 7) % 10}`, index * 60_000])
  assert.equal(news(...many).length, 3)
})

test('one that was away for a day is news when it comes back', () => {
  assert.deepEqual(news(['a', 0], ['b', hour], ['a', 26 * hour]), ['a>b', 'b>a'])
  assert.deepEqual(news(['a', 0], ['b', hour], ['a', 24 * hour]), ['a>b'])
})

test('the same one gives the very same object, and what is kept stays small', () => {
  let known = recognise(undefined, one('a'), 0).known
  assert.equal(recognise(known, one('a'), 5).known, known)
  for (let index = 0; index < 50; index += 1) known = recognise(known, one(`c${index}`), index).known
  assert.equal(known.recent.length, 3)
})

test('the change is said with what was before', () =>
  assert.equal(
    sayChange({ before: one('a'), now: one('b') }),
    'The certificate changed: now it is one called b; before it was one called a.',
  ))

const see = (at: number, outcome: 'up' | 'down' | 'unknown', id?: string) => ({
  type: 'observation' as const,
  observation: { ...saw({ at, outcome }), ...(id === undefined ? {} : { identity: one(id) }) },
})

test('another identity is an event beside what was found, and does not change the state', () => {
  const { events, state } = play(active(), [see(1, 'up', 'a'), see(2, 'up', 'b'), see(3, 'down', 'c'), see(4, 'up')])
  assert.deepEqual(words(events), ['up@1', 'identity_changed@2', 'identity_changed@3', 'down@3!', 'up@4!'])
  assert.deepEqual(
    events.map(({ seq }) => seq),
    [1, 2, 4, 5, 6],
  )
  const [, change, other] = events
  assert.deepEqual([change?.status, change?.previous, change?.alert], ['up', 'up', false])
  assert.deepEqual([change?.identity?.before.id, change?.identity?.now.facts], ['a', { issuer: 'b' }])
  assert.match(other?.sentence ?? '', /^The certificate changed: now it is one called c/)
  assert.deepEqual([state.identity?.now.id, state.identity?.since, state.version], ['c', 3, 6])
})

test('a look that sees nobody, or that does not count, changes nothing of it', () => {
  const pause = { type: 'pause', at: 5 } as const
  const course = play(active(), [see(2, 'up', 'a'), see(3, 'down'), see(1, 'up', 'b'), see(4, 'unknown', 'c'), pause])
  assert.equal(course.state.identity?.now.id, 'a')
  const resumed = play(active(), [see(6, 'up', 'b'), { type: 'resume', at: 7 }, see(8, 'up', 'd')], course.state)
  assert.deepEqual(words(resumed.events), ['resumed@7', 'identity_changed@8', 'up@8!'])
})

test('of another target another one answers, which is no news', () => {
  const { state, events } = play(active(), [see(1, 'up', 'a'), { type: 'anew', at: 2 }, see(3, 'up', 'b')])
  assert.deepEqual(words(events), ['up@1', 'changed@2', 'up@3'])
  assert.equal(state.identity?.now.id, 'b')
  assert.ok(!('identity' in fresh(0)))
})

test('when the wall clock is moved what was seen of late moves along', () => {
  const inputs = [see(1, 'up', 'a'), see(2, 'up', 'b'), { type: 'clock', by: 100 * hour, at: 100 * hour + 5 } as const]
  const { events } = play(active({ staleAfter: null }), [...inputs, see(100 * hour + 6, 'up', 'a')])
  assert.deepEqual(words(events), ['up@1', 'identity_changed@2'])
})
