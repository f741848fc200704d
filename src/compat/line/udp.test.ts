// Lines by UDP over real sockets: what arrives is counted, whoever sends what.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { openBeatHouse } from '#test/beat-house.ts'
import { until } from '#test/until.ts'

describe('heartbeats by UDP', () => {
  it('are taken one or several a packet, with LF or CRLF', async (test) => {
    const house = await openBeatHouse(test)
    await house.datagrams(1, 'nightly.beat:1|c')
    await until('the monitor is made', () => house.port.count('nightly') === 1)
    await house.datagrams(3, 'nightly.beat:1|c\r\nnightly.beat:1|c\n\n', 'nightly.beat:1|c\n')
    assert.equal(house.port.count('nightly'), 4)
    assert.equal(house.accepted('udp'), 4)
    assert.equal(house.accepted('tcp'), 0)
  })

  it('may fill a packet of 60 kB', async (test) => {
    const house = await openBeatHouse(test)
    house.port.put('a')
    await house.datagrams(6_000, 'a.beat:1|c\n'.repeat(5_500), 'a.beat:1|c\n'.repeat(500))
    assert.equal(house.port.count('a'), 6_000)
  })

  it('are not taken from other networks, whether the monitor exists or not', async (test) => {
    const house = await openBeatHouse(test, { settings: { networks: ['10.0.0.0/8'] } })
    house.port.put('a')
    await house.datagrams(3, 'a.beat:1|c\n\nb.beat:1|c', 'nonsense')
    assert.equal(house.rejected('udp', 'network'), 3)
    assert.equal(house.port.count('a'), 0)
    assert.equal(house.port.monitors.size, 1)
    house.beats.change({ networks: ['127.0.0.1/32'] })
    await house.datagrams(1, 'a.beat:1|c')
    assert.equal(house.port.count('a'), 1)
  })

  it('may be garbage without any harm to the next good one', async (test) => {
    const house = await openBeatHouse(test)
    house.port.put('a')
    const garbage = Array.from({ length: 300 }, (_, index) => randomBytes(1 + ((index * 37) % 1_400)))
    for (const packet of garbage) for (let at = 0; at < packet.length; at += 1) if (packet[at] === 10) packet[at] = 0
    await house.datagrams(300, ...garbage.map((packet) => Buffer.concat([packet, Buffer.from('x')])))
    await house.datagrams(2, 'a.beat:1|c', Buffer.from([0xff, 0xfe, 0x0a, 0xc3]))
    assert.equal(house.port.count('a'), 1)
  })

  it('that find a full queue are counted, not kept', async (test) => {
    const house = await openBeatHouse(test)
    house.port.put('a')
    house.port.full = true
    await house.datagrams(2, 'a.beat:1|c\na.beat:1|c')
    assert.equal(house.rejected('udp', 'full'), 2)
  })

  it('are all counted when they come as a flood, with who may not send them', async (test) => {
    const house = await openBeatHouse(test)
    house.port.put('a')
    const packets = Array.from({ length: 500 }, () => 'a.beat:1|c\na.beat:1|c\nnonsense')
    for (let round = 0; round < 12; round += 1) await house.datagrams(1_500, ...packets)
    assert.equal(house.port.count('a'), 12_000)
    assert.equal(house.rejected('udp', 'syntax'), 6_000)
    house.beats.change({ networks: ['10.0.0.0/8'] })
    await house.datagrams(1_500, ...packets)
    assert.equal(house.rejected('udp', 'network'), 1_500)
    assert.equal(house.port.count('a'), 12_000)
  })
})
