// The receivers that bench/beats.ts measures: Allswell's doors before a sink that only counts, and plain baselines.
// As a part, with the name of one: tells its port, then answers `reset` and `report`.
import { createSocket } from 'node:dgram'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { openBeats } from '#compat/index.ts'
import type { BeatMonitor, BeatPort } from '#compat/ports.ts'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { cpuHere } from './measure.ts'

export const sinks = {
  'allswell-udp': 'Allswell',
  'udp-split-map': 'dgram, string split, Map',
  'udp-unread': 'dgram alone, nothing read (limit)',
  'allswell-tcp': 'Allswell',
  'tcp-split-map': 'net, string split, Map',
  'tcp-unread': 'net alone, nothing read (limit)',
  'allswell-http': 'Allswell',
  'node-http': 'bare node:http (limit)',
} as const
export type Sink = keyof typeof sinks

export interface Received {
  readonly count: number
  /** CPU seconds. */
  readonly cpu: number
}

/** What has been received so far. */
let count = 0

class Counting implements BeatPort {
  readonly revision = 1
  readonly #monitors = new Map<string, BeatMonitor>()

  find(key: string): BeatMonitor | null {
    return this.#monitors.get(key) ?? null
  }

  mailRules(): null {
    return null
  }

  async create(key: string): Promise<BeatMonitor> {
    const monitor = { id: this.#monitors.size + 1, key, passive: true, access: 'open' } as const
    this.#monitors.set(key, monitor)
    return monitor
  }

  adjust() {
    return 'done' as const
  }

  offer(): boolean {
    count += 1
    return true
  }

  async commit(): Promise<void> {
    count += 1
  }

  async log(): Promise<void> {}
}

function countNames(text: string, seen: Map<string, number>): void {
  for (const line of text.split('\n')) {
    const [token = ''] = line.split(':')
    if (!token.endsWith('.beat')) continue
    const name = token.slice(0, -5)
    seen.set(name, (seen.get(name) ?? 0) + 1)
    count += 1
  }
}

async function udp(take: (bytes: Buffer) => void): Promise<number> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 })
  socket.on('message', take)
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve)
  })
  return socket.address().port
}

async function tcp(open: () => (bytes: Buffer) => void): Promise<number> {
  const server = createServer((socket) => socket.on('data', open()))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

async function http(handler: Parameters<typeof createHttp>[1]): Promise<number> {
  const server = createHttp(handler)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

function allswell() {
  return openBeats({
    port: new Counting(),
    requests: { clientOf: (request) => ({ address: request.socket.remoteAddress ?? null }), allowed: () => false },
    settings: { networks: ['127.0.0.0/8'] },
    metrics: new Metrics(),
    log: silentLog,
    clock: systemClock,
  })
}

const lineLength = 73

const open: Record<Sink, () => Promise<number>> = {
  'allswell-udp': async () => (await allswell().listen('127.0.0.1', 0)).udp.port,
  'allswell-tcp': async () => (await allswell().listen('127.0.0.1', 0)).tcp.port,
  'allswell-http': async () => {
    const { handler } = allswell()
    return http((request, response) => {
      if (!handler(request, response)) response.writeHead(404).end()
    })
  },
  'udp-split-map': () => {
    const seen = new Map<string, number>()
    return udp((bytes) => countNames(bytes.toString(), seen))
  },
  'udp-unread': () =>
    udp((bytes) => {
      count += Math.ceil(bytes.length / lineLength)
    }),
  'tcp-split-map': () => {
    const seen = new Map<string, number>()
    return tcp(() => {
      let rest = ''
      return (bytes) => {
        const text = rest + bytes.toString()
        const last = text.lastIndexOf('\n')
        rest = text.slice(last + 1)
        countNames(text.slice(0, last), seen)
      }
    })
  },
  'tcp-unread': () =>
    tcp(() => (bytes) => {
      count += bytes.length / lineLength
    }),
  'node-http': () =>
    http((_, response) => {
      count += 1
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 3 }).end('OK\n')
    }),
}

/** Answers `reset` and `report` once nothing has come for a while: by then all that was sent has been read. */
function serve(): void {
  let cpu = cpuHere()
  process.on('message', (question) => {
    let before = -1
    const look = () => {
      if (count !== before) {
        before = count
        setTimeout(look, 50)
        return
      }
      const received: Received = { count, cpu: cpuHere() - cpu }
      process.send?.(received)
      if (question === 'reset') [count, cpu] = [0, cpuHere()]
    }
    look()
  })
}

if (import.meta.main) {
  process.once('disconnect', () => process.exit())
  serve()
  process.send?.(await open[process.argv[2] as Sink]())
}
