// What a password must be like: long enough, and not among the first that anybody would guess.
// Promises one sentence that says what is wrong and how to mend it, in time that grows with the text alone.
import { commonWords, longestWord } from './common-passwords.ts'
import { plain } from './password.ts'

export const passwordLeast = 10
export const passwordMost = 200
/** What is left of it when words, runs and repeats are taken out must be so long. */
const ownLeast = 4
/** A number or sign is worth so much of a letter: most stand where everybody puts them. */
const signWorth = 0.3
/** Shorter names are parts of many words. */
const nameLeast = 4

/** What is wrong with a new password; null: nothing. `about`: names of person and house, which it must not hold. */
export function passwordFault(password: string, about: readonly string[]): string | null {
  const text = plain(password)
  const { length } = Array.from(text)
  if (length < passwordLeast) {
    return `has ${length} characters; take at least ${passwordLeast}, such as four words that do not belong together`
  }
  if (length > passwordMost) return `has more than ${passwordMost} characters`
  const small = text.toLowerCase()
  const name = about.flatMap(namesIn).find((one) => small.includes(one) || unleet(small).includes(one))
  if (name !== undefined) return `holds "${name}", which anybody would try first; leave it out`
  if (new Set(small).size < 5) return 'is made of too few different characters; take more'
  if (periodOf(small) < passwordLeast - 2) return 'repeats itself; take something longer than what is repeated'
  if (Math.min(ownIn(small), ownIn(unleet(small))) < ownLeast)
    return 'is among the first that are guessed (a known word, a row of keys, a date); take words that are your own'
  return null
}

/** Parts of an address, a name or a URL that somebody would try. */
const namesIn = (text: string): string[] =>
  plain(text)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part.length >= nameLeast && !/^(?:https?|localhost|example)$/.test(part))

const leet: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}
const unleet = (text: string) => text.replaceAll(/[013457@$!]/g, (sign) => leet[sign] ?? sign)

/** Length of the piece that the whole text repeats; its own length when it does not. */
function periodOf(text: string): number {
  for (let period = 1; period <= text.length / 2; period += 1)
    if (text.slice(period) === text.slice(0, -period)) return period
  return text.length
}

const rows = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', 'azertyuiop', 'qsdfghjklm']
const columns = ['1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm', '1q2w3e4r5t6y7u8i9o0p', '1a2s3d4f5g6h']
const neighbours = new Set(
  [...rows, ...columns].flatMap((row) =>
    Array.from(row)
      .slice(1)
      .flatMap((key, at) => [`${row[at] ?? ''}${key}`, `${key}${row[at] ?? ''}`]),
  ),
)

/** Characters that belong to no known word, run (`abc`, `321`, `aaa`), row of keys, number or sign at a word's side. */
function ownIn(text: string): number {
  let own = 0
  for (let at = 0; at < text.length;) {
    const known = Math.max(wordAt(text, at), runAt(text, at))
    if (known === 0) own += /\p{L}/u.test(text[at] ?? '') ? 1 : signWorth
    at += Math.max(known, 1)
  }
  return own
}

/** Length of the longest known word that begins here. */
function wordAt(text: string, at: number): number {
  for (let length = Math.min(longestWord, text.length - at); length >= 3; length -= 1)
    if (commonWords.has(text.slice(at, at + length))) return length
  return 0
}

function runAt(text: string, at: number): number {
  let end = at
  while (end + 1 < text.length && follows(text, end)) end += 1
  const length = end - at + 1
  return length >= 3 ? length : 0
}

function follows(text: string, at: number): boolean {
  const step = text.charCodeAt(at + 1) - text.charCodeAt(at)
  return Math.abs(step) <= 1 || neighbours.has(text.slice(at, at + 2))
}
