// Who would be told of a monitor if something happened to it now, who not, and why: folded away below its messages, and
// as a line where nobody would be, for a silence.
import { at, get } from '../api/client.ts'
import { type Loaded, useLoaded } from '../api/loaded.ts'
import type { Whom } from '../api/types.ts'
import { Fold } from '../form/fold.tsx'
import { useLive } from '../live.ts'
import { Trouble, Waiting } from '../parts/basics.tsx'
import { base } from '../router.ts'
import { count, list } from '../words.ts'

/** Rules and silences change seldom. */
const againMs = 30_000

export function useWhom(name: string, version = ''): Loaded<Whom> {
  const load = (signal: AbortSignal) => get<Whom>(at('monitors', name, 'told'), {}, signal)
  const whom = useLoaded(`told of ${name} ${version}`, load, { keep: true })
  useLive(whom.again, againMs)
  return whom
}

interface ToldProps {
  readonly name: string
  /** Nobody was told yet, so why is what people come for. */
  readonly open: boolean
}

export function WouldBeTold({ name, open }: ToldProps) {
  const { value, problem, again } = useWhom(name)
  const about = value?.rules?.filter((rule) => rule.about).length
  const brief = about === undefined ? '' : about === 0 ? 'no rule is about it' : `by ${count(about, 'rule')}`
  return (
    <Fold title="Who would be told" brief={brief} open={open}>
      {problem && !value && <Trouble problem={problem} again={again} />}
      {!value && !problem && <Waiting />}
      {value?.sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {value?.rules != null && value.rules.length > 0 && <Rules rules={value.rules} />}
    </Fold>
  )
}

const channelWord = ({ key, there }: { readonly key: string; readonly there: boolean }) =>
  there ? key : `${key} (there is no such channel)`

const Rules = ({ rules }: { readonly rules: NonNullable<Whom['rules']> }) => (
  <div class="table-wrap">
    <table class="table stacked">
      <thead>
        <tr>
          <th>Rule</th>
          <th>About this monitor</th>
          <th>Tells</th>
        </tr>
      </thead>
      <tbody>
        {rules.map(({ key, name, about, why, on, channels }) => (
          <tr key={key}>
            <td>
              <a class="quiet strong" href={`${base}/rules/${encodeURIComponent(key)}`}>
                {name}
              </a>
            </td>
            <td>{about ? 'Yes' : `No: ${why ?? 'it chooses others'}`}</td>
            <td>
              {list(channels.map(channelWord)) || 'nobody'} <span class="muted">on {list(on)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

/** Why nobody would be told of trouble with it now, where that is no deed on the monitor itself. */
export function SilencedLine({ name, version }: { readonly name: string; readonly version: string }) {
  const { value } = useWhom(name, version)
  if (value?.held?.kind !== 'silenced') return null
  return (
    <p class="muted small">
      <span class="badge">Silenced</span> Nobody is told of trouble with it: {value.held.words}.{' '}
      <a href={`${base}/silences`}>Silences</a>
    </p>
  )
}
