// What the html template promises: nothing put in breaks out.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { escapeHtml, html, raw } from './html.ts'

/** Under another name, so that formatting leaves these templates as they stand. */
const tag = html

describe('html', () => {
  it('escapes values in text and in quoted attributes', () => {
    const nasty = `"><script>alert('x')</script>&`
    assert.equal(
      String(tag`<a title="${nasty}">${nasty}</a>`),
      `<a title="${escapeHtml(nasty)}">${escapeHtml(nasty)}</a>`,
    )
    assert.doesNotMatch(String(tag`<p>${nasty}</p>`), /<script/)
  })

  it('leaves no sign of markup in any escaped text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>"']/.test(escapeHtml(text))))
  })

  it('escapes an ampersand once, so that text reads back as it was', () => {
    assert.equal(escapeHtml('&lt;'), '&amp;lt;')
  })

  it('takes html and raw as they are, at any depth', () => {
    assert.equal(String(tag`<ul>${[1, 2].map((one) => tag`<li>${one}</li>`)}</ul>`), '<ul><li>1</li><li>2</li></ul>')
    assert.equal(String(tag`${raw('<br>')}${['<', [raw('<i>'), ['>']]]}`), '<br>&lt;<i>&gt;')
  })

  it('writes nothing for null, undefined and booleans, and a zero for zero', () => {
    assert.equal(String(tag`[${null}${undefined}${false}${true}${''}${0}]`), '[0]')
  })

  it('makes one line break of a line break and its indentation, but never inside a value', () => {
    const value = 'a\n   b'
    assert.equal(
      String(tag`<p>
        ${value}
      </p>`),
      '<p>\na\n   b\n</p>',
    )
  })
})
