// 200,000 heartbeats, each beating every 60 s by a line a datagram: the share of a core, memory, how late a timeout is
// noticed, and how long a start takes after kill -9. Beside the share of a core: a process that reads and counts only.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { askPart, quantile, sleep, spentBy, startPart } from './measure.ts'
import { inFolder, type Program, serve, token } from './program.ts'
import { figure, type Row } from './table.ts'

const host = '127.0.0.1'
const everyMs = 60_000
const timeoutS = 75
const silent = 200
const tickMs = 10

const nameOf = (number: number) => `prod.app-${String(number).padStart(6, '0')}.backup`

/** Sends each name's line once a minute, evenly, without those that fell silent; gives what ends it. */
function beating(count: number, ports: readonly number[], isSilent: (number: number) => boolean): () => void {
  const socket: Socket = createSocket('udp4')
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const wanted = Math.floor(((performance.now() - began) / everyMs) * count)
    for (; sent < wanted; sent += 1) {
      const number = sent % count
      if (isSilent(number)) continue
      const line = Buffer.from(`${nameOf(number)}.beat:1|c`)
      for (const port of ports) socket.send(line, port, host)
    }
  }, tickMs)
  return () => {
    clearInterval(timer)
    socket.close()
  }
}

/** Says a line of each name by TCP, as fast as it is taken. */
async function tell(count: number, port: number, line: string): Promise<void> {
  const socket = connect(port, host).resume()
  for (let from = 0; from < count; from += 1_000) {
    const numbers = Array.from({ length: Math.min(1_000, count - from) }, (_, index) => from + index)
    const lines = numbers.map((number) => `${nameOf(number)}.${line}\n`)
    if (!socket.write(lines.join(''))) await once(socket, 'drain')
  }
  socket.end()
  await once(socket, 'close')
}

async function until(what: string, seconds: number, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < seconds * 10; tries += 1) {
    if (await isSo()) return
    await sleep(100)
  }
  throw new Error(`did not happen within ${seconds} s: ${what}`)
}

const beats = async (program: Program) => (await program.metrics()).get('allswell_beats_total{via="udp"}') ?? 0

/** When each fault was first seen in the list of events, less when it became true, ms. */
async function lateness(program: Program, wanted: number, since: number): Promise<number[]> {
  const late = new Map<string, number>()
  const headers = { authorization: `Bearer ${token}` }
  await until('the silent ones are down', timeoutS + 60, async () => {
    const answer = await fetch(`${program.url}/api/v2/events?type=monitor.down&limit=500`, { headers })
    const { items } = (await answer.json()) as { items: { monitor: string; at: string }[] }
    for (const { monitor, at } of items) {
      const became = Date.parse(at)
      if (became >= since && !late.has(monitor)) late.set(monitor, Date.now() - became)
    }
    return late.size >= wanted
  })
  return [...late.values()]
}

export interface Load {
  readonly count: number
  readonly warmMs: number
  readonly windowMs: number
}

export const measure = (): Promise<Row[]> => measureMany({ count: 200_000, warmMs: 90_000, windowMs: 60_000 })

export async function measureMany({ count, warmMs, windowMs }: Load): Promise<Row[]> {
  return await inFolder(async (folder) => {
    const config = `version: 1\nheartbeats: { limit: ${count}, every: 1h, grace: 1h }\n`
    let program = await serve(folder, config)
    const { part, said } = await startPart('beats-sinks.ts', 'udp-unread')
    const told = (lines: number) => async () =>
      ((await program.metrics()).get('allswell_beats_total{via="tcp"}') ?? 0) >= lines
    await tell(count, program.beats, 'beat:1|c')
    await until('all monitors are made', 200, told(count))
    let quiet = false
    const end = beating(count, [program.beats, said as number], (number) => quiet && number % (count / silent) === 0)
    // Only now that they beat: making all takes longer than the timeout, and none is to be late before its time.
    await tell(count, program.beats, `timeout:${timeoutS}|g`)
    await until('all timeouts are stored', 200, told(2 * count))
    await sleep(warmMs)
    const before = { ...spentBy(program.pid), beats: await beats(program) }
    await askPart(part, 'reset')
    let rss = 0
    for (let passed = 0; passed < windowMs; passed += 1_000) {
      await sleep(1_000)
      rss = Math.max(rss, spentBy(program.pid).rss)
    }
    const after = { ...spentBy(program.pid), beats: await beats(program) }
    const bare = (await askPart(part, 'report')) as { cpu: number }
    if (after.beats - before.beats < 0.95 * count * (windowMs / everyMs)) throw new Error('beats were lost')
    quiet = true
    const late = await lateness(program, silent, Date.now())
    end()
    await program.stop('SIGKILL')
    program = await serve(folder, config)
    const { readyMs } = program
    await program.stop()
    part.disconnect()
    const share = (spent: number) => (spent / windowMs) * 1e5
    const row = (what: string, unit: string, ours: number, atMost: number, baseline: Row['baseline'] = null): Row => ({
      what: `${figure(count)} heartbeats at 60 s: ${what}`,
      unit,
      ours,
      baseline,
      atMost,
    })
    return [
      row('of a core', '%', share(after.cpu - before.cpu), 10, { what: 'dgram, nothing read', value: share(bare.cpu) }),
      row('most memory', 'MB', rss / 1e6, 400),
      row('a timeout noticed late by, most', 'ms', quantile(late, 1), 1_000),
      row('kill -9, start: ready', 'ms', readyMs, 5_000),
    ]
  })
}
