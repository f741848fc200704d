// Line: the one raw socket of an IP version, shared by all runs of pings that are under way.
// Promises that only the answer of the very host, number, tag and size counts, and that the socket is looked at only
// while an answer is awaited. Every packet that does not count is counted. Must not know what makes a target well.
import { randomBytes, randomFillSync } from 'node:crypto'
import type { Clock, Timer } from '#platform/clock.ts'
import type { IcmpPacket, IcmpSocket, OpenIcmp } from '#platform/icmp.ts'
import { fillRequest, readMessage, type Reply, type Report, requestBytes, sayAddress, tagBytes } from './packet.ts'

/*
 * What lives for as long as a ping is made by classes, and chained: V8 takes literals and arrays that outlive a small
 * collection or two for lasting ones, puts them among the old, and there each holds its dead check until a great one.
 * That cost more than all else here.
 */

export class Echo {
  readonly run: Run
  readonly number: number
  /** When it was sent, on the system's wall clock and on ours; ms. */
  readonly stamp: number
  readonly sent: number
  /** Ms; null while there is no answer. */
  rtt: number | null = null
  report: string | null = null
  /** The one that was sent before it. */
  readonly before: Echo | null

  constructor(run: Run, number: number, stamp: number, sent: number) {
    this.run = run
    this.number = number
    this.stamp = stamp
    this.sent = sent
    this.before = run.last
  }
}

/** The pings of one check to one address. */
export class Run {
  readonly to: Buffer
  readonly size: number
  readonly tag: Buffer
  /** The one that was sent last. */
  last: Echo | null = null
  isOpen = true
  duplicates = 0
  ignored = 0
  /** Called when an echo was answered or reported on. */
  changed: () => void = nothing

  constructor(to: Buffer, size: number, tag: Buffer) {
    this.to = to
    this.size = size
    this.tag = tag
  }
}

function nothing(): void {}

/** The socket is looked at so often at least and at most, ms; the system's stamps keep the times exact. */
const lookLeast = 1
const lookMost = 20
/** A socket that nobody needs is closed after so many ms. */
const idleMost = 5_000
/** So many packets are read before others get their turn. */
const readMost = 256
/** After so many requests in a row the answers are read, lest the system's buffer overflow. */
const burst = 64
/** The wall clock is asked for again after so many ms; in between our own, steady one goes on from there. */
const setEvery = 50
/** So many pings at once may wait for their answers. */
const slotBits = 18
const slotsMost = 1 << slotBits

export class Line {
  readonly #family: 4 | 6
  readonly #clock: Clock
  readonly #open: OpenIcmp
  /** Pings that wait for their answers, by the lower bits of their numbers, and the places that are free among them. */
  readonly #awaited: (Echo | null)[] = []
  readonly #free: number[] = []
  #runs = 0
  #socket: IcmpSocket | null = null
  #opening: Promise<IcmpSocket> | null = null
  #timer: Timer | null = null
  #due = Number.POSITIVE_INFINITY
  #idle: Timer | null = null
  #drawing = randomBytes(4).readUInt32BE(0)
  /** A request to be filled in, of the size that was sent last. */
  #request = Buffer.alloc(0)
  /** What the wall clock is ahead of ours, and when that was found out; ms. */
  #ahead = 0
  #setAt = Number.NEGATIVE_INFINITY
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
    this.#runs += 1
    this.#idle?.cancel()
    try {
      if (this.#socket === null) {
        this.#opening ??= this.#open(this.#family)
        this.#socket = await this.#opening
      }
    } catch (error) {
      this.#runs -= 1
      throw error
    } finally {
      this.#opening = null
    }
    return new Run(to, size, this.#tag())
  }

  /** Sends one more ping of the run; gives the system's error code, or null when it was sent. */
  send(run: Run): string | null {
    const socket = this.#socket
    if (socket === null || !run.isOpen) return 'EBADF'
    const slot = this.#free.pop() ?? this.#awaited.length
    if (slot >= slotsMost) return 'ENOBUFS'
    const number = this.#draw(slot)
    const sent = this.#clock.monotonic()
    const echo = new Echo(run, number, this.#stamp(socket, sent), sent)
    const wrong = socket.send(this.#fill(run, number), run.to)
    this.#awaited[slot] = wrong === null ? echo : null
    if (wrong !== null) {
      this.#free.push(slot)
      return wrong
    }
    run.last = echo
    this.#lastSent = sent
    this.#sinceLook += 1
    if (this.#sinceLook >= burst) this.#read(socket)
    this.#lookIn(lookLeast)
    return null
  }

  /** Takes a run out; what still comes for it is a stranger's. */
  end(run: Run): void {
    if (!run.isOpen) return
    run.isOpen = false
    this.#runs -= 1
    for (let echo = run.last; echo; echo = echo.before) {
      const slot = echo.number % slotsMost
      this.#awaited[slot] = null
      this.#free.push(slot)
    }
    if (this.#runs > 0) return
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

  /** A number for a place, another one each time: late answers to what had it before do not fit. */
  #draw(slot: number): number {
    this.#drawing = (this.#drawing + slotsMost) >>> 0
    return ((this.#drawing & -slotsMost) | slot) >>> 0
  }

  #stamp(socket: IcmpSocket, now: number): number {
    if (now - this.#setAt >= setEvery) {
      this.#setAt = now
      this.#ahead = socket.now() - this.#clock.monotonic()
    }
    return now + this.#ahead
  }

  #fill({ size, tag }: Run, number: number): Buffer {
    if (this.#request.length !== requestBytes(size)) this.#request = Buffer.alloc(requestBytes(size))
    return fillRequest(this.#request, this.#family, number, tag)
  }

  #look(): void {
    if (this.#socket === null) return
    this.#read(this.#socket)
    if (this.#runs === 0) return
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
    const echo = message && this.#awaited[message.number % slotsMost]
    if (!message || echo?.number !== message.number) {
      this.strangers += 1
      return
    }
    if (message.what === 'reply') this.#answer(echo, message, packet)
    else this.#report(echo, message, packet)
  }

  #answer(echo: Echo, { begin }: Reply, { bytes, from, at }: IcmpPacket): void {
    const { run } = echo
    const whole = bytes.length - begin === run.size
    if (!whole || !isAt(from, run.to, 0) || !isAt(bytes, run.tag, begin)) run.ignored += 1
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

/** Whether the bytes of `part` stand there; faster than any call for so few. */
function isAt(bytes: Buffer, part: Buffer, begin: number): boolean {
  for (let at = 0; at < part.length; at += 1) if (bytes[begin + at] !== part[at]) return false
  return true
}
