// How long each phase of checks took, the last failure of each monitor, and finding what was changed since a moment.
import type { Ddl } from '../migrate.ts'

export const name = '0006-past'

export const up = (t: Ddl): readonly string[] => [
  'alter table observations add column phases text',
  `alter table rollups add column phases text not null default ''`,
  `create table failures (monitor_id ${t.int} primary key, at ${t.int} not null, data text not null)`,
  'create index objects_updated_at on objects (type, updated_at)',
]
