// To which run of a job a log belongs, and with which status it ended.
import type { Ddl } from '../migrate.ts'

export const name = '0005-beat-log-run'

export const up = (ddl: Ddl): readonly string[] => [
  `alter table beat_logs add column run text`,
  `alter table beat_logs add column exit ${ddl.int}`,
]
