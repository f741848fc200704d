// The record of changes: who did what to what, and what is different since.
import type { AuditEntry, Change } from '../api/types.ts'
import { Moment } from '../parts/basics.tsx'

const actors: Readonly<Record<string, string>> = {
  file: 'configuration file',
  beat: 'first heartbeat',
  command: 'command line',
  system: 'Allswell',
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** So many lines are shown at once; more are a press away. */
const linesMost = 4

/** What differs, each setting by its name; to whom it belongs is told where it changes. */
export function Differences({ changes }: { readonly changes: readonly Change[] }) {
  const told = changes.filter(({ path, before }) => path !== 'owner' || before !== undefined)
  if (told.length <= linesMost) return <Lines changes={told} />
  return (
    <>
      <Lines changes={told.slice(0, linesMost - 1)} />
      <details>
        <summary class="small">{told.length - linesMost + 1} more</summary>
        <Lines changes={told.slice(linesMost - 1)} />
      </details>
    </>
  )
}

const Lines = ({ changes }: { readonly changes: readonly Change[] }) => (
  <ul class="diff">
    {changes.map((change) => (
      <li key={change.path}>
        <span class="muted">{change.path.replace(/^spec\./, '')}</span>{' '}
        {'before' in change && (
          <>
            <del>{valueText(change.before)}</del>{' '}
          </>
        )}
        {'after' in change ? <ins>{valueText(change.after)}</ins> : <span class="muted">taken away</span>}
      </li>
    ))}
  </ul>
)

/** A file is called one: its path would fill the line. */
const Actor = ({ actor: { kind, name } }: Pick<AuditEntry, 'actor'>) => {
  const word = actors[kind]
  if (word === undefined) return <>{name}</>
  return kind === 'file' || name === '' ? <span title={name}>{word}</span> : <>{`${name} (${word})`}</>
}

interface AuditProps {
  readonly entries: readonly AuditEntry[]
  /** Whether what was changed is named, too. */
  readonly whole: boolean
}

export const AuditTable = ({ entries, whole }: AuditProps) => (
  <div class="table-wrap">
    <table class="table told">
      <thead>
        <tr>
          <th>When</th>
          <th>Who</th>
          <th>What</th>
          <th>Difference</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((one) => (
          <tr key={one.id}>
            <td class="tight muted">
              <Moment at={one.at} />
            </td>
            <td title={one.address ?? undefined}>
              <Actor actor={one.actor} />
            </td>
            <td>
              {one.action.replaceAll('_', ' ')}
              {whole && (
                <>
                  {' '}
                  <span class="muted">{one.type}</span> {one.subject}
                </>
              )}
            </td>
            <td>
              <Differences changes={one.changes} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
