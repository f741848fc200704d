// Random lines for the doors of UDP and TCP: mended, broken and never meant as lines. Run as a program with a number of
// lines, ten million where none is said: node test/fuzz/lines.ts 10000000 7
// Promises the same lines for the same seed, that each one is accounted for, and that no memory is kept of them.
import { openTallies } from '#compat/tally.ts'
import { Names } from '#compat/line/names.ts'
import { LineReader } from '#compat/line/reader.ts'
import { Roster } from '#compat/roster.ts'
import { silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { MemoryBeats } from '../beat-port.ts'
import { settle } from '../virtual-clock.ts'

export interface Fuzzed {
  readonly lines: number
  readonly accepted: number
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>
  readonly monitors: number
  /** Bytes of heap at the end of the first tenth, and at the end. */
  readonly heap: readonly [early: number, late: number]
}

/** Numbers from a seed, as mulberry32 gives them. */
function numbers(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const names = [
  'a',
  'job',
  '../../etc/passwd',
  '<script>',
  '__proto__',
  'prod.app.backup',
  'å',
  '🦊',
  'A B',
  '%00',
  '-x',
]
const verbs = ['beat', 'autobeat', 'timeout', 'warn', 'err', 'Beat', 'beats', '', 'beat.beat']
const values = ['1', '0', '-1', '-2', '60', '9223372036854775807', '99999999999999999999', '1.5', '+1', '', 'x']
const ends = ['|c', '|g', '|ms', '|c|@0.1', '|s', '|c|#t:1', '|', '', '|c\r', '\t', '|c|@']

/** Packets of so many lines each; none of them holds a line feed of its own. */
function* packets(lines: number, each: number, seed: number): Generator<Buffer> {
  const next = numbers(seed)
  const pick = (from: readonly string[]) => from[next(from.length)] as string
  const line = (): Buffer => {
    const name = next(4) === 0 ? `${pick(names)}${next(1_000_000)}` : pick(names)
    const bytes = Buffer.from(`${name}.${pick(verbs)}:${pick(values)}${pick(ends)}`)
    const how = next(8)
    if (how === 0) return Buffer.from(Array.from({ length: next(60) }, () => next(256)))
    if (how === 1 && bytes.length > 0) bytes[next(bytes.length)] = next(256)
    if (how === 2) return bytes.subarray(0, next(bytes.length))
    if (how === 3 && next(1_000) === 0) return Buffer.concat(Array.from({ length: next(2_000) }, () => bytes))
    return bytes
  }
  for (let made = 0; made < lines; made += each) {
    const some = Array.from({ length: Math.min(each, lines - made) }, () => {
      const one = line()
      for (let at = one.indexOf(10); at >= 0; at = one.indexOf(10, at)) one[at] = 0x20
      return one
    })
    yield Buffer.concat(some.flatMap((one) => [one, feed]))
  }
}
const feed = Buffer.from('\n')

/** Reads so many lines; `collect`: gives the heap's memory back first, so that what is kept can be seen. */
export async function fuzzLines(lines: number, seed: number, collect: () => void): Promise<Fuzzed> {
  const port = new MemoryBeats()
  const metrics = new Metrics()
  const roster = new Roster(port, silentLog)
  const reader = new LineReader({ port, roster, names: new Names(), tally: openTallies(metrics).udp, patient: false })
  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  let early = 0
  let done = 0
  const each = 500
  for (const packet of packets(lines, each, seed)) {
    const at = reader.read(packet, 0, packet.length, 1_795_000_000_000 + done)
    if (at !== packet.length) throw new Error(`it stopped at byte ${at} of ${packet.length}`)
    // Monitors are being made; and other work of a process has its turn.
    await settle()
    done += each
    if (early === 0 && done >= lines / 10) early = heap()
  }
  await roster.settled()
  const counts = [...metrics.expose().matchAll(/_total\{via="udp"(?:,reason="(\w+)")?\} (\d+)/g)]
  const rejected = Object.fromEntries(counts.filter(([, reason]) => reason).map(([, reason, n]) => [reason, Number(n)]))
  const accepted = Number(counts.find(([, reason]) => reason === undefined)?.[2] ?? 0)
  return { lines, accepted, rejected, monitors: port.monitors.size, heap: [early, heap()] }
}

if (import.meta.main) {
  const [lines = 10_000_000, seed = 1] = process.argv.slice(2).map(Number)
  const collect = (globalThis as { gc?: () => void }).gc ?? (() => {})
  const began = performance.now()
  const found = await fuzzLines(lines, seed, collect)
  const seconds = Math.round((performance.now() - began) / 1_000)
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n${seconds} s\n`)
}
