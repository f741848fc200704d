// Quoting what a stranger sent: short, printable, in quotation marks.
// Promises that nothing of it can pass for our own words or move a terminal's cursor.

/**
 * At most `most` characters, control characters and what is no text as spaces; where nothing is left to be read, that
 * it is binary.
 */
export function quote(text: string, most = 60): string {
  const clean = text
    .slice(0, most * 4)
    .replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069\ufffd]+/gu, ' ')
    .trim()
  if (clean === '' && text.trim() !== '') return sayBinary(text)
  return `“${clean.length > most ? `${clean.slice(0, most)}…` : clean}”`
}

/** So much of a stranger's text as evidence, without the character that no database takes. */
export const excerpt = (text: string, most: number): string => text.slice(0, most).replaceAll('\0', '\ufffd')

const bytesShown = 12

/** Nothing of it can be read: how long it is, and the bytes where they are still known. */
function sayBinary(text: string): string {
  if (/[^\0-\u00ff]/.test(text)) return 'binary data'
  const hex = Buffer.from(text.slice(0, bytesShown), 'latin1')
    .toString('hex')
    .replaceAll(/..(?!$)/g, '$& ')
  return `binary data (${text.length} bytes, hex ${hex}${text.length > bytesShown ? ' …' : ''})`
}
