// The short lists: channels, rules, status pages.
import { at, get, post } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ObjectType } from '../api/schemas.ts'
import type { Channel, Common, ListOf, Page, Sent } from '../api/types.ts'
import type { ComponentChildren } from 'preact'
import { Badge, Empty, Head, Trouble, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { toast } from '../parts/toast.tsx'
import { base } from '../router.ts'
import { may, me } from '../session.ts'
import { isFileOwned, list, ownerWord } from '../words.ts'
import { objectWords } from './object-types.ts'

interface ListProps<Item extends Common> {
  readonly type: ObjectType
  readonly says: (item: Item) => ComponentChildren
  readonly acts?: (item: Item) => ComponentChildren
  readonly empty: string
}

function ObjectList<Item extends Common>({ type, says, acts, empty }: ListProps<Item>) {
  const words = objectWords[type]
  const found = useLoaded(`list ${type}`, (signal) => get<ListOf<Item>>(at(words.path), { limit: 500 }, signal))
  const make = may('edit') && (
    <a class="button main" href={`${base}/${words.path}/new`}>
      New {words.one}
    </a>
  )
  return (
    <div class="screen">
      <Head title={words.many}>{make}</Head>
      {found.problem && <Trouble problem={found.problem} again={found.again} />}
      {!found.value && !found.problem && <Waiting />}
      {found.value?.items.length === 0 && (
        <Empty title={me.value?.labels ? 'Nothing that you may see' : `No ${words.one} yet`}>
          <p>
            {me.value?.labels ? 'You see only what has certain labels. Whoever administers this can widen it.' : empty}
          </p>
          {make}
        </Empty>
      )}
      {found.value && found.value.items.length > 0 && (
        <div class="table-wrap">
          <table class="table stacked">
            <thead>
              <tr>
                <th>Name</th>
                <th>{words.about.charAt(0).toUpperCase() + words.about.slice(1)}</th>
                <th class="desk">Owner</th>
                {acts && <th class="right">Do</th>}
              </tr>
            </thead>
            <tbody>
              {found.value.items.map((item) => (
                <tr key={item.key}>
                  <td class="name">
                    <a class="quiet" href={`${base}/${words.path}/${encodeURIComponent(item.key)}`}>
                      {item.name}
                    </a>
                  </td>
                  <td>{says(item)}</td>
                  <td class="desk muted">
                    {isFileOwned(item.owner) ? <Badge>{ownerWord(item.owner)}</Badge> : ownerWord(item.owner)}
                  </td>
                  {acts && <td class="right tight">{acts(item)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

export const Channels = () => (
  <ObjectList<Channel>
    type="channel"
    empty="A channel is a way to reach people: a mail address, a chat’s webhook. Rules say what goes there."
    says={({ kind, target }) => (
      <span class="line">
        <Badge>{kind}</Badge> <span class="cut">{target}</span>
      </span>
    )}
    acts={({ key, name }) => may('edit') && <TestChannel name={key} word={name} />}
  />
)

const TestChannel = ({ name, word }: { readonly name: string; readonly word: string }) => (
  <Button
    class="tiny"
    label={`Send a test by ${word}`}
    act={async () => {
      const { ok, detail } = await post<Sent>(at('channels', name, 'test'), undefined, { timeout: 60_000 })
      toast(
        ok ? `The test by ${word} arrived: ${detail}` : `The test by ${word} did not arrive: ${detail}`,
        ok ? 'good' : 'bad',
      )
    }}
  >
    Send a test
  </Button>
)

/** `down and up of shop-* to ops and chat`. */
export function ruleWords({ spec }: Pick<Common, 'spec'>): string {
  const on = [spec['on'] ?? ['down', 'up']].flat().map(String)
  const tell = [spec['tell'] ?? []].flat().map(String)
  return `${list(on)} of ${selectionWords(spec['monitors'])} to ${list(tell)}`
}

/** Which monitors a selection means, in words. */
export function selectionWords(chosen: unknown): string {
  if (chosen === '*') return 'all monitors'
  if (typeof chosen === 'string') return chosen
  if (Array.isArray(chosen)) return list(chosen.map(String))
  if (typeof chosen !== 'object' || chosen === null) return 'no monitor'
  const { keys, labels } = chosen as { keys?: unknown; labels?: Readonly<Record<string, string>> }
  const named = keys === undefined ? 'monitors' : selectionWords(keys)
  const labelled = Object.entries(labels ?? {}).map(([name, value]) => `${name}:${value}`)
  return labelled.length === 0 ? named : `${named} with ${list(labelled)}`
}

export const Rules = () => (
  <ObjectList<Common>
    type="rule"
    empty="A rule says which channel is told what of which monitors. Without one nobody is told anything."
    says={ruleWords}
  />
)

export const Pages = () => (
  <ObjectList<Page>
    type="page"
    empty="A status page shows the public what of your monitors concerns them, and fills itself."
    says={({ path }) => (
      <a href={path} target="_blank" rel="noopener">
        {path} ↗
      </a>
    )}
  />
)
