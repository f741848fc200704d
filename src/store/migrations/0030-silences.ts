// Silences: of which monitors nobody is told for a time.
import type { Ddl } from '../migrate.ts'

export const name = '0030-silences'

export const up = (t: Ddl): readonly string[] => [
  `create table silences (
    id ${t.id}, selector text not null, labels text, from_at ${t.int} not null, until_at ${t.int} not null,
    reason text, made_by text not null, created_at ${t.int} not null, ended_by text, revision ${t.int} not null)`,
  'create index silences_until on silences (until_at)',
]
