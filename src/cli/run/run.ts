// `allswell run KEY -- COMMAND`: runs a command as if it stood alone, and reports how it went.
// Promises that the command runs whatever is wrong with the report, and that its end is ours.
// Must not know more of the server than where it is.
import { randomUUID } from 'node:crypto'
import { parseDuration } from '#core/duration-text.ts'
import { isIdText, isKeyText, keyRule } from '#core/key.ts'
import type { Clock } from '#platform/clock.ts'
import { clientSettings, type Environment, readSettings, settingHelp, UsageError } from '#platform/settings.ts'
import { align, type Command, type Output } from '../command.ts'
import { type Ended, startChild } from './child.ts'
import { Reporter, type Told } from './report.ts'
import { Tail } from './tail.ts'

/** As `env` and `nohup` have it: nothing was run. */
export const exitUsage = 125
const outputMost = 100_000
const usualPatienceMs = 5_000

const flags = [
  { flag: 'patience', takes: 'DURATION', help: 'How long the end may be held up by reporting it; left out: 5s.' },
  {
    flag: 'no-output',
    help: 'Keep nothing of what is printed; then nothing stands between the command and its output.',
  },
  { flag: 'verbose', help: 'Say on stderr what became of the report.' },
]

export const run: Command = {
  name: 'run',
  summary: 'Run a command, and report its beginning, its end and what it printed to a heartbeat.',
  forms: ['KEY [--server URL] [--patience DURATION] [--no-output] [--verbose] -- COMMAND...'],
  flags,
  settings: clientSettings,
  own: { help: () => helpText, usage: exitUsage, failed: exitUsage, tolerant: true },
  run: ({ words, env, parts: { clock }, io: { stderr } }) => wrap({ words, env, clock, stderr }),
}

export const helpText = `Usage:
  allswell run KEY [FLAG...] -- COMMAND...

Runs the command as if it stood alone, and reports its beginning, exit status, duration and the last
100 kB of what it printed to the heartbeat KEY (or its secret id). The command is never held up and
never sees Allswell; the exit status is that of the command. Where the report cannot be sent, the
command runs all the same. Output that goes to a terminal goes there directly and is not kept.

${align(
  [
    ...settingHelp
      .filter(({ name }) => clientSettings.includes(name))
      .map(({ flag, takes, env, help }) => [`--${flag} ${takes}`, `${help} (${env})`]),
    ...flags.map(({ flag, takes, help }) => [`--${flag}${takes === undefined ? '' : ` ${takes}`}`, help]),
  ],
  '  ',
)}
Exit status: that of the command; 125 where the words cannot be understood, 126 where the command
cannot be run, 127 where it is not found.
`

export interface WrapParts {
  readonly words: readonly string[]
  readonly env: Environment
  readonly clock: Clock
  /** For what we say ourselves. */
  readonly stderr: Output
}

interface Wish {
  readonly key: string
  readonly command: readonly string[]
  readonly patienceMs: number
  readonly keeps: boolean
  readonly verbose: boolean
  /** Null: there is something wrong with where to report. */
  readonly to: { readonly server: string; readonly token: string | null } | null
  readonly faults: readonly string[]
}

/** Runs it; gives the exit code, or ends this process as the command was ended. */
export async function wrap({ words, env, clock, stderr }: WrapParts): Promise<number> {
  const wish = readWish(words, env)
  const say = (text: string) => stderr.write(`allswell: ${text}\n`)
  for (const fault of wish.faults) say(`${fault}; the command runs, and nothing is reported`)
  const { key, patienceMs } = wish
  const reporter = wish.to && new Reporter({ ...wish.to, key, patienceMs, run: randomUUID(), clock })
  const tail = new Tail(outputMost)
  const { childEnv, ignored } = inherited(env)
  const from = clock.monotonic()
  const hear = wish.keeps && reporter !== null ? (piece: Buffer) => tail.add(piece) : null
  const starting = startChild({ words: wish.command, env: childEnv, clock, ignored, hear })
  reporter?.begin()
  const child = await starting
  const ended = await child.ended
  const ms = clock.monotonic() - from
  // What it printed last may still be on its way; what it left running may print for ever.
  await Promise.race([child.quiet, new Promise<void>((resolve) => clock.after(lastOutputMs, resolve))])
  if (ended.failed !== null) {
    const why = `cannot run ${wish.command[0]}: ${ended.failed}`
    say(why)
    tail.add(Buffer.from(`allswell: ${why}\n`))
  }
  const told = (await reporter?.end(ended.status, ms, tail.bytes)) ?? null
  if (wish.verbose && reporter !== null) say(sayTold(told, ended, key))
  await child.quiet
  return ended.signal === null ? ended.status : await die(ended.signal, ended.status)
}

const lastOutputMs = 200

const sayTold = (told: Told, { status }: Ended, key: string) =>
  told === null ? `reported to ${key}: exit status ${status}` : `could not report to ${key}: ${told}`

/** Throws UsageError for words that cannot be understood: then nothing is run. */
function readWish(words: readonly string[], env: Environment): Wish {
  const middle = words.indexOf('--')
  if (middle < 0) throw new UsageError(['write the command after --, as in: allswell run nightly-backup -- backup.sh'])
  const command = words.slice(middle + 1)
  if (command.length === 0) throw new UsageError(['there is no command after --'])
  const read = (from: Environment) => readSettings(words.slice(0, middle), from, flags, clientSettings)
  const written = read({})
  if (written instanceof UsageError) throw written
  const { operands, flags: said } = written
  const [key, further] = operands
  if (key === undefined) throw new UsageError(['say which heartbeat, as in: allswell run nightly-backup -- backup.sh'])
  if (further !== undefined) throw new UsageError([`unexpected argument ${further}; the command follows --`])
  if (!isKeyText(key) && !isIdText(key)) throw new UsageError([`${JSON.stringify(key)} is not a key. ${keyRule}`])
  const settings = read(Object.fromEntries(Object.entries(env).filter(([name]) => variables.has(name))))
  const isBroken = settings instanceof UsageError
  return {
    key,
    command,
    patienceMs: patienceIn(said.patience),
    keeps: said['no-output'] !== true,
    verbose: said.verbose === true,
    to: isBroken ? null : { server: settings.server, token: settings.token },
    faults: isBroken ? settings.faults : [],
  }
}

const variables = new Set(settingHelp.filter(({ name }) => clientSettings.includes(name)).map(({ env }) => env))

function patienceIn(text: string | true | undefined): number {
  if (typeof text !== 'string') return usualPatienceMs
  const ms = parseDuration(text)
  if (ms === null || ms < 100 || ms > 300_000)
    throw new UsageError([`--patience: ${JSON.stringify(text)} is not a duration from 100ms to 5m, such as 5s`])
  return ms
}

/** The launcher's own variables are none of the command's. */
function inherited(env: Environment): { childEnv: Environment; ignored: readonly string[] } {
  const { ALLSWELL_RUN_IGNORED: mask = '', ALLSWELL_RUN_CACHE: made, NODE_COMPILE_CACHE: cache, ...rest } = env
  const own = made !== undefined || cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }
  const bits = /^[0-9a-f]{1,16}$/i.test(mask) ? BigInt(`0x${mask}`) : 0n
  const ignored = ignorable.filter(([, number]) => ((bits >> BigInt(number - 1)) & 1n) === 1n).map(([name]) => name)
  return { childEnv: { ...rest, ...own }, ignored }
}

/** By their numbers, which are the same on every system that has /proc. */
const ignorable = [
  ['HUP', 1],
  ['INT', 2],
  ['QUIT', 3],
  ['USR1', 10],
  ['USR2', 12],
  ['TERM', 15],
] as const

/** Whoever started us sees the same end as the command had. */
function die(signal: NodeJS.Signals, status: number): Promise<number> {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  return Promise.resolve(status)
}
