// The command line: finds the command, reads its settings, and turns what happens into an exit code.
// Promises 0 for success, 1 for an error, 2 for arguments that cannot be understood. Must not see store or engine.
import { meant } from '#platform/arguments.ts'
import { type Environment, readSettings, UsageError } from '#platform/settings.ts'
import { apply } from './apply/apply.ts'
import { exportCommand } from './apply/export.ts'
import { plan } from './apply/plan.ts'
import { check } from './check/check.ts'
import type { Command, Context, Io, Parts } from './command.ts'
import { doctor } from './doctor.ts'
import { commandHelp, generalHelp } from './help.ts'
import { importing } from './import/import.ts'
import { run } from './run/run.ts'
import { schema } from './schema.ts'
import { secrets } from './secrets.ts'
import { serve } from './serve.ts'
import { token } from './token.ts'
import { validate } from './validate.ts'

export type { DatabaseReport, Io, Parts } from './command.ts'
export type { Secrets } from './secrets.ts'
export type { TokenAdmin, TokenInfo } from './token-admin.ts'

const commands: readonly Command[] = [
  serve,
  check,
  run,
  importing,
  validate,
  plan,
  apply,
  exportCommand,
  schema,
  token,
  secrets,
  doctor,
]

/** Runs one command; `argv` without the interpreter and the program. Never throws; gives the exit code. */
export async function runCli(argv: readonly string[], env: Environment, io: Io, parts: Parts): Promise<number> {
  const [word, ...rest] = argv
  const help = (words: readonly string[]) => words.includes('--help') || words.includes('-h')
  if (word === undefined || word === '--help' || word === '-h') return say(io, generalHelp(commands))
  if (word === '--version' || word === '-V') return say(io, `allswell ${parts.version}\n`)
  const asked = word === 'help' ? rest[0] : word
  if (asked === undefined) return say(io, generalHelp(commands))
  const command = commands.find((one) => one.name === asked)
  if (command === undefined) return refuse(io, '', [unknownCommand(asked)])
  const asksHelp = word === 'help' || help(rest)
  const words = word === 'help' ? rest.slice(1) : rest
  if (asksHelp && !command.own) return say(io, commandHelp(command))
  try {
    const settings = readSettings(
      command.own ? [] : words,
      command.own?.tolerant ? {} : env,
      command.flags,
      command.settings,
    )
    if (settings instanceof UsageError) throw settings
    const context: Context = { words, settings, env, io, parts }
    if (asksHelp && command.own) return say(io, command.own.help(context))
    return await command.run(context)
  } catch (error) {
    if (error instanceof UsageError)
      return refuse(io, `${command.name} ${error.topic}`, error.faults, command.usageCode ?? command.own?.usage)
    io.stderr.write(`allswell: ${error instanceof Error ? error.message : String(error)}\n`)
    return command.own?.failed ?? 1
  }
}

function say(io: Io, text: string): number {
  io.stdout.write(text)
  return 0
}

function refuse(io: Io, about: string, faults: readonly string[], code = 2): number {
  for (const fault of faults) io.stderr.write(`allswell: ${fault}\n`)
  io.stderr.write(`See ${['allswell', about.trim(), '--help'].filter(Boolean).join(' ')}\n`)
  return code
}

function unknownCommand(word: string): string {
  const names = commands.map((command) => command.name)
  if (word.startsWith('-')) return `the command comes first, such as: allswell serve ${word}`
  return `unknown command ${word}${meant(word, names)}`
}
