// Incidents that people tell, beside those that open by themselves; maintenance; numbers that programs push.
import type { Ddl } from '../migrate.ts'

export const name = '0009-told'

export const up = (t: Ddl): readonly string[] => [
  'alter table incidents add column told text',
  `alter table incidents add column deleted_at ${t.int}`,
  'alter table incident_updates add column told text',
  `create table metrics (
    id ${t.id},
    page ${t.key} not null,
    spec text not null,
    created_at ${t.int} not null,
    updated_at ${t.int} not null
  )`,
  `create table metric_points (
    id ${t.id},
    metric_id ${t.int} not null,
    at ${t.int} not null,
    value ${t.real} not null,
    count ${t.int} not null,
    updated_at ${t.int} not null
  )`,
  'create index metric_points_at on metric_points (metric_id, at)',
  `create table maintenances (
    id ${t.id},
    plan text not null,
    until_at ${t.int} not null,
    made_by text not null,
    created_at ${t.int} not null,
    revision ${t.int} not null
  )`,
  'create index maintenances_until on maintenances (until_at)',
]
