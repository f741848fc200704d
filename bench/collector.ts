// Reports of Monit: machines with 20 services each that report every 30 s, packed, to the whole program: the share of a
// core, memory, how soon a fault is a state, and how many a second are acknowledged in a burst.
// Beside the share of a core: a process that takes the same reports, unpacks them and forgets them.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync, gzipSync } from 'node:zlib'
import { askPart, cpuHere, sleep, spentBy, startPart } from './measure.ts'
import { inFolder, type Program, serve, token } from './program.ts'
import { figure, type Row } from './table.ts'

const everyMs = 30_000
const services = 20
const burst = 3_000
const atOnce = 50

/** What a Monit says of one machine; about 10 kB before packing. */
function reportOf(machine: number, collected: number, failing = false): Buffer {
  const one = (service: number) => {
    const status = failing && service === 0 ? 512 : 0
    const about =
      `<type>3</type><collected_sec>${collected}</collected_sec><collected_usec>${service}</collected_usec>` +
      `<status>${status}</status><status_hint>0</status_hint><monitor>1</monitor><monitormode>0</monitormode>` +
      '<onreboot>0</onreboot><pendingaction>0</pendingaction><pid>19905</pid><ppid>1</ppid><uid>0</uid><euid>0</euid>' +
      '<gid>0</gid><uptime>6</uptime><threads>1</threads><children>0</children><memory><percent>0.0</percent>' +
      '<percenttotal>0.0</percenttotal><kilobyte>1780</kilobyte><kilobytetotal>1780</kilobytetotal></memory><cpu>' +
      '<percent>0.0</percent><percenttotal>0.0</percenttotal></cpu>'
    return `<service name="service-${service}">${about}</service>`
  }
  const id = machine.toString(16).padStart(32, '0')
  const head = `<monit id="${id}" incarnation="1795205837" version="5.33.0"><server><poll>30</poll>`
  const host = `<localhostname>node-${machine}</localhostname></server>`
  const all = Array.from({ length: services }, (_, service) => one(service)).join('')
  return gzipSync(`${head}${host}<services>${all}</services></monit>`)
}

/** Sends a report on a connection of its own, as Monit does; gives the status. */
function send(url: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-encoding': 'gzip', 'content-length': body.length }
    const asked = request(`${url}/collector`, { method: 'POST', agent: false, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    asked.on('error', reject).end(body)
  })
}

async function sendAll(url: string, bodies: readonly Buffer[]): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < bodies.length) {
      const body = bodies[next] as Buffer
      next += 1
      const status = await send(url, body)
      if (status !== 200) throw new Error(`a report was answered by ${status}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** Reports of all machines in turn, evenly, for so long. */
async function reporting(urls: readonly string[], bodies: readonly Buffer[], ms: number): Promise<void> {
  const began = performance.now()
  const under = new Set<Promise<unknown>>()
  for (let sent = 0; ;) {
    const passed = performance.now() - began
    if (passed >= ms) break
    const wanted = Math.floor((passed / everyMs) * bodies.length)
    for (; sent < wanted; sent += 1) {
      const body = bodies[sent % bodies.length] as Buffer
      for (const url of urls) {
        const one = send(url, body).finally(() => under.delete(one))
        under.add(one)
      }
    }
    await sleep(5)
  }
  await Promise.all(under)
}

const taken = async (program: Program) =>
  (await program.metrics()).get('allswell_monit_reports_total{result="taken"}') ?? 0

const asked = async (program: Program, path: string): Promise<unknown> =>
  await (await fetch(`${program.url}/api/v2/${path}`, { headers: { authorization: `Bearer ${token}` } })).json()

/** Asking is dear where /metrics has a line for each monitor. */
async function until(what: string, seconds: number, isSo: () => Promise<boolean>, everyTry = 2_000): Promise<void> {
  for (let tries = 0; tries < seconds * 1_000; tries += everyTry) {
    if (await isSo()) return
    await sleep(everyTry)
  }
  throw new Error(`did not happen within ${seconds} s: ${what}`)
}

export const measure = (): Promise<Row[]> => measureMachines({ machines: 10_000, windowMs: 30_000 })

export async function measureMachines(load: { machines: number; windowMs: number }): Promise<Row[]> {
  const { machines, windowMs } = load
  return await inFolder(async (folder) => {
    const program = await serve(folder, null)
    const { part, said } = await startPart('collector.ts', 'bare')
    const bodies = Array.from({ length: machines }, (_, machine) => reportOf(machine, 1_000))
    const made = performance.now()
    await sendAll(program.url, bodies)
    await until('all are made', 900, async () => (await taken(program)) >= machines)
    const makeMs = performance.now() - made
    await sleep(5_000)
    await askPart(part, 'reset')
    const before = spentBy(program.pid).cpu
    await reporting([program.url, `http://127.0.0.1:${String(said)}`], bodies, windowMs)
    const { cpu, rss } = spentBy(program.pid)
    const bare = (await askPart(part, 'report')) as number
    part.disconnect()
    const share = (spent: number) => (spent / windowMs) * 1e5
    const count = await taken(program)
    const began = performance.now()
    await sendAll(
      program.url,
      Array.from({ length: burst }, (_, index) => bodies[index % machines] as Buffer),
    )
    const burstMs = performance.now() - began
    await until('the burst is taken in', 60, async () => (await taken(program)) >= count + burst)
    const drainMs = performance.now() - began
    const { items } = (await asked(program, 'monitors?search=service-0%20on%20node-0&limit=1')) as {
      items: { key: string }[]
    }
    const broke = performance.now()
    await send(program.url, reportOf(0, 2_000, true))
    const isDown = async () =>
      ((await asked(program, `monitors/${items[0]?.key}`)) as { status: string }).status === 'down'
    await until('the fault is a state', 30, isDown, 10)
    const stateMs = performance.now() - broke
    await program.stop()
    const row = (
      what: string,
      unit: string,
      ours: number,
      atMost: number | null,
      baseline: Row['baseline'] = null,
    ) => ({
      what: `${figure(machines)} Monits, 20 services, 30 s: ${what}`,
      unit,
      ours,
      baseline,
      atMost,
    })
    return [
      row('all made', 's', makeMs / 1e3, null),
      row('of a core', '%', share(cpu - before), 40, { what: 'unpacks and forgets', value: share(bare) }),
      row('memory', 'MB', rss / 1e6, 300),
      row('a fault is a state', 'ms', stateMs, 1_000),
      row(`a burst of ${burst} acknowledged`, 'ms', burstMs, 1_000),
      row('the burst taken in', 'ms', drainMs, null),
    ]
  })
}

/** What nobody can do without: takes, unpacks, answers. */
function bare(): void {
  let since = cpuHere()
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (bytes: Buffer) => parts.push(bytes))
    incoming.on('end', () => {
      gunzipSync(Buffer.concat(parts))
      response.writeHead(200, { 'content-length': 0, connection: 'close' }).end()
    })
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.on('message', (question) => {
    if (question === 'reset') since = cpuHere()
    process.send?.(cpuHere() - since)
  })
  process.on('disconnect', () => process.exit())
}

if (import.meta.main && process.argv[2] === 'bare') bare()
