// Heartbeats coming in: CPU seconds of the receiving process per million, each way beside plain baselines in one run.
// Every receiver is a process of its own; this one only sends.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type Received, sinks, type Sink } from './beats-sinks.ts'
import { askPart, median, startPart } from './measure.ts'
import type { Row } from './table.ts'

const repeats = 3
const names = 10_000
const host = '127.0.0.1'
const lines = Array.from({ length: names }, (_, index) => {
  const key = `production.eu-central.app-${String(index).padStart(6, '0')}.jobs.nightly-backup.run`
  return `${key.padEnd(64, 'x')}.beat:1|c`
})

type Send = (port: number, count: number) => Promise<void>

/** Datagrams of some lines each, in bursts; what the kernel drops is not counted by the receiver either. */
const sendUdp =
  (each: number): Send =>
  async (port, count) => {
    const packets = Array.from({ length: Math.floor(names / each) }, (_, index) =>
      Buffer.from(lines.slice(index * each, (index + 1) * each).join('\n')),
    )
    const socket = createSocket('udp4')
    socket.connect(port, host)
    await once(socket, 'connect')
    const burst = 200
    for (let sent = 0; sent < count / each; sent += burst) await sendBurst(socket, packets, sent, burst)
    socket.close()
  }

function sendBurst(socket: UdpSocket, packets: readonly Buffer[], from: number, burst: number): Promise<void> {
  return new Promise((resolve) => {
    for (let index = 1; index < burst; index += 1) socket.send(packets[(from + index) % packets.length] as Buffer)
    socket.send(packets[from % packets.length] as Buffer, () => resolve())
  })
}

const sendTcp: Send = async (port, count) => {
  const block = Buffer.from(`${lines.join('\n')}\n`)
  const socket = connect(port, host)
  for (let sent = 0; sent < count; sent += names) {
    if (!socket.write(block)) await once(socket, 'drain')
  }
  socket.end()
  await once(socket, 'close')
}

/** Fifty kept-alive connections, each with one request on its way. */
const sendHttp: Send = async (port, count) => {
  const requests = lines.map((line) =>
    Buffer.from(`POST /beat/${line.slice(0, 64)} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`),
  )
  let sent = 0
  const talk = async () => {
    const socket = connect(port, host)
    socket.on('data', () => {
      if (sent >= count) socket.end()
      else socket.write(requests[sent++ % names] as Buffer)
    })
    socket.write(requests[sent++ % names] as Buffer)
    await once(socket, 'close')
  }
  await Promise.all(Array.from({ length: 50 }, talk))
}

interface Way {
  readonly title: string
  readonly count: number
  readonly send: Send
  readonly ours: Sink
  readonly baselines: readonly Sink[]
  /** CPU seconds per million. */
  readonly atMost: number
}

const ways: readonly Way[] = [
  {
    title: 'UDP, 1 line a packet',
    count: 1_000_000,
    send: sendUdp(1),
    ours: 'allswell-udp',
    baselines: ['udp-split-map', 'udp-unread'],
    atMost: 2,
  },
  {
    title: 'UDP, 20 lines a packet',
    count: 5_000_000,
    send: sendUdp(20),
    ours: 'allswell-udp',
    baselines: ['udp-split-map', 'udp-unread'],
    atMost: 0.4,
  },
  {
    title: 'TCP lines',
    count: 5_000_000,
    send: sendTcp,
    ours: 'allswell-tcp',
    baselines: ['tcp-split-map', 'tcp-unread'],
    atMost: 0.4,
  },
  {
    title: 'HTTP POST',
    count: 200_000,
    send: sendHttp,
    ours: 'allswell-http',
    baselines: ['node-http'],
    atMost: 15,
  },
]

/** CPU seconds of a fresh receiver per million, after it has warmed up. */
async function spend(way: Way, sink: Sink): Promise<number> {
  const { part, said } = await startPart('beats-sinks.ts', sink)
  const port = said as number
  await way.send(port, way.count / 4)
  await askPart(part, 'reset')
  await way.send(port, way.count)
  const { count, cpu } = (await askPart(part, 'report')) as Received
  part.disconnect()
  return cpu / (count / 1e6)
}

async function compare({ title, ours, baselines, ...way }: Way): Promise<Row[]> {
  const found = new Map<Sink, number[]>([ours, ...baselines].map((sink) => [sink, []]))
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const [sink, spent] of found) spent.push(await spend({ title, ours, baselines, ...way }, sink))
  }
  const of = (sink: Sink) => median(found.get(sink) ?? [])
  return baselines.map((sink, index) => ({
    what: `a heartbeat, ${title}`,
    unit: 'CPU s per million',
    ours: of(ours),
    baseline: { what: sinks[sink], value: of(sink) },
    atMost: index === 0 ? way.atMost : null,
  }))
}

export async function measure(): Promise<Row[]> {
  const rows: Row[] = []
  for (const way of ways) rows.push(...(await compare(way)))
  return rows
}
