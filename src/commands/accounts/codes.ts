// Recovery codes: for the day when the phone is gone. Each works once; only hashes are stored.
// Promises 80 random bits each, in letters and digits that are not mistaken for each other.
import { createHash, randomInt } from 'node:crypto'

const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const [count, length] = [10, 16]

/** As they are shown: `k7mq-…`. */
export function newCodes(): string[] {
  return Array.from({ length: count }, () => {
    const letters = Array.from({ length }, () => alphabet[randomInt(alphabet.length)] ?? '')
    return (letters.join('').match(/.{4}/g) ?? []).join('-')
  })
}

/** Without the blanks and dashes that people leave or add. */
export const plainCode = (code: string): string => code.toLowerCase().replaceAll(/[\s-]/g, '')

export const hashOf = (code: string): string => createHash('sha256').update(plainCode(code)).digest('hex')
