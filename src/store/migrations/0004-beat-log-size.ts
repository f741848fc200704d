// How long what came with a heartbeat was, of which only the beginning may be kept.
import type { Ddl } from '../migrate.ts'

export const name = '0004-beat-log-size'

export const up = (ddl: Ddl): readonly string[] => [`alter table beat_logs add column size ${ddl.int}`]
