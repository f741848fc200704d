// What pages tell, as the store's contract has it: incidents, numbers of components, metrics.
// Promises no behaviour; only names.
import type { IncidentState, IncidentUpdate } from '#core/incident.ts'
import type { Maintenance } from '#core/maintenance.ts'
import type { Told } from '#core/told.ts'

export interface StoredIncident extends IncidentState {
  readonly id: number
  readonly page: string
  readonly component: string
  readonly name: string
  /** What people make of it; left out: it opened by itself, and nobody has touched it. */
  readonly told?: Told
  readonly updates: readonly StoredUpdate[]
}
export interface StoredUpdate extends IncidentUpdate {
  readonly id: number
}
export type NewIncident = Omit<StoredIncident, 'id' | 'updates'> & { readonly updates: readonly IncidentUpdate[] }
export interface Incidents {
  /** Running ones that opened by themselves (watching, open, recovering), by page and component. */
  running(): Promise<StoredIncident[]>
  /** Running ones that people tell, of all pages. */
  told(): Promise<StoredIncident[]>
  insert(incident: NewIncident): Promise<number>
  update(id: number, state: IncidentState, updates: readonly IncidentUpdate[]): Promise<void>
  /** Published ones of a page since `since` that the public sees, newest first, with their updates newest first. */
  ofPage(page: string, since: number, limit: number): Promise<StoredIncident[]>
  /** Published ones of a page, hidden ones too, newest first, without their updates. */
  all(page: string, limit: number): Promise<Omit<StoredIncident, 'updates'>[]>
  /** With their updates; what is deleted or was never published is left out. */
  byIds(ids: readonly number[]): Promise<StoredIncident[]>
  /** What people make of it now, with the state that follows from that. */
  tell(id: number, told: Told, state: IncidentState): Promise<void>
  addUpdate(id: number, update: IncidentUpdate): Promise<number>
  /** False: there is no such update of this incident. */
  changeUpdate(id: number, update: StoredUpdate): Promise<boolean>
  removeUpdate(id: number, update: number): Promise<boolean>
  remove(id: number, at: number): Promise<void>
  due(now: number): Promise<StoredIncident[]>
  /** Deletes those that were dropped, unpublished, before; gives how many. */
  forgetDropped(before: number): Promise<number>
}

/** Numbers that things have for ever, by which programs know them that know no keys. */
export interface Numbers {
  /** The numbers of these names in their order; those that have none are given the next ones. */
  of(kind: NumberedKind, names: readonly string[], at: number): Promise<Map<string, Numbered>>
  /** Who has this number or had it; null: nobody. */
  named(kind: NumberedKind, number: number): Promise<string | null>
}
export type NumberedKind = 'component' | 'group'
export interface Numbered {
  readonly number: number
  /** Since when it has it. */
  readonly at: number
}

/** Numbers that programs push, to be drawn on a page. */
export interface StoredMetric {
  readonly id: number
  readonly page: string
  readonly spec: MetricSpec
  readonly createdAt: number
  readonly updatedAt: number
}
export interface MetricSpec {
  readonly name: string
  readonly suffix: string
  readonly description: string
  readonly calculation: 'sum' | 'average'
  readonly places: number
  readonly defaultValue: number
  /** Drawn first: the last hour, twelve hours, week or month. */
  readonly view: 0 | 1 | 2 | 3
  /** The same value again within so many minutes is the same point. */
  readonly threshold: number
  readonly order: number
  /** 0: for those who may see everything; 1: for the public; 2: for nobody. */
  readonly visible: 0 | 1 | 2
  readonly drawn: boolean
}
export interface MetricPoint {
  readonly id: number
  readonly at: number
  readonly value: number
  /** How often it came. */
  readonly count: number
  readonly updatedAt: number
}
export interface Metrics {
  insert(page: string, spec: MetricSpec, at: number): Promise<number>
  update(id: number, spec: MetricSpec, at: number): Promise<void>
  remove(id: number): Promise<void>
  ofPage(page: string): Promise<StoredMetric[]>
  /** Newest first. */
  points(metric: number, limit: number): Promise<MetricPoint[]>
  /** The newest point with this value (or, with null, with any) since; null: there is none. */
  lately(metric: number, value: number | null, since: number): Promise<MetricPoint | null>
  addPoint(metric: number, point: Omit<MetricPoint, 'id'>): Promise<number>
  changePoint(metric: number, point: MetricPoint): Promise<boolean>
  removePoint(metric: number, id: number): Promise<boolean>
  /** Deletes points from before; gives how many. */
  forget(before: number): Promise<number>
}

export interface StoredMaintenance extends Maintenance {
  readonly id: number
  /** Who planned it, for people. */
  readonly by: string
  readonly createdAt: number
  readonly revision: number
}
export interface Maintenances {
  insert(plan: Maintenance, at: number): Promise<StoredMaintenance>
  get(id: number): Promise<StoredMaintenance | null>
  /** Null: there is none. */
  update(id: number, plan: Maintenance, at: number): Promise<StoredMaintenance | null>
  /** Those that were not over for good by then, the oldest first. */
  since(at: number): Promise<StoredMaintenance[]>
  /** The newest first. */
  list(limit: number): Promise<StoredMaintenance[]>
  /** Deletes those that were over before; gives how many. */
  forget(before: number): Promise<number>
}
