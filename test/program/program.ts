// The whole program in a test: the real process in a folder of its own, spoken to as its users do.
// Promises that every wait ends and that processes and folders are gone when the test ends, however it ends.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { type Answer, ask, type Asked } from './ask.ts'
import { within } from './wait.ts'

const main = join(import.meta.dirname, '../../src/main.ts')
/** The token with every right that programs in tests are given. */
export const adminToken = 'a-token-for-tests-of-the-program'
const readyMs = 20_000
const endMs = 20_000

export interface StartOptions {
  /** Further arguments after `serve`; addresses are 127.0.0.1:0 and data lie in the home unless these say otherwise. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** No arguments but these: the environment says the rest. */
  readonly only?: boolean
}

export interface Ended {
  /** Null: ended by a signal. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly [field: string]: unknown
}

export interface Program {
  /** `http://127.0.0.1:port` */
  readonly url: string
  /** Port of heartbeats by UDP and TCP on 127.0.0.1; 0: off. */
  readonly beats: number
  readonly pid: number
  readonly stdout: () => string
  readonly stderr: () => string
  /** The lines of stderr that are log. */
  logs(): LogLine[]
  /** Resolves when stderr holds it. */
  said(what: string | RegExp): Promise<void>
  /** Asks by HTTP; the path begins with `/`. */
  ask(path: string, asked?: Asked): Promise<Answer>
  /** Asks the API with the administrator's token. */
  api(method: string, path: string, body?: unknown): Promise<Answer>
  signal(name: NodeJS.Signals): void
  /** Sends the signal and waits for the end; gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** Kills it at once (-9). */
  kill(): Promise<void>
  /** Closes our ends of its stdout and stderr. */
  stopReading(): void
  /** Resolves with the exit code; null: ended by a signal. */
  readonly ended: Promise<number | null>
}

/** A folder with a configuration file and data, in which the program runs, once or several times. */
export interface Home {
  readonly folder: string
  /** The configuration file. */
  readonly file: string
  readonly data: string
  /** Writes the configuration file. */
  write(config: string): void
  /** `allswell serve`, ready. Rejects with what it said when it ends before. */
  start(options?: StartOptions): Promise<Program>
  /** Runs a command to its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
}

type Child = ChildProcessByStdio<null, Readable, Readable>

/** Whoever tidies up afterwards: a test. */
export type Owner = Pick<TestContext, 'after'>

/** A home that lives as long as the test. */
export function openHome(t: Owner, config?: string): Home {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-program-'))
  const children = new Set<Child>()
  t.after(async () => {
    await Promise.all([...children].map(end))
    rmSync(folder, { recursive: true, force: true })
  })
  const file = join(folder, 'allswell.yaml')
  const data = join(folder, 'data')
  const write = (text: string) => writeFileSync(file, text)
  if (config !== undefined) write(config)
  const launch = (args: readonly string[], env: Readonly<Record<string, string>>): Child => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: { ...bare(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.add(child)
    child.once('close', () => children.delete(child))
    return child
  }
  return {
    folder,
    file,
    data,
    write,
    async start(options = {}) {
      const given = existsSync(file) ? ['--config', file] : []
      const usual = options.only ? [] : [...given, ...defaults(options.args ?? [], data)]
      const args = ['serve', ...usual, ...(options.args ?? [])]
      const child = launch(args, { ALLSWELL_ADMIN_TOKEN: adminToken, ...options.env })
      return ready(child)
    },
    async run(args, env = {}) {
      const child = launch(args, env)
      const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
      const code = await within(endMs, `${args.join(' ')} ended`, closed(child))
      return { code, stdout: stdout(), stderr: stderr() }
    },
  }
}

/** A program in a home of its own. */
export function start(t: Owner, options: StartOptions & { readonly config?: string } = {}): Promise<Program> {
  return openHome(t, options.config).start(options)
}

/** This process's environment without settings of ours. */
const bare = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ALLSWELL_')))

function defaults(args: readonly string[], data: string): string[] {
  const unless = (flag: string, value: string) => (args.includes(flag) ? [] : [flag, value])
  return [...unless('--listen', '127.0.0.1:0'), ...unless('--beats', '127.0.0.1:0'), ...unless('--data', data)]
}

function collect(stream: Readable): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}

const closed = (child: Child): Promise<number | null> =>
  new Promise((resolve) => {
    child.once('close', (code) => resolve(code))
  })

async function end(child: Child): Promise<void> {
  const over = closed(child)
  child.kill('SIGKILL')
  await over
}

async function ready(child: Child): Promise<Program> {
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const ended = closed(child)
  const holds = (stream: Readable, look: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!look()) return
        stream.off('data', check)
        resolve()
      }
      stream.on('data', check)
      check()
    })
  const early = ended.then((code) => {
    throw new Error(`it ended with ${code} instead of being ready:\n${stderr()}`)
  })
  const greeted = holds(child.stdout, () => /^ {2}data /m.test(stdout()))
  await within(readyMs, 'the program is ready', Promise.race([greeted, early]))
  early.catch(() => undefined)
  const url = /(http:\/\/\S+?)\/?$/m.exec(stdout())?.[1] ?? ''
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return await within(endMs, `the program ended after ${signal}`, ended)
  }
  const asking = (path: string, asked?: Asked) => ask(`${url}${path}`, asked)
  return {
    url,
    beats: Number(/UDP and TCP \S+:(\d+)$/m.exec(stdout())?.[1] ?? 0),
    pid: child.pid ?? 0,
    stdout,
    stderr,
    logs: () => readLog(stderr()),
    said: (what) =>
      within(
        endMs,
        `the log says ${what}`,
        holds(child.stderr, () => (typeof what === 'string' ? stderr().includes(what) : what.test(stderr()))),
      ),
    ask: asking,
    api: (method, path, body) => asking(`/api/v2${path}`, { method, token: adminToken, json: body }),
    signal: (name) => void child.kill(name),
    stop: (signal = 'SIGTERM') => stop(signal),
    kill: async () => void (await stop('SIGKILL')),
    stopReading() {
      child.stdout.destroy()
      child.stderr.destroy()
    },
    ended,
  }
}

function readLog(text: string): LogLine[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine)
}
