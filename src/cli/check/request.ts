// What is to be checked: a kind and its settings from the command line, or a monitor of a configuration file.
// Promises sentences that name the option or the place in the file. Must not know any kind.
import { z } from 'zod'
import type { ActiveKind, Kind } from '#checks/check.ts'
import { parseDuration } from '#core/duration.ts'
import { suggest } from '#core/suggest.ts'
import { meant } from '#platform/arguments.ts'
import { loadManifest, readTextFile } from '#manifest/disk.ts'
import { readBy } from '#manifest/faults.ts'
import type { Schema } from '#manifest/fields.ts'
import type { Fault } from '#manifest/model.ts'
import { openReferences } from '#manifest/references.ts'
import { drawFaults } from '#manifest/show.ts'
import { deniedByDefault } from '#platform/outbound.ts'
import { UsageError } from '#platform/settings.ts'
import type { Context } from '../command.ts'
import { type Option, optionsOf, spelledOf } from './options.ts'
import { type Given, ownOptions, readWords } from './words.ts'

export interface Request {
  readonly kind: ActiveKind
  readonly config: unknown
  /** The key in the configuration file; null where the settings stand on the command line. */
  readonly monitor: string | null
  /** What is watched, in words. */
  readonly target: string
  /** Ms. */
  readonly timeout: number
  /** Networks that are not connected to. */
  readonly denied: readonly string[]
  readonly json: boolean
}

const usualTimeout = 10_000
const bounds = { least: 50, most: 3_600_000 }

/** A kind's settings as JSON Schema. */
export const schemaOf = (kind: Kind): Schema =>
  z.toJSONSchema(kind.config, { io: 'input', unrepresentable: 'any' }) as Schema

/** The options of a kind's settings. */
export const optionsOfKind = (kind: Kind): Option[] => optionsOf(schemaOf(kind))

/** Understands the words after `check`; throws UsageError with all that is wrong with them. */
export function readRequest(words: readonly string[], context: Context): Request {
  const ofFile = [...ownOptions, { flag: 'config', takes: 'FILE', help: '' }]
  const [first = ''] = words
  const named = kindOf(context, first)
  if (named) return readKind(named, words.slice(1), context)
  const given = readWords(words, [], ofFile, (text) => text)
  const [operand] = given.operands
  const inFlag = given.own.get('config')
  if (typeof inFlag === 'string') return readMonitor(inFlag, given, context)
  const late = operand === undefined ? undefined : kindOf(context, operand)
  if (late) throw new UsageError([`the kind comes first, such as: allswell check ${late.kind} ${exampleTarget(late)}`])
  const { config } = context.settings
  if (config !== null && operand !== undefined) return readMonitor(config, given, context)
  throw new UsageError([sayNoKind(context, operand)])
}

const kindsOf = ({ parts }: Context) => [...parts.manifest.kinds.values()]
const kindOf = (context: Context, name: string) => kindsOf(context).find(({ kind }) => kind === name)
const exampleTarget = ({ target = '', example = {} }: Kind) => {
  const value = example[target]
  return typeof value === 'string' ? value : 'TARGET'
}

function sayNoKind(context: Context, word: string | undefined): string {
  const active = kindsOf(context).filter((kind) => kind.active)
  const names = active.map(({ kind }) => kind)
  if (word === undefined) return `say what to check: one of ${names.join(', ')}, and its target`
  const fits = active.filter((kind) => kind.target && kind.config.safeParse({ [kind.target]: word }).success)
  if (fits.length > 0 && /[.:/]/.test(word)) {
    const lines = fits.map(({ kind }) => `allswell check ${kind} ${word}`)
    return `say how to check ${word}: ${lines.join(', ')}`
  }
  const near = suggest(word, names)
  if (near !== null) return `there is no kind ${word}; did you mean ${near}?`
  return (
    `there is no kind ${word}; known: ${names.join(', ')}. ` +
    `For a monitor of a configuration file: allswell check --config FILE ${word}`
  )
}

/** Why a kind cannot be asked; null where it can. */
export function sayUnasked(kind: Kind): string | null {
  if (kind.active) return null
  const why = kind.derived ? 'how other monitors are decides how it is' : 'what comes in decides how it is'
  return `a ${kind.kind} cannot be checked by hand: Allswell does not look at it, ${why}`
}

function asActive(kind: Kind): ActiveKind {
  if (kind.active) return kind
  throw new UsageError([sayUnasked(kind) ?? ''])
}

function readKind(named: Kind, words: readonly string[], context: Context): Request {
  const kind = asActive(named)
  const references = openReferences({ env: context.env, readFile: readTextFile })
  const resolve = (text: string) => {
    const resolved = references.resolve(text)
    if (!resolved.ok) throw new Error(resolved.why)
    return resolved.text
  }
  const options = optionsOfKind(kind)
  const given = readWords(words, options, ownOptions, resolve)
  const faults = [...given.faults, ...takeTarget(kind, given, options, resolve)]
  const timeout = readTimeout(given, usualTimeout, faults)
  const read = faults.length === 0 ? readBy(kind.config, given.settings) : null
  if (read && !read.ok) faults.push(...read.faults.map((fault) => sayFault(kind, options, fault)))
  if (!read?.ok) throw new UsageError(faults.map(references.hide), kind.kind)
  return {
    kind,
    config: read.value,
    monitor: null,
    target: kind.describe(read.value),
    timeout,
    denied: deniedByDefault,
    json: given.own.has('json'),
  }
}

/** Enters the word that stands alone as the kind's target. */
function takeTarget(
  { kind, target }: Kind,
  given: Given,
  options: readonly Option[],
  resolve: (text: string) => string,
): string[] {
  const [word, ...others] = given.operands
  const faults = others.map((other) => sayExtra(other, options))
  if (word === undefined) {
    if (target === undefined || Object.hasOwn(given.settings, target)) return faults
    const main = options.find(({ name }) => name === target)
    // Other settings may say where to look in its place.
    if (main?.field.needed === false && Object.keys(given.settings).length > 0) return faults
    return [...faults, `say what to look at: allswell check ${kind} ${target.toUpperCase()}`]
  }
  if (target === undefined) return [...faults, `unexpected word ${word}; what a ${kind} looks at stands in its options`]
  if (Object.hasOwn(given.settings, target)) return [...faults, `${word} and --${target} say the same thing; give one`]
  try {
    given.settings[target] = resolve(word)
  } catch (error) {
    faults.push(`${word}: ${(error as Error).message}`)
  }
  return faults
}

/** A word too many, with the option that it may be the value of. */
function sayExtra(word: string, options: readonly Option[]): string {
  const spells = (option: Option) => spelledOf(option.takes).some((one) => one.toLowerCase() === word.toLowerCase())
  const [only, ...others] = options.filter(spells)
  const hint = only && others.length === 0 ? `; did you mean --${only.name} ${word}?` : '; settings are options'
  return `unexpected word ${word}${hint}`
}

function readTimeout({ own }: Given, usual: number, faults: string[]): number {
  const text = own.get('timeout')
  if (typeof text !== 'string') return usual
  const ms = parseDuration(text)
  if (ms === null) faults.push(`--timeout: ${text} is no duration; write it with its unit, such as 5s or 500ms`)
  else if (ms < bounds.least || ms > bounds.most) faults.push(`--timeout: ${text} is not within 50ms and 1h`)
  return ms ?? usual
}

/** A fault of the schema with the option that it is about. */
function sayFault({ target }: Kind, options: readonly Option[], { path, message }: Fault): string {
  const names = path.filter((step) => typeof step === 'string')
  if (names.length === 0) return message
  if (names[0] === target) return `the ${target}: ${message}`
  for (let length = names.length; length > 0; length -= 1) {
    const name = names.slice(0, length).join('.')
    if (options.some((one) => one.name === name)) return `--${name}: ${message}`
  }
  return `--${names.join('.')}: ${message}`
}

function readMonitor(file: string, given: Given, { parts, env, io }: Context): Request {
  const faults = [...given.faults]
  const [key, ...others] = given.operands
  if (key === undefined) faults.push(`say which monitor of ${file}: allswell check --config ${file} KEY`)
  for (const other of others) faults.push(`unexpected word ${other}; one monitor is checked at a time`)
  if (faults.length > 0 || key === undefined) throw new UsageError(faults)
  const read = loadManifest(parts.manifest, file, env)
  if (read.warnings.length > 0) io.stderr.write(`${drawFaults(`warning: ${file}`, read.warnings)}\n`)
  if (!read.ok) throw new UsageError([drawFaults(file, read.faults)])
  const monitors = read.objects.filter(({ type }) => type === 'monitor')
  const found = monitors.find((one) => one.key === key)
  if (!found) {
    const keys = monitors.map((one) => one.key)
    const some = keys.length === 0 ? '; it has no monitors' : keys.length > 20 ? '' : `; it has ${keys.join(', ')}`
    throw new UsageError([`there is no monitor ${key} in ${file}${meant(key, keys) || some}`])
  }
  const model = parts.manifest.readMonitor(key, found.spec)
  const kind = [...parts.manifest.kinds.values()].find((one) => one.kind === found.kind)
  if (!model.ok || !kind) throw new Error(`the monitor ${key} of ${file} cannot be read`)
  const timeout = readTimeout(given, model.value.policy.timeout, faults)
  const active = asActive(kind)
  if (faults.length > 0) throw new UsageError(faults)
  return {
    kind: active,
    config: model.value.config,
    monitor: key,
    target: model.value.target,
    timeout,
    denied: read.server.networks.denied,
    json: given.own.has('json'),
  }
}
