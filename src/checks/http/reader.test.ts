// Tests of reading HTTP/1 answers: framing, pieces of any size, and answers that are none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Failure } from '../failure.ts'
import { AnswerReader, headMost } from './reader.ts'

/** Reads the pieces; `close` ends the connection after them. */
function read(pieces: readonly (string | Buffer)[], { method = 'GET', most = 1_000, close = false } = {}) {
  const reader = new AnswerReader(method, most)
  for (const piece of pieces) reader.push(Buffer.from(piece as string, 'latin1'))
  if (close && !reader.done) reader.end()
  const answer = reader.done ? reader.answer() : null
  return { done: reader.done, answer, text: answer?.body.toString('latin1') ?? null }
}

const refuses = (pieces: readonly (string | Buffer)[], words: RegExp, options = {}) =>
  assert.throws(
    () => read(pieces, options),
    (error: unknown) => {
      assert.ok(error instanceof Failure)
      assert.match(error.message, words)
      return true
    },
  )

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

test('a body with a length is complete with its last byte, and what follows is not part of it', () => {
  const { done, answer, text } = read(['HTTP/1.1 200 Fine\r\nX: a\r\nx: b\r\nContent-Length: 5\r\n\r\nhelloXXX'])
  assert.equal(done, true)
  assert.equal(text, 'hello')
  assert.equal(answer?.status, 200)
  assert.equal(answer.headers.get('x'), 'a, b')
})

test('a chunked body is put together, with extensions and trailers left aside', () => {
  const { done, text } = read([`${chunked}5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n`])
  assert.equal(done, true)
  assert.equal(text, 'hello world')
})

test('a body without length or chunks lasts until the connection closes', () => {
  assert.equal(read(['HTTP/1.0 200 OK\r\n\r\nto the', ' end'], { close: true }).text, 'to the end')
  assert.equal(read(['HTTP/1.0 200 OK\r\n\r\nto the']).done, false)
})

test('answers that have no body are complete with their head, whatever their headers say', () => {
  const head = (status: string) => [`HTTP/1.1 ${status}\r\nContent-Length: 10\r\n\r\n`]
  assert.equal(read(head('204 No Content')).done, true)
  assert.equal(read(head('304 Not Modified')).done, true)
  assert.equal(read(head('200 OK'), { method: 'HEAD' }).done, true)
  assert.equal(read(['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n']).done, true)
  assert.equal(read(head('200 OK')).done, false)
})

test('interim answers are skipped', () => {
  const { answer } = read([
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n',
  ])
  assert.equal(answer?.status, 204)
  assert.equal(answer.headers.has('link'), false)
})

test('bare line feeds, missing phrases and folded headers are understood', () => {
  const { answer } = read(['HTTP/1.1 204\nA: 1\n 2\nB:\t3 \n\n'])
  assert.equal(answer?.headers.get('a'), '1 2')
  assert.equal(answer.headers.get('b'), '3')
})

test('reading stops once more than the wanted part of a body has come', () => {
  const endless = read([chunked, '5\r\nhello\r\n', '5\r\nhello\r\n'], { most: 7 })
  assert.equal(endless.done, true)
  assert.equal(endless.answer?.truncated, true)
  assert.equal(endless.text, 'hellohe')
  assert.equal(read(['HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nhellohe'], { most: 7 }).answer?.truncated, false)
  assert.equal(read(['HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nhellohe'], { most: 0 }).text, '')
})

test('a connection that closes early is told apart by how far the answer had come', () => {
  refuses([], /closed before anything was answered/, { close: true })
  refuses(['HTTP/1.1 200 O'], /middle of the headers/, { close: true })
  refuses(['HTTP/1.1 100 Continue\r\n\r\n'], /middle of the headers/, { close: true })
  refuses(['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'], /after 5 of 9 bytes/, { close: true })
  refuses([`${chunked}5\r\nhello\r\n`], /middle of the body, after 5 bytes/, { close: true })
})

test('what is no HTTP is quoted without its control characters, before any more of it is waited for', () => {
  refuses(['SSH-2.0-OpenSSH_9.2\r\n'], /does not answer in HTTP; the answer begins with “SSH-2\.0-OpenSSH_9\.2”\./)
  refuses(['\u001b[2J\u0007oops'], /begins with “\[2J oops”/)
  refuses(['H', 'T', 'T', 'X'], /begins with “HTTX”/)
  refuses(['HTTP/2.0 200 OK\r\n\r\n'], /begins with “HTTP\/2\.0 200 OK”/)
  refuses(['HTTP/1.1 2000 OK\r\n\r\n'], /begins with “HTTP\/1\.1 2000 OK”/)
  refuses(['HTTP/1.1 abc\r\n\r\n'], /begins with/)
})

test('headers that cannot be read or contradict one another are refused', () => {
  refuses(['HTTP/1.1 200 OK\r\nno colon\r\n\r\n'], /header line cannot be read: “no colon”/)
  refuses(['HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n'], /header line cannot be read/)
  refuses(['HTTP/1.1 200 OK\r\n: x\r\n\r\n'], /header line cannot be read/)
  refuses(['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n'], /Content-Length is “5, 6”/)
  refuses(['HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n'], /Content-Length is “-5”/)
  refuses(['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'], /transfer encoding “gzip, chunked”/)
  assert.equal(read(['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nOK']).text, 'OK')
})

test('chunks of a byte each are put together, unless far more stands between them than in them', () => {
  const tiny = '1;x=y\r\nz\r\n'.repeat(100_000)
  assert.equal(read([`${chunked}${tiny}0\r\n\r\n`], { most: 200_000 }).text?.length, 100_000)
  refuses([`${chunked}${`1;x=${'y'.repeat(4_000)}\r\nz\r\n`.repeat(70)}`], /much between them and little in them/)
})

test('chunks of few bytes are read alike however they are cut into pieces', () => {
  const chunks = ['a', 'bc', '0123456789abcde', 'd', 'f', '0123456789abcdef', 'xyz']
  const body = `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`
  const text = chunks.join('')
  for (let size = 1; size < body.length; size += 1) {
    const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
      body.slice(at * size, (at + 1) * size),
    )
    assert.equal(read([chunked, ...pieces]).text, text)
    assert.equal(read([chunked, ...pieces], { most: 4 }).text, text.slice(0, 4))
  }
  refuses([`${chunked}1\r\na\r\n1\r\nbb\r\n`], /chunks cannot be read at “b”/)
  refuses([`${chunked}1\r\na\r\n1\r\nb`], /middle of the body, after 2 bytes/, { close: true })
})

test('small pieces of a body are copied out of what they came in, which a byte each would keep in memory', () => {
  const reader = new AnswerReader('GET', 1_000)
  reader.push(Buffer.from(chunked))
  for (const letter of 'ab') {
    const came = Buffer.from(`1\r\n${letter}\r\n`)
    reader.push(came)
    if (letter === 'b') came.fill('?')
  }
  reader.push(Buffer.from('0\r\n\r\n'))
  assert.equal(reader.answer().body.toString(), 'ab')
})

test('chunks that cannot be read are refused', () => {
  refuses([`${chunked}zz\r\n`], /chunks cannot be read at “zz”/)
  refuses([`${chunked}-5\r\n`], /chunks cannot be read/)
  refuses([`${chunked}ffffffffffffffffff\r\n`], /chunks cannot be read/)
  refuses([`${chunked}5\r\nhelloworld\r\n`], /chunks cannot be read at “world”/)
  refuses([chunked, '0'.repeat(5_000)], /a line between them does not end/)
})

test('headers and trailers without end are given up on', () => {
  const line = `X: ${'a'.repeat(1_000)}\r\n`
  refuses(['HTTP/1.1 200 OK\r\n', ...Array.from({ length: 70 }, () => line)], /headers are larger than 64 kB/)
  refuses([`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(headMost)}`], /headers are larger/)
  refuses(
    Array.from({ length: 4_000 }, () => 'HTTP/1.1 100 Continue\r\n\r\n'),
    /headers are larger/,
  )
  refuses([`${chunked}0\r\n`, ...Array.from({ length: 70 }, () => line)], /trailers after the body do not end/)
})

test('however an answer is cut into pieces, the same is read', () => {
  const chunks = '5\r\nhello\r\n1A ;x=y\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nA: b\r\n\r\n'
  const whole = `HTTP/1.1 100 Continue\r\n\r\n${chunked}${chunks}`
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 200 }), (cuts) => {
      const at = [0, ...cuts.sort((one, other) => one - other), whole.length]
      const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end))
      const { done, text } = read(pieces)
      assert.equal(done, true)
      assert.equal(text, 'helloabcdefghijklmnopqrstuvwxyz')
    }),
  )
})

test('any bytes at all are either read or refused with a Failure', () => {
  const beginning = fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', chunked, 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n')
  fc.assert(
    fc.property(beginning, fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (start, rest) => {
      try {
        read([start, ...rest.map((bytes) => Buffer.from(bytes))], { close: true, most: 100 })
      } catch (error) {
        assert.ok(error instanceof Failure, String(error))
      }
    }),
  )
})
