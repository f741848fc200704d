// QR codes: the parts against published figures, the whole by reading it back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coded, corrections, formatBits, qr } from './qr.ts'

test('words of correction are those of the standard’s example', () => {
  const data = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17]
  assert.deepEqual(corrections(data, 10), [196, 35, 39, 119, 235, 215, 231, 226, 93, 23])
})

test('format and version bits are those of the standard’s tables', () => {
  const bits = [0, 1, 2, 3].map((mask) => formatBits(mask).toString(2).padStart(15, '0'))
  assert.deepEqual(bits, ['101010000010010', '101000100100101', '101111001111100', '101101101001011'])
  assert.equal(coded(7, 0x1f25, 12).toString(2).padStart(18, '0'), '000111110010010100')
})

test('it has its three finders, its timing lines and the size of its version', () => {
  const rows = qr('otpauth://totp/status.example.com:ann%40corp.test?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567') ?? []
  assert.equal((rows.length - 17) % 4, 0)
  const finder = ['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######']
  const at = (x: number, y: number) =>
    finder.map((_, down) => finder.map((_line, right) => (rows[y + down]?.[x + right] ? '#' : '.')).join(''))
  for (const [x, y] of [
    [0, 0],
    [rows.length - 7, 0],
    [0, rows.length - 7],
  ] as const)
    assert.deepEqual(at(x, y), finder)
  for (let along = 8; along < rows.length - 8; along += 1) assert.equal(rows[6]?.[along], along % 2 === 0)
})

test('what is too long for it has none', () => {
  assert.equal(qr('x'.repeat(213))?.length, 57)
  assert.equal(qr('x'.repeat(214)), null)
})
