// Globs over keys (`*`, `shop-*`, `eu-?`) and selection of monitors by key and labels.
// Promises linear time for any pattern. Must not know where monitors live.

/** Whether a key matches a glob: `*` any run of characters, `?` one; everything else literally. */
export function matchesGlob(glob: string, key: string): boolean {
  let g = 0
  let k = 0
  let star = -1
  let from = 0
  while (k < key.length) {
    if (g < glob.length && (glob[g] === '?' || (glob[g] === key[k] && glob[g] !== '*'))) {
      g += 1
      k += 1
    } else if (glob[g] === '*') {
      star = g
      g += 1
      from = k
    } else if (star >= 0) {
      g = star + 1
      from += 1
      k = from
    } else return false
  }
  while (glob[g] === '*') g += 1
  return g === glob.length
}

/** Which monitors are meant: any of the key globs, and all of the labels. An empty selector means none. */
export interface Selector {
  readonly keys: readonly string[] | null
  readonly labels: Readonly<Record<string, string>> | null
}

export function selects(
  selector: Selector,
  monitor: { key: string; labels: Readonly<Record<string, string>> },
): boolean {
  const labels = Object.entries(selector.labels ?? {})
  if (selector.keys === null && labels.length === 0) return false
  if (selector.keys !== null && !selector.keys.some((glob) => matchesGlob(glob, monitor.key))) return false
  return labels.every(([name, glob]) => {
    const value = Object.hasOwn(monitor.labels, name) ? monitor.labels[name] : undefined
    return value !== undefined && matchesGlob(glob, value)
  })
}
