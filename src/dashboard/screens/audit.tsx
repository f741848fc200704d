// The audit log: who changed what, with what is different since; newest first.
import { get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { AuditEntry, ListOf } from '../api/types.ts'
import { Empty, Trouble, Waiting } from '../parts/basics.tsx'
import { place, setQuery } from '../router.ts'
import { AuditTable } from './audit-table.tsx'
import { Settings } from './settings-frame.tsx'

const types = ['monitor', 'channel', 'rule', 'page', 'user', 'invitation', 'token', 'session', 'settings']

export function AuditScreen() {
  const [type, cursor] = [place.value.query.get('type'), place.value.query.get('cursor')]
  const log = useLoaded(
    `audit ${type} ${cursor}`,
    (signal) => get<ListOf<AuditEntry>>('/audit', { type, cursor, limit: 100 }, signal),
    { keep: true },
  )
  return (
    <Settings title="Audit log">
      <div class="filters">
        <select
          class="input"
          aria-label="Which things"
          value={type ?? ''}
          onChange={(event) => setQuery({ type: event.currentTarget.value, cursor: null })}
        >
          <option value="">All things</option>
          {types.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </div>
      {log.problem && <Trouble problem={log.problem} again={log.again} />}
      {!log.value && !log.problem && <Waiting />}
      {log.value?.items.length === 0 && (
        <Empty title="Nothing of that sort">
          <p>Every change is kept here, whoever makes it: people, tokens, files, the command line.</p>
        </Empty>
      )}
      {log.value && log.value.items.length > 0 && <AuditTable entries={log.value.items} whole />}
      {log.value?.next != null && (
        <div class="paging">
          <button type="button" class="button" onClick={() => setQuery({ cursor: log.value?.next ?? null })}>
            Older
          </button>
        </div>
      )}
    </Settings>
  )
}
