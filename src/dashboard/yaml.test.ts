// YAML as it is shown for copying: it reads back as what it was made of, whatever the strings hold.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { toYaml } from './yaml.ts'

test('an entry looks as somebody would write it', () => {
  const value = {
    monitors: {
      web: { http: { url: 'https://a.test/', headers: {} }, interval: '30s', labels: { team: 'shop' }, list: ['a', 5] },
    },
  }
  assert.equal(
    toYaml(value),
    'monitors:\n  web:\n    http:\n      url: "https://a.test/"\n      headers: {}\n    interval: 30s\n' +
      '    labels:\n      team: shop\n    list:\n      - a\n      - 5\n',
  )
})

test('a text of several lines stands as a block', () => {
  assert.equal(toYaml({ ca: 'one\ntwo\n' }), 'ca: |\n  one\n  two\n')
})

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'yes',
    'null',
    '1',
    '1e5',
    '0x1f',
    '~',
    '- a',
    'a: b',
    '# c',
    ' a',
    'a ',
    '\n',
    'a\n\nb',
    '{{x}}',
    '30s',
    '-',
    '?',
  ),
)
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
  list: fc.array(tie('any'), { maxLength: 4 }),
  map: fc.dictionary(text, tie('any'), { maxKeys: 4, noNullPrototype: true }),
})).any

test('whatever is written reads back as the same', () => {
  fc.assert(
    fc.property(fc.dictionary(text, value, { noNullPrototype: true }), (given) => {
      assert.deepEqual(parse(toYaml(given)), given)
    }),
  )
})
