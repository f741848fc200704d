// Mails as programs write them, and bytes that are none.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { readMail } from './message.ts'

const mail = (...lines: string[]) => readMail(Buffer.from(lines.join('\r\n')))

describe('a mail', () => {
  it('has a subject, unfolded and decoded, and a text', () => {
    const read = mail(
      'From: a@b.c',
      'Subject: =?utf-8?Q?Sicherung_erfolgreich_=C3=BC?=',
      ' =?utf-8?B?YmVyYWxs?=',
      '',
      'line 1',
      'line 2',
    )
    assert.deepEqual(read, { subject: 'Sicherung erfolgreich überall', text: 'line 1\nline 2' })
  })

  it('gives its plain text out of many parts, however that is encoded', () => {
    const read = mail(
      'Subject: x',
      'Content-Type: multipart/mixed; boundary="outer"',
      '',
      'not this',
      '--outer',
      'Content-Type: multipart/alternative; boundary=inner',
      '',
      '--inner',
      'Content-Type: text/html',
      '',
      '<p>not this</p>',
      '--inner',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'f=FCr al=',
      'le',
      '--inner--',
      '--outer',
      'Content-Type: text/plain',
      'Content-Disposition: attachment; filename=a.txt',
      '',
      'nor this',
      '--outer--',
    )
    assert.equal(read.text, 'für alle')
  })

  it('gives the words of a page where it has nothing else', () => {
    const html = Buffer.from('<p>Backup &lt;ok&gt;</p><br>done').toString('base64')
    const read = mail('Content-Type: text/html', 'Content-Transfer-Encoding: base64', '', html)
    assert.equal(read.text.trim(), 'Backup <ok>\ndone')
  })

  it('loses its tags alone, however they are written', () => {
    const text = (html: string) => mail('Content-Type: text/html', '', html).text
    assert.equal(text('<!-- x --><DIV class="a">1 < 2</div><pre>3 > 2</pre><br/>5<p>6'), '\n1 < 23 > 2\n5\n6')
    assert.equal(text('<b <b <b>x</b'), 'x</b')
    assert.equal(text('<script>'.repeat(100_000) + 'x'), 'x')
    for (const open of ['<', '<p ', '<script', '<!--']) {
      const many = open.repeat(1_000_000 / open.length)
      assert.ok(text(many) === many, 'what nothing closes is text')
      assert.ok(text(`${many}>x`).endsWith('x'))
    }
  })

  it('is read whatever its bytes are', () => {
    const piece = fc.constantFrom('Content-Type: multipart/x; boundary=a', '\r\n', '--a', '--a--', '=?u?q?', ':', ' ')
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }))), (pieces) => {
        const { subject, text } = readMail(Buffer.from(pieces.join('')))
        assert.ok(typeof subject === 'string' && typeof text === 'string')
      }),
    )
  })

  it('of parts without end within parts is given up', () => {
    const deep = Array.from(
      { length: 500 },
      (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}`,
    )
    assert.equal(readMail(Buffer.from(deep.join('\r\n'))).text, '')
  })
})
