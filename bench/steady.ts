// The steady state: 1,000 HTTP monitors at 10 s, or 10,000 at 60 s, on one process, after it has warmed up. Beside it,
// at the same time and rate against the same target, a loop of node:http.request that decides and stores nothing.
import { type LoopReport } from './bare.ts'
import { askPart, sleep, spentBy, startPart } from './measure.ts'
import { inFolder, monitorsOn, openTarget, type Program, serve } from './program.ts'
import { figure, type Row } from './table.ts'

interface Load {
  readonly monitors: number
  readonly seconds: number
  readonly warmMs: number
  readonly windowMs: number
  /** Targets: MB, and the share of a core. */
  readonly rss: number
  readonly core: number | null
}

const thousand: Load = { monitors: 1_000, seconds: 10, warmMs: 30_000, windowMs: 60_000, rss: 150, core: null }
const tenThousand: Load = { monitors: 10_000, seconds: 60, warmMs: 70_000, windowMs: 60_000, rss: 250, core: 10 }
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

export const measure = (): Promise<Row[]> => measureLoad(thousand)
export const measureMany = (): Promise<Row[]> => measureLoad(tenThousand)

async function measureLoad({ monitors, seconds, warmMs, windowMs, ...most }: Load): Promise<Row[]> {
  const target = await openTarget()
  return await inFolder(async (folder) => {
    // Once before: what turns TypeScript into JavaScript stays in memory where there is no compiled code yet.
    await (await serve(folder, null)).stop()
    const program = await serve(folder, monitorsOn(target.port, monitors, `${seconds}s`))
    const { part } = await startPart('bare.ts', 'loop', target.port, monitors, seconds * 1_000)
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
    const cpu = after.cpu - before.cpu
    if (checks < (0.9 * monitors * windowMs) / (seconds * 1_000))
      throw new Error(`only ${checks} checks were carried out`)
    const row = (what: string, unit: string, ours: number, theirs: number, atMost: number | null): Row => ({
      what: `${figure(monitors)} at ${seconds} s: ${what}`,
      unit,
      ours,
      baseline: { what: 'http.request loop', value: theirs },
      atMost,
    })
    const share = (spent: number) => (spent / windowMs) * 1e5
    return [
      row('whole of a check', 'CPU s per 1,000', (cpu / checks) * 1_000, (bare.cpu / bare.checks) * 1_000, null),
      ...(most.core === null ? [] : [row('of a core', '%', share(cpu), share(bare.cpu), most.core)]),
      row('lateness p99', 'ms', lateP99(before, after), bare.lateP99, 250),
      row('most memory', 'MB', rss / 1e6, bare.rss / 1e6, most.rss),
    ]
  })
}
