// Reads lines out of bytes and hands each beat on: the hot path of UDP and TCP.
// Promises no string and no object for a line whose name is known, and that every line is accepted or counted rejected.
// Must not know sockets; who may send has been settled before.
import { isKey } from '#core/key.ts'
import type { BeatPort } from '../ports.ts'
import type { Refusal, Roster } from '../roster.ts'
import type { Rejection, Tally } from '../tally.ts'
import { colon as colonByte, isBlank, isValue, lineEnd, lineFeed, verbOf } from './grammar.ts'
import { type Names, viewOf } from './names.ts'

/** What a token means instead of a monitor's number. */
const notHeartbeat = -1
const dealtWith = -2
const mustWait = -3

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
  /** Beats of names whose monitors are being made: how many, and when the last one came. */
  readonly #strangers = new Map<string, { count: number; at: number }>()

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
          : this.#resolve(bytes, start, colon, a, b, at)
      if (target >= 0) {
        if (port.offer(target, at)) accepted += 1
        else if (patient) break
        else tally.reject('full')
      } else if (target === mustWait) break
      else if (target === notHeartbeat) tally.reject('not_heartbeat')
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
  #resolve(bytes: Buffer, from: number, to: number, a: number, b: number, at: number): number {
    const { port, names, tally } = this.#parts
    const said = verbOf(bytes, from, to)
    const fault: Rejection | null =
      said === null ? 'verb' : !isKey(bytes, from, said.dot) ? 'name' : said.verb === 'beat' ? null : 'unsupported'
    if (said === null || fault !== null) {
      tally.reject(fault ?? 'verb')
      return dealtWith
    }
    const key = bytes.toString('latin1', from, said.dot)
    const monitor = port.find(key)
    if (monitor === null) return this.#meet(key, at)
    const target = monitor.passive ? monitor.id : notHeartbeat
    const words = viewOf(bytes)
    const entry = names.find(words, from, to, a, b) || names.add(bytes, from, to, a, b)
    names.set(entry, target, port.revision | 0)
    return target
  }

  /** A beat of a name without a monitor: it is kept until the monitor has been made, or turned away. */
  #meet(key: string, at: number): number {
    const { roster, tally, patient } = this.#parts
    const waiting = this.#strangers.get(key)
    if (waiting !== undefined) {
      waiting.count += 1
      waiting.at = at
      return dealtWith
    }
    const enrolled = roster.enroll(key)
    if (enrolled === 'full' && patient) return mustWait
    if (typeof enrolled === 'string') {
      tally.reject(enrolled)
      return dealtWith
    }
    const stranger = { count: 1, at }
    this.#strangers.set(key, stranger)
    void enrolled.then((monitor) => {
      this.#strangers.delete(key)
      this.#greet(monitor, stranger)
    })
    return dealtWith
  }

  #greet(monitor: { id: number; passive: boolean } | Refusal, { count, at }: { count: number; at: number }): void {
    const { port, tally } = this.#parts
    if (typeof monitor === 'string') tally.reject(monitor, count)
    else if (!monitor.passive) tally.reject('not_heartbeat', count)
    else if (port.offer(monitor.id, at)) tally.accept(count)
    else tally.reject('full', count)
  }
}
