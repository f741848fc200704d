// The kind `view`: whom patterns and labels choose, the worst state among them, and one view for each match.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Candidate, selects } from '#core/glob.ts'
import { namedBy } from '#core/key.ts'
import { type ShownStatus, statuses } from '#core/words.ts'
import type { Members } from './check.ts'
import { view } from './view.ts'

const read = (spec: object) => view.config.parse(spec)
const chosen = (spec: object, ...all: (string | (Candidate & { labels?: Record<string, string> }))[]) => {
  const selector = view.members(read(spec))
  return all
    .map((one) => ({ labels: {}, ...(typeof one === 'string' ? { key: one } : one) }))
    .filter((one) => selects(selector, one))
    .map(({ key }) => key)
}
const membersOf = (all: readonly ShownStatus[]): Members => {
  const members = all.map((status, index) => ({ key: `job-${index + 1}`, name: `job-${index + 1}`, status }))
  return {
    count: (status) => members.filter((one) => status === undefined || one.status === status).length,
    first: (status, most) => members.filter((one) => one.status === status).slice(0, most),
  }
}
const says = (...all: ShownStatus[]) => {
  const { outcome, sentence } = view.derive(read({ match: 'x' }), membersOf(all))
  return `${outcome}: ${sentence}`
}
const wrong = (spec: object) => view.config.safeParse(spec).error?.issues.map(({ path, message }) => [path[0], message])

test('a pattern is found anywhere in a key unless it says where, and labels and keys narrow it', () => {
  const all = ['backup.db', 'my.backup', 'mail']
  assert.deepEqual(chosen({ match: 'backup' }, ...all), ['backup.db', 'my.backup'])
  assert.deepEqual(chosen({ match: '^backup\\.' }, ...all), ['backup.db'])
  assert.deepEqual(chosen({ match: '.', except: '^m' }, ...all), ['backup.db'])
  assert.deepEqual(chosen({ match: 'backup', monitors: '*.db' }, ...all), ['backup.db'])
  assert.deepEqual(chosen({ monitors: ['mail', 'my*'] }, ...all), ['my.backup', 'mail'])
  const gold = { key: 'a', labels: { tier: 'gold' } }
  assert.deepEqual(chosen({ monitors: { labels: { tier: 'gold' } } }, gold, 'b'), ['a'])
})

test('a pattern is found in the name by which something beats, and in no other name', () => {
  const named = namedBy(Buffer.from('Web/front'), 0, 9)
  assert.ok(named)
  assert.deepEqual(chosen({ match: '^Web/' }, named, 'Web-front'), [named.key])
  assert.deepEqual(chosen({ match: 'shown' }, { key: 'a.b', name: 'shown to people' }), [])
})

test('no view follows from another one, or from a group', () => {
  const members = { keys: ['*'], labels: null }
  assert.deepEqual(chosen({ match: '.' }, { key: 'other', members }, { key: 'web', members: null }), ['web'])
})

test('what takes time without bound, or is no expression, is refused in words', () => {
  assert.deepEqual(wrong({ match: 'te(st' }), [['match', 'is not a regular expression: missing closing ) at te(st']])
  assert.match(String(wrong({ match: '(?=a)b' })), /takes time without bound/)
  assert.match(String(wrong({ match: 'a{1000}{1000}' })), /match/)
  assert.match(String(wrong({})), /give match, monitors, or both/)
  assert.match(String(wrong({ monitors: '*', each: 'x-$1' })), /there is none/)
  assert.match(String(wrong({ match: '(a)', each: 'x' })), /names no group/)
  const long = `${'a'.repeat(60)}!`
  assert.deepEqual(chosen({ match: '^(a+)+$' }, long), [], 'and comes back at once')
})

test('the worst state counts, down before degraded before unknown, and paused ones do not', () => {
  assert.equal(says('up', 'up'), 'up: null')
  assert.equal(says('up', 'unknown', 'degraded', 'down').split(':')[0], 'down')
  assert.equal(
    says('up', 'unknown', 'degraded'),
    'degraded: 1 of 3 is degraded: job-2; 1 of 3 is unknown: job-2.'.replace('degraded: job-2', 'degraded: job-3'),
  )
  assert.equal(says('up', 'unknown'), 'unknown: 1 of 2 is unknown: job-2.')
  assert.equal(says('up', 'paused'), 'up: null')
  assert.equal(says('down', 'paused'), 'down: 1 of 1 is down: job-1; left out, since paused: job-2.')
  assert.equal(says('paused'), 'unknown: All of its 1 are paused.')
  assert.equal(says(), 'unknown: No monitor belongs to it yet.')
})

test('it is never better than any of its members that count', () => {
  const rank = (status: string) => ['up', 'unknown', 'degraded', 'down'].indexOf(status)
  fc.assert(
    fc.property(fc.array(fc.constantFrom<ShownStatus>(...statuses, 'paused'), { minLength: 1 }), (all) => {
      const { outcome } = view.derive(read({ match: 'x' }), membersOf(all))
      for (const status of all) if (status !== 'paused') assert.ok(rank(outcome) >= rank(status))
    }),
  )
})

test('each makes one view for each text, to which those belong that become it', () => {
  const spec = { match: '^backup\\.([a-z]+)\\.(\\d)', each: 'backup-$1', except: 'old' }
  const made = ['backup.db.1', 'backup.db.2', 'backup.web.1', 'mail'].map((key) => view.unfold?.(read(spec), { key }))
  assert.deepEqual(
    made.map((one) => one?.name),
    ['backup-db', 'backup-db', 'backup-web', undefined],
  )
  const db = made[0]?.settings ?? {}
  assert.deepEqual(db, { ...spec, only: 'backup-db' })
  assert.deepEqual(chosen(db, 'backup.db.1', 'backup.web.1', 'backup.db.2', 'backup.db.1.old', 'mail'), [
    'backup.db.1',
    'backup.db.2',
  ])
  assert.equal(view.unfold?.(read(db), { key: 'backup.db.1' }), null, 'and makes none itself')
  assert.deepEqual(chosen(spec, 'backup.db.1', 'backup.web.1', 'mail'), ['backup.db.1', 'backup.web.1'])
})

test('whatever a key is, what each makes of it chooses that key', () => {
  const spec = { match: '^([^.]*)\\.?(.)?', each: '${1} $2' }
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 30 }), (key) => {
      const made = view.unfold?.(read(spec), { key })
      if (made) assert.deepEqual(chosen(made.settings, key), [key])
    }),
  )
})
