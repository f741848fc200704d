// Text for a terminal: how wide it is, how it breaks into lines, and strangers' bytes made harmless.
// Promises lines that fit, and that no byte of a target moves the cursor or turns the reading direction.
import { visible } from '#core/quote.ts'

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const pictures = /\p{Extended_Pictographic}/u
const unseen = /^[\p{Mn}\p{Me}\p{Cf}]$/u

/** So many cells a character takes: none for what is put on another, two for East Asian ones and pictures. */
function cells(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x300) return 1
  if (unseen.test(character)) return 0
  return wide.test(character) || (code > 0x1f000 && pictures.test(character)) || code >= 0x20000 ? 2 : 1
}

/** Cells that a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += cells(character)
  return width
}

/** The text with blanks up to a width. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

/** The beginning of a text that fits, with three dots in one cell where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let used = 1
  for (const character of text) {
    used += cells(character)
    if (used > width) break
    kept += character
  }
  return `${kept}…`
}

/** Lines of at most `width` cells, broken at blanks; words that are longer are broken where they must be. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) <= width) {
      line += ` ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    while (widthOf(word) > width) {
      const head = headOf(word, width)
      lines.push(head)
      word = word.slice(head.length)
    }
    line = word
  }
  return [...lines, line]
}

/** As many characters as fit, one at least. */
function headOf(word: string, width: number): string {
  let head = ''
  let used = 0
  for (const character of word) {
    used += cells(character)
    if (used > width && head !== '') break
    head += character
  }
  return head
}

/** Text of a stranger, its control characters spelled out: `\x1b[2J`. Blanks for tabs. */
export const harmless = (text: string): string => visible(text.replaceAll('\t', '  '))

const beyondAscii = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** The same for the text of a JSON document, which stays one. */
export const harmlessJson = (text: string): string =>
  text.replaceAll(beyondAscii, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Columns to write in: those of the terminal within bounds, 80 where there is none. */
export const columnsOf = ({ columns }: { readonly columns?: number | undefined }): number =>
  Math.min(110, Math.max(40, columns ?? 80))
