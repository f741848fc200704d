// Saved views: a name for what a list was narrowed to, of one person or for everybody.
import type { Ddl } from '../migrate.ts'

export const name = '0040-saved-views'

export const up = (t: Ddl): readonly string[] => [
  `create table saved_views (
    id ${t.id},
    user_id ${t.int} not null,
    within ${t.key} not null,
    name ${t.key} not null,
    query text not null,
    made_by text not null,
    created_at ${t.int} not null,
    updated_at ${t.int} not null,
    unique (user_id, within, name)
  )`,
]
