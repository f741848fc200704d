// Opening and closing the doors: taken ports, all interfaces, and nothing left behind.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { MemoryBeats } from '#test/beat-port.ts'
import { closed, until } from '#test/until.ts'
import { openBeats } from './index.ts'

function open(test: TestContext) {
  const port = new MemoryBeats()
  const metrics = new Metrics()
  const beats = openBeats({
    port,
    requests: { clientOf: () => ({ address: null }), allowed: () => false },
    settings: { networks: ['127.0.0.0/8', '::1/128'] },
    metrics,
    log: silentLog,
    clock: systemClock,
  })
  test.after(() => beats.close())
  return { beats, port, metrics }
}

describe('the doors for heartbeats', () => {
  it('have the same number for UDP and TCP when any port will do', async (test) => {
    const { beats } = open(test)
    const { udp, tcp } = await beats.listen('127.0.0.1', 0)
    assert.ok(tcp.port > 0)
    assert.equal(udp.port, tcp.port)
  })

  it('take IPv4 on all interfaces, and IPv6 where the machine has it', async (test) => {
    const { beats, port, metrics } = open(test)
    const { udp, tcp } = await beats.listen('', 0)
    const socket = createSocket('udp4')
    socket.send('u4.beat:1|c', udp.port, '127.0.0.1')
    connect(tcp.port, '127.0.0.1').end('t4.beat:1|c')
    const expected = ['t4', 'u4']
    if (tcp.family === 'IPv6') {
      connect(tcp.port, '::1').end('t6.beat:1|c')
      expected.push('t6')
    }
    await until('all are taken', () => expected.every((key) => port.count(key) === 1))
    assert.match(metrics.expose(), /allswell_beats_total\{via="udp"\} 1/)
    socket.close()
    await once(socket, 'close')
  })

  it('explain a port that TCP or UDP cannot have, and leave none half open', async (test) => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { beats } = open(test)
    await assert.rejects(beats.listen('127.0.0.1', port), {
      code: 'EADDRINUSE',
      message:
        `Cannot take heartbeats on 127.0.0.1:${port} (TCP): another program has it; ` +
        'stop that one or choose another port. Set it with --beats HOST:PORT.',
    })
    taken.close()
    await once(taken, 'close')
    const socket = createSocket('udp4')
    socket.bind(port, '127.0.0.1')
    await once(socket, 'listening')
    await assert.rejects(beats.listen('127.0.0.1', port), /\(UDP\): another program has it/)
    socket.close()
    await once(socket, 'close')
    const { udp, tcp } = await beats.listen('127.0.0.1', port)
    assert.deepEqual([udp.port, tcp.port], [port, port])
  })

  it('take what came before they were ready once they are', async (test) => {
    const { beats, port, metrics } = open(test)
    const { promise: ready, resolve } = Promise.withResolvers<void>()
    const { udp, tcp } = await beats.listen('127.0.0.1', 0, ready)
    const socket = createSocket('udp4')
    test.after(() => void socket.close())
    await new Promise((sent) => socket.send('u.beat:1|c', udp.port, '127.0.0.1', sent))
    const line = connect(tcp.port, '127.0.0.1')
    line.end('t.beat:1|c')
    await until('the connection is known', () => metrics.expose().includes('allswell_beat_connections 1'))
    assert.equal(port.monitors.size, 0)
    resolve()
    await until('both are taken', () => port.count('u') === 1 && port.count('t') === 1)
  })

  it('explain an address that this machine has not', async (test) => {
    const { beats } = open(test)
    await assert.rejects(beats.listen('192.0.2.1', 0), /no interface of this machine has this address/)
  })

  it('refuse networks that are none', () => {
    const parts = { port: new MemoryBeats(), requests: { clientOf: () => ({ address: null }), allowed: () => false } }
    const rest = { metrics: new Metrics(), log: silentLog, clock: systemClock }
    assert.throws(() => openBeats({ ...parts, ...rest, settings: { networks: ['home'] } }), /"home" is not a network/)
  })

  it('close with connections open, and what was sent before is kept', async (test) => {
    const { beats, port } = open(test)
    const { tcp } = await beats.listen('127.0.0.1', 0)
    const socket = connect(tcp.port, '127.0.0.1')
    socket.write('a.beat:1|c\nb.be')
    await until('the line is read', () => port.count('a') === 1)
    await beats.close()
    await closed(socket)
    await assert.rejects(once(connect(tcp.port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' })
  })
})
