// Tests of cookies: kept for one check, sent to the host that set them, bounded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Jar } from './cookies.ts'

const url = (text: string) => new URL(text)
const now = Date.UTC(2026, 0, 1)
const jarOf = (from: string, ...set: string[]) => {
  const jar = new Jar()
  jar.take(url(from), set, now)
  return jar
}

test('a cookie goes back to its host only, on any port and below its path', () => {
  const jar = jarOf('http://shop.test/account/login', 'a=1', 'b=2; Path=/', 'c=3; Path=/deep')
  assert.equal(jar.header(url('http://shop.test/account/home')), 'a=1; b=2')
  assert.equal(jar.header(url('http://shop.test:8080/account')), 'a=1; b=2')
  assert.equal(jar.header(url('http://shop.test/accounting')), 'b=2')
  assert.equal(jar.header(url('http://shop.test/deep/x')), 'c=3; b=2')
  for (const other of ['http://www.shop.test/', 'http://evil.test/', 'http://shop.test.evil.test/'])
    assert.equal(jar.header(url(other)), null, other)
})

test('a domain widens nothing', () => {
  const jar = jarOf('http://shop.test/', 'a=1; Domain=test', 'b=2; Domain=.shop.test')
  assert.equal(jar.header(url('http://shop.test/')), 'a=1; b=2')
  assert.equal(jar.header(url('http://www.shop.test/')), null)
})

test('a secure cookie is set and sent over https only', () => {
  assert.equal(jarOf('http://shop.test/', 'a=1; Secure').header(url('https://shop.test/')), null)
  const jar = jarOf('https://shop.test/', 'a=1; secure')
  assert.equal(jar.header(url('http://shop.test/')), null)
  assert.equal(jar.header(url('https://shop.test/')), 'a=1')
})

test('a cookie is replaced by the next of its name, and taken away by a past end', () => {
  const jar = jarOf('http://shop.test/', 'a=1', 'a=2')
  assert.equal(jar.header(url('http://shop.test/')), 'a=2')
  for (const end of ['Max-Age=0', 'Max-Age=-5', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT']) {
    const gone = jarOf('http://shop.test/', 'a=1', `a=1; ${end}`)
    assert.equal(gone.header(url('http://shop.test/')), null, end)
  }
  assert.equal(jarOf('http://shop.test/', 'a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT').values.length, 1)
})

test('the same cookie again is no change', () => {
  const jar = jarOf('http://shop.test/', 'a=1')
  const before = jar.changes
  jar.take(url('http://shop.test/'), ['a=1'], now)
  jar.take(url('http://shop.test/'), ['b=1; Max-Age=0'], now)
  assert.equal(jar.changes, before)
  jar.take(url('http://shop.test/'), ['a=2'], now)
  assert.equal(jar.changes, before + 1)
})

test('number and size are bounded, and rubbish is left aside', () => {
  const many = Array.from({ length: 500 }, (_, index) => `n${index}=x`)
  assert.equal(jarOf('http://shop.test/', ...many).values.length, 50)
  assert.equal(
    jarOf('http://shop.test/', 'a', '=1', '', `a=${'x'.repeat(5_000)}`, 'a=1\u0000', 'a\r\nX: 1=2').values.length,
    0,
  )
})

test('whatever is set, what is sent has no line breaks and goes to nobody else', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), (set) => {
      const jar = jarOf('https://shop.test/a/b', ...set)
      assert.doesNotMatch(jar.header(url('https://shop.test/a/b')) ?? '', /[\r\n\0]/)
      assert.equal(jar.header(url('https://other.test/a/b')), null)
    }),
  )
})
