// Alerting: who is told, who is not, and whether the reason is said.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '#core/event.ts'
import type { ChannelModel, RuleModel } from '#manifest/model.ts'
import { explain } from './alerting.ts'

const down: Event = {
  type: 'monitor.down',
  monitor: 1,
  seq: 5,
  at: 1_000,
  status: 'down',
  previous: 'up',
  lasted: 500,
  reason: 'refused',
  sentence: 'Nothing listens.',
  alert: true,
  outage: 5,
  outageAt: 1_000,
  worst: 'down',
  silence: false,
  confirmations: 2,
  locations: ['local'],
}
const up: Event = { ...down, type: 'monitor.up', seq: 9, status: 'up', previous: 'down', reason: null, sentence: null }
const channel = (key: string) => [key, { key } as ChannelModel] as const
const channels = new Map([channel('hook'), channel('ops')])
const rule = (change: Partial<RuleModel> = {}): RuleModel => ({
  key: 'all',
  name: 'all',
  monitors: { keys: ['*'], labels: null },
  tell: ['hook', 'ops'],
  on: ['down', 'up'],
  ...change,
})
const web = { key: 'web', labels: { customer: 'acme' } }
const told = (event: Event, ...rules: RuleModel[]) =>
  explain(event, web, { rules, channels }).map((line) => `${line.channel}:${line.told}`)

test('a rule tells each of its channels of a fault and of its end', () => {
  assert.deepEqual(told(down, rule()), ['hook:true', 'ops:true'])
  assert.deepEqual(told(up, rule()), ['hook:true', 'ops:true'])
})

test('a rule for other monitors is not even mentioned', () => {
  assert.deepEqual(told(down, rule({ monitors: { keys: ['shop-*'], labels: null } })), [])
  assert.deepEqual(told(down, rule({ monitors: { keys: null, labels: { customer: 'other' } } })), [])
})

test('a rule that does not tell of this status holds back and says so', () => {
  const [line] = explain({ ...down, type: 'monitor.degraded', status: 'degraded', worst: 'degraded' }, web, {
    rules: [rule({ tell: ['hook'] })],
    channels,
  })
  assert.deepEqual(line, {
    rule: 'all',
    channel: 'hook',
    told: false,
    why: 'The rule does not tell of "degraded".',
  })
})

test('one channel is told once, whatever the number of rules', () => {
  assert.deepEqual(told(down, rule({ tell: ['hook'] }), rule({ key: 'two', tell: ['hook'] })), [
    'hook:true',
    'hook:false',
  ])
})

test('a channel that is not there is said to be missing', () => {
  const lines = explain(down, web, { rules: [rule({ tell: ['gone'] })], channels })
  assert.equal(lines[0]?.told, false)
  assert.match(lines[0]?.why ?? '', /no such channel/)
})

test('the first sight of a healthy monitor tells nobody', () => {
  assert.deepEqual(told({ ...up, previous: 'unknown', alert: false, outage: null, worst: null }, rule()), [
    'hook:false',
    'ops:false',
  ])
})

test('the end of an outage that was only degraded is not told to those who were told nothing', () => {
  const end: Event = { ...up, previous: 'degraded', worst: 'degraded' }
  assert.deepEqual(told(end, rule({ tell: ['hook'] })), ['hook:false'])
  assert.deepEqual(told(end, rule({ tell: ['hook'], on: ['down', 'degraded', 'up'] })), ['hook:true'])
})

test('whoever was told of silence is told of its end', () => {
  const silent: Event = { ...down, type: 'monitor.unknown', status: 'unknown', alert: false, outage: null, worst: null }
  const back: Event = { ...up, previous: 'unknown', alert: false, silence: true, outage: null, worst: null }
  const both = rule({ tell: ['hook'], on: ['unknown', 'up'] })
  assert.deepEqual(told(silent, both), ['hook:true'])
  assert.deepEqual(told(back, both), ['hook:true'])
  assert.deepEqual(told(back, rule({ tell: ['hook'] })), ['hook:false'])
})

test('pausing and resuming tell nobody', () => {
  assert.deepEqual(told({ ...down, type: 'monitor.paused', alert: false }, rule()), [])
})

test('that another one answers is told by rules that ask for it, and by no others', () => {
  const changed: Event = { ...up, type: 'monitor.identity_changed', previous: 'up', outage: null, confirmations: 1 }
  assert.deepEqual(told(changed, rule()), ['hook:false', 'ops:false'])
  assert.deepEqual(told(changed, rule({ on: ['changed'] })), ['hook:true', 'ops:true'])
  assert.deepEqual(told(down, rule({ on: ['changed'] })), ['hook:false', 'ops:false'])
})

test('what follows from others was seen by nobody, and the explanation says so', () => {
  const [line] = explain({ ...down, reason: 'members', confirmations: 0 }, web, { rules: [rule()], channels })
  assert.equal(line?.why, 'It follows from its monitors.')
})
