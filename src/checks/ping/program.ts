// The way without rights: the system's own `ping`, for one run of pings to one address.
// Promises a bound on processes at once, and that each is gone by the deadline. Must not know what makes a target well.
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Address } from '#platform/outbound.ts'
import type { Attempt } from '../attempt.ts'
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import { readOutput } from './output.ts'
import type { Plan } from './raw.ts'
import type { Tally } from './tally.ts'

/** So many ping programs may run at once; the rest wait, within their own time. */
const processesMost = 32
/** So much of what a program prints is read. */
const outputMost = 64 * 1_024
/** Programs refuse users anything faster, ms. */
const everyLeast = 200

/** The ping program for an IP version in the folders of a PATH; null where there is none. */
export function findProgram(family: 4 | 6, path: string): { readonly file: string; readonly flags: string[] } | null {
  const of = (name: string) =>
    path
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, name))
      .find(canRun)
  const special = family === 6 ? of('ping6') : undefined
  if (special !== undefined) return { file: special, flags: [] }
  const file = of('ping')
  return file === undefined ? null : { file, flags: family === 6 ? ['-6'] : [] }
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** Turns at running a program, first come, first served. */
export class Turns {
  readonly #waiting: (() => void)[] = []
  #free: number
  constructor(most = processesMost) {
    this.#free = most
  }

  /** Resolves when it is one's turn; rejects with a Failure when the attempt is over before. */
  take({ signal }: Attempt): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return Promise.resolve()
    }
    const late = () => new Failure('internal', 'Its turn to ping did not come in time.')
    if (signal.aborted) return Promise.reject(late())
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1)
        reject(late())
      }
      this.#waiting.push(go)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}

/** Pings the address by a program; throws a Failure when it gives no result. */
export async function pingByProgram(
  attempt: Attempt,
  { file, flags }: { readonly file: string; readonly flags: readonly string[] },
  { address }: Address,
  plan: Plan,
): Promise<Tally> {
  const every = (Math.max(everyLeast, plan.every) / 1_000).toFixed(3)
  const options = ['-n', '-c', plan.count, '-i', every, '-s', plan.size].map(String)
  const child = spawn(file, [...flags, ...options, address], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C', LANG: 'C' },
  })
  const said = await hear(attempt, child, plan.until)
  const tally = readOutput(said.out, plan.size)
  if (tally !== null && (tally.sent > 0 || said.error === '')) return { ...tally, by: file }
  throw complain(address, file, said)
}

interface Said {
  readonly out: string
  readonly error: string
}

/** What the program prints until it ends. At `until` it is asked for its sum, and shortly after it is ended. */
function hear(attempt: Attempt, child: ChildProcess, until: number): Promise<Said> {
  const { clock } = attempt.context
  const said = { out: '', error: '' }
  return new Promise((resolve, reject) => {
    const kill = () => child.kill('SIGKILL')
    const timer = clock.after(Math.max(0, until - clock.monotonic()), () => child.kill('SIGINT'))
    attempt.signal.addEventListener('abort', kill, { once: true })
    const hears = (name: keyof Said) => (part: Buffer) => {
      if (said[name].length < outputMost) said[name] += part.toString('latin1')
      else kill()
    }
    child.stdout?.on('data', hears('out'))
    child.stderr?.on('data', hears('error'))
    const end = () => {
      timer.cancel()
      attempt.signal.removeEventListener('abort', kill)
    }
    child.once('error', (error) => {
      end()
      reject(new Failure('internal', `${child.spawnfile} could not be started: ${error.message}.`, error))
    })
    child.once('close', () => {
      end()
      resolve(said)
    })
    if (attempt.signal.aborted) kill()
  })
}

const sayBroadcast = 'this machine does not allow it: it is a broadcast address'

/** Why a program gave no result. */
function complain(address: string, file: string, { out, error }: Said): Failure {
  const words = error.trim() === '' ? out.trim() : error.trim()
  const why = (pattern: RegExp) => pattern.test(words)
  if (why(/network is unreachable/i))
    return new Failure('unreachable', `${address} cannot be reached (no route to its network).`)
  if (why(/no route to host|host is down|host is unreachable/i))
    return new Failure('unreachable', `${address} cannot be reached (no route to the host).`)
  if (why(/\bping broadcast\?/)) return new Failure('unreachable', `${address} cannot be reached (${sayBroadcast}).`)
  if (words === '') return new Failure('internal', `${file} ended without a result.`)
  return new Failure('internal', `${file} gave no result, only ${quote(words, 160)}.`)
}
