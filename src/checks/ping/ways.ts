// Which way pings go out: over a raw socket where this process may, else by the system's ping program.
// Promises that where neither works a sentence says exactly what is missing. Must not know what makes a target well.
import type { Clock } from '#platform/clock.ts'
import { IcmpError, type OpenIcmp, openIcmp } from '#platform/icmp.ts'
import type { Address } from '#platform/outbound.ts'
import { environment } from '#platform/settings.ts'
import type { Attempt } from '../attempt.ts'
import { Failure } from '../failure.ts'
import { Line } from './line.ts'
import { findProgram, pingByProgram, Turns } from './program.ts'
import { pingRaw, type Plan } from './raw.ts'
import type { Tally } from './tally.ts'

export interface Means {
  readonly open: OpenIcmp
  /** Folders in which the ping program is looked for, as in PATH. */
  readonly path: string
}

/** What this process has by itself. */
export const ownMeans = (): Means => ({ open: openIcmp, path: environment().PATH ?? '' })

/** All pings of one process: one raw socket for each IP version, and a bound on programs. */
export class Pinger {
  readonly #means: Means
  readonly #clock: Clock
  readonly #lines: Map<4 | 6, Line> = new Map()
  readonly #turns = new Turns()

  constructor(clock: Clock, means: Means) {
    this.#clock = clock
    this.#means = means
  }

  line(family: 4 | 6): Line {
    const line = this.#lines.get(family) ?? new Line(family, this.#clock, this.#means.open)
    this.#lines.set(family, line)
    return line
  }

  /** One run of pings; throws SendError when the system refuses to send, and Failure when there is no way. */
  ping(attempt: Attempt, to: Address, plan: Plan): Promise<Tally> {
    return pingRaw(attempt, this.line(to.family), to, plan).catch((error: unknown) => {
      if (error instanceof IcmpError) return this.#pingByProgram(attempt, to, plan, error)
      throw error
    })
  }

  async #pingByProgram(attempt: Attempt, to: Address, plan: Plan, error: IcmpError): Promise<Tally> {
    const program = findProgram(to.family, this.#means.path)
    if (program === null) throw new Failure('internal', sayMissing(error), error)
    await this.#turns.take(attempt)
    try {
      return await pingByProgram(attempt, program, to, plan)
    } finally {
      this.#turns.give()
    }
  }
}

const mend = 'give the process CAP_NET_RAW, or install one (Debian: iputils-ping)'
const sayMissing = ({ message }: IcmpError) => `Raw ICMP ${message}, and there is no ping program: ${mend}.`

/** Which way IPv4 pings would go, for doctor. */
export async function examineWay(means: Means): Promise<{ readonly works: boolean; readonly detail: string }> {
  try {
    const socket = await means.open(4)
    socket.close()
    return { works: true, detail: 'by a raw ICMP socket' }
  } catch (error) {
    if (!(error instanceof IcmpError)) throw error
    const program = findProgram(4, means.path)
    if (program === null) return { works: false, detail: sayMissing(error) }
    return { works: true, detail: `by the program ${program.file}, for raw ICMP ${error.message}` }
  }
}
