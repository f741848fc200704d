// What is promised of phases: summed, kept, and packed with observations.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { append, pack, type Seen, unpack } from './pack.ts'
import {
  decodePhases,
  encodePhases,
  mergePhases,
  noPhases,
  phaseNames,
  phasesIn,
  readPhases,
  sumPhases,
  writePhases,
} from './phase.ts'

const hour = Date.UTC(2026, 10, 21, 14)
const names = fc.constantFrom(...phaseNames)
const anyPhases = fc.dictionary(names, fc.double({ min: 0, max: 60_000, noNaN: true }), { maxKeys: 6 })
const anySeen: fc.Arbitrary<Seen> = fc
  .record({
    at: fc.integer({ min: hour, max: hour + 3_599_999 }),
    latency: fc.option(fc.double({ min: 0, max: 60_000, noNaN: true })),
    phases: fc.option(anyPhases, { nil: undefined }),
  })
  .map(({ phases, ...rest }) => ({
    ...rest,
    location: 'local',
    outcome: 'up' as const,
    signal: 'check' as const,
    reason: null,
    ...(phases ? { phases } : {}),
  }))

test('evidence with odd phases has none, and a phase of another name is one of the others', () => {
  for (const odd of [
    undefined,
    {},
    { phases: null },
    { phases: 'x' },
    { phases: { tls: -1 } },
    { phases: { tls: 'x' } },
  ])
    assert.equal(phasesIn(odd), undefined)
  assert.deepEqual(phasesIn({ phases: { tls: 1 } }), { tls: 1 })
  const { ms } = sumPhases([{ phases: { telepathy: 3, luck: 4 } }])
  assert.deepEqual([...ms], [['other', 7]])
})

test('sums are kept to a tenth of a millisecond, and several texts in one are their sum', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.record({ phases: anyPhases }), { minLength: 1, maxLength: 5 })), (groups) => {
      const sums = groups.map(sumPhases)
      const whole = sums.reduce(mergePhases, noPhases)
      const kept = decodePhases(sums.map(encodePhases).join(','))
      assert.equal(kept.count, whole.count)
      for (const [name, ms] of whole.ms) assert.ok(Math.abs((kept.ms.get(name) ?? 0) - ms) <= 0.051 * groups.length)
    }),
  )
  assert.equal(encodePhases(noPhases), '')
  assert.equal(decodePhases(',,'), noPhases)
})

test('the phases of one check are kept to a hundredth of a millisecond', () => {
  fc.assert(
    fc.property(fc.dictionary(names, fc.double({ min: 0, max: 60_000, noNaN: true }), { minKeys: 1 }), (phases) => {
      const kept = readPhases(writePhases(phases))
      assert.deepEqual(Object.keys(kept).sort(), Object.keys(phases).sort())
      for (const [name, ms] of Object.entries(phases)) assert.ok(Math.abs((kept[name] ?? -1) - ms) < 0.006)
    }),
  )
})

test('packed phases are within a few hundredths of the latency, and packing them again changes nothing', () => {
  const close = (of: Seen, kept: Seen) => {
    const { latency } = of
    for (const [name, ms] of Object.entries(of.phases ?? {})) {
      if (latency === null || latency < 1 || ms > latency) continue
      const left = kept.phases?.[name] ?? 0
      assert.ok(Math.abs(left - ms) <= 0.08 * latency, `${name}: ${ms} of ${latency} became ${left}`)
    }
  }
  fc.assert(
    fc.property(fc.array(fc.array(anySeen, { maxLength: 80 }), { maxLength: 4 }), (pieces) => {
      const packed = pieces.reduce((bytes, piece) => append(hour, bytes, piece), pack(hour, []))
      const once = unpack(hour, packed)
      for (const [index, one] of pieces.flat().entries()) close(one, once[index] as Seen)
      assert.deepEqual(unpack(hour, pack(hour, once)), once)
    }),
  )
})

test('what has no phases takes not a byte for them', () => {
  const plain = fc.sample(anySeen, 100).map(({ phases: _, ...rest }) => rest)
  const timed = plain.map((one) => ({ ...one, latency: 100, phases: { connect: 20, firstByte: 75, body: 5 } }))
  const bare = plain.map((one) => ({ ...one, latency: 100 }))
  const cost = (pack(hour, timed).length - pack(hour, bare).length) / timed.length
  assert.ok(cost > 1.4 && cost < 1.7, `${cost} bytes each`)
})

test('phases that end too early are damaged', () => {
  const packed = pack(hour, [{ ...(fc.sample(anySeen, 1)[0] as Seen), latency: 10, phases: { tls: 5, body: 5 } }])
  // The block's length says less than is there.
  const cut = packed.slice(0, -1)
  cut[1] = (cut[1] as number) - 1
  assert.throws(() => unpack(hour, cut), /damaged/)
})
