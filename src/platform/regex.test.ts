// Tests of regular expressions: their syntax, what is refused with which words, and that none can stall the process.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { firstMatch, openSearch, openTest, patternMost, plainParts, regexFault } from './regex.ts'

const finds = (pattern: string, text: string) => openSearch([pattern]).find(text).found[0]

test('a pattern is found anywhere in a text, and says by itself where it must stand', () => {
  assert.equal(finds('o+k', 'all ook'), true)
  assert.equal(finds('^ok$', 'all ok'), false)
  assert.equal(finds('(?m)^ok$', 'all\nok\nso'), true)
  assert.equal(finds('(?i)OK', 'ok'), true)
  assert.equal(finds('a.b', 'a\nb'), false)
  assert.equal(finds('(?s)a.b', 'a\nb'), true)
  assert.equal(finds('\\bgrün\\b|[[:digit:]]{3}', 'x 123'), true)
  assert.equal(finds('^.$', '😀'), true)
})

test('several patterns are searched for together, each with its own answer', () => {
  assert.deepEqual(openSearch(['a', 'b+$', 'c']).find('xabb').found, [true, true, false])
  assert.deepEqual(openSearch([]).find('x').found, [])
})

test('what is no pattern, or takes time without bound, is refused in words', () => {
  const of = (pattern: string) => regexFault(pattern)
  assert.equal(of('a(b'), 'is not a regular expression: missing closing ) at a(b')
  assert.equal(of('[z-a]'), 'is not a regular expression: invalid character class range at z-a')
  assert.equal(of('a\\'), 'is not a regular expression: trailing backslash at end of expression')
  assert.match(String(of('a(?=b)')), /^looks ahead or behind with .* write it without$/)
  assert.match(String(of('(?<!a)b')), /^looks ahead or behind/)
  assert.match(String(of('(?<=a)b')), /^looks ahead or behind/)
  assert.match(String(of('(a)\\1')), /^refers back with \\1, which takes time without bound/)
  assert.match(String(of('a{1001}')), /^is not a regular expression: invalid repeat count at \{1001\}$/)
  assert.equal(of('a'.repeat(patternMost + 1)), 'is longer than 1000 characters')
  assert.match(String(of('a{1000}b')), /^the pattern is too large \(\d+ steps, at most 1000\); repeat less in it$/)
  assert.match(String(regexFault('a{600}', 'b{600}')), /^these patterns are together too large/)
  assert.match(String(of(`(?:${'a?'.repeat(450)}){1000}`)), /^the pattern is too large/)
  assert.match(String(of('a{1000}'.repeat(140))), /^the pattern is too large \(140000 steps/)
  assert.equal(of('[a-f{9}]{9}(?:x\\{900}){3}'), null)
  assert.match(String(of('('.repeat(500) + ')'.repeat(500))), /./)
  assert.throws(() => openSearch(['a(b']), /missing closing/)
  assert.equal(of('a(b)?c{2,5}'), null)
})

test('patterns that explode elsewhere give their answer', () => {
  const long = 'a'.repeat(100_000)
  assert.equal(finds('^(a+)+$', `${long}!`), false)
  assert.equal(finds('^(a|aa)+$', `${long}!`), false)
  assert.equal(finds('(.*)(.*)(.*)(.*)(.*)[^a]$', long), false)
  assert.equal(finds('(x+x+)+y', 'x'.repeat(100_000)), false)
})

test('large patterns, and texts that make them slow, are searched as far as time allows', () => {
  const end = (pattern: string, text: string) => openSearch([pattern]).find(text)
  const plain = 'x'.repeat(2_000_000)
  assert.deepEqual(end('ok', `${plain}ok`), { found: [true], searched: 2_000_002 })
  const words = '(?i)(fatal error|exception|stack trace|not available|time[d ]*out|connection refused)'
  assert.deepEqual(end(words, `${plain.slice(0, 900_000)} Timed out`).found, [true])
  // Each character may be the beginning of a match, so that there is a new state to learn at every step.
  let seed = 1
  const noise = Array.from({ length: 300_000 }, () => ((seed = (seed * 48_271) % 2_147_483_647) & 64 ? 'a' : 'b')).join(
    '',
  )
  const hard = end('a[ab]{400}[cd]', `${noise}c`)
  assert.deepEqual(hard.found, [false])
  assert.ok(hard.searched > 10_000 && hard.searched < 15_000, String(hard.searched))
  assert.deepEqual(end('a[ab]{400}[cd]', noise.slice(0, 5_000).concat('c')), { found: [true], searched: 5_001 })
  assert.equal(firstMatch('a[ab]{400}[cd]', `${noise}c`), null)
})

test('what is cut off has no end that a pattern could see', () => {
  const of = (pattern: string, text: string) => openSearch([pattern]).find(text, true).found[0]
  assert.equal(of('ok$', 'all ok'), false)
  assert.equal(of('ok\\z', 'all ok'), false)
  assert.equal(of('^[^!]*$', 'all ok'), false)
  assert.equal(of('ok', 'all ok'), true)
  assert.equal(of('costs \\$5', 'costs $5'), true)
  assert.equal(of('[$]5\\Q$\\E', '$5$'), true)
  const lines = 'a line\n'.repeat(20)
  assert.equal(of('(?m)^ok$', `${lines}ok\nso`), true)
  assert.equal(of('(?m)^so$', `${lines}ok\nso`), false)
  assert.equal(of('end', `first\n${'x'.repeat(100)}end`), true)
  assert.equal(of('(?m)^so$', 'so'), false)
  const huge = openSearch(['^(a{1,30})+$']).find('a'.repeat(5_000_000))
  assert.ok(!huge.found[0] && huge.searched < 5_000_000)
})

test('the first match comes with its groups', () => {
  assert.deepEqual(firstMatch('token="([^"]+)"(x)?', 'a token="one" token="two"'), ['token="one"', 'one', null])
  assert.deepEqual(firstMatch('(?P<n>\\d+)', 'no 12'), ['12', '12'])
  assert.equal(firstMatch('z', 'abc'), null)
})

test('any pattern is either refused with words or searched for, never thrown', () => {
  const piece = fc.constantFrom(
    'a',
    '(',
    ')',
    '[',
    ']',
    '{2}',
    '*',
    '+',
    '?',
    '|',
    '\\',
    '^',
    '$',
    '.',
    '(?',
    'é',
    '\u0000',
  )
  const pattern = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(pattern, fc.string(), (given, text) => {
      if (regexFault(given) === null) assert.equal(typeof finds(given, text), 'boolean')
    }),
  )
})

test('where both have an answer it is the one that JavaScript’s own expressions give', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '(?:ab)', '(?:a|b)', '\\b', '^', '$')
  const part = fc.tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '*?'))
  const pattern = fc.array(
    part.filter(([what, often]) => often === '' || !['\\b', '^', '$'].includes(what)),
    { minLength: 1, maxLength: 6 },
  )
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', '_'), maxLength: 12 })
  fc.assert(
    fc.property(pattern, text, (parts, sample) => {
      const source = parts.flat().join('')
      assert.equal(finds(source, sample), new RegExp(source, 'u').test(sample), `${source} in ${sample}`)
    }),
    { numRuns: 300 },
  )
})

test('what every match has in plain text is found, and nothing where that is not certain', () => {
  assert.deepEqual(plainParts('^team42\\.'), ['team42.'])
  assert.deepEqual(plainParts('m5\\.[a-z]+\\.host-\\d+'), ['m5.', '.host-'])
  assert.deepEqual(plainParts('ab*c+d?e{0,2}f'), ['a', 'c', 'f'])
  assert.deepEqual(plainParts('a(bc)?d'), ['a', 'd'])
  assert.deepEqual(plainParts('a\\\\b[]x]c[^]y\\]]d'), ['a', 'b', 'c', 'd'])
  const [named, hex, octal] = ['\\pL+', '\\x6a1', '\\152\\061']
  for (const none of [named, hex, octal, 'a[[:alpha:]_-]+', '\\p{Greek}', '\\x{61}', '\\a', '\\CC', 'a{[}b]*'])
    assert.deepEqual(plainParts(none).join('').replace('a', ''), '', none)
  for (const none of ['a|b', '(?i)abc', 'x*', '[abc]+', '\\d\\w', '\\Qa\\E', '.*'])
    assert.deepEqual(plainParts(none), [], none)
})

test('a test of one pattern says the same as a search, whatever the pattern', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '\\.',
    '[ab]',
    '(a)',
    '(ab)?',
    'a*',
    'b+',
    'a?',
    '.',
    '^',
    '$',
    'a{0,1}',
    'b{2}',
    'a+?',
    '|',
    '\\d',
    'x{',
    '[b]',
    '[]a]',
    '[^]a]',
    '[[:alpha:]_-]+',
    '[[:^alpha:]b]',
    '[[a]',
    '{[}a]',
    '{,2}',
    '\\pL',
    '\\PL',
    '\\p{L}',
    '\\x6a1',
    '\\x{61}',
    '\\152\\061',
    '\\x61*',
    '\\A',
    '\\z',
    '\\b',
    '\\[',
    '\\]',
    '\\\\',
    '\\(',
    '(?i)A',
    '\\Qa*\\E',
  )
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '.', '1', 'x', '{', '}', 'j', ']', '[', '_', '\\', '(', '2', ','),
    maxLength: 8,
  })
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), text, (pieces, subject) => {
      const pattern = pieces.join('')
      if (regexFault(pattern) !== null) return
      assert.equal(openTest(pattern)(subject), openSearch([pattern]).find(subject).found[0], pattern)
    }),
    {
      numRuns: 2_000,
      examples: [
        [['^', 'a?', 'a', 'b'], 'aab'],
        [['^', 'a', 'a*'], 'a'],
        [['^', 'a*', '[b]', 'a'], 'ba'],
        [['\\pL'], 'a'],
        [['\\x6a1'], 'j1'],
        [['\\152\\061'], 'j1'],
        [['[[:alpha:]_-]+'], 'a'],
      ],
    },
  )
})
