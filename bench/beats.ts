// Heartbeats coming in: CPU seconds of the receiving process per million, each way beside a plain baseline in one run.
// Usage: node bench/beats.ts [repeats]. Every receiver is a process of its own; this one only sends.
import { type ChildProcess, fork } from 'node:child_process'
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type Received, sinks, type Sink } from './beats-sinks.ts'

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

interface Row {
  readonly title: string
  readonly count: number
  readonly send: Send
  /** Ours first, then the baselines. */
  readonly sinks: readonly Sink[]
}

const rows: readonly Row[] = [
  {
    title: 'UDP, 1 line a packet',
    count: 1_000_000,
    send: sendUdp(1),
    sinks: ['allswell-udp', 'udp-split-map', 'udp-unread'],
  },
  {
    title: 'UDP, 20 lines a packet',
    count: 5_000_000,
    send: sendUdp(20),
    sinks: ['allswell-udp', 'udp-split-map', 'udp-unread'],
  },
  { title: 'TCP lines', count: 5_000_000, send: sendTcp, sinks: ['allswell-tcp', 'tcp-split-map', 'tcp-unread'] },
  { title: 'HTTP POST', count: 200_000, send: sendHttp, sinks: ['allswell-http', 'node-http'] },
]

async function ask(child: ChildProcess, question: 'reset' | 'report'): Promise<Received> {
  child.send(question)
  const [answer] = (await once(child, 'message')) as [Received]
  return answer
}

/** CPU seconds of a fresh receiver per million, after it has warmed up. */
async function measure(row: Row, sink: Sink): Promise<{ cpu: number; perSecond: number; lost: number; rss: number }> {
  const child = fork(new URL('beats-sinks.ts', import.meta.url), [sink])
  const [port] = (await once(child, 'message')) as [number]
  await row.send(port, row.count / 4)
  await ask(child, 'reset')
  await row.send(port, row.count)
  const { count, cpuMs, ms, rss } = await ask(child, 'report')
  child.kill()
  await once(child, 'exit')
  return { cpu: cpuMs / 1e3 / (count / 1e6), perSecond: count / (ms / 1e3), lost: 1 - count / row.count, rss }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number

async function main(repeats: number): Promise<void> {
  console.log('| way | receiver | CPU s per million | times ours | thousand/s | lost | RSS MB |')
  console.log('|---|---|---|---|---|---|---|')
  for (const row of rows) {
    const results = new Map<Sink, Awaited<ReturnType<typeof measure>>[]>(row.sinks.map((sink) => [sink, []]))
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (const sink of row.sinks) results.get(sink)?.push(await measure(row, sink))
    }
    const of = (sink: Sink, field: 'cpu' | 'perSecond' | 'lost' | 'rss') =>
      median((results.get(sink) ?? []).map((one) => one[field]))
    const ours = of(row.sinks[0] as Sink, 'cpu')
    for (const sink of row.sinks) {
      const cells = [
        row.title,
        sinks[sink],
        of(sink, 'cpu').toFixed(3),
        (of(sink, 'cpu') / ours).toFixed(2),
        (of(sink, 'perSecond') / 1e3).toFixed(0),
        `${(of(sink, 'lost') * 100).toFixed(0)} %`,
        (of(sink, 'rss') / 1e6).toFixed(0),
      ]
      console.log(`| ${cells.join(' | ')} |`)
    }
  }
}

await main(Number(process.argv[2] ?? 3))
