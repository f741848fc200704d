// What lovebeat's addresses mean, however they are spelt.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyPattern } from '#core/key.ts'
import { namedIn, placeOf } from './place.ts'

const at = (url: string) => placeOf(url)?.at ?? null
const key = (url: string) => {
  const place = placeOf(url)
  return place !== null && 'named' in place ? place.named.key : null
}

test('addresses of both generations are known, and those of others are left alone', () => {
  for (const [url, meant] of [
    ['/api/services', 'services'],
    ['/api/services/', 'services'],
    ['/api/services/a.b', 'service'],
    ['/api/services/a.b/mute', 'mute'],
    ['/api/services/a.b/unmute', 'unmute'],
    ['/api/views/', 'views'],
    ['/api/views/a', 'view'],
    ['/api/alarms', 'alarms'],
    ['/api/alarms/a', 'alarm'],
    ['/api/alarms/a/status', 'alarm-status'],
    ['/api/status?view=a', 'status'],
    ['/status', 'status'],
    ['/version', 'version'],
    ['/api/services/a/boom', 'nowhere'],
    ['/api/services/a/b/c', 'nowhere'],
    ['/api/alarms/a/mute', 'nowhere'],
    ['/status/x', 'nowhere'],
    ['//api/status', 'moved'],
    ['/api/v2/monitors', null],
    ['/api/service/a', null],
    ['/api/servicesx', null],
    ['/statuspage', null],
    ['/', null],
    ['*', null],
  ] as const)
    assert.equal(at(url), meant, url)
})

test('a path that is moved never leads to another host', () => {
  assert.deepEqual(placeOf('//api//services///a?x=//b'), { at: 'moved', to: '/api/services/a?x=//b' })
  fc.assert(
    fc.property(fc.array(fc.constantFrom('/', 'api', 'status', 'services', '\\', 'evil.test')), (parts) => {
      const place = placeOf(`/${parts.join('')}`)
      if (place?.at === 'moved') assert.match(place.to, /^\/[^/]/)
    }),
  )
})

test('names that are paths, HTML or no UTF-8 become keys that are safe everywhere', () => {
  assert.equal(key('/api/services/a_b-c.9'), 'a_b-c.9')
  for (const url of [
    '%2e%2e%2fetc%2fpasswd',
    '%3Cscript%3Ealert(1)%3C/script%3E',
    '<b>',
    '%ff%fe',
    'a%20b',
    'å',
    '..',
  ]) {
    const place = placeOf(`/api/services/${url}`)
    if (place?.at === 'nowhere') continue
    assert.ok(place && 'named' in place, url)
    assert.match(place.named.key, keyPattern, url)
    assert.doesNotMatch(place.named.name, /\p{Cc}/u)
  }
  for (const url of ['%0a', '%', '%zz', '%00a', 'a'.repeat(2_000)])
    assert.equal(at(`/api/services/${url}`), 'nowhere', url)
})

test('whatever is asked for, a name that comes out has a key', () =>
  fc.assert(
    fc.property(fc.string(), (text) => {
      const place = placeOf(`/api/services/${text}`)
      if (place !== null && 'named' in place) assert.match(place.named.key, keyPattern)
      const named = namedIn(text)
      if (named !== null) assert.match(named.key, keyPattern)
    }),
  ))
