// What may be made at most, asked for by many at once, and counted anew while some are being made.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Allowance } from './allowance.ts'

describe('an allowance', () => {
  it('is counted once for many at once, and no more reserve than are allowed', async () => {
    let counted = 0
    const allowance = new Allowance(async () => (counted += 1) + 1)
    const all = await Promise.all(Array.from({ length: 50 }, () => allowance.reserve(7)))
    assert.equal(all.filter((one) => one !== null).length, 5)
    assert.equal(counted, 1)
  })

  it('gives back what was reserved and not made', async () => {
    const allowance = new Allowance(async () => 0)
    const [one, two] = [await allowance.reserve(2), await allowance.reserve(2)]
    one?.(true)
    two?.(false)
    assert.ok(await allowance.reserve(2))
    assert.equal(await allowance.reserve(2), null)
  })

  it('holds while it is counted anew, and is exact again afterwards', async () => {
    let stored = 0
    const allowance = new Allowance(async () => stored)
    const under = await Promise.all([allowance.reserve(4), allowance.reserve(4)])
    stored += 1
    allowance.recount()
    const third = await allowance.reserve(4)
    assert.ok(third)
    assert.equal(await allowance.reserve(4), null, 'one that is stored may stand in it twice')
    for (const settle of [...under, third]) settle?.(true)
    stored = 3
    assert.ok(await allowance.reserve(4))
    assert.equal(await allowance.reserve(4), null)
  })

  it('counts again after counting failed', async () => {
    let fails = true
    const allowance = new Allowance(async () => {
      if (fails) throw new Error('the store is away')
      return 0
    })
    await assert.rejects(allowance.reserve(1), /away/)
    fails = false
    assert.ok(await allowance.reserve(1))
  })
})
