// Arguments: a command line taken apart into flags and operands.
// Promises to go on after a mistake, so that all are told at once. Must not know what the flags mean.
import { suggest } from '#core/suggest.ts'

/** A flag of one command. */
export interface OwnFlag {
  readonly flag: string
  /** What its value is called; left out: it has none. */
  readonly takes?: string
  readonly help: string
}

/** `; did you mean --data?`, or nothing where no known word is near. */
export function meant(word: string, known: readonly string[], prefix = ''): string {
  const near = suggest(word, known)
  return near === null ? '' : `; did you mean ${prefix}${near}?`
}

export interface Given {
  readonly flags: Map<string, string | true>
  readonly operands: string[]
  readonly faults: string[]
}

/** Takes arguments apart: `--flag value`, `--flag=value`, `--switch`; after `--` only operands. */
export function parseArguments(argv: readonly string[], takesValue: ReadonlyMap<string, boolean>): Given {
  const given: Given = { flags: new Map(), operands: [], faults: [] }
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? ''
    if (word === '--') {
      given.operands.push(...argv.slice(index + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') given.operands.push(word)
    else if (takeFlag(given, takesValue, word, argv[index + 1])) index += 1
  }
  return given
}

/** Takes one flag over; true when the next word was its value. */
function takeFlag(given: Given, takesValue: ReadonlyMap<string, boolean>, word: string, next?: string): boolean {
  const [, dashes = '', name = '', value] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const takes = dashes === '--' ? takesValue.get(name) : undefined
  if (takes === undefined) {
    given.faults.push(`unknown flag ${dashes}${name}${meant(name, [...takesValue.keys()], '--')}`)
    return value === undefined && next !== undefined && !next.startsWith('-')
  }
  if (given.flags.has(name)) given.faults.push(`--${name} is given twice`)
  if (!takes) {
    if (value !== undefined) given.faults.push(`--${name} takes no value`)
    given.flags.set(name, true)
    return false
  }
  if (value === undefined && (next === undefined || next.startsWith('--'))) {
    given.faults.push(`--${name} needs a value`)
    return false
  }
  given.flags.set(name, value ?? next ?? '')
  return value === undefined
}
