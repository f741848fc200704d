// Did you mean: the known word nearest to an unknown one.
// Promises null rather than a silly guess. Pure.

/** Longer words are not looked at: nobody mistypes one, and comparing costs the product of two lengths. */
const wordMost = 64

/** Edits (insert, delete, replace, swap of neighbours) between two words; Infinity when there are more than `most`. */
export function editDistance(one: string, other: string, most = Number.POSITIVE_INFINITY): number {
  if (Math.abs(one.length - other.length) > most) return Number.POSITIVE_INFINITY
  const width = other.length + 1
  let [before, last, row] = [new Uint32Array(width), new Uint32Array(width), new Uint32Array(width)]
  let leastBefore = 0
  for (let j = 0; j < width; j += 1) last[j] = j
  for (let i = 1; i <= one.length; i += 1) {
    let least = (row[0] = i)
    for (let j = 1; j < width; j += 1) {
      const replaced = (last[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1)
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, replaced)
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        best = Math.min(best, (before[j - 2] as number) + 1)
      }
      row[j] = best
      if (best < least) least = best
    }
    // What follows is reached from these two rows only.
    if (Math.min(least, leastBefore) > most) return Number.POSITIVE_INFINITY
    leastBefore = least
    ;[before, last, row] = [last, row, before]
  }
  const distance = last[other.length] as number
  return distance > most ? Number.POSITIVE_INFINITY : distance
}

/** The nearest of the known words, at most a third of the word's length away (and always a single slip). */
export function suggest(word: string, known: readonly string[]): string | null {
  if (word.length > wordMost) return null
  const flat = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, '')
  const wanted = flat(word)
  let best: string | null = null
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(wanted, flat(candidate), least - 1)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}
