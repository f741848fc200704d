// The address of a heartbeat, spelt in every way.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { isKeyText } from '#core/key.ts'
import { targetOf } from './target.ts'

describe('the address of a heartbeat', () => {
  it('is a key and perhaps a signal', () => {
    assert.deepEqual(targetOf('/beat/a'), { key: 'a', signal: 'beat', exit: null })
    assert.deepEqual(targetOf('/beat/a/'), { key: 'a', signal: 'beat', exit: null })
    assert.deepEqual(targetOf('/beat/a.b-C_1/start'), { key: 'a.b-C_1', signal: 'start', exit: null })
    assert.deepEqual(targetOf('/beat/a/fail?x=/y'), { key: 'a', signal: 'fail', exit: null })
    assert.deepEqual(targetOf('/beat/a/log'), { key: 'a', signal: 'log', exit: null })
    assert.deepEqual(targetOf('/beat/%61%2Db?'), { key: 'a-b', signal: 'beat', exit: null })
  })

  it('may end with an exit status, of which only 0 is well', () => {
    assert.deepEqual(targetOf('/beat/a/0'), { key: 'a', signal: 'beat', exit: 0 })
    assert.deepEqual(targetOf('/beat/a/1'), { key: 'a', signal: 'fail', exit: 1 })
    assert.deepEqual(targetOf('/beat/a/255'), { key: 'a', signal: 'fail', exit: 255 })
    for (const url of ['/beat/a/256', '/beat/a/-1', '/beat/a/1.0', '/beat/a/0001', '/beat/a/1e2'])
      assert.deepEqual(targetOf(url), { fault: 'verb' }, url)
  })

  it('may name a run, and say whether a monitor is to be made', () => {
    const start = { key: 'a', signal: 'start', exit: null }
    assert.deepEqual(targetOf('/beat/a/0?took=5230'), { key: 'a', signal: 'beat', exit: 0, took: 5230 })
    for (const took of ['', '-1', '1e9', 'NaN', '99999999999'])
      assert.deepEqual(targetOf(`/beat/a/0?took=${took}`), { fault: 'took' }, took)
    assert.deepEqual(targetOf('/beat/a/start?rid=42-x'), { ...start, run: '42-x' })
    assert.deepEqual(targetOf('/beat/a/start?rid=a%3Ab&create=1'), { ...start, run: 'a:b', create: true })
    assert.deepEqual(targetOf('/beat/a/start?create=0'), { ...start, create: false })
    for (const rid of ['', 'a b', '%00', '<b>', 'x'.repeat(65)])
      assert.deepEqual(targetOf(`/beat/a?rid=${rid}`), { fault: 'run' }, rid)
    assert.deepEqual(targetOf('/beat/a?create=perhaps'), { fault: 'create' })
  })

  it('is left alone when it is somebody else’s', () => {
    for (const url of ['/', '', '/beats', '/beatx/a', '/api/beat/a', 'http://h/beat/a', '*']) {
      assert.equal(targetOf(url), null, url)
    }
  })

  it('is refused when the key or the signal is not one', () => {
    const names = [
      '/beat',
      '/beat/',
      '/beat?a',
      '/beat//a',
      '/beat/..',
      '/beat/%2e%2e',
      '/beat/a%2Fb',
      '/beat/%',
      '/beat/%ff',
    ]
    for (const url of [...names, '/beat/%00', '/beat/<b>', '/beat/a b', '/beat/å', `/beat/${'x'.repeat(129)}`]) {
      assert.deepEqual(targetOf(url), { fault: 'name' }, url)
    }
    for (const url of ['/beat/a/b', '/beat/a/fail/', '/beat/a/Fail', '/beat/a//fail', '/beat/a/%66ail']) {
      assert.deepEqual(targetOf(url), { fault: 'verb' }, url)
    }
  })

  it('never gives anything but a valid key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, encoded) => {
        const target = targetOf(`/beat/${encoded ? encodeURIComponent(text.toWellFormed()) : text}`)
        assert.ok(target !== null && ('fault' in target || isKeyText(target.key)))
      }),
    )
  })
})
