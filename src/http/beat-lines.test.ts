// Tests of the ready-made lines over the API: for whom, with which address, and without any secret.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await openTestServer()
})
after(() => server.close())

interface Lines {
  readonly exists: boolean
  readonly notes: readonly string[]
  readonly items: readonly { readonly name: string; readonly text: string }[]
}
const linesOf = async (key: string) => (await server.ask('GET', `/api/v2/beat-lines?key=${key}`)).json as Lines

test('the lines of a heartbeat name the address under which they were asked for', async () => {
  const made = await server.ask('POST', '/api/v2/monitors', { body: { key: 'nightly', heartbeat: {} } })
  assert.equal(made.status, 201, made.text)
  const { exists, items } = await linesOf('nightly')
  assert.equal(exists, true)
  assert.ok(items.find(({ name }) => name === 'curl')?.text.endsWith(` ${server.base}/beat/nightly`))
  assert.match(items.find(({ name }) => name === 'udp')?.text ?? '', /"nightly\.beat:1\|c" \| nc .* 8127$/)
})

test('a monitor that is yet to be made has lines, too', async () => {
  const { exists, items } = await linesOf('not-yet')
  assert.equal(exists, false)
  assert.ok(items.length > 5)
})

test('the lines of a heartbeat with a secret id do not tell it', async () => {
  const id = '6f1c7a52-8f0e-4a57-9f43-5a0c8b1d2e3f'
  await server.ask('POST', '/api/v2/monitors', { body: { key: 'secret', heartbeat: { id } } })
  const answer = await server.ask('GET', '/api/v2/beat-lines?key=secret')
  assert.equal(answer.text.includes(id), false)
  const { notes, items } = answer.json as Lines
  assert.match(notes[0] ?? '', /secret id/)
  assert.ok(items.find(({ name }) => name === 'curl')?.text.endsWith('/beat/ID'))
  assert.equal(
    items.some(({ name }) => name === 'udp'),
    false,
  )
})

test('what takes no heartbeats has no lines, nor has what is no key', async () => {
  await server.ask('POST', '/api/v2/monitors', { body: { key: 'web', http: { url: 'https://x.test' } } })
  assert.equal((await server.ask('GET', '/api/v2/beat-lines?key=web')).status, 409)
  assert.equal((await server.ask('GET', '/api/v2/beat-lines?key=%24%28id%29')).status, 400)
})
