// How a monitor is configured: as one would write it into the file, and every setting as it counts, with its source.
import { at, get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ListOf, Monitor, Setting } from '../api/types.ts'
import { Badge, Panel, Trouble, Waiting } from '../parts/basics.tsx'
import { CopyButton } from '../parts/button.tsx'
import { Text } from '../parts/text.tsx'
import { isFileOwned, ownerWord, valueWords } from '../words.ts'

export function Configuration({ monitor }: { readonly monitor: Monitor }) {
  const { key, revision, owner } = monitor
  const text = useLoaded(`manifest ${key} ${revision}`, (signal) =>
    get<string>(at('monitors', key, 'manifest'), {}, signal),
  )
  return (
    <div class="split">
      <Panel title="As YAML" aside={text.value !== null && <CopyButton text={text.value} label="Copy YAML" />}>
        {text.problem && <Trouble problem={text.problem} again={text.again} />}
        {text.value === null && !text.problem && <Waiting />}
        {text.value !== null && (
          <div class="stack">
            <Text text={text.value} label="The configuration as YAML" />
            <p class="muted small">
              {isFileOwned(owner)
                ? `It is read from ${ownerWord(owner)}; change it there.`
                : 'It can stand like this in a configuration file; secrets stand as *** and must be written anew.'}
            </p>
          </div>
        )}
      </Panel>
      <Counting name={key} revision={revision} />
    </div>
  )
}

const sources = { set: '', default: 'default', derived: 'follows from others' } as const

function Counting({ name, revision }: { readonly name: string; readonly revision: number }) {
  const settings = useLoaded(`settings ${name} ${revision}`, (signal) =>
    get<{ items: ListOf<Setting>['items'] }>(at('monitors', name, 'settings'), {}, signal),
  )
  return (
    <Panel title="As it counts">
      {settings.problem && <Trouble problem={settings.problem} again={settings.again} />}
      {!settings.value && !settings.problem && <Waiting />}
      <dl class="facts">
        {settings.value?.items.map((one) => (
          <Line key={one.path} setting={one} />
        ))}
      </dl>
    </Panel>
  )
}

/** What is inherited is greyed, with its source. */
const Line = ({ setting: { path, title, value, source } }: { readonly setting: Setting }) => (
  <>
    <dt title={path}>{title ?? path}</dt>
    <dd class={source === 'set' ? '' : 'muted'}>
      {valueWords(value)} {source !== 'set' && <Badge>{sources[source]}</Badge>}
    </dd>
  </>
)
