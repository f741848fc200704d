// Markdown: what people write in news, and what they write to break out of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { markdown, plainMarkdown } from './markdown.ts'

const shown = (text: string) => markdown(text).text.replaceAll('\n', '')

test('paragraphs, emphasis, code, lists, quotes and links become HTML', () => {
  assert.equal(
    shown('One **two** *three* _four_ `five`'),
    '<p dir="auto">One <strong>two</strong> <em>three</em> <em>four</em> <code>five</code></p>',
  )
  assert.equal(shown('a\nb\n\nc'), '<p dir="auto">a<br>b</p><p dir="auto">c</p>')
  assert.equal(shown('- a\n- b'), '<ul><li dir="auto">a</li><li dir="auto">b</li></ul>')
  assert.equal(shown('1. a\n2. b'), '<ol><li dir="auto">a</li><li dir="auto">b</li></ol>')
  assert.equal(shown('> said\n> so'), '<blockquote><p dir="auto">said<br>so</p></blockquote>')
  assert.equal(shown('## Head'), '<p><strong>Head</strong></p>')
  assert.equal(shown('```sh\na < b\n```'), '<pre tabindex="0"><code>a &lt; b</code></pre>')
  const rel = 'rel="noopener noreferrer nofollow"'
  assert.equal(
    shown('[docs](https://x.test/a?b=1&c)'),
    `<p dir="auto"><a href="https://x.test/a?b=1&amp;c" ${rel}>docs</a></p>`,
  )
  assert.equal(
    shown('see https://x.test/a.'),
    `<p dir="auto">see <a href="https://x.test/a" ${rel}>https://x.test/a</a>.</p>`,
  )
  assert.equal(shown('snake_case_name'), '<p dir="auto">snake_case_name</p>')
})

test('nothing that is written becomes markup of its own, and no link leads to a script', () => {
  for (const text of [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert%281%29)',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](vbscript:x)',
    '![x](https://x.test/"onerror="alert(1))',
    '**<b onclick=x>**',
    '`</code><script>`',
    '> <iframe>',
    '```\n</code></pre><script>\n```',
  ]) {
    const html = shown(text)
    assert.doesNotMatch(html, /<(?:script|img|iframe|b )/i, text)
    assert.doesNotMatch(html, /href="(?!https?:|mailto:)/i, text)
    assert.doesNotMatch(html, /<[^>]*\son\w+=/i, text)
  }
})

test('whatever is written, only the tags that we write come out', () => {
  const sign = fc.constantFrom(
    '*',
    '_',
    '`',
    '[',
    ']',
    '(',
    ')',
    '>',
    '<',
    '#',
    '-',
    '1.',
    '\n',
    ' ',
    'a',
    '"',
    'https://x.test',
    '!',
    '&',
  )
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 200 }), (signs) => {
      for (const [, tag] of markdown(signs.join('')).text.matchAll(/<\/?([^\s>]*)/g))
        assert.match(tag ?? '', /^(?:p|strong|em|code|pre|ul|ol|li|blockquote|hr|br|a)$/)
    }),
  )
})

test('huge texts are cut, and deep or endless marks cost no more than others', () => {
  for (const text of [
    '*'.repeat(1e6),
    '['.repeat(1e6),
    '> '.repeat(1e6),
    '`a'.repeat(1e6),
    '- '.repeat(1e6),
    '_a '.repeat(1e6),
  ])
    assert.ok(markdown(text).text.length < 400_000)
})

test('as plain text it is one line without marks', () => {
  assert.equal(plainMarkdown('# A\n\n- **b** [c](https://x.test)\n> d `e`'), 'A b c d e')
})
