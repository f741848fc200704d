// Phases of packed observations: half a byte for each phase of each, as its share of the latency.
// Promises that what was unpacked and is packed again stays the same, and nothing at all for those without phases.
// A share is kept as its root in fifteenths: a phase of 2 % is told from none, one of 90 % from one of 80 %. Pure.
import { damaged, type Reader, type Writer } from './bytes.ts'
import { type Phases, phaseNames, phaseNumber } from './phase.ts'

interface Timed {
  readonly latency: number | null
  readonly phases?: Phases | undefined
}

const most = 15

/** 0: nothing worth telling. */
const toRoot = (ms: number, latency: number | null): number =>
  latency === null || latency <= 0 ? 0 : Math.min(most, Math.round(most * Math.sqrt(ms / latency)))
const fromRoot = (root: number, latency: number): number => (root / most) ** 2 * latency

/** Adds the phases of a block's observations, if any has some. Latencies as they will be read again. */
export function writePhases(out: Writer, seen: readonly Timed[], latencies: readonly (number | null)[]): void {
  const roots = seen.map(({ phases }, index) => rootsOf(phases, latencies[index] ?? null))
  const present = new Set(roots.flatMap((of) => (of === null ? [] : [...of.keys()])))
  if (present.size === 0) return
  const numbers = [...present].sort((one, other) => one - other)
  out.varint(numbers.length)
  for (const number of numbers) out.varint(number)
  const halves = roots.flatMap((of) => numbers.map((number) => of?.get(number) ?? 0))
  for (let at = 0; at < halves.length; at += 2) out.byte((halves[at] as number) * 16 + (halves[at + 1] ?? 0))
}

function rootsOf(phases: Phases | undefined, latency: number | null): ReadonlyMap<number, number> | null {
  if (phases === undefined) return null
  const roots = new Map<number, number>()
  let other = 0
  for (const name in phases) {
    const number = phaseNumber(name)
    if (number === 0) other += phases[name] as number
    else set(roots, number, toRoot(phases[name] as number, latency))
  }
  set(roots, 0, toRoot(other, latency))
  return roots.size === 0 ? null : roots
}

function set(roots: Map<number, number>, number: number, root: number): void {
  if (root > 0) roots.set(number, root)
}

/** The phases of each observation of a block; undefined: it has none. */
export function readPhases(from: Reader, latencies: readonly (number | null)[]): (Phases | undefined)[] {
  if (from.ended) return []
  const names = Array.from({ length: Math.min(from.varint(), phaseNames.length) }, () => phaseNames[from.varint()])
  const halves = new HalfBytes(from)
  return latencies.map((latency) => {
    const phases: Record<string, number> = {}
    let some = false
    for (const name of names) {
      const root = halves.next()
      if (root === 0 || name === undefined || latency === null) continue
      phases[name] = fromRoot(root, latency)
      some = true
    }
    return some ? phases : undefined
  })
}

class HalfBytes {
  readonly #from: Reader
  #rest: number | null = null

  constructor(from: Reader) {
    this.#from = from
  }

  next(): number {
    const rest = this.#rest
    if (rest !== null) {
      this.#rest = null
      return rest
    }
    if (this.#from.ended) throw damaged()
    const byte = this.#from.byte()
    this.#rest = byte % 16
    return byte >> 4
  }
}
