// Tests of the sessions that are kept: for how long, how many, and that who came first stays.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fullEvery, Sessions } from './sessions.ts'

const certificate = { subject: '', issuer: '', names: [], validFrom: '', validTo: '', fingerprint: '' }
const session = (since: number, size = 1_000, until = Number.POSITIVE_INFINITY) => ({
  ticket: Buffer.alloc(size),
  since,
  until,
  weakest: null,
  certificate,
})

test('a session serves until its full handshake is ten minutes old, however often it was resumed', () => {
  const sessions = new Sessions()
  sessions.keep('a', session(0), 0)
  assert.ok(sessions.find('a', fullEvery - 1, 0))
  sessions.keep('a', session(0), fullEvery - 1)
  assert.equal(sessions.find('a', fullEvery, 0), null)
})

test('a session ends with the first certificate of its chain that expires, by the wall clock', () => {
  const sessions = new Sessions()
  sessions.keep('a', session(0, 1_000, 5_000), 0)
  assert.ok(sessions.find('a', 1, 4_999))
  assert.equal(sessions.find('a', 1, 5_000), null)
})

test('memory is bounded by bytes: who came first stays, and makes room when too old', () => {
  const sessions = new Sessions()
  const count = 5_000
  for (let index = 0; index < count; index += 1) sessions.keep(`s${index}`, session(0, 16_000), 0)
  assert.ok(sessions.size < 2_200, `${sessions.size} are kept`)
  assert.ok(sessions.find('s0', 1, 0))
  assert.equal(sessions.find(`s${count - 1}`, 1, 0), null)
  sessions.keep('late', session(fullEvery + 1, 16_000), fullEvery + 1)
  assert.ok(sessions.find('late', fullEvery + 2, 0))
  assert.equal(sessions.size, 1)
})

test('a ticket that is huge is not kept, and what it replaces is forgotten', () => {
  const sessions = new Sessions()
  sessions.keep('a', session(0), 0)
  sessions.keep('a', session(0, 20_000), 0)
  assert.equal(sessions.find('a', 1, 0), null)
  assert.equal(sessions.size, 0)
})

test('forgetting makes room again', () => {
  const sessions = new Sessions()
  for (let index = 0; index < 3_000; index += 1) sessions.keep('same', session(0, 16_000), 0)
  assert.equal(sessions.size, 1)
  sessions.forget('same')
  sessions.forget('same')
  for (let index = 0; index < 2_000; index += 1) sessions.keep(`s${index}`, session(0, 16_000), 0)
  assert.equal(sessions.size, 2_000)
})

test('who resumes nothing is offered nothing before the next interval', () => {
  const sessions = new Sessions()
  sessions.keep('a', session(0), 0)
  sessions.refused('a', 5)
  sessions.keep('a', session(5), 5)
  sessions.keep('b', session(5), 5)
  assert.equal(sessions.find('a', 6, 0), null)
  assert.ok(sessions.find('b', 6, 0))
  sessions.keep('a', session(fullEvery + 5), fullEvery + 5)
  assert.ok(sessions.find('a', fullEvery + 6, 0))
})
