// Documents as answers: the right encoding, strong tags, 304, and headers that let nothing in.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { chooseEncoding, Document } from './document.ts'
import { renderEmpty } from './notices.ts'

const html = renderEmpty(null)
const document = new Document(html, 200, 'live')

describe('the encoding', () => {
  it('is the best that the client takes', () => {
    assert.equal(chooseEncoding('gzip, deflate, br, zstd'), 'br')
    assert.equal(chooseEncoding('GZIP;q=0.5, deflate'), 'gzip')
    assert.equal(chooseEncoding('deflate'), 'identity')
    assert.equal(chooseEncoding(undefined), 'identity')
    assert.equal(chooseEncoding(''), 'identity')
  })

  it('is none that the client refuses, and no part of another word', () => {
    assert.equal(chooseEncoding('br;q=0, gzip;q=1.0'), 'gzip')
    assert.equal(chooseEncoding('br;q=0.000'), 'identity')
    assert.equal(chooseEncoding('abr, x-gzip'), 'identity')
  })
})

describe('an answer', () => {
  it('is the document in each encoding, with its length', async () => {
    const [br, gzip, plain] = await Promise.all(
      ['br', 'gzip', 'identity'].map((acceptEncoding) => document.answer({ acceptEncoding })),
    )
    assert.ok(br && gzip && plain)
    assert.equal(brotliDecompressSync(br.body).toString(), html)
    assert.equal(gunzipSync(gzip.body).toString(), html)
    assert.equal(plain.body.toString(), html)
    for (const answer of [br, gzip, plain]) assert.equal(answer.headers['content-length'], String(answer.body.length))
    assert.equal(plain.headers['content-encoding'], undefined)
  })

  it('has another strong tag for each encoding and says what it depends on', async () => {
    const answers = await Promise.all(['br', 'gzip', ''].map((acceptEncoding) => document.answer({ acceptEncoding })))
    assert.equal(new Set(answers.map(({ headers }) => headers['etag'])).size, 3)
    for (const { headers } of answers) {
      assert.match(headers['etag'] ?? '', /^"[^"]+"$/)
      assert.equal(headers['vary'], 'accept-encoding')
    }
  })

  it('is 304 without a body for one who has the content, however its tag is written', async () => {
    const { etag = '' } = (await document.answer({ acceptEncoding: 'br' })).headers
    for (const ifNoneMatch of [etag, `W/${etag}`, `"other", ${etag}`, '*', etag.replace('-br', '')]) {
      const answer = await document.answer({ acceptEncoding: 'br', ifNoneMatch })
      assert.equal(answer.status, 304, ifNoneMatch)
      assert.equal(answer.body.length, 0)
      assert.equal(answer.headers['etag'], etag)
      assert.equal(answer.headers['content-length'], undefined)
    }
    for (const ifNoneMatch of ['"other"', 'garbage', '', '"', 'W/']) {
      assert.equal((await document.answer({ acceptEncoding: 'br', ifNoneMatch })).status, 200, ifNoneMatch)
    }
  })

  it('is asked for again each time by browsers, and kept for seconds only by caches in between', async () => {
    const { headers } = await document.answer({})
    assert.equal(headers['cache-control'], 'public, no-cache')
    assert.match(headers['cdn-cache-control'] ?? '', /^public, max-age=10,/)
  })

  it('allows its own style sheet by its hash and nothing else', async () => {
    const { headers } = await document.answer({})
    const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    const policy = headers['content-security-policy'] ?? ''
    assert.ok(policy.includes(`style-src 'sha256-${hash}'`))
    assert.ok(policy.startsWith("default-src 'none';"))
    assert.ok(policy.includes("frame-ancestors 'none'"))
    assert.doesNotMatch(policy, /unsafe|script-src/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['set-cookie'], undefined)
  })

  it('of a missing page is not 304 for anybody', async () => {
    const missing = new Document(html, 404)
    assert.equal((await missing.answer({ ifNoneMatch: '*' })).status, 404)
  })
})
