// Quoting a text of somebody's in a sentence of ours.
// Promises one short line, with nothing in it that could pass for our own words. Pure.

/** What moves a cursor, ends a line, hides, or turns the reading direction. */
const harmful =
  /[\p{Cc}\p{Co}\p{Cn}\p{Cs}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]/gu

/** Text of a stranger with all that a terminal would obey spelled out: `\x1b[2J`. */
export function visible(text: string): string {
  return text.replaceAll(harmful, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16)
    return hex.length > 4 ? `\\u{${hex}}` : hex.length > 2 ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`
  })
}

/** Text for a message: in quotes, without line breaks, not longer than 60 characters. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text
  return visible(JSON.stringify(short))
}
