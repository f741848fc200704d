// Allswell's doors for heartbeats, really open on loopback, before a house in memory.
// Promises that everything is closed at the end of the test. Addresses and tokens are what the test says they are.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { type Beats, type BeatsParts, openBeats } from '#compat/index.ts'
import type { Rejection, Way } from '#compat/tally.ts'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { MemoryBeats } from './beat-port.ts'
import { until } from './until.ts'

export interface BeatHouse {
  readonly port: MemoryBeats
  readonly beats: Beats
  readonly lines: number
  readonly web: string
  readonly webPort: number
  accepted(via: Way): number
  rejected(via: Way, reason: Rejection): number
  metrics(): string
  /** Sends datagrams and waits until each line of them has been counted. */
  datagrams(lines: number, ...packets: (string | Buffer)[]): Promise<void>
  /** Opens a connection to the lines' port; it is destroyed after the test. */
  connect(): Socket
}

/** What `/metrics` says of one series; 0 where it has none. */
const valueOf = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1) ?? 0,
  )

export async function openBeatHouse(test: TestContext, parts: Partial<BeatsParts> = {}): Promise<BeatHouse> {
  const port = new MemoryBeats()
  const metrics = new Metrics()
  const beats = openBeats({
    port,
    requests: {
      clientOf: (request) => ({
        address: request.headers['x-forwarded-for'] === undefined ? (request.socket.remoteAddress ?? null) : null,
      }),
      allowed: async (request) => request.headers.authorization === 'Bearer report',
    },
    settings: { networks: ['127.0.0.0/8', '::1/128'] },
    metrics,
    log: silentLog,
    clock: systemClock,
    ...parts,
  })
  const lovebeat = beats.lovebeat(() => '1.0')
  const { tcp } = await beats.listen('127.0.0.1', 0)
  const server = createServer((request, response) => {
    const taken = beats.handler(request, response) || lovebeat(request, response)
    if (!taken) response.writeHead(404).end('somebody else')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const webPort = (server.address() as AddressInfo).port
  const sockets: Socket[] = []
  test.after(async () => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
    await beats.close()
  })
  const sum = (prefix: string) =>
    metrics
      .expose()
      .split('\n')
      .filter((line) => line.startsWith(prefix) && line.includes('via="udp"'))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0)
  const counted = () => sum('allswell_beats_total') + sum('allswell_beats_rejected_total')
  return {
    port,
    beats,
    lines: tcp.port,
    web: `http://127.0.0.1:${webPort}`,
    webPort,
    accepted: (via) => valueOf(metrics.expose(), `allswell_beats_total{via="${via}"}`),
    rejected: (via, reason) =>
      valueOf(metrics.expose(), `allswell_beats_rejected_total{via="${via}",reason="${reason}"}`),
    metrics: () => metrics.expose(),
    async datagrams(lines, ...packets) {
      const before = counted()
      const socket = createSocket('udp4')
      for (const packet of packets) {
        await new Promise<void>((resolve, reject) => {
          socket.send(packet, tcp.port, '127.0.0.1', (error) => (error ? reject(error) : resolve()))
        })
      }
      await until(`${lines} lines by UDP are counted`, () => counted() >= before + lines)
      await new Promise<void>((resolve) => {
        socket.close(resolve)
      })
    },
    connect() {
      const socket = connect(tcp.port, '127.0.0.1')
      socket.on('error', () => socket.destroy())
      sockets.push(socket)
      return socket
    },
  }
}
