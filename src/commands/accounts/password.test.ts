// Tests of passwords: what is refused, how they are hashed, and that hashing never grows without bound.
import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { Overloaded, Passwords } from './password.ts'
import { passwordFault } from './password-rules.ts'

const cheap = { n: 16, r: 1, p: 1 }
const about = ['ann.smith@corp.test', 'Ann Smith', 'https://status.acme.test']

test('passwords that are guessed first are refused, each with what is wrong', () => {
  const guessed = `password123 Password1234! P@ssw0rd2024 qwertyuiop 1q2w3e4r5t 1qaz2wsx3edc 1234567890 0987654321
    iloveyou2023 monkeydragon1 Summer2024!! trustno1trustno1 letmein12345 football1999 Welcome2024! januaryfebruary
    passwordpassword adminadmin1 changeme123 qwerty123456 abcdefghij asdfghjkl1 zaq12wsxcde3 superman1234 princess123!
    1234512345 11111111112 abcabcabcabc 19851224-1985 hunterhunter2 azertyuiop1 qwertzuiop! Dragon!Dragon!`
  for (const one of guessed.split(/\s+/)) assert.notEqual(passwordFault(one, about), null, one)
  assert.match(passwordFault('short', about) ?? '', /has 5 characters; take at least 10/)
  assert.match(passwordFault('x'.repeat(201), about) ?? '', /more than 200/)
  assert.match(passwordFault('aaaaaaaaaaab', about) ?? '', /too few different/)
  assert.match(passwordFault('abcdeabcdeabcde', about) ?? '', /repeats itself/)
})

test('a password that holds a name of its person or place is refused, in leet too', () => {
  for (const one of ['my-ann.SMITH-here', 'xq sm1th wv 77', 'acme-kdhfgwteqp', 'kdhfg status wteqp'])
    assert.match(passwordFault(one, about) ?? '', /which anybody would try first/, one)
})

test('passwords of one’s own are taken, in any language', () => {
  const own = ['correct horse battery', 'tjX9#pLq2v', 'zebra lamp corrode', 'x7Kq-2mPz-9w', 'mein Hund frisst Gras']
  for (const one of [...own, 'любимая чашка стоит', '七つの静かな灯籠が揺れる', '🦊 eats 🍇 at dawn'])
    assert.equal(passwordFault(one, about), null, one)
})

test('random passwords are taken, whatever they are made of', () => {
  const letters = fc.string({
    unit: fc.constantFrom(...'abcdefghkmnpqrstuvwxyzABCDEFGHKLMNP'.split('')),
    minLength: 16,
    maxLength: 40,
  })
  let refused = 0
  fc.assert(
    fc.property(letters, (one) => void (refused += passwordFault(one, []) === null ? 0 : 1)),
    { numRuns: 500 },
  )
  assert.ok(refused < 5, `${refused} of 500`)
})

test('any text is judged without an error', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void passwordFault(text, [text])))
  for (const piece of ['a', 'password', '1q2w', 'ab'])
    assert.equal(typeof passwordFault(piece.repeat(50).slice(0, 200), about), 'string')
})

test('the right password is known by its hash, and no other, nor any where there is none', async () => {
  const passwords = new Passwords(cheap)
  const stored = await passwords.hash('seven quiet lanterns')
  assert.match(stored, /^scrypt\$16\$1\$1\$[\w-]{22}\$[\w-]{43}$/)
  assert.notEqual(stored, await passwords.hash('seven quiet lanterns'))
  assert.deepEqual(await passwords.verify('seven quiet lanterns', stored), { right: true, old: false })
  assert.equal((await passwords.verify('seven quiet lantern', stored)).right, false)
  assert.equal((await passwords.verify('seven quiet lanterns', null)).right, false)
})

test('a hash says what it cost, so that it is known when that has changed', async () => {
  const stored = await new Passwords({ n: 8, r: 1, p: 1 }).hash('seven quiet lanterns')
  assert.deepEqual(await new Passwords(cheap).verify('seven quiet lanterns', stored), { right: true, old: true })
  const [, n, r, p, salt = '', hash] = stored.split('$')
  const options = { N: Number(n), r: Number(r), p: Number(p) }
  const expected = scryptSync('seven quiet lanterns', Buffer.from(salt, 'base64url'), 32, options)
  assert.equal(hash, expected.toString('base64url'))
})

test('the usual cost works, and stays within the memory it asks for', async () => {
  const passwords = new Passwords()
  const stored = await passwords.hash('seven quiet lanterns')
  assert.match(stored, /^scrypt\$32768\$8\$3\$/)
  assert.equal((await passwords.verify('seven quiet lanterns', stored)).right, true)
})

test('the same letters written otherwise are the same password', async () => {
  const passwords = new Passwords(cheap)
  const stored = await passwords.hash('Ärger im Büro 42'.normalize('NFD'))
  assert.equal((await passwords.verify('Ärger im Büro 42'.normalize('NFC'), stored)).right, true)
})

test('when too many wait the next is turned away, and the others are served', async () => {
  const passwords = new Passwords(cheap)
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.hash('seven quiet lanterns')))
  const refused = results.filter((one) => one.status === 'rejected')
  assert.equal(refused.length, 100 - 66)
  assert.ok(refused.every(({ reason }) => reason instanceof Overloaded))
  await passwords.hash('seven quiet lanterns')
})
