// Tests that no http check reaches a forbidden address: by a resolver that changes its mind, by names that lead to both
// sides, by any spelling, in the first request, a redirect, a step, or when asking anew by HTTP/2.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOutbound, type Outbound } from '#platform/outbound.ts'
import { systemClock } from '#platform/clock.ts'
import { answers, look, openTarget, page, type Talk } from '#test/targets.ts'
import { runProbe } from '../probe.ts'
import { http } from './http.ts'

const denied = ['169.254.0.0/16', '10.0.0.0/8', 'fd00::/8']
const metadata = { address: '169.254.169.254', family: 4 }
const here = { address: '127.0.0.1', family: 4 }
const ok = answers(page('OK'))

/** A resolver that gives these in turn, the last one from then on; tells how often it was asked. */
function resolver(...turns: (readonly { address: string; family: number }[])[]) {
  let asked = 0
  const lookup = async () => {
    const turn = turns[Math.min(asked, turns.length - 1)] ?? []
    asked += 1
    return turn
  }
  return { lookup, asked: () => asked }
}

/** Spellings of 169.254.169.254, 10.0.0.1 and an address within fd00::/8. */
const spellings = [
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0xA9.0xFE.0xA9.0xFE',
  '0251.0376.0251.0376',
  '025177524776',
  '169.254.43518',
  '169.16689662',
  '169.254.169.254.',
  '①⑥⑨.②⑤④.169.254',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[64:ff9b::169.254.169.254]',
  '[2002:a9fe:a9fe::1]',
  '10.1',
  '012.0.0.1',
  '[fd12:3456::1]',
]

test('a forbidden address is not connected to in any spelling: asked for, redirected to, or in a step', async (t) => {
  for (const host of spellings) {
    const target = await openTarget(t, answers(page('', `HTTP/1.1 302 Found\r\nLocation: http://${host}/latest`)))
    const url = `http://127.0.0.1:${target.port}/`
    const forbidden = `http://${host}/latest`
    const steps = [{ url, expect: { status: 302 } }, { url: forbidden }]
    for (const spec of [{ url: forbidden }, { url }, { steps, follow: 0 }]) {
      const finding = await look(http, spec, { denied })
      assert.equal(finding.reason, 'forbidden', `${host}: ${finding.sentence}`)
      assert.match(finding.sentence ?? '', /may not be connected to; the setting networks\.denied forbids it\.$/)
    }
  }
})

test('a name is resolved once for a connection, and the connection goes to what was judged', async (t) => {
  const target = await openTarget(t, ok)
  const { lookup, asked } = resolver([here], [metadata])
  const spec = { url: `http://rebind.test:${target.port}/` }
  const first = await look(http, spec, { denied, lookup })
  assert.equal(first.outcome, 'up')
  assert.equal(first.facts?.['address'], '127.0.0.1')
  assert.equal(asked(), 1)
  const second = await look(http, spec, { denied, lookup })
  assert.equal(second.reason, 'forbidden')
  assert.equal(target.count(), 1)
})

test('of a name with allowed and forbidden addresses only the allowed is tried, even if it fails', async (t) => {
  const target = await openTarget(t, ok)
  const both = resolver([metadata, here, { address: 'fd12::1', family: 6 }])
  assert.equal(
    (await look(http, { url: `http://both.test:${target.port}/` }, { denied, lookup: both.lookup })).outcome,
    'up',
  )
  const tried: string[] = []
  const way = openOutbound({ denied, lookup: both.lookup })
  const outbound: Outbound = {
    resolve: way.resolve,
    connect: (address, port) => {
      tried.push(address.address)
      return way.connect(address, port)
    },
  }
  const signal = new AbortController().signal
  const context = { clock: systemClock, outbound, timeout: 5_000, signal }
  const finding = await runProbe(http, http.config.parse({ url: 'http://both.test:1/' }), context)
  assert.equal(finding.sentence, 'Nothing listens on both.test:1 at 127.0.0.1 (connection refused).')
  assert.deepEqual(tried, ['127.0.0.1'])
})

test('asking anew by HTTP/2 is guarded anew', async (t) => {
  const settings: Talk = (socket) => socket.once('data', () => socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])))
  const target = await openTarget(t, settings)
  const { lookup, asked } = resolver([here], [metadata])
  const finding = await look(http, { url: `http://rebind.test:${target.port}/` }, { denied, lookup })
  assert.equal(finding.reason, 'forbidden')
  assert.equal(asked(), 2)
  assert.equal(target.count(), 1)
})

test('a name that leads to several forbidden addresses, mapped ones too, is refused', async () => {
  const mapped = { address: '::ffff:10.0.0.1', family: 6 }
  const { lookup } = resolver([metadata, mapped, { address: 'fd12::1', family: 6 }])
  const finding = await look(http, { url: 'http://evil.test/' }, { denied, lookup })
  assert.equal(finding.reason, 'forbidden')
})
