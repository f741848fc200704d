// Tests of where the master key comes from, on a real folder.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { newKey, writeKey } from './seal.ts'
import { makeKey, readKeys, writeKeys } from './secret-key.ts'

const data = mkdtempSync(join(tmpdir(), 'allswell-key-'))
after(() => rmSync(data, { recursive: true, force: true }))
const none = { secretKey: null, secretKeyFile: null, data }
const [one, two] = [newKey(), newKey()]

test('a key is made in the data folder for this user alone, and found there again', () => {
  assert.equal(readKeys(none), null)
  const made = makeKey(none)
  assert.equal(made.source, join(data, 'secret.key'))
  assert.equal(statSync(made.source).mode & 0o777, 0o600)
  assert.deepEqual(readKeys(none), made)
})

test('the environment wins over a file, and a named file over the data folder', () => {
  const path = join(data, 'other.key')
  writeKeys(path, [two])
  assert.deepEqual(readKeys({ ...none, secretKeyFile: path })?.keys, [two])
  const both = { ...none, secretKeyFile: path, secretKey: writeKey(one) }
  assert.deepEqual(readKeys(both), { keys: [one], source: 'ALLSWELL_SECRET_KEY', own: null })
})

test('several keys are read, the newest first', () => {
  const text = `${writeKey(one)},${writeKey(two)}`
  assert.deepEqual(readKeys({ ...none, secretKey: text })?.keys, [one, two])
  const path = join(data, 'two.key')
  writeKeys(path, [two, one])
  assert.deepEqual(readKeys({ ...none, secretKeyFile: path })?.keys, [two, one])
  assert.match(readFileSync(path, 'utf8'), /^.{44}\n.{44}\n$/)
})

test('a file that others may read, that is missing or no key is refused with the way out', () => {
  const path = join(data, 'loose.key')
  writeFileSync(path, writeKey(one))
  chmodSync(path, 0o644)
  assert.throws(() => readKeys({ ...none, secretKeyFile: path }), /others on this machine may read it; run: chmod 600/)
  chmodSync(path, 0o600)
  writeFileSync(path, 'nonsense')
  assert.throws(() => readKeys({ ...none, secretKeyFile: path }), /loose\.key is not a key: 32 random bytes/)
  writeFileSync(path, '\n')
  assert.throws(() => readKeys({ ...none, secretKeyFile: path }), /is empty/)
  assert.throws(() => readKeys({ ...none, secretKeyFile: join(data, 'gone') }), /cannot be used: .*no such file/)
  assert.throws(() => readKeys({ ...none, secretKey: 'short' }), /ALLSWELL_SECRET_KEY is not a key/)
})
