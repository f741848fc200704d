// TOML as lovebeat's configurations have it, and what is not TOML.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { readToml, TomlFault } from './toml.ts'

const read = (text: string) => JSON.parse(JSON.stringify(readToml(text))) as unknown

describe('TOML', () => {
  it('has tables, lists of tables, texts, numbers and lists', () => {
    const text = `
# a comment
title = "a \\"b\\" \\u00e5" # another
path = 'C:\\x'
[mail]
server = "localhost:25"
ports = [ 1, 2_000,
  0x10, ] # so many
on = true
inner.deep = -1.5
[[alarms]]
name = "one"
includes = ["a.*", 'b$']
[[alarms]]
name = "two"
[alerts.ops]
mail = { to = "a@b", "x y" = [] }
text = """
first \\
  second"""
`
    assert.deepEqual(read(text), {
      title: 'a "b" å',
      path: 'C:\\x',
      mail: { server: 'localhost:25', ports: [1, 2000, 16], on: true, inner: { deep: -1.5 } },
      alarms: [{ name: 'one', includes: ['a.*', 'b$'] }, { name: 'two' }],
      alerts: { ops: { mail: { to: 'a@b', 'x y': [] }, text: 'first second' } },
    })
    assert.deepEqual(read(''), {})
    assert.deepEqual(read('\uFEFFa = 1\r\nb = 2\r\n'), { a: 1, b: 2 })
  })

  it('names the line of what cannot be read', () => {
    const faults: readonly (readonly [string, RegExp])[] = [
      ['a = 1\nb = ', /^line 2: a value is expected$/],
      ['a = 1 2', /^line 1: the line should end here$/],
      ['a = 1\na = 2', /^line 2: a is there twice$/],
      ['[a\n', /^line 1: \] is expected$/],
      ['a = "x', /^line 1: this text has no end$/],
      ['a = nonsense', /^line 1: "nonsense" is no value$/],
      ['a = 1\n[a]\nb = 1', /^line 2: a is no table$/],
      [`a = ${'['.repeat(100)}`, /^line 1: it is too deep$/],
      ['__proto__ = 1\n[__proto__.x]', /no table$/],
    ]
    for (const [text, wanted] of faults)
      assert.throws(() => readToml(text), { name: 'TomlFault', message: wanted }, text)
  })

  it('is read or refused, whatever it is', () => {
    const piece = fc.constantFrom('[', ']', '[[', '=', '"', "'", '\n', 'a', '.', ',', '{', '}', '1', '#', '"""', '\\')
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        try {
          readToml(pieces.join(''))
        } catch (error) {
          assert.ok(error instanceof TomlFault)
        }
      }),
    )
  })
})
