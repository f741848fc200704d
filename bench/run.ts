// `npm run bench` runs all measurements, `npm run bench -- start steady` those named, `… -- --list` names them.
// Promises a bound for each, that whatever it started is gone afterwards, and one table at the end. Asserts nothing:
// figures are to be judged by the ratio to the baseline of the same run, for other work on the machine moves both.
import { fork } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { draw, figure, type Row } from './table.ts'

interface Benchmark {
  readonly says: string
  readonly load: () => Promise<{ measure(): Promise<readonly Row[]> }>
}

const benchmarks: Readonly<Record<string, Benchmark>> = {
  start: { says: 'from the command to the ready line', load: () => import('./start.ts') },
  steady: { says: '1,000 HTTP monitors at 10 s: lateness, memory, CPU of a check', load: () => import('./steady.ts') },
  many: {
    says: '10,000 HTTP monitors at 60 s: the same, and the share of a core',
    load: async () => ({ measure: (await import('./steady.ts')).measureMany }),
  },
  restart: { says: 'kill -9, start: until each of 1,000 was checked again', load: () => import('./restart.ts') },
  decide: { says: 'deciding and storing an observation', load: () => import('./decide.ts') },
  bytes: { says: 'bytes kept of an observation after an hour', load: () => import('./bytes.ts') },
  crowd: {
    says: '10,000 checks of a server that never answers: memory, and others in time',
    load: () => import('./checks/crowd.ts'),
  },
  uptime: { says: '90-day uptime of 200 monitors', load: () => import('./uptime.ts') },
  page: { says: 'the public page: weight, rendering, cached answers', load: () => import('./page.ts') },
  apply: { says: '200 stacks and 10,000 monitors as code: plan, apply, plan again', load: () => import('./apply.ts') },
  alert: { says: 'from the stored alert to the webhook', load: () => import('./alert.ts') },
  sim: { says: 'a simulated day of 1,000 monitors at 60 s', load: () => import('./sim.ts') },
  checks: { says: 'checks alone, beside libcurl, blackbox_exporter and ping', load: () => import('./checks/index.ts') },
  beats: { says: 'heartbeats coming in by UDP, TCP and HTTP', load: () => import('./beats.ts') },
  'beats-many': {
    says: '200,000 heartbeats at 60 s: share of a core, memory, lateness, restart',
    load: () => import('./beats-many.ts'),
  },
  collector: {
    says: '10,000 Monits with 20 services each: share of a core, memory, a fault, a burst',
    load: () => import('./collector.ts'),
  },
  dashboard: {
    says: 'the dashboard: its lists, charts, memory and live views, then all of it in a browser',
    load: () => import('./dashboard/index.ts'),
  },
  store: { says: 'the store alone: appending, packing, reading', load: () => import('./store.ts') },
}
const boundMs = 10 * 60_000

/** One benchmark in a process group of its own, so that all it started can be ended with it. */
async function runOne(name: string): Promise<readonly Row[]> {
  const child = fork(import.meta.filename, ['--one', name], { detached: true })
  const end = () => endGroup(child.pid ?? 0)
  const interrupted = () => {
    end()
    process.exit(1)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted)
  const timer = setTimeout(end, boundMs)
  try {
    return await new Promise<readonly Row[]>((resolve, reject) => {
      child.once('message', (rows) => resolve(rows as Row[]))
      child.once('exit', (code) => reject(new Error(`ended with ${code ?? 'a signal'}`)))
    })
  } finally {
    clearTimeout(timer)
    end()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted)
  }
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // It has ended, with all that it started.
  }
}

async function runAll(names: readonly string[]): Promise<void> {
  console.log(`Node ${process.versions.node} on ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'a processor'}`)
  const all: Row[] = []
  for (const name of names) {
    const began = performance.now()
    process.stdout.write(`${name}: ${benchmarks[name]?.says ?? ''} (load ${loadavg()[0]?.toFixed(1)}) … `)
    try {
      all.push(...(await runOne(name)))
      console.log(`${figure((performance.now() - began) / 1_000)} s`)
    } catch (error) {
      console.log((error as Error).message)
      process.exitCode = 1
    }
  }
  if (all.length > 0) console.log(`\n${draw(all)}`)
}

/** In the process of one benchmark: measures, tells the rows, and is ended with all it started by whoever asked. */
async function tellOne(name: string): Promise<void> {
  process.once('disconnect', () => endGroup(process.pid))
  const { measure } = (await benchmarks[name]?.load()) ?? {}
  process.send?.(await measure?.())
}

const [first, ...rest] = process.argv.slice(2)
const names = first === undefined ? Object.keys(benchmarks) : [first, ...rest]
const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name))
if (first === '--one') await tellOne(rest[0] ?? '')
else if (first === '--list')
  for (const [name, { says }] of Object.entries(benchmarks)) console.log(`${name.padEnd(11)}${says}`)
else if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}`)
  process.exitCode = 2
} else await runAll(names)
