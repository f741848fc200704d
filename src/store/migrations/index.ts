// The migrations, oldest first. A new one is a file here and a line in this list.
import type { Migration } from '../migrate.ts'
import * as first from './0001-first.ts'
import * as weeks from './0002-weeks.ts'
import * as accounts from './0003-accounts.ts'
import * as beatLogSize from './0004-beat-log-size.ts'
import * as beatLogRun from './0005-beat-log-run.ts'
import * as past from './0006-past.ts'
import * as components from './0008-components.ts'
import * as told from './0009-told.ts'
import * as applied from './0020-applied.ts'
import * as silences from './0030-silences.ts'
import * as tokenMakers from './0031-token-makers.ts'
import * as savedViews from './0040-saved-views.ts'

export const migrations: readonly Migration[] = [
  first,
  weeks,
  accounts,
  beatLogSize,
  beatLogRun,
  past,
  components,
  told,
  applied,
  silences,
  tokenMakers,
  savedViews,
]
