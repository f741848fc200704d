// Datagrams that nobody read in time: the system throws them away, and says how many.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { droppedBySystem } from './udp-drops.ts'

test('what does not fit into the buffer of a socket that is not read is counted by the system', async (t) => {
  const [socket, sender] = [createSocket('udp4'), createSocket('udp4')]
  t.after(() => {
    socket.close()
    sender.close()
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  socket.setRecvBufferSize(4_096)
  const address = socket.address()
  const before = droppedBySystem(address)
  sender.connect(address.port, '127.0.0.1')
  await once(sender, 'connect')
  // All in one turn, in which nobody reads.
  for (let count = 0; count < 500; count += 1) sender.send(Buffer.alloc(1_000))
  const after = droppedBySystem(address)
  // Elsewhere than on Linux nobody knows.
  if (process.platform === 'linux') assert.ok(before === 0 && after !== null && after > 0, `${before} and ${after}`)
  else assert.deepEqual([before, after], [null, null])
})
