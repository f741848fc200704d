// From an alert's row to its webhook: 100 heartbeats that fail one after the other, then all recover at once. Each row
// says when it was made, just before the commit, so the commit counts. Beside it bare POSTs to the same receiver.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { wall } from './bare.ts'
import { quantile, startPart, within } from './measure.ts'
import { inFolder, type Program, serve, token } from './program.ts'
import type { Row } from './table.ts'

const alerts = 100
const keyOf = (number: number) => `job-${number}`

interface Receiver {
  readonly port: number
  /** Idempotency key → when it came. */
  readonly alerts: ReadonlyMap<string, number>
  /** How long each bare POST took to come, ms. */
  readonly bare: number[]
  /** Resolves when so many alerts have come in all. */
  came(count: number): Promise<void>
}

async function openReceiver(): Promise<Receiver> {
  const alerts = new Map<string, number>()
  const bare: number[] = []
  let look = () => {}
  const server = createServer((request, response) => {
    const at = wall()
    request.resume().on('end', () => {
      response.end()
      const sent = request.headers['x-sent']
      if (sent !== undefined) bare.push(at - Number(sent))
      else alerts.set(String(request.headers['idempotency-key']), at)
      look()
    })
  })
  server.listen(0, '127.0.0.1', 1_024)
  await once(server, 'listening')
  const came = (count: number) => {
    const all = Promise.withResolvers<void>()
    look = () => {
      if (alerts.size >= count) all.resolve()
    }
    look()
    return within(60_000, `${count} webhooks came`, all.promise)
  }
  return { port: (server.address() as AddressInfo).port, alerts, bare, came }
}

async function beat({ url }: Program, number: number, verb = ''): Promise<void> {
  const { status } = await fetch(`${url}/beat/${keyOf(number)}${verb}`, { method: 'POST' })
  if (status !== 200) throw new Error(`a heartbeat was answered ${status}`)
}

/** Idempotency key → when its row was made, epoch ms. */
async function rowsOf({ url }: Program): Promise<Map<string, number>> {
  const made = new Map<string, number>()
  for (let path = '?limit=100'; ;) {
    const answer = await fetch(`${url}/api/v2/deliveries${path}`, { headers: { authorization: `Bearer ${token}` } })
    const { items, next } = (await answer.json()) as {
      items: { idempotencyKey: string; createdAt: string }[]
      next: string | null
    }
    for (const { idempotencyKey, createdAt } of items) made.set(idempotencyKey, Date.parse(createdAt))
    if (next === null) return made
    path = `?limit=100&cursor=${encodeURIComponent(next)}`
  }
}

export async function measure(): Promise<Row[]> {
  const receiver = await openReceiver()
  const numbers = Array.from({ length: alerts }, (_, number) => number)
  const monitors = numbers.map((number) => `  ${keyOf(number)}: { heartbeat: { every: 1d } }\n`).join('')
  const config = `version: 1
monitors:
${monitors}
channels: { hook: { webhook: { url: "http://127.0.0.1:${receiver.port}/hook" } } }
rules: { all: { monitors: "*", tell: [hook], on: [down, up] } }
`
  const rows = (how: string, took: readonly number[], bare: readonly number[]): Row[] =>
    [0.5, 0.99].map((q) => ({
      what: `alert stored to webhook, ${how}, p${q * 100}`,
      unit: 'ms',
      ours: quantile(took, q),
      baseline: { what: 'a bare POST', value: quantile(bare, q) },
      atMost: 100,
    }))
  const bare = async (how: 'each' | 'once') => {
    const { part } = await startPart('bare.ts', 'post', receiver.port, alerts, how)
    part.disconnect()
    return receiver.bare.splice(0)
  }
  return await inFolder(async (folder) => {
    const program = await serve(folder, config)
    for (const number of numbers) await beat(program, number)
    for (const number of numbers) {
      await beat(program, number, '/fail')
      await receiver.came(number + 1)
    }
    await Promise.all(numbers.map((number) => beat(program, number)))
    await receiver.came(2 * alerts)
    const made = await rowsOf(program)
    const took = [...receiver.alerts].map(([key, at]) => at - (made.get(key) ?? Number.NaN))
    await program.stop()
    return [
      ...rows('one by one', took.slice(0, alerts), await bare('each')),
      ...rows('100 at once', took.slice(alerts), await bare('once')),
    ]
  })
}
