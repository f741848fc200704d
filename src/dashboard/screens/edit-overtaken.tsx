// Two people changed one thing: what the other one changed, beside what stands here, and whose is to stay.
// Promises that nothing of either is lost before one of them chooses.
import { get, at, type Problem } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { AuditEntry, Common, ListOf } from '../api/types.ts'
import { isMap } from '../form/model.ts'
import type { Draft } from '../form/hand.ts'
import { Ago } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { objectWords } from './object-types.ts'

interface Difference {
  readonly path: string
  readonly theirs: unknown
  readonly mine: unknown
}

/** The settings in which two values differ, each as deep as it can be named. */
export function differences(theirs: unknown, mine: unknown, path = ''): Difference[] {
  if (JSON.stringify(theirs) === JSON.stringify(mine)) return []
  if (!isMap(theirs) || !isMap(mine)) return [{ path, theirs, mine }]
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)])
  return [...names].flatMap((name) => differences(theirs[name], mine[name], path === '' ? name : `${path}.${name}`))
}

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
  const found = now.value === null ? [] : differences(now.value.spec, draft.entry.value)
  return (
    <section class="notice bad" role="alert" aria-label="Somebody else changed it">
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
        {found.length > 0 && (
          <div class="table-wrap">
            <table class="table">
              <thead>
                <tr>
                  <th>Setting</th>
                  <th>Stored now</th>
                  <th>Yours</th>
                </tr>
              </thead>
              <tbody>
                {found.map(({ path, theirs, mine }) => (
                  <tr key={path}>
                    <td>
                      <code>{path}</code>
                    </td>
                    <td>{valueText(theirs)}</td>
                    <td>{valueText(mine)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <div class="line">
          <Button act={() => draft.overwrite()} done="Yours is in the form; save it to put it in the place of theirs.">
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
