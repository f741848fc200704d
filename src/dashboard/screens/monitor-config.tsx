// How a monitor is configured: as one would write it into the file, and as it counts, defaults filled in.
import type { Monitor } from '../api/types.ts'
import { Panel } from '../parts/basics.tsx'
import { CopyButton } from '../parts/button.tsx'
import { FactList } from '../parts/facts.tsx'
import { Text } from '../parts/text.tsx'
import { isFileOwned, ownerWord } from '../words.ts'
import { toYaml } from '../yaml.ts'

export function Configuration({ monitor }: { readonly monitor: Monitor }) {
  const text = toYaml({ monitors: { [monitor.key]: monitor.spec } })
  return (
    <div class="split">
      <Panel title="As YAML" aside={<CopyButton text={text} label="Copy YAML" />}>
        <div class="stack">
          <Text text={text} label="The configuration as YAML" />
          <p class="muted small">
            {isFileOwned(monitor.owner)
              ? `It is read from ${ownerWord(monitor.owner)}; change it there.`
              : 'It can stand like this in a configuration file; secrets stand as *** and must be written anew.'}
          </p>
        </div>
      </Panel>
      <Panel title="As it counts">
        {monitor.policy ? (
          <FactList facts={{ ...monitor.policy, ...(monitor.beats ? { beats: monitor.beats } : {}) }} />
        ) : (
          <p>{monitor.problem}</p>
        )}
      </Panel>
    </div>
  )
}
