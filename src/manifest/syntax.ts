// Mistakes in the YAML itself, in words for people instead of the parser's.
// Promises one fault a line, since what follows on a line only follows from it. Must not know what the text is for.
import type { Fault } from './model.ts'

/** A fault with its place, in characters from the start. */
export interface PlacedFault extends Fault {
  readonly offset: number
}

/** So deep may lists and mappings be nested. */
export const deepest = 64
export const tooDeep = `the values are nested more than ${deepest} deep`

const words: Readonly<Record<string, (message: string) => string>> = {
  TAB_AS_INDENT: () => 'a tab stands where indentation is expected; indent with spaces',
  MULTIPLE_DOCS: () => 'the file has more than one document; keep one and remove the line "---"',
  BLOCK_AS_IMPLICIT_KEY: () => 'a second ": " stands on this line; put the value in quotes, or begin a new line',
  BAD_SCALAR_START: (message) => `${lower(message)}; put it in quotes`,
  MISSING_CHAR: (message) => notClosed(message),
  BAD_INDENT: (message) => notClosed(message),
  TAG_RESOLVE_FAILED: (message) => `${lower(message)}; remove it`,
  RESOURCE_EXHAUSTION: () => tooDeep,
}

/** The library says where a text, list or mapping would have had to end. */
function notClosed(message: string): string {
  const [, closing] = /(?:end with an? |Missing closing )(\S)/.exec(message) ?? []
  if (closing === undefined) return lower(message)
  const what = closing === ']' ? 'list' : closing === '}' ? 'mapping' : 'text in quotes'
  return `a ${what} before this place is not closed: a ${closing} is missing`
}

const lower = (message: string) => message.charAt(0).toLowerCase() + message.slice(1)

interface Mistake {
  readonly code: string
  readonly message: string
  readonly pos: readonly [number, number]
}

/** The first mistake of each line, as faults. `mistakes` in the order of the text. */
export function syntaxFaults(text: string, mistakes: readonly Mistake[]): PlacedFault[] {
  const faults: PlacedFault[] = []
  let lineEnd = -1
  for (const { code, message, pos } of mistakes) {
    const [offset] = pos
    if (offset <= lineEnd) continue
    const end = text.indexOf('\n', offset)
    lineEnd = end < 0 ? text.length : end
    faults.push({ path: [], message: words[code]?.(message) ?? lower(message), offset })
  }
  return faults
}
