// Monitors: what is watched and how it is, with pausing and checking now.
// Promises that the status shown is what lies on top: paused before anything else. Must not know any kind.
import { z } from 'zod'
import { formatDuration } from '#core/duration.ts'
import type { Identity } from '#core/identity.ts'
import type { Policy } from '#core/policy.ts'
import { reasonNames } from '#core/reason.ts'
import { believed, overdueBefore, type Trust, unstored } from '#core/doubt.ts'
import { fresh, type MonitorState, shown } from '#core/state.ts'
import { statuses } from '#core/words.ts'
import { pauseMonitor, runMonitor } from '#commands/monitors.ts'
import { existing } from '#commands/objects.ts'
import { maskUrl } from '#commands/secrets.ts'
import { showPath } from '#manifest/show.ts'
import type { StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byKey, iso, isoOrNull, micro, when } from '../shapes.ts'
import { beats, expected, showBeats, showExpected } from './beat-shapes.ts'
import {
  common,
  commonOf,
  kindFilter,
  labelFilter,
  labelsOf,
  listRoute,
  objectRoutes,
  type Resource,
} from './objects.ts'

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

const monitor = z.object({
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
  policy: policy.nullable().describe('How it is judged, in the words of its spec, defaults filled in.'),
  outage: z.object({ at: when, worst: z.enum(['degraded', 'down']) }).nullable(),
  lastAt: when.nullable().describe('When it was last observed.'),
  beats: beats.nullable().describe('Of one that reports by itself: its last and next beat, and what was learnt.'),
  identity: identity.extend({ since: when }).nullable().describe('What answered last; null: that is not seen.'),
  ...common,
  problem: z.string().nullable().describe('Why this version cannot read its spec; null: it can.'),
})

const found = z.object({
  outcome: z.enum(statuses),
  latency: z.number().nullable().describe('Milliseconds.'),
  reason,
  sentence,
})

export function monitorRoutes(parts: ApiParts): Route[] {
  const show = async (objects: readonly StoredObject[]) => {
    const states = await parts.store.states.get(objects.map((object) => object.id))
    return objects.map((object) => showMonitor(parts, object, states.get(object.id) ?? fresh(object.createdAt)))
  }
  const resource: Resource<typeof monitor> = { type: 'monitor', plural: 'monitors', answer: monitor, show }
  const extra = {
    kind: kindFilter(parts, 'monitor'),
    status: status.describe('Only those in this status.').optional(),
    label: labelFilter,
  }
  return [
    listRoute(parts, resource, extra, (query) => ({
      kind: query.kind,
      status: query.status,
      doubt: doubted(parts),
      labels: labelsOf(query.label),
    })),
    ...objectRoutes(parts, resource),
    ...(['pause', 'resume'] as const).map((verb) =>
      route({
        at: `POST /api/v2/monitors/{key}/${verb}`,
        scope: 'edit',
        summary: verb === 'pause' ? 'Pause a monitor: it is not watched' : 'Watch a paused monitor again',
        params: byKey,
        answer: monitor,
        handle: async ({ params: { key } }) => {
          const state = await pauseMonitor(parts, key, verb === 'pause')
          return showMonitor(parts, await existing(parts.store, { type: 'monitor', key }), state)
        },
      }),
    ),
    route({
      at: 'POST /api/v2/monitors/{key}/run',
      scope: 'respond',
      summary: 'Check a monitor once, now; it counts like any other check',
      params: byKey,
      answer: z.object({ found, monitor }),
      handle: async ({ params: { key } }) => {
        const { finding, state } = await runMonitor(parts, key)
        const { outcome, latency, reason, sentence } = finding
        const object = await existing(parts.store, { type: 'monitor', key })
        return {
          found: { outcome, latency: micro(latency), reason, sentence },
          monitor: showMonitor(parts, object, state),
        }
      },
    }),
  ]
}

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

/** Which stored states a filter by status takes for unknown: the same that `believed` does not believe. */
function doubted({ clock, engine }: ApiParts) {
  const now = clock.now()
  return { overdueBefore: overdueBefore(now), all: unstored(engine.unstoredSince(), now) }
}

function showMonitor(parts: ApiParts, object: StoredObject, stored: MonitorState): z.input<typeof monitor> {
  const read = parts.readers.readMonitor(object.key, object.spec)
  const state = believed(stored, trust(parts, read.ok ? read.value.policy.interval : null))
  return {
    key: object.key,
    name: object.name,
    kind: object.kind,
    status: shown(state),
    since: iso(state.since),
    reason: state.reason,
    sentence: state.sentence,
    labels: { ...object.labels },
    target: read.ok ? maskUrl(read.value.target) : null,
    paused: state.paused,
    policy: read.ok ? showPolicy(read.value.policy) : null,
    outage: state.outage && { at: iso(state.outage.at), worst: state.outage.worst },
    lastAt: isoOrNull(state.lastAt),
    beats: read.ok && read.value.policy.beat ? showBeats(state, read.value.policy.beat) : null,
    identity: state.identity ? { ...showIdentity(state.identity.now), since: iso(state.identity.since) } : null,
    ...commonOf(parts, object),
    problem: read.ok ? null : read.faults.map((fault) => `${showPath(fault.path)}: ${fault.message}`).join('; '),
  }
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
