// Tests of SCRAM with the exchanges that the RFCs print, and with servers that lie.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Scram } from './scram.ts'

const sha256 = () => new Scram({ hash: 'sha256', user: 'user', password: 'pencil', nonce: 'rOprNGfwEbeRWgbNEkqO' })
const challenge = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'

test('the exchange of RFC 7677 is held word by word', async () => {
  const scram = sha256()
  assert.equal(scram.first(), 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO')
  assert.equal(
    await scram.final(challenge),
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  )
  assert.ok(scram.isGenuine('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='))
  assert.ok(!scram.isGenuine('v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='))
})

test('the exchange of RFC 5802 is held word by word', async () => {
  const scram = new Scram({ hash: 'sha1', user: 'user', password: 'pencil', nonce: 'fyko+d2lbbFgONRv9qkxdawL' })
  assert.equal(
    await scram.final('r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096'),
    'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
  )
  assert.ok(scram.isGenuine('v=rmF9pqV8S7suAoZWja4dJRkFsKQ='))
})

test('a server that is not asked, or that only repeats, is not genuine', async () => {
  assert.ok(!sha256().isGenuine('v='))
  assert.ok(!sha256().isGenuine('v=null'))
  assert.equal(await sha256().final('r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'), null)
  assert.equal(await sha256().final('r=somebody-else,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'), null)
})

test('a server that asks for endless work, or for none, is refused', async () => {
  for (const rounds of ['0', '-1', '600001', '2147483648', '99999999999', 'x', ''])
    assert.equal(await sha256().final(challenge.replace('4096', rounds)), null, rounds)
  assert.equal(await sha256().final(''), null)
  assert.equal(await sha256().final(challenge.replace('W22', '!!!')), null)
})

test('names are written so that they cannot end early, and odd letters in their plain form', () => {
  const first = (user: string) => new Scram({ hash: 'sha256', user, password: 'x', nonce: 'n' }).first()
  assert.equal(first('a=b,c'), 'n,,n=a=3Db=2Cc,r=n')
  assert.equal(first('I\u00adX\u00a0ª'), 'n,,n=IX a,r=n')
})
