// Reads lines out of bytes and hands each beat on: the hot path of UDP and TCP.
// Promises no string and no object for a line whose name is known, and that every line is accepted or counted rejected.
// Must not know sockets; who may send has been settled before.
import { type Adjustment, adjusting } from '#core/expected.ts'
import { isIdText, type Named, namedBy } from '#core/key.ts'
import type { BeatMonitor, BeatPort } from '../ports.ts'
import type { Refusal, Roster } from '../roster.ts'
import type { Tally } from '../tally.ts'
import { colon as colonByte, isBlank, isValue, lineEnd, lineFeed, numberOf, type Verb, verbOf } from './grammar.ts'
import { type Names, viewOf } from './names.ts'
import { adjustmentOf, isBeat } from './say.ts'

/** What a token means instead of a monitor's number. */
const notHeartbeat = -1
const dealtWith = -2
const mustWait = -3
/** At and below this: a threshold that is as the line says, as long as its number is `inForce` less what is meant. */
const settled = -1_000
const inForce = -2_000
/** Numbers between these can be kept as what a token means. */
const valueLeast = -900
const valueMost = 1e12

/** Beats of a name whose monitor is being made: how many lines, when it last beat, and what was said meanwhile. */
interface Stranger {
  lines: number
  beatAt: number | null
  said: readonly Adjustment[]
}

/** Whether one of a word's four bytes is a colon or a line feed. */
function holdsStop(word: number): boolean {
  const colons = word ^ 0x3a3a3a3a
  const feeds = word ^ 0x0a0a0a0a
  return ((((colons - 0x01010101) & ~colons) | ((feeds - 0x01010101) & ~feeds)) & 0x80808080) !== 0
}

export interface ReaderParts {
  readonly port: BeatPort
  readonly roster: Roster
  readonly names: Names
  readonly tally: Tally
  /** True: at a full queue reading stops, so that the sender waits; false: what does not fit is counted and lost. */
  readonly patient: boolean
}

export class LineReader {
  readonly #parts: ReaderParts
  /** By key. */
  readonly #strangers = new Map<string, Stranger>()

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** Takes the lines in [from, to), which came at `at`. Gives where it stopped: `to`, or the line that has to wait. */
  read(bytes: Buffer, from: number, to: number, at: number): number {
    const { names, port, tally, patient } = this.#parts
    const { seedA, seedB, byA, byB } = names
    const revision = port.revision | 0
    const words = viewOf(bytes)
    let accepted = 0
    let start = from
    while (start < to) {
      let a = seedA
      let b = seedB
      let colon = start
      for (; colon + 4 <= to; colon += 4) {
        const word = words.getInt32(colon, true)
        if (holdsStop(word)) break
        a = Math.imul(a ^ word, byA)
        a ^= a >>> 15
        b = Math.imul(b ^ word, byB)
      }
      for (; colon < to; colon += 1) {
        const byte = bytes[colon] as number
        if (byte === colonByte || byte === lineFeed) break
        a = Math.imul(a ^ byte, byA)
        b = Math.imul(b ^ byte, byB)
      }
      const end = this.#value(bytes, start, colon, to)
      if (end < 0) {
        start = ~end + 1
        continue
      }
      const entry = names.find(words, start, colon, a, b)
      const target =
        entry !== 0 && names.revision(entry) === revision
          ? names.target(entry)
          : this.#resolve(bytes, start, colon, { a, b }, at)
      if (target >= 0) {
        if (port.offer(target, at)) accepted += 1
        else if (patient) break
        else tally.reject('full')
      } else if (target === notHeartbeat) tally.reject('not_heartbeat')
      else if (target <= settled) {
        if (inForce - target === numberOf(bytes, colon + 1)) accepted += 1
        else if (this.#resolve(bytes, start, colon, { a, b }, at) === mustWait) break
      } else if (target === mustWait) break
      start = end + 1
    }
    if (accepted > 0) tally.accept(accepted)
    return start < to ? start : to
  }

  /** Where a line with a valid value ends; below 0 it is none, is counted, and ends at the complement (`~`). */
  #value(bytes: Buffer, start: number, colon: number, to: number): number {
    if (
      colon + 4 <= to &&
      bytes[colon] === colonByte &&
      bytes[colon + 1] === 49 &&
      bytes[colon + 2] === 124 &&
      bytes[colon + 3] === 99 &&
      (colon + 4 === to || bytes[colon + 4] === lineFeed)
    ) {
      return colon + 4
    }
    const end = lineEnd(bytes, colon, to)
    if (end > colon && isValue(bytes, colon + 1, end)) return end
    if (!isBlank(bytes, start, end)) this.#parts.tally.reject('syntax')
    return ~end
  }

  /** What a token means that is not known, or was learnt before something changed. */
  #resolve(bytes: Buffer, from: number, to: number, hash: { a: number; b: number }, at: number): number {
    const { port, tally } = this.#parts
    const said = verbOf(bytes, from, to)
    const named = said && namedBy(bytes, from, said.dot)
    if (said === null || named === null) {
      tally.reject(said === null ? 'verb' : 'name')
      return dealtWith
    }
    const value = numberOf(bytes, to + 1)
    const change = adjustmentOf(said.verb, value)
    const monitor = port.find(named.key)
    if (monitor === null) return this.#meet(named, isBeat(said.verb) ? at : null, change)
    const { target, lasts } = this.#meant(monitor, said.verb, value, change)
    if (lasts) this.#learn(bytes, from, to, hash, target)
    return target <= settled ? dealtWith : target
  }

  /** What a line means to a monitor that exists, and whether it means the same until something changes. */
  #meant(monitor: BeatMonitor, verb: Verb, value: number, change: Adjustment | null) {
    const { port, tally, patient } = this.#parts
    if (!monitor.passive) return { target: notHeartbeat, lasts: true }
    if (monitor.access === 'guarded') {
      tally.reject('guarded')
      return { target: dealtWith, lasts: false }
    }
    const became = change === null ? 'done' : port.adjust(monitor.id, change)
    if (isBeat(verb)) return { target: monitor.id, lasts: became === 'done' || became === 'fixed' }
    if (became === 'full' && patient) return { target: mustWait, lasts: false }
    if (became === 'fixed' || became === 'full') {
      tally.reject(became)
      return { target: dealtWith, lasts: false }
    }
    tally.accept()
    const lasts = became === 'done' && value > valueLeast && value < valueMost
    return { target: lasts ? inForce - value : dealtWith, lasts }
  }

  #learn(bytes: Buffer, from: number, to: number, { a, b }: { a: number; b: number }, target: number): void {
    const { names, port } = this.#parts
    const entry = names.find(viewOf(bytes), from, to, a, b) || names.add(bytes, from, to, a, b)
    names.set(entry, target, port.revision | 0)
  }

  /** A line with a name without a monitor: it is kept until the monitor has been made, or turned away. */
  #meet({ key, name }: Named, beatAt: number | null, change: Adjustment | null): number {
    const { roster, tally, patient } = this.#parts
    const waiting = this.#strangers.get(key)
    if (waiting !== undefined) {
      waiting.lines += 1
      waiting.beatAt = beatAt ?? waiting.beatAt
      if (change !== null) waiting.said = adjusting(waiting.said, change)
      return dealtWith
    }
    if (isIdText(key)) {
      tally.reject('unknown')
      return dealtWith
    }
    const said = change === null ? [] : [change]
    const enrolled = roster.enroll(key, { name, said })
    if (enrolled === 'full' && patient) return mustWait
    if (typeof enrolled === 'string') {
      tally.reject(enrolled)
      return dealtWith
    }
    // What is said first is said once more: the monitor may have been made by somebody else.
    const stranger: Stranger = { lines: 1, beatAt, said }
    this.#strangers.set(key, stranger)
    void enrolled.then((monitor) => {
      this.#strangers.delete(key)
      this.#greet(monitor, stranger)
    })
    return dealtWith
  }

  #greet(monitor: BeatMonitor | Refusal, { lines, beatAt, said }: Stranger): void {
    const { port, tally } = this.#parts
    if (typeof monitor === 'string') tally.reject(monitor, lines)
    else if (!monitor.passive) tally.reject('not_heartbeat', lines)
    else if (beatAt === null || port.offer(monitor.id, beatAt)) {
      for (const change of said) port.adjust(monitor.id, change)
      tally.accept(lines)
    } else tally.reject('full', lines)
  }
}
