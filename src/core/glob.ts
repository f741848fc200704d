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
  /** What those who match must fulfil besides; left out: nothing. Pure and quick. */
  readonly fits?: (monitor: Candidate) => boolean
  /** Those of them alone who fall to this part. Selectors that share `by` are told apart by one look at a monitor. */
  readonly part?: { readonly by: (monitor: Candidate) => string | null; readonly is: string }
}

/** A monitor as far as a selector may look at it. */
export interface Candidate {
  readonly key: string
  /** Left out: the key. */
  readonly name?: string
  /** Whom it follows from; null or left out: nobody. */
  readonly members?: Selector | null
}

interface Selectable extends Candidate {
  readonly labels: Readonly<Record<string, string>>
}

/** Asked of thousands of monitors again and again, a selector is made ready once. */
const ready = new WeakMap<Selector, (monitor: Selectable) => boolean>()

export const selects = (selector: Selector, monitor: Selectable): boolean => testOf(selector)(monitor)

/** The same, to be asked of one monitor after the other. */
export function testOf(selector: Selector): (monitor: Selectable) => boolean {
  const known = ready.get(selector)
  if (known) return known
  const made = prepare(selector)
  ready.set(selector, made)
  return made
}

export const isPattern = (text: string) => /[*?]/.test(text)

function prepare({ keys, labels, fits, part }: Selector): (monitor: Selectable) => boolean {
  const wanted = Object.entries(labels ?? {}).map(([name, value]) => ({ name, value, pattern: isPattern(value) }))
  if (keys === null && wanted.length === 0 && !fits && !part) return () => false
  const plain = new Set(keys?.filter((key) => !isPattern(key)))
  const globs = keys?.filter(isPattern) ?? []
  const isKey = (key: string) => keys === null || plain.has(key) || globs.some((glob) => matchesGlob(glob, key))
  const isLabelled = (given: Selectable['labels']) =>
    wanted.every(({ name, value, pattern }) => {
      const found = Object.hasOwn(given, name) ? given[name] : undefined
      return found !== undefined && (pattern ? matchesGlob(value, found) : found === value)
    })
  const isFit = (monitor: Selectable) => fits?.(monitor) !== false && (!part || part.by(monitor) === part.is)
  if (keys === null && wanted.length === 0) return isFit
  return (monitor) => isLabelled(monitor.labels) && isKey(monitor.key) && isFit(monitor)
}
