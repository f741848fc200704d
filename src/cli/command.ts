// What a command of the command line is, and what all commands share.
// Promises plain, aligned output; colours only on a terminal. Must not know any command.
import type { Clock } from '#platform/clock.ts'
import type { OwnFlag } from '#platform/arguments.ts'
import { type Environment, type SettingName, type Settings, UsageError } from '#platform/settings.ts'
import type { Manifest } from '#manifest/read.ts'
import type { Secrets } from './secrets.ts'
import type { TokenAdmin } from './token-admin.ts'

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Of a terminal. */
  readonly columns?: number
}
export interface Io {
  /** Left out: nobody can be asked. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: Output
  readonly stderr: Output
}

/** What the program gives to the command line, which itself knows neither store nor engine. */
export interface Parts {
  readonly version: string
  readonly clock: Clock
  readonly manifest: Manifest
  /** The rights that a token may have. */
  readonly scopes: readonly string[]
  /** Runs the server until it is told to stop; gives the exit code. */
  serve(settings: Settings): Promise<number>
  /** Throws an Error when there is no database yet, unless it may `make` one. */
  openAdmin(settings: Settings, make: boolean): Promise<TokenAdmin>
  /** Looks at the database of the settings and changes nothing. Throws an Error that says why it cannot be read. */
  inspectDatabase(settings: Settings): Promise<DatabaseReport>
  /** Throws an Error that says what must be done before. */
  rotateSecrets(settings: Settings): Promise<Secrets>
}

/** What the database of the settings holds. */
export interface DatabaseReport {
  /** `none`: nothing of ours is there yet; `older`: the next start brings it to the newest schema. */
  readonly schema: 'none' | 'older' | 'current' | 'newer'
  /** What is wrong inside of it; null: nothing, as far as it was looked at. */
  readonly damage: string | null
  /** Id of the key that its secrets are sealed with; null: none is sealed. */
  readonly key: string | null
  /** Objects whose configuration file is not the one of the settings. */
  readonly leftBehind: readonly {
    readonly file: string
    readonly type: string
    readonly count: number
    readonly keys: readonly string[]
  }[]
}

export interface Context {
  /** What follows the command's name. */
  readonly words: readonly string[]
  readonly settings: Settings
  readonly env: Environment
  readonly io: Io
  readonly parts: Parts
}

export interface Command {
  readonly name: string
  /** One sentence for the list of commands. */
  readonly summary: string
  /** What follows the name: `FILE…`, or one line for each form. */
  readonly forms: readonly string[]
  readonly flags: readonly OwnFlag[]
  /** The settings that mean something to it; the help lists them, flags for others are refused. */
  readonly settings: readonly SettingName[]
  /** Exit code for arguments that cannot be understood, where 2 means something else. */
  readonly usageCode?: number
  /** It reads the words after its name by itself; the settings then come from the environment alone. */
  readonly own?: {
    /** Help that depends on the words. */
    help(context: Context): string
    /** Exit code for words that cannot be understood. */
    readonly usage: number
    /** Exit code for what it throws. */
    readonly failed: number
    /** Nothing in the environment stops it. */
    readonly tolerant?: true
  }
  /** Gives the exit code; throws UsageError for arguments that cannot be understood. */
  run(context: Context): Promise<number>
}

/** Refuses words of a command that knows none, so that none of them seems to have been heeded. */
export function takesNoWords(settings: Settings): void {
  if (settings.operands.length > 0) throw new UsageError(settings.operands.map((word) => `unexpected argument ${word}`))
}

/** Columns of equal width, two spaces apart; the last is not padded. */
export function align(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  return rows
    .map((row) => {
      const cells = row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      return `${indent}${cells.join('  ').trimEnd()}\n`
    })
    .join('')
}

const colours = { red: 31, yellow: 33, green: 32, bold: 1, dim: 2 } as const

/** Colours text on a terminal, unless NO_COLOR says not to. */
export function paint(output: Output, env: Environment, colour: keyof typeof colours, text: string): string {
  const wanted = output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
  return wanted ? `\u001B[${colours[colour]}m${text}\u001B[0m` : text
}
