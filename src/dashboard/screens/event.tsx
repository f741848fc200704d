// Explain: one event, what was seen, which rules it concerned, who was told and who not, and why; each attempt.
import { at, get, post } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Event, Explained, ExplainedEvent } from '../api/types.ts'
import { useLive } from '../live.ts'
import { Ago, Failed, Head, Moment, Panel, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { FactList, saysSomething } from '../parts/facts.tsx'
import { Shape } from '../parts/shape.tsx'
import { eventStatus, eventWords } from '../parts/story.tsx'
import { base } from '../router.ts'
import type { Params } from '../routes.ts'
import { may } from '../session.ts'
import { count, latency, list, statusWord } from '../words.ts'
import { Attempts } from './message-attempts.tsx'
import { DeliveryState } from './message-table.tsx'

interface Whole {
  readonly story: Explained
  readonly facts: ExplainedEvent['facts']
}

async function load(id: string, signal: AbortSignal): Promise<Whole> {
  const [story, { facts }] = await Promise.all([
    get<Explained>(at('events', id, 'explain'), {}, signal),
    get<ExplainedEvent>(at('events', id), {}, signal),
  ])
  return { story, facts }
}

const isUnderWay = ({ message }: Explained['told'][number]) =>
  message?.state === 'pending' || message?.state === 'sending'

export function EventScreen({ params: { id = '' } }: { readonly params: Params }) {
  const whole = useLoaded(`event ${id}`, (signal) => load(id, signal), { keep: true })
  useLive(() => {
    if (whole.value?.story.told.some(isUnderWay)) whole.again()
  }, 2_000)
  if (whole.problem) return <Failed problem={whole.problem} again={whole.again} />
  if (!whole.value) return <Waiting />
  const { story, facts } = whole.value
  const { event, told, seen, sentences } = story
  const name = event.name ?? event.monitor
  return (
    <div class="screen">
      <p class="crumb">
        <a class="quiet" href={`${base}/events`}>
          Events
        </a>{' '}
        /{' '}
        <a class="quiet" href={`${base}/monitors/${encodeURIComponent(event.monitor)}`}>
          {name}
        </a>
      </p>
      <Head
        title={`${name}: ${eventWords(event).toLowerCase()}`}
        before={<Shape status={eventStatus(event)} large />}
      />
      <div class="stack wide">
        <About event={event} />
        <Held event={event} />
        {sentences.length > 0 && (
          <Panel title="What happened, in order">
            <ol class="story">
              {sentences.map((one, index) => (
                <li key={index}>{one}</li>
              ))}
            </ol>
          </Panel>
        )}
        <Panel title="Who was told, and why" flush={told.length > 0}>
          <Explanation event={event} told={told} again={whole.again} />
        </Panel>
        {seen.length > 0 && <Seen seen={seen} />}
        {saysSomething(facts) && (
          <Panel title="Evidence">
            <FactList facts={facts} />
          </Panel>
        )}
      </div>
    </div>
  )
}

/** When, and what somebody did. */
const About = ({ event }: { readonly event: Event }) => (
  <div class="stack">
    <p>
      {event.deed && `By ${event.deed.by}${event.deed.note === null ? '' : `: ${event.deed.note}`}. `}
      {event.deed?.until && (
        <>
          Until <Moment at={event.deed.until} />.{' '}
        </>
      )}
      {event.sentence}{' '}
      <span class="muted">
        <Moment at={event.at} /> (<Ago at={event.at} />)
      </span>
    </p>
    {event.confirmations > 0 && (
      <p class="muted">
        Confirmed by {count(event.confirmations, 'observation')}
        {event.locations.length > 0 && ` from ${list(event.locations)}`}.
      </p>
    )}
    {event.identity && (
      <p>
        Before: {event.identity.before.words}. Now: {event.identity.now.words}.
      </p>
    )}
  </div>
)

/** The results on which it was decided. */
const Seen = ({ seen }: Pick<Explained, 'seen'>) => (
  <Panel title="What was seen before">
    <ol class="attempts">
      {seen.map((one, index) => (
        <li key={index} class="line">
          <Shape status={one.outcome} />
          <span class="muted nowrap">
            <Moment at={one.at} />, {one.location}
          </span>
          <span class="grow">
            {statusWord[one.outcome]}
            {one.latency !== null && ` in ${latency(one.latency)}`}
            {one.agrees && <span class="muted"> · speaks for it</span>}
          </span>
        </li>
      ))}
    </ol>
  </Panel>
)

/** What kept everybody from being told. */
function Held({ event: { held } }: { readonly event: Event }) {
  if (held === null) return null
  return (
    <p class="notice">
      <Shape status="paused" />
      <span>
        It was kept quiet: {held.words}
        {held.silence !== null && (
          <>
            {' '}
            <a href={`${base}/silences#silence-${held.silence}`}>Silences</a>
          </>
        )}
      </span>
    </p>
  )
}

interface ExplanationProps extends Pick<Explained, 'event' | 'told'> {
  readonly again: () => void
}

function Explanation({ event, told, again }: ExplanationProps) {
  if (told.length === 0)
    return (
      <p class="muted">
        {event.alert
          ? 'Nobody: no rule is about this monitor. '
          : 'Nobody: it is not one of those events that people are told. '}
        <a href={`${base}/rules`}>Rules</a> say who is told what.
      </p>
    )
  return (
    <ul class="told-list">
      {told.map((line) => (
        <Line key={`${line.rule} ${line.channel}`} line={line} again={again} />
      ))}
    </ul>
  )
}

interface LineProps {
  readonly line: Explained['told'][number]
  readonly again: () => void
}

/** One rule and one channel: whether, why, and what became of the message. */
const Line = ({ line: { rule, channel, told, why, message }, again }: LineProps) => (
  <li>
    <div class="grow">
      <p>
        <span class="strong">{told ? 'Told' : 'Not told'}</span>:{' '}
        <a class="quiet strong" href={`${base}/channels/${encodeURIComponent(channel)}`}>
          {channel}
        </a>
        , by the rule{' '}
        <a class="quiet" href={`${base}/rules/${encodeURIComponent(rule)}`}>
          {rule}
        </a>
      </p>
      <p class="muted">{why}</p>
      {message && message.attempts.length > 0 && <Attempts log={message.attempts} />}
      {message?.nextAt != null && (
        <p class="muted small">
          Tried next <Ago at={message.nextAt} />
          {message.behind > 0 && `, behind ${count(message.behind, 'older message')} about the same monitor`}.
        </p>
      )}
    </div>
    {message && (
      <div class="line">
        <a class="quiet" href={`${base}/messages/${message.id}`}>
          <DeliveryState state={message.state} />
        </a>
        {may('respond') && message.state !== 'sending' && <Resend id={message.id} done={again} />}
      </div>
    )}
  </li>
)

export const Resend = ({ id, done }: { readonly id: number; readonly done: () => void }) => (
  <Button
    class="tiny"
    done="It is on its way again."
    act={async () => {
      await post(at('deliveries', id, 'resend'))
      done()
    }}
  >
    Send again
  </Button>
)
