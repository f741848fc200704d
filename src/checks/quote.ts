// Quoting what a stranger sent: short, printable, in quotation marks.
// Promises that nothing of it can pass for our own words or move a terminal's cursor.

/** At most `most` characters, control characters and what is no text as spaces. */
export function quote(text: string, most = 60): string {
  const clean = text
    .slice(0, most * 4)
    .replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069\ufffd]+/gu, ' ')
    .trim()
  return `“${clean.length > most ? `${clean.slice(0, most)}…` : clean}”`
}

/** So much of a stranger's text as evidence, without the character that no database takes. */
export const excerpt = (text: string, most: number): string => text.slice(0, most).replaceAll('\0', '\ufffd')
