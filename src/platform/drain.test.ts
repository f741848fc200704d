// Draining real sockets on loopback. The senders are other processes that we wait for, so that all waits in the system.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { until } from '#test/until.ts'
import { openDrain } from './drain.ts'

interface Arrived {
  readonly text: string
  readonly sender: string
}

/** Sends datagrams of these sizes, each of one letter, to a port while this process stands still. */
function send(host: string, port: number, sizes: readonly number[]): void {
  const script = `const socket = require('node:dgram').createSocket('${host.includes(':') ? 'udp6' : 'udp4'}')
    let next = 0
    const sizes = ${JSON.stringify(sizes)}
    const one = () => next < sizes.length
      ? socket.send(Buffer.alloc(sizes[next], 97 + (next++ % 26)), ${port}, '${host}', one)
      : socket.close()
    one()`
  assert.equal(spawnSync(process.execPath, ['-e', script], { timeout: 20_000 }).status, 0)
}

const textsOf = (sizes: readonly number[]) =>
  sizes.map((size, index) => Buffer.alloc(size, 97 + (index % 26)).toString('latin1'))

async function listen(context: TestContext, type: 'udp4' | 'udp6', host: string) {
  const socket = createSocket({ type, recvBufferSize: 4 << 20 })
  socket.bind(0, host)
  await once(socket, 'listening')
  const drain = await openDrain(socket)
  assert.ok(drain)
  context.after(() => {
    drain.close()
    socket.close()
  })
  const arrived: Arrived[] = []
  let drained = 0
  socket.on('message', (bytes, { address }) => {
    arrived.push({ text: bytes.toString('latin1'), sender: address })
    drained += drain.run((all, from, to, sender) => arrived.push({ text: all.toString('latin1', from, to), sender }))
  })
  return { port: socket.address().port, arrived, drain, drained: () => drained }
}

test('datagrams that wait are handed over whole and in order', async (context) => {
  const house = await listen(context, 'udp4', '127.0.0.1')
  const sizes = [1, 0, 1_400, 60_000, 3, ...Array.from({ length: 45 }, (_, index) => index + 2)]
  send('127.0.0.1', house.port, sizes)
  await until('all have arrived', () => house.arrived.length === sizes.length)
  assert.deepEqual(
    house.arrived.map(({ text }) => text),
    textsOf(sizes),
  )
  assert.deepEqual(new Set(house.arrived.map(({ sender }) => sender)), new Set(['127.0.0.1']))
  assert.ok(house.drained() > sizes.length / 2, `${house.drained()} of ${sizes.length} came the short way`)
})

test('the sender of each is told, IPv4 and IPv6 on one socket', async (context) => {
  const house = await listen(context, 'udp6', '::')
  for (const host of ['127.0.0.1', '::1', '127.0.0.1']) send(host, house.port, [5, 5, 5])
  await until('all have arrived', () => house.arrived.length === 9)
  // The first came the long way, and Node writes it in its own manner.
  assert.deepEqual(
    house.arrived.slice(1).map(({ sender }) => sender),
    ['0:0:0:0:0:ffff:7f00:1', '0:0:0:0:0:0:0:1', '0:0:0:0:0:ffff:7f00:1']
      .flatMap((text) => [text, text, text])
      .slice(1),
  )
})

test('a drain that is closed hands over nothing', async (context) => {
  const house = await listen(context, 'udp4', '127.0.0.1')
  house.drain.close()
  send('127.0.0.1', house.port, [1, 1, 1])
  await until('all have arrived', () => house.arrived.length === 3)
  assert.equal(house.drained(), 0)
})
