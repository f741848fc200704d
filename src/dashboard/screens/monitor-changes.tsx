// Who changed an object, when, and what is different since.
import { at, get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { AuditEntry, ListOf } from '../api/types.ts'
import { Empty, Trouble, Waiting } from '../parts/basics.tsx'
import { AuditTable } from './audit-table.tsx'

interface ChangesProps {
  readonly type: 'monitor' | 'channel' | 'rule' | 'page'
  readonly name: string
}

export function Changes({ type, name }: ChangesProps) {
  const changes = useLoaded(`changes ${type} ${name}`, (signal) =>
    get<ListOf<AuditEntry>>(at(`${type}s`, name, 'changes'), { limit: 100 }, signal),
  )
  if (changes.problem) return <Trouble problem={changes.problem} again={changes.again} />
  if (!changes.value) return <Waiting />
  if (changes.value.items.length === 0)
    return (
      <Empty title="Nobody has changed it">
        <p>Every change from now on is kept here: who, when, and what is different.</p>
      </Empty>
    )
  return <AuditTable entries={changes.value.items} whole={false} />
}
