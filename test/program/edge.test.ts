// Who may do what at the edge: what proxies claim is believed of trusted ones only, reading the API needs a token,
// what a page makes public does not, and tokens do what their scopes say.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Asked } from './ask.ts'
import { monitorsOf } from './client.ts'
import { adminToken, openHome, type Program, start } from './program.ts'

const proxy = '127.0.0.7'
const config = `version: 1
networks:
  beats: [127.0.0.1, 10.0.0.0/8]
  metrics: [127.0.0.1, 10.0.0.0/8]
  trusted_proxies: [${proxy}]
monitors: { job: { heartbeat: { every: 1d } } }
pages: { main: { title: Public words, groups: [{ components: [{ name: The job, monitors: job }] }] } }
`
/** What reverse proxies and those who pretend to be behind one send. */
const claims: readonly Readonly<Record<string, string>>[] = [
  { 'x-forwarded-for': '10.0.0.1' },
  { 'x-forwarded-for': '203.0.113.9' },
  { forwarded: 'for=10.0.0.1' },
  { 'x-real-ip': '10.0.0.1' },
  { 'x-forwarded-proto': 'https' },
  { 'x-forwarded-host': 'localhost' },
  { 'cf-connecting-ip': '10.0.0.1' },
  { 'true-client-ip': '10.0.0.1' },
  { 'x-client-ip': '127.0.0.1' },
  { via: '1.1 somewhere' },
]

describe('forwarding headers', () => {
  test('from an address that is no trusted proxy they never make a request a private one', async (t) => {
    const program = await start(t, { config })
    for (const headers of claims) {
      const said = JSON.stringify(headers)
      const known = await program.ask('/beat/job', { headers })
      assert.equal(known.status, 403, said)
      assert.match(known.text, /need a token.*networks\.trusted_proxies/s)
      assert.equal((await program.ask(`/beat/new-${claims.indexOf(headers)}`, { headers })).status, 403, said)
      assert.equal((await program.ask('/metrics', { headers })).status, 401, said)
    }
    assert.deepEqual(
      (await monitorsOf(program)).map(({ key, status }) => [key, status]),
      [['job', 'unknown']],
      'nothing was made and nothing was beaten',
    )
    assert.equal((await program.ask('/beat/job')).status, 200, 'the same sender without them')
    assert.equal((await program.ask('/metrics')).status, 200)
    const withToken = { headers: { 'x-forwarded-for': '203.0.113.9' }, token: adminToken }
    assert.equal((await program.ask('/beat/job', withToken)).status, 200, 'a token is as good as a network')
  })

  test('of a trusted proxy they are believed, and the right-most stranger is the client', async (t) => {
    const program = await start(t, { config })
    const through = (forwarded: string): Asked => ({ from: proxy, headers: { 'x-forwarded-for': forwarded } })
    const beat = async (asked: Asked) => (await program.ask('/beat/job', asked)).status
    assert.equal(await beat(through('10.1.2.3')), 200)
    assert.equal(await beat(through('::ffff:10.1.2.3')), 200)
    assert.equal(await beat(through(`10.1.2.3, ${proxy}`)), 200)
    assert.equal(await beat(through('203.0.113.9')), 403)
    assert.equal(await beat(through('10.1.2.3, 203.0.113.9')), 403, 'the left one is the stranger’s own claim')
    assert.equal(await beat(through('unknown')), 403)
    assert.equal(await beat({ from: proxy, headers: { 'x-forwarded-for': '10.1.2.3', forwarded: 'for=9.9.9.9' } }), 403)
    assert.equal(await beat({ from: '127.0.0.9' }), 403, 'an address in no network')
    assert.equal((await program.ask('/metrics', through('10.1.2.3'))).status, 200)
    assert.equal((await program.ask('/metrics', through('203.0.113.9'))).status, 401)
  })
})

describe('what needs a token', () => {
  test('the API needs one even from this machine, a public page and the health checks do not', async (t) => {
    const program = await start(t, { config })
    const paths = ['monitors', 'monitors/job', 'events', 'deliveries', 'channels', 'rules', 'pages', 'tokens', 'health']
    for (const path of paths) {
      for (const asked of [{}, { token: 'aw_wrong' }, { token: `${adminToken}x` }]) {
        const { status, headers } = await program.ask(`/api/v2/${path}`, asked)
        assert.equal(status, 401, path)
        assert.equal(headers['content-type'], 'application/problem+json')
        assert.match(headers['www-authenticate'] ?? '', /^Basic .*, Bearer realm="Allswell"/)
      }
      assert.equal((await program.ask(`/api/v2/${path}`, { token: adminToken })).status, 200, path)
    }
    const stranger = { from: '127.0.0.9' }
    for (const path of ['/', '/healthz', '/readyz', '/api/v2/openapi.json']) {
      assert.equal((await program.ask(path, stranger)).status, 200, path)
    }
    assert.match((await program.ask('/', stranger)).text, /Public words[\s\S]*The job/)
    const basic = `Basic ${Buffer.from(`anybody:${adminToken}`).toString('base64')}`
    assert.equal((await program.ask('/api/v2/monitors', { headers: { authorization: basic } })).status, 200)
  })

  test('tokens made on the command line do what their scopes say, and nothing more once revoked', async (t) => {
    const home = openHome(t, config)
    const create = async (name: string, scope: string) => {
      const { code, stdout, stderr } = await home.run(
        `token create --name ${name} --scope ${scope} --data ${home.data}`.split(' '),
      )
      assert.equal(code, 0, stderr)
      return /aw_[\w-]{43}/.exec(stdout)?.[0] ?? ''
    }
    const reads = await create('reader', 'read')
    const program = await home.start()
    const reports = await create('reporter', 'report')
    const status = async (token: string, asked: Asked & { path: string }) =>
      (await program.ask(asked.path, { ...asked, token })).status
    assert.equal(await status(reads, { path: '/api/v2/monitors' }), 200)
    assert.equal(await status(reads, { path: '/metrics', from: '127.0.0.9' }), 200)
    assert.equal(await status(reads, { path: '/beat/job', from: '127.0.0.9' }), 403)
    assert.equal(await status(reads, { path: '/api/v2/monitors/job/pause', method: 'POST' }), 403)
    assert.equal(await status(reports, { path: '/beat/job', from: '127.0.0.9' }), 200)
    assert.equal(await status(reports, { path: '/api/v2/monitors' }), 403)
    const { items } = (await program.api('GET', '/tokens')).json() as { items: { id: number; name: string }[] }
    const id = items.find(({ name }) => name === 'reader')?.id
    assert.equal((await program.api('DELETE', `/tokens/${id}`)).status, 204)
    assert.equal(await status(reads, { path: '/api/v2/monitors' }), 401)
    await nothingSecret(program, [reads, reports])
  })
})

/** No secret is in what the program printed or stored tokens show. */
async function nothingSecret(program: Program, secrets: readonly string[]): Promise<void> {
  const shown = program.stdout() + program.stderr() + (await program.api('GET', '/tokens')).text
  for (const secret of [...secrets, adminToken]) assert.equal(shown.includes(secret), false)
}

describe('an address at which there is nothing', () => {
  test('tells a browser so on a page, and a program in JSON', async (t) => {
    const program = await start(t, { config })
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'
    for (const path of ['/nope', '//']) {
      const { status, text, headers } = await program.ask(path, { headers: { accept } })
      assert.deepEqual([status, headers['content-type']], [404, 'text/html; charset=utf-8'], path)
      assert.match(text, /There is no page at this address/)
      assert.equal((await program.ask(path)).headers['content-type'], 'application/problem+json')
    }
  })
})

describe('a name that somebody else may own', () => {
  test('lets no web page in through a browser in here: heartbeats and metrics need a token under it', async (t) => {
    const program = await start(t, { config: `${config}public_url: https://watch.example.com/\n` })
    const under = (host: string) => ({ headers: { host } })
    assert.equal((await program.ask('/metrics', under('rebound.example:8080'))).status, 401)
    const refused = await program.ask('/beat/job', under('rebound.example:8080'))
    assert.equal(refused.status, 403)
    assert.match(refused.text, /set public_url or name it in networks\.hosts/)
    const beat = { ...under('rebound.example'), token: adminToken }
    assert.equal((await program.ask('/beat/job', beat)).status, 200)
    for (const host of ['localhost', 'allswell:8080', 'watch.example.com', 'watch.internal']) {
      assert.equal((await program.ask('/beat/job', under(host))).status, 200, host)
      assert.equal((await program.ask('/metrics', under(host))).status, 200, host)
    }
  })
})
