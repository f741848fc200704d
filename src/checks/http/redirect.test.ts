// Tests of following redirects: how far, with which method, what goes along, and that every hop is guarded.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { answers, look, openTarget, page, type Talk, type Target } from '#test/targets.ts'
import { http } from './http.ts'

/** A server that answers each path with the head and body given for it; `PORT` in them is its own port. */
async function site(t: TestContext, paths: Record<string, string>): Promise<Target> {
  const talk: Talk = (socket) => {
    socket.once('data', (bytes) => {
      const path = bytes.toString('latin1').split(' ')[1] ?? ''
      socket.end((paths[path] ?? page('', 'HTTP/1.1 404 Not Found')).replaceAll('PORT', String(socket.localPort)))
    })
  }
  return openTarget(t, talk)
}

const to = (location: string, status = '302 Found') => page('', `HTTP/1.1 ${status}\r\nLocation: ${location}`)
const at = (target: Target, path: string) => `http://127.0.0.1:${target.port}${path}`
const plain = (target: Target, sentence: string | null) => (sentence ?? '').replaceAll(String(target.port), 'PORT')

test('redirects are followed to the end, relative and absolute', async (t) => {
  const target = await site(t, {
    '/a': to('b'),
    '/b': to('//127.0.0.1:PORT/c/d?e=f#g', '301 Moved'),
    '/c/d?e=f': to('../z', '308 Permanent'),
    '/z': page('OK'),
  })
  const finding = await look(http, { url: at(target, '/a'), expect: { status: 200, body: { equals: 'OK' } } })
  assert.equal(finding.sentence, null)
  assert.equal(target.count(), 4)
  await target.quiet()
})

test('a Location in UTF-8 leads where it says', async (t) => {
  const target = await site(t, { '/a': to('/gr\u00fc\u00dfe'), '/gr%C3%BC%C3%9Fe': page('OK') })
  assert.equal((await look(http, { url: at(target, '/a') })).sentence, null)
})

test('the answer at the end is judged, and the sentence says to where it led', async (t) => {
  const target = await site(t, { '/a': to('/gone') })
  const finding = await look(http, { url: at(target, '/a') })
  assert.equal(finding.reason, 'status')
  assert.equal(
    plain(target, finding.sentence),
    'After a redirect to http://127.0.0.1:PORT/gone: it answered 404 Not Found; 200–399 was expected.',
  )
  assert.deepEqual(finding.facts?.['redirects'], [at(target, '/a')])
})

test('with follow: 0 the redirect itself is judged', async (t) => {
  const target = await site(t, { '/a': to('/b') })
  const spec = { url: at(target, '/a'), follow: 0, expect: { status: 302, headers: { Location: '/b' } } }
  assert.equal((await look(http, spec)).outcome, 'up')
  assert.equal(target.count(), 1)
})

test('a redirect status without a Location is judged as it is', async (t) => {
  const target = await site(t, { '/a': page('', 'HTTP/1.1 304 Not Modified'), '/b': page('', 'HTTP/1.1 302 Found') })
  assert.equal((await look(http, { url: at(target, '/a') })).outcome, 'up')
  assert.equal((await look(http, { url: at(target, '/b') })).outcome, 'up')
})

test('a circle is noticed when it closes', async (t) => {
  const target = await site(t, { '/a': to('/b'), '/b': to('/a'), '/self': to('/self') })
  const finding = await look(http, { url: at(target, '/a'), follow: 20 })
  assert.equal(finding.reason, 'redirect')
  assert.equal(
    plain(target, finding.sentence),
    'It redirects in a circle: http://127.0.0.1:PORT/b leads back to http://127.0.0.1:PORT/a.',
  )
  assert.equal(target.count(), 2)
  assert.match((await look(http, { url: at(target, '/self') })).sentence ?? '', /\/self leads back to itself\.$/)
  await target.quiet()
})

test('more redirects than allowed are given up on', async (t) => {
  const target = await site(t, { '/a': to('/b'), '/b': to('/c'), '/c': to('/d'), '/d': page('OK') })
  const finding = await look(http, { url: at(target, '/a'), follow: 2 })
  assert.equal(finding.reason, 'redirect')
  assert.equal(plain(target, finding.sentence), 'It redirects more than 2 times, at last to http://127.0.0.1:PORT/d.')
  assert.equal((await look(http, { url: at(target, '/a'), follow: 3 })).outcome, 'up')
})

test('a Location that is no URL or no HTTP is refused', async (t) => {
  const target = await site(t, { '/a': to('http://'), '/b': to('javascript:alert(1)'), '/c': to('file:///etc/passwd') })
  for (const [path, words] of [
    ['/a', /^It redirects to “http:\/\/”, which is no URL\.$/],
    ['/b', /which is neither http nor https\.$/],
    ['/c', /which is neither http nor https\.$/],
  ] as const) {
    const finding = await look(http, { url: at(target, path) })
    assert.equal(finding.reason, 'redirect')
    assert.match(finding.sentence ?? '', words)
  }
})

test('a redirect to a forbidden address is not followed, by name, by literal and in disguise', async (t) => {
  const hosts = ['169.254.169.254', 'metadata.test', '[::ffff:a9fe:a9fe]', '2852039166', '0xa9.254.43518']
  const lookup = async (host: string) => [
    { address: host === 'metadata.test' ? '169.254.169.254' : '127.0.0.1', family: 4 },
  ]
  for (const host of hosts) {
    const target = await site(t, { '/a': to(`http://${host}/latest/meta-data/`) })
    const url = `http://site.test:${target.port}/a`
    const finding = await look(http, { url }, { lookup, denied: ['169.254.0.0/16'] })
    assert.equal(finding.reason, 'forbidden', host)
    assert.match(finding.sentence ?? '', /^After a redirect to http:.*may not be connected to/)
    await target.quiet()
  }
})

test('a name that changes its address between two hops is resolved and guarded again', async (t) => {
  const target = await site(t, { '/a': to('/b'), '/b': page('OK') })
  let asked = 0
  const lookup = async () => {
    asked += 1
    return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]
  }
  const finding = await look(
    http,
    { url: `http://rebind.test:${target.port}/a` },
    { lookup, denied: ['169.254.0.0/16'] },
  )
  assert.equal(finding.reason, 'forbidden')
  assert.equal(target.count(), 1)
})

test('POST becomes GET after 301, 302 and 303, and stays after 307 and 308', async (t) => {
  const methods = { '301': 'GET', '302': 'GET', '303': 'GET', '307': 'POST', '308': 'POST' }
  for (const [status, method] of Object.entries(methods)) {
    const target = await site(t, { '/a': to('/b', `${status} Elsewhere`), '/b': page('OK') })
    await look(http, { url: at(target, '/a'), body: 'hello', headers: { 'Content-Type': 'text/plain' } })
    const second = /(GET|POST) \/b.*/s.exec(target.received())?.[0] ?? ''
    assert.ok(second.startsWith(`${method} `), `${status}: ${second}`)
    assert.equal(second.includes('hello'), method === 'POST', status)
    assert.equal(second.includes('Content-Type'), method === 'POST', status)
  }
})

test('HEAD stays HEAD and PUT stays PUT, but for 303', async (t) => {
  const target = await site(t, { '/a': to('/b'), '/c': to('/b', '303 See Other'), '/b': page('', 'HTTP/1.1 204 No') })
  await look(http, { url: at(target, '/c'), method: 'HEAD' })
  assert.match(target.received(), /HEAD \/b/)
  await look(http, { url: at(target, '/a'), method: 'PUT', body: 'x' })
  assert.match(target.received(), /PUT \/b/)
  await look(http, { url: at(target, '/c'), method: 'PUT', body: 'x' })
  assert.match(target.received(), /GET \/b/)
})

test('credentials and headers of one’s own go to the same origin, and to no other', async (t) => {
  const other = await openTarget(t, answers(page('OK')))
  const target = await site(t, {
    '/same': to('/end'),
    '/away': to(`http://127.0.0.1:${other.port}/end`),
    '/end': page('OK'),
  })
  const spec = {
    auth: { bearer: 'hush' },
    headers: { Cookie: 'hush', 'X-Tenant': 'hush', Host: 'hush.test', Accept: 'text/plain' },
  }
  await look(http, { url: at(target, '/same'), ...spec })
  assert.equal(target.received().match(/Authorization: Bearer hush/g)?.length, 2)
  await look(http, { url: at(target, '/away'), ...spec })
  assert.doesNotMatch(other.received(), /hush/)
  assert.match(other.received(), /Accept: text\/plain/)
  assert.match(other.received(), new RegExp(`Host: 127\\.0\\.0\\.1:${other.port}`))
})

test('a redirect that would carry the body to another origin is refused, and nothing is sent there', async (t) => {
  const other = await openTarget(t, answers(page('OK')))
  for (const [status, method] of [
    ['307 Elsewhere', 'POST'],
    ['308 Elsewhere', 'POST'],
    ['302 Elsewhere', 'PUT'],
  ] as const) {
    const target = await site(t, { '/a': to(`http://127.0.0.1:${other.port}/end?token=hush`, status) })
    const finding = await look(http, { url: at(target, '/a'), method, body: 'hush' })
    assert.equal(finding.outcome, 'down')
    assert.equal(finding.reason, 'redirect')
    assert.equal(
      finding.sentence,
      `It redirects with ${status.slice(0, 3)} to another origin, http://127.0.0.1:${other.port}, where the body of ` +
        'the request is not sent; check that URL itself, or give follow: 0 to judge the redirect.',
    )
  }
  assert.equal(other.count(), 0)
})

test('a redirect to another origin is followed where no body would go along', async (t) => {
  const other = await openTarget(t, answers(page('OK')))
  const target = await site(t, {
    '/303': to(`http://127.0.0.1:${other.port}/end`, '303 See Other'),
    '/307': to(`http://127.0.0.1:${other.port}/end`, '307 Elsewhere'),
  })
  assert.equal((await look(http, { url: at(target, '/303'), method: 'PUT', body: 'hush' })).outcome, 'up')
  assert.equal((await look(http, { url: at(target, '/307'), method: 'DELETE' })).outcome, 'up')
  assert.match(other.received(), /^GET \/end[^]*DELETE \/end/)
  assert.doesNotMatch(other.received(), /hush/)
})

test('credentials in a Location are not used and not shown', async (t) => {
  const target = await site(t, { '/a': to('http://me:hush@127.0.0.1:PORT/b'), '/b': page('', 'HTTP/1.1 500 No') })
  const finding = await look(http, { url: at(target, '/a') })
  assert.doesNotMatch(JSON.stringify(finding), /hush/)
  assert.doesNotMatch(target.received(), /Authorization/)
})

test('secrets in the query of a Location are not shown', async (t) => {
  const target = await site(t, { '/a': to('/b?x=1&access_token=hush;y=2'), '/b': page('') })
  const followed = await look(http, { url: at(target, '/a') })
  assert.match(followed.sentence ?? '', /\/b\?x=\*\*\*&access_token=\*\*\*;y=\*\*\*: it answered 404/)
  const judged = await look(http, { url: at(target, '/a'), follow: 0, expect: { status: 200 } })
  assert.doesNotMatch(JSON.stringify([followed, judged]), /hush/)
})

test('all hops together have one timeout', async (t) => {
  const target = await openTarget(t, (socket, index) => {
    if (index === 1) answers(to('/stall'))(socket, index)
  })
  const finding = await look(http, { url: at(target, '/a') }, { timeout: 150 })
  assert.equal(finding.reason, 'timeout')
  assert.match(
    finding.sentence ?? '',
    /^After a redirect to .*\/stall: no answer within 150 ms; it got as far as waiting/,
  )
  await target.quiet()
})
