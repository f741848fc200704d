// Which monitors a selection means, asked over the API: what one sees of them, and what is wrong with a selection.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createToken } from '#commands/tokens.ts'
import { openTestServer } from './testing.ts'

test('a selection is told by count and first names, of what whoever asks may see', async (t) => {
  const server = await openTestServer()
  t.after(() => server.close())
  for (let index = 0; index < 25; index += 1) {
    const body = {
      name: `Job ${index}`,
      http: { url: 'https://a.test/' },
      labels: { team: index % 5 === 0 ? 'shop' : 'pay' },
    }
    assert.equal((await server.ask('PUT', `/api/v2/monitors/job-${index}`, { body })).status, 201)
  }
  const found = async (monitors: unknown, token?: string) => {
    const asked = { body: { monitors }, ...(token === undefined ? {} : { token }) }
    const { status, json, text } = await server.ask('POST', '/api/v2/monitors/select', asked)
    assert.equal(status, 200, text)
    return json as { total: number; items: { key: string; name: string; status: string }[] }
  }
  const every = await found('*')
  assert.deepEqual([every.total, every.items.length], [25, 20])
  assert.deepEqual(every.items[0], { key: 'job-0', name: 'Job 0', status: 'unknown' })
  const shop = { keys: ['job-?'], labels: { team: 'sh*' } }
  assert.deepEqual(
    (await found(shop)).items.map(({ key }) => key),
    ['job-0', 'job-5'],
  )
  assert.equal((await found('none-*')).total, 0)
  const { secret } = await createToken(server, {
    name: 'pay',
    scopes: ['read'],
    expiresAt: null,
    labels: { team: ['pay'] },
  })
  assert.equal((await found('*', secret)).total, 20)
  assert.equal((await found(shop, secret)).total, 0)
  const wrong = await server.ask('POST', '/api/v2/monitors/select', { body: { monitors: { labels: {} } } })
  assert.equal(wrong.status, 422)
})
