// The steady state: 1,000 HTTP monitors at 10 s on one process, for a minute after it has warmed up. Beside it, at the
// same time and rate against the same target, a loop of node:http.request that decides and stores nothing.
import { type LoopReport } from './bare.ts'
import { askPart, sleep, spentBy, startPart } from './measure.ts'
import { inFolder, monitorsOn, openTarget, type Program, serve } from './program.ts'
import type { Row } from './table.ts'

const monitors = 1_000
const intervalMs = 10_000
const warmMs = 30_000
const windowMs = 60_000
/** Late by so much at most, of 99 %: the upper border of the bucket, as /metrics has it. */
const p99 = 0.99

interface Seen {
  readonly cpu: number
  readonly checks: number
  readonly late: ReadonlyMap<number, number>
}

async function look(program: Program): Promise<Seen> {
  const series = await program.metrics()
  const late = new Map<number, number>()
  for (const [name, value] of series) {
    const border = /^allswell_check_lateness_ms_bucket\{le="(.+)"\}$/.exec(name)?.[1]
    if (border !== undefined) late.set(border === '+Inf' ? Number.POSITIVE_INFINITY : Number(border), value)
  }
  const checks = [...series].filter(([name]) => name.startsWith('allswell_checks_total{'))
  return { cpu: spentBy(program.pid).cpu, checks: checks.reduce((sum, [, value]) => sum + value, 0), late }
}

function lateP99(before: Seen, after: Seen): number {
  const grown = [...after.late].map(([border, count]) => [border, count - (before.late.get(border) ?? 0)] as const)
  const total = grown.at(-1)?.[1] ?? 0
  return grown.find(([, count]) => count >= p99 * total)?.[0] ?? Number.POSITIVE_INFINITY
}

export async function measure(): Promise<Row[]> {
  const target = await openTarget()
  return await inFolder(async (folder) => {
    const program = await serve(folder, monitorsOn(target.port, monitors, '10s'))
    const { part } = await startPart('bare.ts', 'loop', target.port, monitors, intervalMs)
    await sleep(warmMs)
    const before = await look(program)
    await askPart(part, 'reset')
    let rss = 0
    for (let passed = 0; passed < windowMs; passed += 1_000) {
      await sleep(1_000)
      rss = Math.max(rss, spentBy(program.pid).rss)
    }
    const after = await look(program)
    const bare = (await askPart(part, 'report')) as LoopReport
    part.disconnect()
    await program.stop()
    const checks = after.checks - before.checks
    if (checks < (0.9 * monitors * windowMs) / intervalMs) throw new Error(`only ${checks} checks were carried out`)
    const baseline = (value: number) => ({ what: 'http.request loop', value })
    return [
      {
        what: 'steady, whole of a check (1,000 at 10 s)',
        unit: 'CPU s per 1,000',
        ours: ((after.cpu - before.cpu) / checks) * 1_000,
        baseline: baseline((bare.cpu / bare.checks) * 1_000),
        atMost: null,
      },
      {
        what: 'steady, lateness p99',
        unit: 'ms',
        ours: lateP99(before, after),
        baseline: baseline(bare.lateP99),
        atMost: 250,
      },
      { what: 'steady, most memory', unit: 'MB', ours: rss / 1e6, baseline: baseline(bare.rss / 1e6), atMost: 150 },
    ]
  })
}
