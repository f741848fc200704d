// The part of an address behind the question mark, changed piece by piece. Pure.

export type QueryChange = Readonly<Record<string, string | readonly string[] | null>>

/** A query with some names set anew, empty ones left out; with its `?` where there is one. */
export function changedQuery(query: URLSearchParams, change: QueryChange): string {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(change)) {
    next.delete(name)
    for (const one of value === null ? [] : [value].flat()) if (one !== '') next.append(name, one)
  }
  const text = next.toString()
  return text === '' ? '' : `?${text}`
}
