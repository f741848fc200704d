// Numbers by which other programs know components and their groups, and tokens for certain components alone.
import type { Ddl } from '../migrate.ts'

export const name = '0008-components'

export const up = (t: Ddl): readonly string[] => [
  `create table numbers (
    kind ${t.key} not null,
    name ${t.key} not null,
    number ${t.int} not null,
    created_at ${t.int} not null,
    primary key (kind, name)
  )${t.keyed}`,
  'create unique index numbers_number on numbers (kind, number)',
  'alter table tokens add column components text',
  `alter table tokens add column string_numbers ${t.int}`,
]
