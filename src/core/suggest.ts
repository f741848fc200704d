// Did you mean: the known word nearest to an unknown one.
// Promises null rather than a silly guess. Pure.

/** Edits (insert, delete, replace, swap of neighbours) between two words. */
export function editDistance(one: string, other: string): number {
  let before: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced)
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1)
      }
      row.push(best)
    }
    before = last
    last = row
  }
  return last[other.length] ?? 0
}

/** The nearest of the known words, at most a third of the word's length away (and always a single slip). */
export function suggest(word: string, known: readonly string[]): string | null {
  if (word.length > 100) return null
  const flat = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, '')
  let best: string | null = null
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(flat(word), flat(candidate))
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}
