// Differences between two JSON values, as a list of settings with dotted paths.
// Promises a bounded answer for values of any size, and that what is secret differs without being shown. Pure.

export interface Difference {
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

const most = 200
const longest = 1_000
const deepest = 12

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value together with the form in which it may be shown. */
export interface Shown {
  readonly value: unknown
  readonly shown: unknown
}

/**
 * The settings in which two values differ, each as it may be shown: a secret that changed is `***` before and after.
 * Undefined on one side: there was nothing.
 */
export function differences(before: Shown, after: Shown): Difference[] {
  const found: Difference[] = []
  walk(before, after, [], found)
  if (found.length <= most) return found
  return [...found.slice(0, most), { path: '…', after: `and ${found.length - most} more` }]
}

function walk(before: Shown, after: Shown, path: readonly string[], found: Difference[]): void {
  const [old, now] = [before.value, after.value]
  if (same(old, now)) return
  const bothMappings = (isMapping(old) || old === undefined) && (isMapping(now) || now === undefined)
  const names = bothMappings ? [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])] : []
  // An empty mapping where there was none has no names, and is a difference nevertheless.
  if (names.length === 0 || path.length >= deepest) {
    found.push({
      path: path.join('.'),
      ...(old === undefined ? {} : { before: short(before.shown) }),
      ...(now === undefined ? {} : { after: short(after.shown) }),
    })
    return
  }
  for (const name of names.sort()) walk(below(before, name), below(after, name), [...path, name], found)
}

/** Where the shown form has been cut off above, the cut stands for everything below. */
function below({ value, shown }: Shown, name: string): Shown {
  const own = isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined
  return { value: own, shown: isMapping(shown) ? (Object.hasOwn(shown, name) ? shown[name] : undefined) : shown }
}

const same = (one: unknown, other: unknown): boolean => stable(one) === stable(other)

/** JSON in which the order of names does not matter. */
function stable(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner: unknown) =>
    isMapping(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}

function short(value: unknown): unknown {
  const text = JSON.stringify(value) ?? ''
  return text.length <= longest ? value : `${text.slice(0, longest)}…`
}
