// Who changed an object since somebody read it, and what: said to whoever comes second.
// Promises secrets as the record of changes has them, masked. Only reads.
import { sayTime } from '#core/deadline.ts'
import type { Fault } from '#manifest/model.ts'
import type { Aggregates, AuditEntry } from '#store/store.ts'
import type { Target } from './objects.ts'

/** Changes that make another revision. */
const revising: ReadonlySet<string> = new Set(['created', 'changed', 'deleted'])
/** Of more changes only the last ones are told. */
const entriesMost = 100

export interface Since {
  /** The one who did it last. */
  readonly by: string
  readonly at: number
  readonly differs: readonly Fault[]
}

/** What was done to an object after a revision, up to the one it is at; null: that is not recorded any more. */
export async function changedSince(
  tx: Pick<Aggregates, 'audit'>,
  { type, key }: Target,
  sent: number,
  revision: number,
): Promise<Since | null> {
  const { items } = await tx.audit.list({ type, subject: key, limit: entriesMost })
  const since = items.filter(({ action }) => revising.has(action)).slice(0, Math.max(0, revision - sent))
  const [last] = since
  if (last === undefined) return null
  return { by: last.actor.name, at: last.at, differs: differing(since) }
}

/** `ann@example.com at 2026-11-21 14:05:00 UTC` */
export const sayWho = ({ by, at }: Pick<Since, 'by' | 'at'>): string => `${by} at ${sayTime(at)}`

/** Each setting once: as it was before all of them, as it is now, and who set it last. Newest first comes in. */
function differing(since: readonly AuditEntry[]): Fault[] {
  const settings = new Map<string, { before: string; after: string; who: string }>()
  for (const { actor, at, changes } of since) {
    for (const { path, before, after } of changes) {
      const known = settings.get(path)
      settings.set(path, {
        before: say(before),
        after: known?.after ?? say(after),
        who: known?.who ?? sayWho({ by: actor.name, at }),
      })
    }
  }
  return [...settings].map(([path, { before, after, who }]) => ({
    path: path.replace(/^spec\./, '').split('.'),
    message: `was changed from ${before} to ${after} by ${who}`,
  }))
}

function say(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 197)}...` : text
}
