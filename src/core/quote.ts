// Quoting a text of somebody's in a sentence of ours.
// Promises one short line, with nothing in it that could pass for our own words. Pure.

/** Text for a message: in quotes, without line breaks, not longer than 60 characters. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text
  return JSON.stringify(short)
}
