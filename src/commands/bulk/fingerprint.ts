// The fingerprint of a preview: which monitors it would change, each at which revision, and to what.
// Promises that it can be read again by any server, so that what moved since can be named. Holds nothing secret.
import { hash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

export interface Printed {
  /** What was to be done. */
  readonly wish: string
  /** Number → revision. */
  readonly revisions: ReadonlyMap<number, number>
}

/** What is read of one, at most. */
const bytesMost = 4_000_000

export const wishOf = (wish: unknown): string => hash('sha256', JSON.stringify(wish), 'base64url').slice(0, 16)

/** Numbers as the distance from the one before, which takes a byte or less for most. */
export function writeFingerprint({ wish, revisions }: Printed): string {
  const flat: number[] = []
  let last = 0
  for (const [id, revision] of [...revisions].sort(([one], [other]) => one - other)) {
    flat.push(id - last, revision)
    last = id
  }
  return deflateRawSync(JSON.stringify([wish, flat])).toString('base64url')
}

/** Null: it was not made here. */
export function readFingerprint(text: string): Printed | null {
  try {
    const bytes = inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: bytesMost })
    const [wish, flat] = JSON.parse(bytes.toString('utf8')) as [unknown, unknown]
    if (typeof wish !== 'string' || !Array.isArray(flat) || !flat.every(Number.isSafeInteger)) return null
    const revisions = new Map<number, number>()
    let id = 0
    for (let at = 0; at + 1 < flat.length; at += 2) revisions.set((id += flat[at] as number), flat[at + 1] as number)
    return { wish, revisions }
  } catch {
    return null
  }
}
