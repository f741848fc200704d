// Line: the one raw socket of an IP version, shared by all runs of pings that are under way.
// Promises that only the answer of the very host, number, tag and size counts, and that the socket is looked at only
// while an answer is awaited. Every packet that does not count is counted. Must not know what makes a target well.
import { randomBytes, randomFillSync } from 'node:crypto'
import type { Clock, Timer } from '#platform/clock.ts'
import type { IcmpPacket, IcmpSocket, OpenIcmp } from '#platform/icmp.ts'
import { buildRequest, readMessage, type Reply, type Report, sayAddress, tagBytes } from './packet.ts'

export interface Echo {
  readonly run: Run
  readonly number: number
  /** When it was sent, on the system's wall clock and on ours; ms. */
  readonly stamp: number
  readonly sent: number
  /** Ms; null while there is no answer. */
  rtt: number | null
  report: string | null
}

/** The pings of one check to one address. */
export interface Run {
  readonly to: Buffer
  readonly size: number
  readonly tag: Buffer
  readonly echoes: Echo[]
  duplicates: number
  ignored: number
  /** Called when an echo was answered or reported on. */
  changed: () => void
}

/** The socket is looked at so often at least and at most, ms; the system's stamps keep the times exact. */
const lookLeast = 1
const lookMost = 20
/** A socket that nobody needs is closed after so many ms. */
const idleMost = 5_000
/** So many packets are read before others get their turn. */
const readMost = 256
/** After so many requests in a row the answers are read, lest the system's buffer overflow. */
const burst = 64

export class Line {
  readonly #family: 4 | 6
  readonly #clock: Clock
  readonly #open: OpenIcmp
  readonly #awaited = new Map<number, Echo>()
  readonly #runs = new Set<Run>()
  #socket: IcmpSocket | null = null
  #opening: Promise<IcmpSocket> | null = null
  #timer: Timer | null = null
  #due = Number.POSITIVE_INFINITY
  #idle: Timer | null = null
  #next = randomBytes(4).readUInt32BE(0)
  readonly #random = Buffer.alloc(512 * tagBytes)
  #drawn = 0
  #sinceLook = 0
  #lastSent = 0
  /** Packets that belong to no run of ours, or are broken. */
  strangers = 0

  constructor(family: 4 | 6, clock: Clock, open: OpenIcmp) {
    this.#family = family
    this.#clock = clock
    this.#open = open
  }

  get isOpen(): boolean {
    return this.#socket !== null
  }

  /** Opens the socket where it is not open, and enters a run; rejects with IcmpError. Give it back with `end`. */
  async begin(to: Buffer, size: number): Promise<Run> {
    const run = { to, size, tag: this.#tag(), echoes: [], duplicates: 0, ignored: 0, changed: () => {} }
    this.#runs.add(run)
    this.#idle?.cancel()
    try {
      if (this.#socket === null) {
        this.#opening ??= this.#open(this.#family)
        this.#socket = await this.#opening
      }
    } catch (error) {
      this.#runs.delete(run)
      throw error
    } finally {
      this.#opening = null
    }
    return run
  }

  /** Sends one more ping of the run; gives the system's error code, or null when it was sent. */
  send(run: Run): string | null {
    const socket = this.#socket
    if (socket === null || !this.#runs.has(run)) return 'EBADF'
    const number = this.#free()
    const request = buildRequest(this.#family, number, run.tag, run.size)
    const echo: Echo = { run, number, stamp: socket.now(), sent: this.#clock.monotonic(), rtt: null, report: null }
    const wrong = socket.send(request, run.to)
    if (wrong !== null) return wrong
    this.#awaited.set(number, echo)
    run.echoes.push(echo)
    this.#lastSent = echo.sent
    this.#sinceLook += 1
    if (this.#sinceLook >= burst) this.#read(socket)
    this.#lookIn(lookLeast)
    return null
  }

  /** Takes a run out; what still comes for it is a stranger's. */
  end(run: Run): void {
    if (!this.#runs.delete(run)) return
    for (const { number } of run.echoes) this.#awaited.delete(number)
    if (this.#runs.size > 0) return
    this.#stopLooking()
    this.#idle?.cancel()
    if (this.#socket !== null) this.#idle = this.#clock.after(idleMost, () => this.close())
  }

  close(): void {
    this.#stopLooking()
    this.#idle?.cancel()
    this.#socket?.close()
    this.#socket = null
  }

  /** Eight random bytes; many are drawn at once, since drawing costs more than all else here. */
  #tag(): Buffer {
    if (this.#drawn === 0) randomFillSync(this.#random)
    const tag = Buffer.from(this.#random.subarray(this.#drawn, this.#drawn + tagBytes))
    this.#drawn = (this.#drawn + tagBytes) % this.#random.length
    return tag
  }

  /** The next number; one that is awaited still is passed over. */
  #free(): number {
    do this.#next = (this.#next + 1) >>> 0
    while (this.#awaited.has(this.#next))
    return this.#next
  }

  #look(): void {
    if (this.#socket === null) return
    this.#read(this.#socket)
    if (this.#runs.size === 0) return
    const age = this.#clock.monotonic() - this.#lastSent
    this.#lookIn(Math.min(lookMost, Math.max(lookLeast, age / 8)))
  }

  /** A look that is due sooner stays as it is, so that many sends do not put it off for ever. */
  #lookIn(ms: number): void {
    const due = this.#clock.monotonic() + ms
    if (due >= this.#due) return
    this.#timer?.cancel()
    this.#due = due
    this.#timer = this.#clock.after(ms, () => {
      this.#due = Number.POSITIVE_INFINITY
      this.#look()
    })
  }

  #stopLooking(): void {
    this.#timer?.cancel()
    this.#due = Number.POSITIVE_INFINITY
  }

  #read(socket: IcmpSocket): void {
    this.#sinceLook = 0
    for (let count = 0; count < readMost; count += 1) {
      const packet = socket.receive()
      if (packet === null) return
      this.#take(packet)
    }
  }

  #take(packet: IcmpPacket): void {
    const message = readMessage(this.#family, packet.bytes)
    const echo = message && this.#awaited.get(message.number)
    if (!message || !echo) {
      this.strangers += 1
      return
    }
    if (message.what === 'reply') this.#answer(echo, message, packet)
    else this.#report(echo, message, packet)
  }

  #answer(echo: Echo, { data }: Reply, { from, at }: IcmpPacket): void {
    const { run } = echo
    const same = run.to.equals(from) && data.length === run.size && data.subarray(0, tagBytes).equals(run.tag)
    if (!same) run.ignored += 1
    else if (echo.rtt !== null) run.duplicates += 1
    else {
      const most = this.#clock.monotonic() - echo.sent
      const stamped = at === null ? most : at - echo.stamp
      // The wall clock may have jumped meanwhile; then our own steady clock, though coarse, is right.
      echo.rtt = stamped >= 0 && stamped <= most ? stamped : most
      run.changed()
    }
  }

  #report(echo: Echo, { to, data, words }: Report, { from }: IcmpPacket): void {
    const { run } = echo
    const told = data.subarray(0, tagBytes)
    if (!run.to.equals(to) || !told.equals(run.tag.subarray(0, told.length))) {
      run.ignored += 1
      return
    }
    if (echo.report !== null) return
    echo.report = `${sayAddress(from)} reports: ${words}`
    run.changed()
  }
}
