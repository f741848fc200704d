// CPU seconds per 1,000 pings of a check: the `ping` kind over its raw socket beside a process for each ping.
// Needs root or CAP_NET_RAW; the baseline is left out where there is no ping program. As a part: `ours|theirs COUNT`.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { ping } from '#checks/ping/ping.ts'
import { findProgram } from '#checks/ping/program.ts'
import { runProbe } from '#checks/probe.ts'
import { stayAwake, systemClock } from '#platform/clock.ts'
import { deniedByDefault, openOutbound } from '#platform/outbound.ts'
import { cost, median, startPart } from '../measure.ts'
import type { Row } from '../table.ts'

const rounds = 3
const checks = 100_000
const processes = 200
/** Addresses of loopback, each a host of its own to the kind. */
const hostOf = (index: number) => `127.0.${(index >> 8) & 255}.${index & 255 || 1}`

type Check = (index: number) => Promise<void>

function ours(): Check {
  if (!ping.active) throw new Error('ping is not a kind that is checked')
  const kind = ping
  const configs = Array.from({ length: 1_000 }, (_, index) => kind.config.parse({ host: hostOf(index), count: 1 }))
  const outbound = openOutbound({ denied: deniedByDefault })
  const { signal } = new AbortController()
  return async (index) => {
    const config = configs[index % configs.length]
    const finding = await runProbe(kind, config, { clock: systemClock, outbound, timeout: 10_000, signal })
    if (finding.outcome !== 'up') throw new Error(finding.sentence ?? finding.outcome)
  }
}

/** What monitoring without a socket does: `ping -c 1`; the CPU of the processes counts. */
function theirs(): Check {
  const program = findProgram(4, process.env['PATH'] ?? '')
  if (program === null) throw new Error('there is no ping program')
  const run = promisify(execFile)
  return async (index) => {
    await run(program.file, ['-n', '-q', '-c', '1', hostOf(index)])
  }
}

/** CPU seconds per 1,000, once warm; so many at once. */
async function spend(check: Check, count: number, atOnce: number): Promise<number> {
  let next = 0
  const run = async (until: number) => {
    const worker = async () => {
      while (next < until) await check((next += 1))
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }
  await run(Math.ceil(count / 4))
  const most = next + count
  const before = childrenCpu()
  const { cpu } = await cost(() => run(most))
  return ((cpu + childrenCpu() - before) / count) * 1_000
}

/** CPU seconds of the children that have ended, to 10 ms. */
function childrenCpu(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

async function figureOf(variant: 'ours' | 'theirs', count: number): Promise<number> {
  const { part, said } = await startPart('checks/ping.ts', variant, count)
  part.disconnect()
  return said as number
}

export async function measurePing(): Promise<Row[]> {
  const found: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] }
  const hasProgram = findProgram(4, process.env['PATH'] ?? '') !== null
  for (let round = 0; round < rounds; round += 1) {
    found.ours.push(await figureOf('ours', checks))
    if (hasProgram) found.theirs.push(await figureOf('theirs', processes))
  }
  const baseline = hasProgram ? { what: 'ping -c 1', value: median(found.theirs) } : null
  return [{ what: 'a ping alone', unit: 'CPU s per 1,000', ours: median(found.ours), baseline, atMost: 0.01 }]
}

if (import.meta.main) {
  const [role, count = ''] = process.argv.slice(2)
  const awake = stayAwake()
  const spent = role === 'ours' ? spend(ours(), Number(count), 200) : spend(theirs(), Number(count), 8)
  process.send?.(await spent)
  awake.cancel()
}
