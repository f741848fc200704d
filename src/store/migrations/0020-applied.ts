// The revision that the last apply of a scope left an object at: whatever comes after it was done by somebody else.
import type { Ddl } from '../migrate.ts'

export const name = '0020-applied'

export const up = (t: Ddl): readonly string[] => [`alter table objects add column applied ${t.int}`]
