// Names as bytes: identity by comparing, whatever the hashes say.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Names, viewOf } from './names.ts'

const bytes = (text: string) => Buffer.from(text)

function learn(names: Names, text: string, a: number, b: number, target: number): void {
  const token = bytes(text)
  names.set(names.find(viewOf(token), 0, token.length, a, b) || names.add(token, 0, token.length, a, b), target, 1)
}

function target(names: Names, text: string, a: number, b: number): number | null {
  const token = bytes(text)
  const entry = names.find(viewOf(token), 0, token.length, a, b)
  return entry === 0 ? null : names.target(entry)
}

describe('names', () => {
  it('tell tokens apart whose hashes are all the same', () => {
    const names = new Names()
    const tokens = ['a.beat', 'b.beat', 'a.beat2', 'aa.beat', 'abcd.beat', 'abce.beat', 'abcdefghijk']
    for (const [index, token] of tokens.entries()) learn(names, token, 7, 9, index)
    for (const [index, token] of tokens.entries()) assert.equal(target(names, token, 7, 9), index)
    assert.equal(target(names, 'c.beat', 7, 9), null)
  })

  it('keep every name while they grow', () => {
    const names = new Names()
    const count = 20_000
    for (let index = 0; index < count; index += 1) learn(names, `job-${index}.beat`, index % 1_000, index, index)
    assert.equal(names.size, count)
    for (let index = 0; index < count; index += 1) {
      assert.equal(target(names, `job-${index}.beat`, index % 1_000, index), index)
    }
  })

  it('forget everything at their bound and go on', () => {
    const names = new Names(10)
    for (let index = 0; index < 25; index += 1) learn(names, `job-${index}.beat`, index, index, index)
    assert.ok(names.size <= 10)
    assert.equal(target(names, 'job-24.beat', 24, 24), 24)
    assert.equal(target(names, 'job-1.beat', 1, 1), null)
  })

  it('begin differently in every process, so that nobody can aim at one place', () => {
    const seeds = new Set(Array.from({ length: 8 }, () => `${new Names().seedA} ${new Names().byA}`))
    assert.ok(seeds.size > 1)
  })
})
