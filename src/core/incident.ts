// Incident: what the public is told of trouble with one component, opening and resolving by itself.
// Promises that short trouble is not published and short recovery does not resolve. Pure; time is an argument.
import { type ComponentStatus, isTrouble } from './component.ts'

export interface IncidentPolicy {
  /** Trouble must last so long before it is published, ms; null: never by itself. */
  readonly openAfter: number | null
  /** It must be well for so long before it is resolved, ms. */
  readonly resolveAfter: number
}

/** `watching`: trouble not published yet; `open`; `recovering`: well again, not resolved yet; `resolved`; `dropped`: was never published. */
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
  readonly kind: 'opened' | 'changed' | 'resolved'
  readonly status: ComponentStatus
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
    const begun: IncidentState = {
      phase: 'watching',
      impact: status,
      status,
      startedAt: now,
      phaseAt: now,
      wakeAt: now + policy.openAfter,
    }
    return due(begun, now, policy)
  }
  return due(take(before, status, now, policy), now, policy, before)
}

/** A changed component status. Unknown neither ends an incident nor makes it worse. */
function take(before: IncidentState, status: ComponentStatus, now: number, policy: IncidentPolicy): IncidentState {
  if (isTrouble(status)) {
    const impact = worse(status, before.impact)
    if (before.phase !== 'recovering') return { ...before, status, impact }
    return { ...before, status, impact, phase: 'open', phaseAt: now, wakeAt: null }
  }
  if (status === 'unknown') return { ...before, status }
  if (before.phase === 'watching') return { ...before, status, phase: 'dropped', phaseAt: now, wakeAt: null }
  if (before.phase === 'recovering') return { ...before, status }
  return { ...before, status, phase: 'recovering', phaseAt: now, wakeAt: now + policy.resolveAfter }
}

/** Carries out what is due, and says what is to be read about it. */
function due(incident: IncidentState, now: number, policy: IncidentPolicy, before?: IncidentState): IncidentStep {
  if (incident.phase === 'watching' && policy.openAfter !== null && now >= incident.startedAt + policy.openAfter) {
    const open: IncidentState = { ...incident, phase: 'open', phaseAt: now, wakeAt: null }
    return { incident: open, updates: [{ at: incident.startedAt, kind: 'opened', status: incident.impact }] }
  }
  if (incident.phase === 'recovering' && now >= incident.phaseAt + policy.resolveAfter) {
    const resolved: IncidentState = { ...incident, phase: 'resolved', phaseAt: now, wakeAt: null }
    return { incident: resolved, updates: [{ at: incident.phaseAt, kind: 'resolved', status: incident.status }] }
  }
  const changed = incident.phase === 'open' && before !== undefined && before.status !== incident.status
  return { incident, updates: changed ? [{ at: now, kind: 'changed', status: incident.status }] : [] }
}
