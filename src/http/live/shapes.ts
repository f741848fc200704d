// How a change is told to a live view: the parts of rows that change, and what is left out is as it was.
// Promises the same words as the list of monitors. Must not know how it is sent.
import { z } from 'zod'
import { eventTypes, type Event } from '#core/event.ts'
import { shown } from '#core/state.ts'
import { statuses } from '#core/words.ts'
import type { Snapshot } from '../board/board.ts'
import { counts, showCounts } from '../routes/monitor-list.ts'
import { handled, reason, sentence, showHandled, status } from '../routes/monitor-shapes.ts'
import { iso, isoOrNull, micro, when } from '../shapes.ts'
import type { Told } from './view.ts'

const row = z.object({
  key: z.string(),
  status,
  since: when,
  reason,
  sentence,
  paused: z.boolean(),
  outage: z.object({ at: when, worst: z.enum(['degraded', 'down']) }).nullable(),
  ...handled,
  lastAt: when.nullable(),
  revision: z.int().describe('Another one than before: name, labels or settings are others, too; ask for it again.'),
  last: z
    .object({ at: when, location: z.string(), outcome: z.enum(statuses), latency: z.number().nullable() })
    .nullable()
    .describe('The last result since somebody looks; null: none came yet.'),
})
const happened = z.object({
  monitor: z.string(),
  name: z.string(),
  type: z.enum(eventTypes),
  at: when,
  status: z.enum(statuses),
  sentence,
  alert: z.boolean(),
})
export const change = z.object({
  rows: z.array(row).describe('Rows that are not as they were.').optional(),
  gone: z.array(z.string()).describe('Keys that were shown and are no more.').optional(),
  list: z
    .object({ keys: z.array(z.string()), total: z.int() })
    .describe('The page of the list has other rows, or another order.')
    .optional(),
  counts: counts.optional(),
  events: z.array(happened).optional(),
})

/** Null: nothing is to be told. */
export function showChange(told: Told, events: readonly Event[], board: Snapshot): z.input<typeof change> | null {
  const { rows, gone, list, counts } = told
  const parts = {
    ...(rows.length > 0 ? { rows: rows.map(showRow) } : {}),
    ...(gone.length > 0 ? { gone: [...gone] } : {}),
    ...(list ? { list: { keys: [...list.keys], total: list.total } } : {}),
    ...(counts ? { counts: showCounts(counts) } : {}),
    ...(events.length > 0 ? { events: events.map((event) => showEvent(event, board)) } : {}),
  }
  return Object.keys(parts).length === 0 ? null : parts
}

function showRow({ entry: { row: about, state }, last }: Told['rows'][number]): z.input<typeof row> {
  return {
    key: about.key,
    status: shown(state),
    since: iso(state.since),
    reason: state.reason,
    sentence: state.sentence,
    paused: state.paused,
    outage: state.outage && { at: iso(state.outage.at), worst: state.outage.worst },
    ...showHandled(state),
    lastAt: isoOrNull(state.lastAt),
    revision: about.revision,
    last: last && { at: iso(last.at), location: last.location, outcome: last.outcome, latency: micro(last.latency) },
  }
}

function showEvent({ monitor, type, at, status, sentence, alert }: Event, { byId }: Snapshot) {
  const { key = '', name = '' } = byId.get(monitor) ?? {}
  return { monitor: key, name, type, at: iso(at), status, sentence, alert }
}
