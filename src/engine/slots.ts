// Slots: who may begin a check now, and who waits. Bounds the checks under way at once, in all and of one host.
// Promises that a host takes the room of no other, least of all one that is silent; that whoever waits has a turn,
// since every check ends by its timeout; and that waiting is nobody's fault but ours.

export interface Limits {
  /** At once, in all. */
  readonly checks: number
  /** Of one host. */
  readonly perHost: number
}

/** Ends the hold of a slot; `silent`: there was no answer in time. Null: nobody knows. */
export type Leave = (silent: boolean | null) => void
/** Begins; false: it is no longer wanted, and the slot is the next one's. */
export type Begin = (leave: Leave) => boolean

/** Silent hosts share three quarters of all slots, so that those that answer get through whatever else is dead. */
const silentShare = 0.75

interface Host {
  readonly name: string
  running: number
  /** The last check that ended got no answer in time. */
  silent: boolean
  /** Those in doubt, who are to be asked again soon, and all others; they take turns. */
  readonly waiting: { readonly doubtful: Begin[]; readonly usual: Begin[] }
  lastDoubtful: boolean
}

export class Slots {
  readonly #limits: () => Limits
  readonly #hosts = new Map<string, Host>()
  /** Hosts that somebody waits for and that have room, in the order of their turns. */
  readonly #answering = new Set<Host>()
  readonly #silent = new Set<Host>()
  #silentRunning = 0
  #filling = false
  running = 0
  waiting = 0

  constructor(limits: () => Limits) {
    this.#limits = limits
  }

  /** Whether one more of this host may begin at once, before those that wait. */
  isFree(name: string): boolean {
    const host = this.#hosts.get(name)
    const { checks, perHost } = this.#limits()
    return this.running < checks && (host === undefined || host.running < perHost)
  }

  /** Takes a slot, free or not. */
  take(name: string): Leave {
    return this.#hold(this.#host(name))
  }

  /** Begins at once, or when the turn has come. */
  ask(name: string, doubtful: boolean, begin: Begin): void {
    const host = this.#host(name)
    host.waiting[doubtful ? 'doubtful' : 'usual'].push(begin)
    this.waiting += 1
    this.#place(host)
    this.#fill()
  }

  /** Limits may be others now; `names` are the hosts that are still looked at. */
  refresh(names: ReadonlySet<string>): void {
    for (const host of this.#hosts.values()) {
      if (names.has(host.name) || host.running + waitingFor(host) > 0) this.#place(host)
      else this.#hosts.delete(host.name)
    }
    this.#fill()
  }

  /** Nobody waits any more. */
  close(): void {
    this.waiting = 0
    this.#answering.clear()
    this.#silent.clear()
    for (const { waiting } of this.#hosts.values()) {
      waiting.doubtful.length = 0
      waiting.usual.length = 0
    }
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name)
    if (known) return known
    const host = { name, running: 0, silent: false, waiting: { doubtful: [], usual: [] }, lastDoubtful: false }
    this.#hosts.set(name, host)
    return host
  }

  #hold(host: Host): Leave {
    this.#count(host, 1)
    let held = true
    return (silent) => {
      if (!held) return
      held = false
      this.#count(host, -1)
      if (silent !== null && silent !== host.silent) {
        host.silent = silent
        this.#silentRunning += silent ? host.running : -host.running
      }
      this.#place(host)
      if (host.running + waitingFor(host) === 0 && !host.silent) this.#hosts.delete(host.name)
      this.#fill()
    }
  }

  #count(host: Host, by: number): void {
    host.running += by
    this.running += by
    if (host.silent) this.#silentRunning += by
  }

  /** Puts a host where its turn is found: at the end of those like it, or nowhere. One that waits there stays. */
  #place(host: Host): void {
    const ready = waitingFor(host) > 0 && host.running < this.#limits().perHost
    const [mine, other] = host.silent ? [this.#silent, this.#answering] : [this.#answering, this.#silent]
    other.delete(host)
    if (ready) mine.add(host)
    else mine.delete(host)
  }

  #fill(): void {
    if (this.#filling) return
    this.#filling = true
    const { checks } = this.#limits()
    const silentMost = Math.max(1, Math.floor(checks * silentShare))
    while (this.running < checks) {
      const host = first(this.#answering) ?? (this.#silentRunning < silentMost ? first(this.#silent) : null)
      if (host === null) break
      const begin = next(host)
      this.waiting -= 1
      const leave = this.#hold(host)
      for (const ring of [this.#answering, this.#silent]) ring.delete(host)
      this.#place(host)
      if (!begin(leave)) leave(null)
    }
    this.#filling = false
  }
}

function first(hosts: ReadonlySet<Host>): Host | null {
  for (const host of hosts) return host
  return null
}

const waitingFor = ({ waiting }: Host) => waiting.doubtful.length + waiting.usual.length

function next(host: Host): Begin {
  const { doubtful, usual } = host.waiting
  host.lastDoubtful = doubtful.length > 0 && (usual.length === 0 || !host.lastDoubtful)
  return (host.lastDoubtful ? doubtful : usual).shift() as Begin
}
