// Two people changed one thing: what the other one changed, beside what stands here, and whose is to stay.
// Promises that nothing of either is lost before one of them chooses.
import { useEffect, useRef } from 'preact/hooks'
import { get, at, type Problem } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { AuditEntry, Common, ListOf } from '../api/types.ts'
import type { Draft } from '../form/hand.ts'
import { type Change, theirChanges } from '../form/merge.ts'
import { Ago } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { objectWords } from './object-types.ts'

const valueText = (value: unknown): string =>
  value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value)

export function Overtaken({ draft, problem }: { readonly draft: Draft; readonly problem: Problem }) {
  const { path: many, one } = objectWords[draft.type]
  const key = draft.stored.value?.key ?? ''
  const now = useLoaded(`overtaken ${many} ${key}`, (signal) => get<Common>(at(many, key), {}, signal))
  const last = useLoaded(`overtaken by ${many} ${key}`, (signal) =>
    get<ListOf<AuditEntry>>(at(many, key, 'changes'), { limit: 1 }, signal),
  )
  const who = last.value?.items[0]
  const before = draft.stored.value?.spec
  const found = now.value === null ? [] : theirChanges(before, now.value.spec, draft.entry.value)
  const panel = useRef<HTMLElement>(null)
  // The bar with the button that was pressed would hide it; once the table is there it is longer.
  useEffect(() => {
    panel.current?.focus({ preventScroll: true })
    panel.current?.scrollIntoView({ block: 'start' })
  }, [now.value === null])
  return (
    <section ref={panel} tabIndex={-1} class="notice bad seen" role="alert" aria-label="Somebody else changed it">
      <div class="grow stack">
        <p class="strong">
          {who === undefined ? 'Somebody else' : who.actor.name || who.actor.kind} changed this {one}
          {who !== undefined && (
            <>
              {' '}
              <Ago at={who.at} />
            </>
          )}
          , while you were at it. Nothing of yours is saved yet.
        </p>
        {now.value === null && <p>{problem.message}</p>}
        {found.length > 0 && <ChangesTable changes={found} />}
        <p>
          “Keep mine” keeps what you changed yourself, and takes over the rest of theirs. “Take theirs” gives up what
          you changed.
        </p>
        <div class="line">
          <Button
            act={() => draft.overwrite()}
            done="What you changed is in the form, with the rest of theirs; save it."
          >
            Keep mine
          </Button>
          <Button act={() => draft.discard()} done="This is what is stored now.">
            Take theirs
          </Button>
        </div>
      </div>
    </section>
  )
}

const ChangesTable = ({ changes }: { readonly changes: readonly Change[] }) => (
  <div class="table-wrap">
    <table class="table">
      <thead>
        <tr>
          <th>Setting</th>
          <th>Before</th>
          <th>Stored now</th>
          <th>Yours</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, before, theirs, mine, conflict }) => (
          <tr key={path}>
            <td>
              <code>{path}</code>
            </td>
            <td>{valueText(before)}</td>
            <td>{valueText(theirs)}</td>
            <td>{conflict ? valueText(mine) : <span class="muted">not changed by you</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
