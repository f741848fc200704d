// Tests of reading what ping programs print: each dialect, and every trap that is known of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readOutput } from './output.ts'

const iputils = (lines: string[], sum: string) =>
  ['PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.', ...lines, '', '--- 192.0.2.1 ping statistics ---', sum, ''].join(
    '\n',
  )
const line = (sequence: number, ms: string, rest = '') =>
  `64 bytes from 192.0.2.1: icmp_seq=${sequence} ttl=64 time=${ms} ms${rest}`

test('iputils: all answered', () => {
  const text = iputils(
    [line(1, '0.035'), line(2, '0.5'), line(3, '12')],
    '3 packets transmitted, 3 received, 0% packet loss, time 2003ms\nrtt min/avg/max/mdev = 0.035/4.178/12/5.5 ms',
  )
  assert.deepEqual(readOutput(text, 56), { sent: 3, times: [0.035, 0.5, 12], duplicates: 0, ignored: 0, report: null })
})

test('a duplicate is neither a second answer nor a fault', () => {
  const text = iputils(
    [line(1, '0.03'), line(1, '0.04', ' (DUP!)'), line(2, '0.03')],
    '2 packets transmitted, 2 received, +1 duplicates, 0% packet loss, time 1001ms',
  )
  assert.deepEqual(readOutput(text, 56), { sent: 2, times: [0.03, 0.03], duplicates: 1, ignored: 0, report: null })
})

test('a fractional loss is counted from the packets', () => {
  const text = iputils(
    [line(1, '1'), line(3, '1')],
    '3 packets transmitted, 2 received, 33.3333% packet loss, time 2ms',
  )
  assert.deepEqual(readOutput(text, 56)?.times.length, 2)
})

test('errors on the way are told, with who reports them', () => {
  const text = iputils(
    ['From 198.51.100.1 icmp_seq=1 Destination Host Unreachable'],
    '3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 2051ms\npipe 3',
  )
  const report = '198.51.100.1 reports: destination host unreachable'
  assert.deepEqual(readOutput(text, 56), { sent: 3, times: [], duplicates: 0, ignored: 0, report })
  const far = iputils(['From 198.51.100.1: icmp_seq=1 Time to live exceeded'], '1 packets transmitted, 0 received')
  assert.equal(readOutput(far, 56)?.report, '198.51.100.1 reports: time to live exceeded')
})

test('BusyBox and the BSDs are understood too', () => {
  const busybox = `PING 127.0.0.1 (127.0.0.1): 56 data bytes
64 bytes from 127.0.0.1: seq=0 ttl=64 time=0.060 ms
64 bytes from 127.0.0.1: seq=1 ttl=64 time=0.074 ms (DUP!)
64 bytes from 127.0.0.1: seq=1 ttl=64 time=0.074 ms

--- 127.0.0.1 ping statistics ---
2 packets transmitted, 2 packets received, 1 duplicates, 0% packet loss
round-trip min/avg/max = 0.060/0.067/0.074 ms
`
  assert.deepEqual(readOutput(busybox, 56), { sent: 2, times: [0.06, 0.074], duplicates: 1, ignored: 0, report: null })
  const bsd = `PING6(56=40+8+8 bytes) ::1 --> ::1
16 bytes from ::1, icmp_seq=0 hlim=64 time=0.090 ms

--- ::1 ping6 statistics ---
1 packets transmitted, 1 packets received, 0.0% packet loss
round-trip min/avg/max/std-dev = 0.090/0.090/0.090/0.000 ms
`
  assert.deepEqual(readOutput(bsd, 8), { sent: 1, times: [0.09], duplicates: 0, ignored: 0, report: null })
})

test('answers that the program itself finds odd do not count', () => {
  const text = iputils(
    [
      line(1, '1', ' (DIFFERENT ADDRESS!)'),
      line(2, '1', ' (truncated)'),
      '16 bytes from 192.0.2.1: icmp_seq=3 ttl=64 time=1 ms',
      line(4, '1'),
    ],
    '4 packets transmitted, 4 received, 0% packet loss',
  )
  assert.deepEqual(readOutput(text, 56), { sent: 4, times: [1], duplicates: 0, ignored: 3, report: null })
})

test('what is no result is none', () => {
  for (const text of [
    '',
    'ping: unknown host',
    line(1, '1'),
    iputils([line(1, '1'), line(2, '1')], '1 packets transmitted, 1 received'),
    iputils([], '3 packets transmitted, 9 received'),
    'x 3 packets transmitted, 3 received',
  ])
    assert.equal(readOutput(text, 56), null, text)
})

test('whatever a program prints, no more is received than sent', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(9), fc.double({ min: 0, max: 9 })).map(([sequence, ms]) => line(sequence, String(ms))),
    fc.tuple(fc.nat(9), fc.nat(9)).map(([sent, got]) => `${sent} packets transmitted, ${got} received`),
  )
  fc.assert(
    fc.property(fc.array(piece), (lines) => {
      const tally = readOutput(lines.join('\n'), 56)
      return tally === null || tally.times.length <= tally.sent
    }),
  )
})
