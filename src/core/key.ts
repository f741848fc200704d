// Keys: what names a monitor, channel, rule, page or component for good.
// Promises that a key is safe in a path, a file name, a log line and a page. Pure.

const longest = 128

/** For people: what a key may look like. */
export const keyRule = `A key begins with a letter or digit and has up to ${longest} of a-z A-Z 0-9 . _ -`

const alphabet = new Uint8Array(256)
for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-') {
  alphabet[letter.charCodeAt(0)] = /[._-]/.test(letter) ? 1 : 2
}

/** Whether bytes [from, to) are a key. */
export function isKey(bytes: Uint8Array, from: number, to: number): boolean {
  if (to <= from || to - from > longest || alphabet[bytes[from] as number] !== 2) return false
  for (let index = from; index < to; index += 1) if (alphabet[bytes[index] as number] === 0) return false
  return true
}

export const keyPattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/

export function isKeyText(text: string): boolean {
  return keyPattern.test(text)
}
