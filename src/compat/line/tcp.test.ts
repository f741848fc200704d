// Lines by TCP over real sockets: any pieces, bounded lines, connections and idle time, and senders that wait.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { openBeatHouse } from '#test/beat-house.ts'
import { closed, until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

describe('heartbeats by TCP', () => {
  it('are put together from any pieces, and the last line needs no line feed', async (test) => {
    const house = await openBeatHouse(test)
    const socket = house.connect()
    for (const piece of ['t01.be', 'at:1|c\nt02.beat:1|c\r', '\ngarbage\n', 't03.be', 'at:1|', 'c']) {
      await new Promise((resolve) => {
        socket.write(piece, resolve)
      })
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.end()
    await closed(socket)
    await until('three monitors are made', () => house.accepted('tcp') === 3)
    assert.deepEqual([...house.port.monitors.keys()], ['t01', 't02', 't03'])
    assert.equal(house.rejected('tcp', 'syntax'), 1)
    assert.equal(socket.bytesRead, 0)
  })

  it('may come byte by byte', async (test) => {
    const house = await openBeatHouse(test)
    house.port.put('slow')
    const socket = house.connect()
    socket.setNoDelay(true)
    for (const byte of Buffer.from('slow.beat:1|c\nslow.beat:1|c\n')) {
      await new Promise((resolve) => {
        socket.write(Buffer.of(byte), resolve)
      })
    }
    await until('both are counted', () => house.port.count('slow') === 2)
  })

  it('may be many at once', async (test) => {
    const house = await openBeatHouse(test)
    for (let index = 0; index < 100; index += 1) house.port.put(`job-${index}`)
    const block = Array.from({ length: 20_000 }, (_, index) => `job-${index % 100}.beat:1|c\n`).join('')
    const sockets = Array.from({ length: 5 }, () => house.connect())
    for (const socket of sockets) socket.end(block)
    await until('all are counted', () => house.accepted('tcp') === 100_000)
    assert.equal(house.port.count('job-7'), 1_000)
  })

  it('are not taken from an HTTP request, which a browser can be made to send', async (test) => {
    const house = await openBeatHouse(test)
    const socket = house.connect()
    socket.write('POST / HTTP/1.1\r\nHost: a\r\n\r\nmade-by-web.beat:1|c\n')
    await closed(socket)
    assert.equal(house.port.monitors.size, 0)
    assert.equal(house.accepted('tcp'), 0)
  })

  it('end with the connection when a line passes 64 KiB', async (test) => {
    const house = await openBeatHouse(test)
    house.port.put('a')
    for (const line of [`${'x'.repeat(70_000)}\na.beat:1|c\n`, 'x'.repeat(200_000)]) {
      const socket = house.connect()
      socket.write(`a.beat:1|c\n`)
      socket.write(line)
      await closed(socket)
    }
    assert.equal(house.rejected('tcp', 'too_long'), 2)
    assert.ok(house.port.count('a') <= 2)
  })

  it('take a line of just 64 KiB for what it is', async (test) => {
    const house = await openBeatHouse(test)
    const socket = house.connect()
    socket.end(`${'x'.repeat(65_536)}\na.beat:1|c`)
    await until('the next line is taken', () => house.accepted('tcp') === 1)
    assert.equal(house.rejected('tcp', 'syntax'), 1)
  })

  it('wait at a full queue and are all taken once there is room', async (test) => {
    const clock = new VirtualClock()
    const house = await openBeatHouse(test, { clock })
    house.port.put('a')
    house.port.full = true
    const socket = house.connect()
    socket.write('junk\na.beat:1|c\na.beat:1|c\na.be')
    await until('the sender has to wait', () => clock.pending() === 1)
    socket.end('at:1|c')
    await clock.advance(200)
    assert.equal(clock.pending(), 1)
    house.port.full = false
    await clock.advance(60)
    await until('every line is taken', () => house.port.count('a') === 3)
    assert.equal(house.rejected('tcp', 'syntax'), 1)
    assert.equal(house.rejected('tcp', 'full'), 0)
    await closed(socket)
    assert.equal(clock.pending(), 0)
  })

  it('are not taken from other networks', async (test) => {
    const house = await openBeatHouse(test, { settings: { networks: ['10.0.0.0/8'] } })
    const socket = house.connect()
    socket.write('a.beat:1|c\n')
    await closed(socket)
    assert.equal(house.rejected('tcp', 'network'), 1)
    assert.match(house.metrics(), /connections_refused_total\{reason="network"\} 1/)
    assert.equal(house.port.monitors.size, 0)
  })

  it('may be garbage without any harm to the next good one', async (test) => {
    const house = await openBeatHouse(test)
    for (let round = 0; round < 20; round += 1) {
      const socket = house.connect()
      socket.resume()
      socket.end(randomBytes(30_000))
      await closed(socket)
    }
    house.connect().end('a.beat:1|c\n')
    await until('the good one is taken', () => house.accepted('tcp') === 1)
  })

  it('come over a bounded number of connections', async (test) => {
    const house = await openBeatHouse(test, { limits: { tcp: { connections: 2 } } })
    house.connect()
    house.connect()
    await until('two are open', () => house.metrics().includes('allswell_beat_connections 2'))
    const third = house.connect()
    await closed(third)
    assert.match(house.metrics(), /connections_refused_total\{reason="limit"\} 1/)
  })

  it('close their connection when nothing comes for long', async (test) => {
    const house = await openBeatHouse(test, { limits: { tcp: { idle: 20 } } })
    const socket = house.connect()
    socket.write('a.be')
    await closed(socket)
    await until('it is gone', () => house.metrics().includes('allswell_beat_connections 0'))
    assert.equal(house.port.monitors.size, 0)
  })

  it('survive a sender that resets the connection in the middle of a line', async (test) => {
    const house = await openBeatHouse(test)
    const socket = connect(house.lines, '127.0.0.1')
    await once(socket, 'connect')
    socket.write('a.beat:1|c\nb.be')
    await until('the whole line is taken', () => house.accepted('tcp') === 1)
    socket.resetAndDestroy()
    await until('it is gone', () => house.metrics().includes('allswell_beat_connections 0'))
    assert.deepEqual([...house.port.monitors.keys()], ['a'])
  })
})
