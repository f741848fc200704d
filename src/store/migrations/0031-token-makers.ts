// Tokens: which person made each, so that none may more than they.
import type { Ddl } from '../migrate.ts'

export const name = '0031-token-makers'

export const up = (t: Ddl): readonly string[] => [
  `alter table tokens add column user_id ${t.int}`,
  'update tokens set user_id = (select users.id from users where users.email = tokens.made_by)',
]
