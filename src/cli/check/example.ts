// The example of a kind as words of a command line, for help and for the manual.
// Promises words that are read back as the example's settings. Must not know any kind.
import type { Kind } from '#checks/check.ts'

/** The words of a command line that does what a kind's example says, an option together with its value. */
export function commandOf({ kind, target, example = {} }: Kind): string[][] {
  const main = target === undefined ? [] : [[String(example[target])]]
  const options = Object.entries(example).flatMap(([name, value]) => (name === target ? [] : wordsOf(name, value)))
  return [['allswell', 'check', kind], ...main, ...options]
}

function wordsOf(name: string, value: unknown): string[][] {
  if (Array.isArray(value)) {
    const isPlain = value.every((one) => typeof one !== 'object')
    return isPlain ? value.flatMap((one) => wordsOf(name, one)) : [[`--${name}`, JSON.stringify(value)]]
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => wordsOf(`${name}.${key}`, inner))
  return typeof value === 'boolean' ? [[value ? `--${name}` : `--no-${name}`]] : [[`--${name}`, String(value)]]
}

/** A word as a shell takes it. */
export const quoted = (word: string) =>
  /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
