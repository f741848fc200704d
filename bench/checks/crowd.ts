// Ten thousand checks under way against a server that takes connections and never answers: what a process with the
// `http` kind holds for them, and how long other checks take meanwhile. Beside it the same by node:http.request.
// As a part: `silent`, `ours|theirs SILENT-PORT WELL-PORT COUNT`.
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { httpKind } from '#checks/http/http.ts'
import { runProbe } from '#checks/probe.ts'
import { createSecure } from '#checks/tls.ts'
import { systemClock } from '#platform/clock.ts'
import { deniedByDefault, openOutbound } from '#platform/outbound.ts'
import { quantile, sleep, startPart, startWith } from '../measure.ts'
import { openTarget } from '../program.ts'
import type { Row } from '../table.ts'

const crowd = 10_000
const timeout = 60_000
const others = 200
/** A heap that is kept small, as the launcher does it. */
const smallHeap = ['--max-semi-space-size=1', '--heap-growing-percent=20']

interface Report {
  readonly rss: number
  /** How long others took, ms, the slowest of a hundred left out. */
  readonly otherP99: number
}

type Check = (port: number) => Promise<unknown>

function ours(): Check {
  const kind = httpKind(createSecure())
  const outbound = openOutbound({ denied: deniedByDefault })
  const { signal } = new AbortController()
  return async (port) => {
    const config = kind.active ? kind.config.parse({ url: `http://127.0.0.1:${port}/` }) : null
    if (kind.active) await runProbe(kind, config, { clock: systemClock, outbound, timeout, signal })
  }
}

function theirs(): Check {
  return (port) =>
    new Promise((resolve) => {
      const call = request({ host: '127.0.0.1', port, agent: false, timeout }, (response) => {
        response.resume().on('end', resolve)
      })
      call.on('error', resolve)
      call.end()
    })
}

/** Starts the crowd in slices, as a schedule would, and then looks at others one by one. */
async function measurePart(check: Check, silent: number, well: number, count: number): Promise<Report> {
  for (let started = 0; started < count; started += 1) {
    void check(silent)
    if (started % 100 === 99) await sleep(5)
  }
  await sleep(1_000)
  const took: number[] = []
  for (let other = 0; other < others; other += 1) {
    const began = performance.now()
    await check(well)
    took.push(performance.now() - began)
  }
  return { rss: process.memoryUsage.rss(), otherP99: quantile(took, 0.99) }
}

export async function measure(): Promise<Row[]> {
  const well = await openTarget()
  const silent = await startPart('checks/crowd.ts', 'silent')
  const reports: Report[] = []
  for (const who of ['ours', 'theirs']) {
    const { part, said } = await startWith(smallHeap, 'checks/crowd.ts', who, silent.said as number, well.port, crowd)
    part.kill('SIGKILL')
    reports.push(said as Report)
  }
  silent.part.kill('SIGKILL')
  const [mine, bare] = reports as [Report, Report]
  const row = (what: string, unit: string, ours: number, value: number, atMost: number): Row => ({
    what: `10,000 silent targets: ${what}`,
    unit,
    ours,
    baseline: { what: 'http.request', value },
    atMost,
  })
  return [
    row('memory', 'MB', mine.rss / 1e6, bare.rss / 1e6, 250),
    row('others, p99', 'ms', mine.otherP99, bare.otherP99, 250),
  ]
}

if (import.meta.main) {
  const [who, silent = '', well = '', count = ''] = process.argv.slice(2)
  if (who === 'silent') {
    const server = createServer((socket) => socket.resume().on('error', () => undefined))
    server.listen(0, '127.0.0.1', 8_192, () => process.send?.((server.address() as AddressInfo).port))
  } else {
    const check = who === 'ours' ? ours() : theirs()
    process.send?.(await measurePart(check, Number(silent), Number(well), Number(count)))
  }
}
