// Incident: what the public is told of trouble with one component, opening and resolving by itself.
// Promises that short trouble is not published and short recovery does not resolve. Pure; time is an argument.
import { type ComponentStatus, isTrouble } from './component.ts'
import type { Entry } from './told.ts'

export interface IncidentPolicy {
  /** Trouble must last so long before it is published, ms; null: never by itself. */
  readonly openAfter: number | null
  /** It must be well for so long before it is resolved, ms. */
  readonly resolveAfter: number
}

/**
 * `watching`: trouble not published yet; `open`: published; `recovering`: well again, not resolved yet; `resolved`;
 * `dropped`: was never published.
 */
export type IncidentPhase = 'watching' | 'open' | 'recovering' | 'resolved' | 'dropped'

export interface IncidentState {
  readonly phase: IncidentPhase
  /** The worst status so far. */
  readonly impact: ComponentStatus
  /** The component's status now. */
  readonly status: ComponentStatus
  /** When trouble began, when the present phase did, epoch ms. */
  readonly startedAt: number
  readonly phaseAt: number
  /** When time alone changes the phase; null: never. */
  readonly wakeAt: number | null
}

/** What the public reads about one change. */
export interface IncidentUpdate {
  readonly at: number
  /** `said`: somebody wrote it. */
  readonly kind: 'opened' | 'changed' | 'resolved' | 'said'
  readonly status: ComponentStatus
  /** What somebody wrote. */
  readonly entry?: Entry
}

export interface IncidentStep {
  readonly incident: IncidentState | null
  readonly updates: readonly IncidentUpdate[]
}

const order: readonly ComponentStatus[] = [
  'operational',
  'maintenance',
  'unknown',
  'degraded',
  'partial_outage',
  'major_outage',
]
const worse = (one: ComponentStatus, other: ComponentStatus) =>
  order.indexOf(one) >= order.indexOf(other) ? one : other

/** Takes in a component's present status (or just time: the same status again). `null`: no running incident. */
export function advanceIncident(
  before: IncidentState | null,
  status: ComponentStatus,
  now: number,
  policy: IncidentPolicy,
): IncidentStep {
  if (before === null || before.phase === 'resolved' || before.phase === 'dropped') {
    if (!isTrouble(status) || policy.openAfter === null) return { incident: before, updates: [] }
    return settle(begin(status, now), now, policy)
  }
  // Trouble that has lasted long enough is published even if nobody looked in time and it is over by now.
  const first = before.phase === 'watching' ? settle(before, now, policy) : { incident: before, updates: [] }
  const then = settle(take(first.incident, status, now), now, policy)
  const stays = first.incident.phase !== 'watching' && then.incident.phase === 'open'
  const changed = stays && first.incident.status !== status ? [{ at: now, kind: 'changed', status } as const] : []
  return { incident: then.incident, updates: [...first.updates, ...then.updates, ...changed] }
}

function begin(status: ComponentStatus, now: number): IncidentState {
  return { phase: 'watching', impact: status, status, startedAt: now, phaseAt: now, wakeAt: null }
}

/** A component status taken in. Unknown neither ends an incident nor makes it worse, and is no recovery. */
function take(before: IncidentState, status: ComponentStatus, now: number): IncidentState {
  if (isTrouble(status)) {
    const impact = worse(status, before.impact)
    return before.phase === 'recovering'
      ? { ...before, status, impact, phase: 'open', phaseAt: now }
      : { ...before, status, impact }
  }
  if (status === 'unknown') return { ...before, status }
  if (before.phase === 'watching') return { ...before, status, phase: 'dropped', phaseAt: now }
  if (before.phase === 'recovering' && before.status !== 'unknown') return { ...before, status }
  return { ...before, status, phase: 'recovering', phaseAt: now }
}

type Running = IncidentStep & { readonly incident: IncidentState }

/** Carries out what is due by now, and says what is to be read about it and when time changes something again. */
function settle(incident: IncidentState, now: number, policy: IncidentPolicy): Running {
  const wakeAt = wakes(incident, policy)
  if (wakeAt === null || wakeAt > now) return { incident: { ...incident, wakeAt }, updates: [] }
  const { startedAt, phaseAt, impact, status } = incident
  return incident.phase === 'watching'
    ? {
        incident: { ...incident, phase: 'open', phaseAt: now, wakeAt: null },
        updates: [{ at: startedAt, kind: 'opened', status: impact }],
      }
    : {
        incident: { ...incident, phase: 'resolved', phaseAt: now, wakeAt: null },
        updates: [{ at: phaseAt, kind: 'resolved', status }],
      }
}

/** When time alone opens or resolves it; null: never. Being well must be known, so unknown waits. */
function wakes(incident: IncidentState, policy: IncidentPolicy): number | null {
  if (incident.phase === 'watching') return policy.openAfter === null ? null : incident.startedAt + policy.openAfter
  if (incident.phase !== 'recovering' || incident.status === 'unknown') return null
  return incident.phaseAt + policy.resolveAfter
}
