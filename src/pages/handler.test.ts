// Pages over a real socket: paths, query strings, HEAD, other methods, and what is left to others.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { goldenPages, goldenView } from '#test/golden-pages.ts'
import { pageHandler, pagePath } from './handler.ts'
import { openPages } from './serve.ts'

describe('the address of a page', () => {
  it('is the root, /p/ and its key, or the days of a component', () => {
    assert.deepEqual(pagePath('/'), { slug: null })
    assert.deepEqual(pagePath('/p/main'), { slug: 'main' })
    assert.deepEqual(pagePath('/p/main/'), { slug: 'main' })
    assert.deepEqual(pagePath('/p/main/days/web-shop'), { slug: 'main', component: 'web-shop' })
    assert.deepEqual(pagePath('/p/f%C3%BCr'), { slug: 'für' })
  })

  it('is the same with any query string', () => {
    assert.deepEqual(pagePath('/?x=1'), { slug: null })
    assert.deepEqual(pagePath('/p/main?nocache=123#x'), { slug: 'main' })
  })

  it('is nothing else', () => {
    for (const path of ['', '*', '/p', '/app', '/status', '/p/a/b', '/p/a/days', '/P/main', '//p/main']) {
      assert.equal(pagePath(path), null, path)
    }
  })

  it('is that of a file below a page, and below the root for the first one', () => {
    assert.deepEqual(pagePath('/api/v2/summary.json?x'), { slug: null, file: 'api/v2/summary.json' })
    assert.deepEqual(pagePath('/p/main/history.atom'), { slug: 'main', file: 'history.atom' })
    assert.deepEqual(pagePath('/p/f%C3%BCr/badge/groups/f%C3%BCr/uptime.svg'), {
      slug: 'für',
      file: 'badge/groups/für/uptime.svg',
    })
    for (const path of ['/api/v2/incidents', '/api/v2/monitors/x.json', '/p/main/api/components', '/robots.txt'])
      assert.equal(pagePath(path), null, path)
  })

  it('that cannot be decoded is taken as it stands', () => {
    assert.deepEqual(pagePath('/p/%E0%A4%A'), { slug: '%E0%A4%A' })
  })
})

describe('a server with pages', () => {
  let reads = 0
  const load = async (slug: string | null) => {
    reads += 1
    return slug === null || slug === 'main' ? goldenView(goldenPages['all-well']) : null
  }
  const handle = pageHandler(openPages({ clock: systemClock, log: silentLog, load }))
  const server = createServer((request, response) => {
    if (!handle(request, response)) response.writeHead(418).end('left to others')
  })
  let origin = ''
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.close()
    server.closeAllConnections()
  })

  it('answers / and /p/{slug} with the page', async () => {
    for (const path of ['/', '/p/main']) {
      const answer = await fetch(origin + path)
      assert.equal(answer.status, 200)
      assert.match(await answer.text(), /All systems operational/)
    }
  })

  it('answers HEAD with the headers of GET and no body', async () => {
    const [head, get] = await Promise.all([fetch(origin, { method: 'HEAD' }), fetch(origin)])
    assert.equal(head.headers.get('etag'), get.headers.get('etag'))
    assert.equal(head.headers.get('content-length'), get.headers.get('content-length'))
    assert.equal(await head.text(), '')
    await get.text()
  })

  it('answers 304 to one who has the page', async () => {
    const etag = (await fetch(origin, { method: 'HEAD' })).headers.get('etag') ?? ''
    const answer = await fetch(origin, { headers: { 'if-none-match': etag }, cache: 'no-store' })
    assert.equal(answer.status, 304)
  })

  it('does not read anew for another query string', async () => {
    await (await fetch(origin)).text()
    const before = reads
    for (const query of ['?a', '?b=1', '?utm_source=x']) await (await fetch(origin + query)).text()
    assert.equal(reads, before)
  })

  it('answers 404 in the same style for a page that is not there', async () => {
    const answer = await fetch(`${origin}/p/nothing`)
    assert.equal(answer.status, 404)
    assert.match(await answer.text(), /There is no page at this address/)
  })

  it('gives a file in its own type to any site, and 304 to who has it', async () => {
    for (const [path, type] of [
      ['/api/v2/status.json', 'application/json'],
      ['/p/main/history.atom', 'application/atom+xml'],
      ['/history.rss', 'application/rss+xml'],
      ['/maintenance.ics', 'text/calendar'],
      ['/p/main/badge/uptime.svg', 'image/svg+xml'],
    ] as const) {
      const answer = await fetch(`${origin}${path}`)
      assert.equal(answer.status, 200, path)
      assert.equal(answer.headers.get('content-type'), `${type}; charset=utf-8`)
      assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      assert.ok((await answer.text()).length > 0)
      const again = await fetch(`${origin}${path}`, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } })
      assert.equal(again.status, 304)
    }
  })

  it('answers 404 for files of what is not there', async () => {
    for (const path of ['/p/nothing/history.atom', '/badge/components/nothing/status.svg', '/p/x/api/v2/status.json']) {
      const answer = await fetch(`${origin}${path}`)
      assert.equal(answer.status, 404, path)
      await answer.text()
    }
  })

  it('refuses to be written to, and says what it takes', async () => {
    const answer = await fetch(origin, { method: 'POST', body: 'x' })
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD'])
    await answer.text()
  })

  it('leaves other addresses to others', async () => {
    const answer = await fetch(`${origin}/api/v2/monitors`)
    assert.equal(answer.status, 418)
    await answer.text()
  })
})
