// How the API shows a monitor: all that is known of it, or the few things that a list needs.
// Promises that the status shown is what lies on top: paused before anything else, and nothing that is not believed.
// Must not know any kind.
import { z } from 'zod'
import { formatDuration } from '#core/duration.ts'
import type { Identity } from '#core/identity.ts'
import type { Policy } from '#core/policy.ts'
import { reasonNames } from '#core/reason.ts'
import { believed, type Trust } from '#core/doubt.ts'
import { fresh, type MonitorState, shown } from '#core/state.ts'
import { statuses } from '#core/words.ts'
import { maskUrl } from '#commands/secrets.ts'
import { shownSpec } from '#commands/object-types.ts'
import { showPath } from '#manifest/show.ts'
import type { StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { iso, isoOrNull, when } from '../shapes.ts'
import { beats, expected, showBeats, showExpected } from './beat-shapes.ts'
import type { BoardRow } from '../board/board.ts'
import { common } from './objects.ts'

export const status = z.enum([...statuses, 'paused'])
export const reason = z.enum(reasonNames).nullable()
export const sentence = z.string().nullable()
const span = z.string().meta({ examples: ['30s', '1h30m'] })

const policy = z.object({
  interval: span.nullable().describe('Null: it is only listened to.'),
  timeout: span.nullable(),
  fail_after: z.int(),
  recover_after: z.int(),
  retry_every: span.nullable(),
  quorum: z.union([z.enum(['any', 'majority', 'all']), z.int()]),
  stale_after: span.nullable().describe('So long a silence makes it unknown.'),
  beat: expected.nullable().describe('What is expected of one that reports by itself.'),
})

/** What answered, as events and monitors show it. */
export const identity = z.object({
  what: z.string().meta({ examples: ['certificate'] }),
  id: z.string().describe('The same as long as the same one answers: a fingerprint.'),
  words: z.string(),
  facts: z.record(z.string(), z.string()).describe('The same for programs: issuer, validity.'),
})
export const showIdentity = ({ what, id, words, facts }: Identity) => ({ what, id, words, facts: { ...facts } })

const location = z.object({
  name: z.string(),
  status: z.enum(statuses).describe('Confirmed from there.'),
  latest: z.enum(statuses).describe('What was found last, confirmed or not.'),
  at: when,
  failures: z.int(),
  successes: z.int(),
  reason,
  sentence,
})

/** What people did about its trouble. */
export const handled = {
  acknowledged: z
    .object({ by: z.string(), at: when, note: z.string().nullable() })
    .nullable()
    .describe('Who has taken the running outage on; null: nobody.'),
  snoozedUntil: when.nullable().describe('Nobody is told of what is wrong until then; null: it is not put off.'),
  snoozedBy: z.string().nullable(),
}
export function showHandled({ outage, snooze }: MonitorState) {
  const taken = outage?.acknowledged
  return {
    acknowledged: taken ? { by: taken.by, at: iso(taken.at), note: taken.note } : null,
    snoozedUntil: isoOrNull(snooze?.until ?? null),
    snoozedBy: snooze?.by ?? null,
  }
}

/** What a row of a list shows. */
const row = {
  key: z.string(),
  name: z.string(),
  kind: z.string(),
  status,
  since: when,
  reason,
  sentence,
  labels: z.record(z.string(), z.string()),
  target: z.string().nullable().describe('What is watched, in words.'),
  paused: z.boolean(),
  outage: z.object({ at: when, worst: z.enum(['degraded', 'down']) }).nullable(),
  ...handled,
  lastAt: when.nullable().describe('When it was last observed.'),
  owner: common.owner,
  revision: common.revision,
  createdAt: when,
  updatedAt: when,
}
/** What is told of one monitor beside that. */
const rest = {
  policy: policy.nullable().describe('How it is judged, in the words of its spec, defaults filled in.'),
  beats: beats.nullable().describe('Of one that reports by itself: its last and next beat, and what was learnt.'),
  locations: z
    .array(location)
    .describe('How it looks from each place that watches it. Counts are of results in a row.'),
  identity: identity.extend({ since: when }).nullable().describe('What answered last; null: that is not seen.'),
  spec: common.spec,
  problem: z.string().nullable().describe('Why this version cannot read its spec; null: it can.'),
}
export const monitor = z.object({ ...row, ...rest })
/** A row, with all the rest where that is asked for. */
export const monitorRow = z.object({ ...row, ...z.object(rest).partial().shape })

type Shown = z.input<typeof monitor>
type ShownRow = z.input<typeof monitorRow>

const trust = ({ clock, engine }: ApiParts, interval: number | null): Trust => ({
  now: clock.now(),
  interval,
  unstoredSince: engine.unstoredSince(),
})

/** How far a monitor's stored state may be believed now. */
export function trustIn(parts: ApiParts, { key, spec }: StoredObject): Trust {
  const read = parts.readers.readMonitor(key, spec)
  return trust(parts, read.ok ? read.value.policy.interval : null)
}

/** Stored monitors as they are answered, in the same order. */
export async function showMonitors(parts: ApiParts, objects: readonly StoredObject[]): Promise<Shown[]> {
  const states = await parts.store.states.get(objects.map((object) => object.id))
  return objects.map((object) => showMonitor(parts, object, states.get(object.id) ?? fresh(object.createdAt)))
}

export function showMonitor(parts: ApiParts, object: StoredObject, stored: MonitorState): Shown {
  const read = parts.readers.readMonitor(object.key, object.spec)
  const state = believed(stored, trust(parts, read.ok ? read.value.policy.interval : null))
  const target = read.ok ? maskUrl(read.value.target) : null
  return {
    ...showRow({ row: { ...object, target }, state }),
    policy: read.ok ? showPolicy(read.value.policy) : null,
    beats: read.ok && read.value.policy.beat ? showBeats(state, read.value.policy.beat) : null,
    locations: Object.entries(state.locations).map(([name, seen]) => ({
      name,
      status: seen.settled,
      latest: seen.latest,
      at: iso(seen.at),
      failures: seen.notUp,
      successes: seen.ups,
      reason: seen.reason,
      sentence: seen.sentence,
    })),
    identity: state.identity ? { ...showIdentity(state.identity.now), since: iso(state.identity.since) } : null,
    spec: { ...shownSpec(parts, object) },
    problem: read.ok ? null : read.faults.map((fault) => `${showPath(fault.path)}: ${fault.message}`).join('; '),
  }
}

type Row = Pick<
  BoardRow,
  'key' | 'name' | 'kind' | 'labels' | 'target' | 'owner' | 'revision' | 'createdAt' | 'updatedAt'
>

/** A row, of a state as it may be told. */
export function showRow({ row, state }: { readonly row: Row; readonly state: MonitorState }) {
  return {
    key: row.key,
    name: row.name,
    kind: row.kind,
    status: shown(state),
    since: iso(state.since),
    reason: state.reason,
    sentence: state.sentence,
    labels: { ...row.labels },
    target: row.target,
    paused: state.paused,
    outage: state.outage && { at: iso(state.outage.at), worst: state.outage.worst },
    ...showHandled(state),
    lastAt: isoOrNull(state.lastAt),
    owner: row.owner,
    revision: row.revision,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  } satisfies ShownRow
}

/** What follows from a monitor's kind and other settings where it is not written. */
export function derivedSettings(policy: Policy): Readonly<Record<string, unknown>> {
  const { interval, timeout, fail_after, retry_every } = showPolicy(policy)
  return interval === null ? { fail_after } : { interval, timeout, fail_after, retry_every }
}

const spanOf = (ms: number | null) => (ms === null ? null : formatDuration(ms))

function showPolicy(policy: Policy) {
  const { interval, failAfter, recoverAfter, quorum, beat } = policy
  return {
    interval: spanOf(interval),
    timeout: interval === null ? null : formatDuration(policy.timeout),
    fail_after: failAfter,
    recover_after: recoverAfter,
    retry_every: interval === null ? null : formatDuration(policy.retryEvery),
    quorum,
    stale_after: spanOf(policy.staleAfter),
    beat: beat && showExpected(beat),
  }
}
