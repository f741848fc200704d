// The dashboard's files over a real server: found, compressed, kept by browsers, and nothing foreign let in.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { dashboardHandler } from './dashboard.ts'

const script = 'console.log("all is well")\n'.repeat(50)

async function serve(context: TestContext, isBuilt = true) {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-dashboard-'))
  const build = () => {
    mkdirSync(join(folder, 'assets'), { recursive: true })
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Allswell</title>')
    writeFileSync(join(folder, 'assets', 'index-abc.js'), script)
    writeFileSync(join(folder, 'icon.png'), Buffer.from([137, 80, 78, 71]))
  }
  if (isBuilt) build()
  const handler = dashboardHandler(folder)
  const server = createServer((request, response) => {
    if (!handler(request, response)) response.writeHead(418).end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  context.after(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })
  const { port } = server.address() as AddressInfo
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init })
  return { ask, build, port }
}

test('every path below /app that names no file is the application', async (context) => {
  const { ask } = await serve(context)
  for (const path of ['/app', '/app/', '/app/monitors', '/app/monitors/web?range=24h']) {
    const answer = await ask(path)
    assert.equal(answer.status, 200, path)
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(answer.headers.get('cache-control'), 'no-cache')
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'/)
    assert.match(await answer.text(), /<title>Allswell/)
  }
})

test('what is not below /app is left to others', async (context) => {
  const { ask } = await serve(context)
  for (const path of ['/', '/application', '/api/v2/monitors', '/p/app'])
    assert.equal((await ask(path)).status, 418, path)
})

test('files whose names change with them are kept for ever, compressed as the browser likes', async (context) => {
  const { ask } = await serve(context)
  const kept = await ask('/app/assets/index-abc.js')
  assert.equal(kept.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  for (const [accepts, encoding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await ask('/app/assets/index-abc.js', { headers: { 'accept-encoding': accepts } })
    assert.equal(answer.headers.get('content-encoding'), encoding)
    assert.equal(await answer.text(), script)
  }
  assert.equal(brotliDecompressSync(Buffer.from(await raw(context, 'br'))).toString(), script)
  assert.equal(gunzipSync(Buffer.from(await raw(context, 'gzip'))).toString(), script)
  const dense = await ask('/app/icon.png', { headers: { 'accept-encoding': 'br' } })
  assert.deepEqual([dense.headers.get('content-encoding'), (await dense.arrayBuffer()).byteLength], [null, 4])
})

/** The bytes as they went over the wire. */
async function raw(context: TestContext, encoding: string): Promise<Uint8Array> {
  const { port } = await serve(context)
  const { request } = await import('node:http')
  return await new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': encoding }
    request({ host: '127.0.0.1', port, path: '/app/assets/index-abc.js', headers }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)))
    })
      .on('error', reject)
      .end()
  })
}

test('a browser that has it already is told so', async (context) => {
  const { ask } = await serve(context)
  const etag = (await ask('/app')).headers.get('etag') ?? ''
  const again = await ask('/app', { headers: { 'if-none-match': etag } })
  assert.deepEqual([again.status, await again.text()], [304, ''])
  assert.equal((await ask('/app', { headers: { 'if-none-match': '"other"' } })).status, 200)
})

test('a file that is not there, a way out of the folder, and another method are refused', async (context) => {
  const { ask } = await serve(context)
  for (const path of ['/app/assets/none.js', '/app/none.css', '/app/..%2f..%2fpackage.json', '/app/%2e%2e/x.json'])
    assert.equal((await ask(path)).status, path.includes('%2e') ? 418 : 404, path)
  const post = await ask('/app', { method: 'POST' })
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD'])
  assert.equal(await (await ask('/app', { method: 'HEAD' })).text(), '')
})

test('where nothing was built it says how, and works once that is done', async (context) => {
  const { ask, build } = await serve(context, false)
  const answer = await ask('/app')
  assert.deepEqual(
    [answer.status, await answer.text()],
    [503, 'The dashboard has not been built. Run "npm run build", then load this page again.\n'],
  )
  build()
  assert.equal((await ask('/app')).status, 200)
})
