// From the command to the ready line: empty, and with 1,000 monitors from a file at the first and at later starts.
// Beside it a bare Node.js that prints one line. The code is compiled once before, as after any earlier start.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { median, spentBy } from './measure.ts'
import { inFolder, monitorsOn, openTarget, serve } from './program.ts'
import type { Row } from './table.ts'

const tries = 5
const monitors = 1_000

interface Started {
  readonly ms: number
  readonly cpu: number
}

async function start(folder: string, config: string | null): Promise<Started> {
  const program = await serve(folder, config)
  const { cpu } = spentBy(program.pid)
  await program.stop()
  return { ms: program.readyMs, cpu }
}

async function bare(): Promise<Started> {
  const began = performance.now()
  const child = spawn(process.execPath, ['-e', 'console.log("ready"); setInterval(() => {}, 1e6)'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const [ms, { cpu }] = [performance.now() - began, spentBy(child.pid ?? 0)]
  child.kill('SIGKILL')
  await once(child, 'exit')
  return { ms, cpu }
}

async function repeat(work: () => Promise<Started>): Promise<Started> {
  const all: Started[] = []
  for (let attempt = 0; attempt < tries; attempt += 1) all.push(await work())
  return { ms: median(all.map(({ ms }) => ms)), cpu: median(all.map(({ cpu }) => cpu)) }
}

export async function measure(): Promise<Row[]> {
  const target = await openTarget()
  const config = monitorsOn(target.port, monitors, '10s')
  const clean = (folder: string) => rmSync(join(folder, 'data'), { recursive: true, force: true })
  const fresh = (config: string | null) =>
    inFolder(async (folder) => {
      await start(folder, config)
      return await repeat(() => {
        clean(folder)
        return start(folder, config)
      })
    })
  const node = await repeat(bare)
  const empty = await fresh(null)
  const first = await fresh(config)
  const later = await inFolder(async (folder) => {
    await start(folder, config)
    return await repeat(() => start(folder, config))
  })
  const baseline = (value: number) => ({ what: 'node -e', value })
  const row = (what: string, { ms }: Started): Row => ({
    what: `start to ready, ${what}`,
    unit: 'ms',
    ours: ms,
    baseline: baseline(node.ms),
    atMost: 1_000,
  })
  return [
    row('empty', empty),
    row('1,000 monitors, first', first),
    row('1,000 monitors, again', later),
    {
      what: 'CPU to ready, 1,000 monitors, again',
      unit: 'CPU s',
      ours: later.cpu,
      baseline: baseline(node.cpu),
      atMost: null,
    },
  ]
}
