// Tests of how people sign in, as a configuration file says it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openManifest } from './read.ts'
import { fakes } from './testing.ts'

const manifest = openManifest(fakes)
const read = (signIn: unknown) => {
  const server = manifest.readServer({ sign_in: signIn })
  return server.ok
    ? server.value.signIn
    : server.faults.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
}
const oidc = { issuer: 'https://login.example.com/realm/', client_id: 'allswell' }

test('without a word passwords are taken, and sessions last a week idle and a month in all', () => {
  assert.deepEqual(read({}), { passwords: true, idle: 604_800_000, longest: 2_592_000_000, oidc: null, proxy: null })
})

test('a provider is read with its groups, and openid is always asked for', () => {
  const groups = { ops: 'admin', shop: { role: 'editor', labels: { team: ['shop', 'pay'], region: 'eu' } } }
  const found = read({ oidc: { ...oidc, scopes: ['email'], groups, others: 'viewer' } })
  assert.ok(typeof found === 'object')
  const { issuer, clientSecret, scopes, others, groups: mapped } = found.oidc ?? assert.fail('no provider')
  assert.deepEqual([issuer, clientSecret, others], ['https://login.example.com/realm', null, 'viewer'])
  assert.deepEqual(scopes, ['openid', 'email'])
  assert.deepEqual(mapped, {
    ops: { role: 'admin', labels: null },
    shop: { role: 'editor', labels: { team: ['shop', 'pay'], region: ['eu'] } },
  })
})

test('a proxy is read with its networks spelled out and headers in small letters', () => {
  const found = read({
    proxy: { header: 'X-Forwarded-User', from: ['loopback', '10.0.0.5'], groups_header: 'X-Groups' },
  })
  assert.ok(typeof found === 'object')
  assert.deepEqual(found.proxy?.from, ['127.0.0.0/8', '::1/128', '10.0.0.5'])
  assert.deepEqual([found.proxy?.header, found.proxy?.groupsHeader], ['x-forwarded-user', 'x-groups'])
  assert.equal(found.proxy?.others, 'nobody')
})

test('what would let in the wrong people, or nobody, is a fault that says what would be right', () => {
  const cases: [unknown, RegExp][] = [
    [{ oidc: { ...oidc, issuer: 'http://login.example.com' } }, /oidc\.issuer: .*https:\/\//],
    [{ oidc: { ...oidc, groups: { x: 'admn' } } }, /groups\.x/],
    [
      { oidc: { ...oidc, groups: { x: { role: 'admin', labels: { a: 'b' } } } } },
      /gives labels to a role that sees everything/,
    ],
    [{ oidc: { ...oidc, others: 'owner' } }, /others/],
    [{ oidc: { issuer: oidc.issuer } }, /client_id/],
    [{ proxy: { header: 'X-User', from: [] } }, /proxy\.from/],
    [{ proxy: { header: 'X-User', from: ['everywhere'] } }, /"everywhere" is not a network/],
    [{ proxy: { header: 'X User', from: ['loopback'] } }, /is not the name of a header/],
    [{ idle: '1s' }, /idle/],
    [{ pasword: false }, /pasword/],
  ]
  for (const [written, says] of cases) {
    const found = read(written)
    assert.match(typeof found === 'string' ? found : 'nothing is wrong', says)
  }
})
