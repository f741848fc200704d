// Silences: monitors, chosen by key or label, of which nobody is told for a time.
import { useSignal } from '@preact/signals'
import { get, type Query } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ListOf, ShownStatus, Silence } from '../api/types.ts'
import { useLive } from '../live.ts'
import { Ago, Empty, Head, Moment, Trouble, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { Shape } from '../parts/shape.tsx'
import { base, place, setQuery } from '../router.ts'
import { may } from '../session.ts'
import { count } from '../words.ts'
import { remove, at } from '../api/client.ts'
import { selectionWords } from './lists.tsx'
import { ChangeSilence } from './silence-change.tsx'
import { NewSilence } from './silence-new.tsx'

const states: Readonly<Record<Silence['state'], readonly [shape: ShownStatus, word: string]>> = {
  active: ['paused', 'Quiet'],
  scheduled: ['unknown', 'Planned'],
  ended: ['up', 'Over'],
}

export function SilencesScreen() {
  const { query } = place.value
  const over = query.get('state') === 'ended'
  const asked: Query = { state: over ? 'ended' : 'active,scheduled', cursor: query.get('cursor'), limit: 100 }
  const found = useLoaded(
    `silences ${JSON.stringify(asked)}`,
    (signal) => get<ListOf<Silence>>('/silences', asked, signal),
    { keep: true },
  )
  useLive(found.again)
  const making = query.get('new') !== null
  const close = () => setQuery({ new: null, label: null })
  return (
    <div class="screen">
      <Head title="Silences">
        {may('respond') && !making && (
          <button type="button" class="button main" onClick={() => setQuery({ new: '1' })}>
            New silence
          </button>
        )}
      </Head>
      {making && may('respond') && (
        <NewSilence
          labels={query.getAll('label')}
          close={close}
          done={() => {
            close()
            found.again()
          }}
        />
      )}
      <nav class="tabs" aria-label="Which silences">
        <a href={`${base}/silences`} aria-current={over ? undefined : 'page'}>
          Now and planned
        </a>
        <a href={`${base}/silences?state=ended`} aria-current={over ? 'page' : undefined}>
          Over
        </a>
      </nav>
      {found.problem && <Trouble problem={found.problem} again={found.again} />}
      {!found.value && !found.problem && <Waiting />}
      {found.value?.items.length === 0 && <Nothing over={over} />}
      {found.value && found.value.items.length > 0 && <List silences={found.value.items} again={found.again} />}
      {found.value?.next != null && (
        <div class="paging">
          <button type="button" class="button" onClick={() => setQuery({ cursor: found.value?.next ?? null })}>
            Older
          </button>
        </div>
      )}
    </div>
  )
}

const Nothing = ({ over }: { readonly over: boolean }) => (
  <Empty title={over ? 'No silence is over yet' : 'Nothing is silenced'}>
    <p>
      A silence keeps everybody from being told of some monitors for a time: while you move a server, while a supplier
      mends something. They are watched all the same, and what is still wrong at the end is told then.
    </p>
  </Empty>
)

interface ListProps {
  readonly silences: readonly Silence[]
  readonly again: () => void
}

const List = ({ silences, again }: ListProps) => (
  <ul class="panel silences">
    {silences.map((one) => (
      <Line key={one.id} silence={one} again={again} />
    ))}
  </ul>
)

/** A silence’s monitors in words. */
const chosenWords = ({ keys, labels }: Silence['monitors']): string =>
  selectionWords(labels === null ? keys : keys === null ? { labels } : { keys, labels })

function Line({ silence, again }: { readonly silence: Silence; readonly again: () => void }) {
  const { id, state, monitors, from, until, reason, by, covers, endedBy } = silence
  const [shape, word] = states[state]
  const changing = useSignal(false)
  const end = async () => {
    await remove(at('silences', id))
    again()
  }
  return (
    <li id={`silence-${id}`}>
      <Shape status={shape} />
      <div class="grow">
        <p>
          <span class="strong">{chosenWords(monitors)}</span>{' '}
          <span class="muted">covers {count(covers, 'monitor')} now</span>
        </p>
        {reason !== null && <p>{reason}</p>}
        <p class="muted small">
          {word}
          {state === 'active' && (
            <>
              {' '}
              until <Moment at={until} />, ends <Ago at={until} />
            </>
          )}
          {state === 'scheduled' && (
            <>
              {' '}
              from <Moment at={from} /> until <Moment at={until} />
            </>
          )}
          {state === 'ended' && (
            <>
              {' '}
              since <Moment at={until} />
              {endedBy !== null && `, ended by ${endedBy}`}
            </>
          )}{' '}
          · made by {by}
        </p>
      </div>
      {state !== 'ended' && may('respond') && (
        <Button act={() => void (changing.value = true)} label={`Change the silence of ${chosenWords(monitors)}`}>
          Change
        </Button>
      )}
      {changing.value && <ChangeSilence silence={silence} close={() => (changing.value = false)} done={again} />}
      {state !== 'ended' && may('respond') && (
        <Button act={end} done="It is over. What it held back and still lasts is told now.">
          End it
        </Button>
      )}
    </li>
  )
}
