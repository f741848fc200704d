// The gate: who may send heartbeats without a token.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Gate } from './gate.ts'

describe('the gate', () => {
  it('lets in addresses of its networks, and IPv4 that comes through an IPv6 socket', () => {
    const gate = new Gate(['127.0.0.0/8', '10.0.0.0/8', 'fc00::/7'])
    for (const address of ['127.0.0.1', '10.1.2.3', '::ffff:10.1.2.3', 'fd00::1']) {
      assert.ok(gate.isOpen(address), address)
      assert.ok(gate.isOpen(address), `${address} again`)
    }
    for (const address of ['11.0.0.1', '::ffff:8.8.8.8', '2001:db8::1', 'nonsense', '']) {
      assert.ok(!gate.isOpen(address), address)
    }
  })

  it('never lets in an address that cannot be known', () => {
    assert.ok(!new Gate(['0.0.0.0/0', '::/0']).isOpen(null))
  })

  it('goes by new networks at once, also for senders it remembers', () => {
    const gate = new Gate(['10.0.0.0/8'])
    assert.ok(gate.isOpen('10.0.0.1'))
    gate.change(['192.168.0.0/16'])
    assert.ok(!gate.isOpen('10.0.0.1'))
    assert.ok(gate.isOpen('192.168.0.1'))
  })

  it('keeps its networks when the new ones are wrong', () => {
    const gate = new Gate(['10.0.0.0/8'])
    assert.throws(() => gate.change(['10.0.0.0/99']), /10\.0\.0\.0\/99/)
    assert.ok(gate.isOpen('10.0.0.1'))
  })

  it('stays right and small under a flood of different senders', () => {
    const gate = new Gate(['10.0.0.0/8'])
    for (let sender = 0; sender < 5_000; sender += 1) {
      assert.equal(gate.isOpen(`10.0.${sender >> 8}.${sender & 255}`), true)
      assert.equal(gate.isOpen(`11.0.${sender >> 8}.${sender & 255}`), false)
    }
  })
})
