// Packing: the observations of one monitor in one hour as few bytes, about three for an ordinary one.
// Promises that unpacking gives back what was packed, except latency: 0.1 ms below 100 ms, 1 ms above. Pure.
import { damaged, Reader, Writer } from './bytes.ts'
import type { Observation } from './observation.ts'
import { readPhases, writePhases } from './pack-phases.ts'
import { type Reason, reasonNames } from './reason.ts'
import { type Outcome, type Signal, signals, statuses } from './words.ts'

/** What is kept of an observation. */
export type Seen = Pick<Observation, 'at' | 'location' | 'outcome' | 'signal' | 'latency' | 'reason' | 'phases'>

// Layout: format, then blocks, each with its length before it, so that one is added without reading the earlier ones.
// A block: count; locations (count, then length and UTF-8 of each); then columns of varints: times as zigzag delta of
// delta (the first is the distance from the hour), latencies as zigzag difference in steps, and runs (length,
// location, outcome + signal, reason) of observations that are alike in everything else; then phases, if there are any.
const format = 1
const noReason = 0
/** A block that has so many is left as it is. */
const full = 64
/** Steps of latency: 0 is none, 1–1001 tenths of ms from 0 to 100, above that whole ms. */
const fine = 1_000

const toSteps = (ms: number | null): number => {
  if (ms === null) return 0
  const tenths = Math.round(Math.max(0, ms) * 10)
  return tenths <= fine ? tenths + 1 : fine + 1 + Math.round(ms - 100)
}
const fromSteps = (steps: number): number | null => {
  if (steps === 0) return null
  return steps <= fine + 1 ? (steps - 1) / 10 : steps - fine - 1 + 100
}

const word = ({ outcome, signal }: Seen) => statuses.indexOf(outcome) + signals.indexOf(signal) * statuses.length
const reasonNumber = (reason: Reason | null) => (reason === null ? noReason : reasonNames.indexOf(reason) + 1)

/** Packs observations in the order given; `hour` is the start of theirs, epoch ms. */
export function pack(hour: number, seen: readonly Seen[]): Uint8Array {
  return append(hour, Uint8Array.of(format), seen)
}

/** Adds observations after those already packed. */
export function append(hour: number, packed: Uint8Array, seen: readonly Seen[]): Uint8Array {
  const from = open(packed)
  let kept = from.at
  let tail: readonly Seen[] = []
  while (!from.ended) {
    const start = from.at
    const block = from.bytes()
    if (!from.ended || new Reader(block).varint() >= full) kept = from.at
    else [kept, tail] = [start, readBlock(hour, block)]
  }
  const out = new Writer()
  const block = writeBlock(hour, tail.length > 0 ? [...tail, ...seen] : seen)
  out.bytes(packed.subarray(0, kept))
  out.varint(block.length)
  out.bytes(block)
  return out.done()
}

/** What was packed, in the same order. Throws on bytes that were not made here. */
export function unpack(hour: number, packed: Uint8Array): Seen[] {
  const from = open(packed)
  const seen: Seen[] = []
  while (!from.ended) for (const one of readBlock(hour, from.bytes())) seen.push(one)
  return seen
}

function open(packed: Uint8Array): Reader {
  const from = new Reader(packed)
  if (from.varint() !== format) throw new Error('packed observations are of an unknown format')
  return from
}

function writeBlock(hour: number, seen: readonly Seen[]): Uint8Array {
  const out = new Writer()
  const locations = [...new Set(seen.map(({ location }) => location))]
  const numbers = new Map(locations.map((location, index) => [location, index]))
  out.varint(seen.length)
  out.varint(locations.length)
  for (const location of locations) out.text(location)
  let [at, step] = [hour, 0]
  for (const one of seen) {
    out.signed(one.at - at - step)
    step = one.at - at
    at = one.at
  }
  let steps = 0
  for (const one of seen) {
    const next = toSteps(one.latency)
    out.signed(next - steps)
    steps = next
  }
  for (let from = 0; from < seen.length;) {
    const first = seen[from] as Seen
    let to = from + 1
    while (to < seen.length && alike(first, seen[to] as Seen)) to += 1
    out.varint(to - from)
    out.varint(numbers.get(first.location) ?? 0)
    out.varint(word(first))
    out.varint(reasonNumber(first.reason))
    from = to
  }
  if (seen.some(({ phases }) => phases !== undefined))
    writePhases(
      out,
      seen,
      seen.map(({ latency }) => fromSteps(toSteps(latency))),
    )
  return out.done()
}

const alike = (one: Seen, other: Seen) =>
  one.location === other.location &&
  one.outcome === other.outcome &&
  one.signal === other.signal &&
  one.reason === other.reason

function readBlock(hour: number, bytes: Uint8Array): Seen[] {
  const from = new Reader(bytes)
  const count = from.varint()
  if (count > bytes.length) throw damaged()
  const locations = Array.from({ length: Math.min(from.varint(), count) }, () => from.text())
  let [at, step] = [hour, 0]
  const times = Array.from({ length: count }, () => {
    step += from.signed()
    at += step
    return at
  })
  let steps = 0
  const latencies = times.map(() => {
    steps += from.signed()
    return fromSteps(steps)
  })
  const seen: Seen[] = []
  while (seen.length < count) {
    const run = from.varint()
    const alike = readRun(from, locations)
    if (run === 0 || seen.length + run > count) throw damaged()
    for (let left = run; left > 0; left -= 1) {
      seen.push({ at: times[seen.length] ?? 0, latency: latencies[seen.length] ?? null, ...alike })
    }
  }
  if (from.ended) return seen
  const phases = readPhases(from, latencies)
  return seen.map((one, index) => (phases[index] ? { ...one, phases: phases[index] } : one))
}

function readRun(from: Reader, locations: readonly string[]): Omit<Seen, 'at' | 'latency'> {
  const location = locations[from.varint()]
  const word = from.varint()
  const outcome: Outcome | undefined = statuses[word % statuses.length]
  const signal: Signal | undefined = signals[Math.floor(word / statuses.length)]
  const number = from.varint()
  const reason = number === noReason ? null : reasonNames[number - 1]
  if (location === undefined || outcome === undefined || signal === undefined || reason === undefined) throw damaged()
  return { location, outcome, signal, reason }
}
