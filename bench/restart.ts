// Killed (-9) and started again with 1,000 monitors at 10 s: how long until each has been checked again, from the
// command on. Beside it a bare Node.js that checks all of them at once. The target is one interval: 10 s.
import { median, startPart } from './measure.ts'
import { inFolder, monitorsOn, openTarget, serve, type Target } from './program.ts'
import type { Row } from './table.ts'

const monitors = 1_000
const tries = 3

async function untilAll(target: Target, begin: () => Promise<() => unknown>): Promise<number> {
  const all = target.lookedAt(monitors)
  const began = performance.now()
  const end = await begin()
  await all
  const ms = performance.now() - began
  await end()
  return ms
}

export async function measure(): Promise<Row[]> {
  const target = await openTarget()
  const [ours, bare]: [number[], number[]] = [[], []]
  await inFolder(async (folder) => {
    const config = monitorsOn(target.port, monitors, '10s')
    const run = async () => {
      const program = await serve(folder, config)
      return () => program.stop('SIGKILL')
    }
    await untilAll(target, run)
    for (let attempt = 0; attempt < tries; attempt += 1) {
      ours.push(await untilAll(target, run))
      const burst = async () => {
        const { part } = await startPart('bare.ts', 'burst', target.port, monitors)
        return () => part.disconnect()
      }
      bare.push(await untilAll(target, burst))
    }
  })
  const what = 'all at once, nothing kept'
  return [
    {
      what: 'kill -9, start, all 1,000 checked again',
      unit: 'ms',
      ours: median(ours),
      baseline: { what, value: median(bare) },
      atMost: 10_000,
    },
  ]
}
