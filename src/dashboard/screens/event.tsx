// Explain: one event, what was seen, which rules it concerned, who was told and who not, and why; each attempt.
import { at, get, post } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Delivery, ExplainedEvent, ListOf, LoggedDelivery, Told } from '../api/types.ts'
import { useLive } from '../live.ts'
import { Ago, Failed, Head, Moment, Panel, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { FactList, saysSomething } from '../parts/facts.tsx'
import { Shape } from '../parts/shape.tsx'
import { eventStatus, eventWords } from '../parts/story.tsx'
import { base } from '../router.ts'
import type { Params } from '../routes.ts'
import { may } from '../session.ts'
import { count, list } from '../words.ts'
import { Attempts } from './message-attempts.tsx'
import { DeliveryState } from './message-table.tsx'

interface Whole {
  readonly event: ExplainedEvent
  readonly messages: readonly LoggedDelivery[]
}

/** So many messages of one event are shown with their attempts. */
const messagesMost = 100

async function load(id: string, signal: AbortSignal): Promise<Whole> {
  const [event, sent] = await Promise.all([
    get<ExplainedEvent>(at('events', id), {}, signal),
    get<ListOf<Delivery>>('/deliveries', { event: id, limit: messagesMost }, signal),
  ])
  const logged = (one: Delivery) => get<LoggedDelivery>(at('deliveries', one.id), {}, signal)
  return { event, messages: await Promise.all(sent.items.map(logged)) }
}

export function EventScreen({ params: { id = '' } }: { readonly params: Params }) {
  const whole = useLoaded(`event ${id}`, (signal) => load(id, signal), { keep: true })
  useLive(() => {
    if (whole.value?.messages.some(({ finishedAt }) => finishedAt === null)) whole.again()
  }, 2_000)
  if (whole.problem) return <Failed problem={whole.problem} again={whole.again} />
  if (!whole.value) return <Waiting />
  const { event, messages } = whole.value
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
        <Seen event={event} />
        <Held event={event} />
        <Panel title="Who was told, and why" flush={event.explanation.length > 0}>
          <Explanation event={event} messages={messages} again={whole.again} />
        </Panel>
        {saysSomething(event.facts) && (
          <Panel title="Evidence">
            <FactList facts={event.facts} />
          </Panel>
        )}
      </div>
    </div>
  )
}

/** What was seen, how often and from where, or what somebody did. */
const Seen = ({ event }: { readonly event: ExplainedEvent }) => (
  <div class="stack">
    <p>
      {event.deed ? (
        <>
          By {event.deed.by}
          {event.deed.until !== null && (
            <>
              {' '}
              until <Moment at={event.deed.until} />
            </>
          )}
          {event.deed.note !== null && `: ${event.deed.note}`}.{' '}
        </>
      ) : null}
      {event.sentence ?? (event.deed || event.status === 'up' ? '' : 'No reason was given.')}{' '}
      <span class="muted">
        <Moment at={event.at} /> (<Ago at={event.at} />)
      </span>
    </p>
    <p class="muted">
      {event.confirmations > 0 && `Confirmed by ${count(event.confirmations, 'observation')}`}
      {event.confirmations > 0 && event.locations.length > 0 && ` from ${list(event.locations)}`}
      {event.confirmations > 0 && '.'}
      {event.outageAt !== null && event.outageAt !== event.at && (
        <>
          {' '}
          The outage began <Ago at={event.outageAt} />.
        </>
      )}
    </p>
    {event.identity && (
      <p>
        Before: {event.identity.before.words}. Now: {event.identity.now.words}.
      </p>
    )}
  </div>
)

/** What kept everybody from being told. */
function Held({ event: { held } }: { readonly event: ExplainedEvent }) {
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

interface ExplanationProps extends Whole {
  readonly again: () => void
}

function Explanation({ event, messages, again }: ExplanationProps) {
  const { explanation } = event
  if (explanation.length === 0)
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
      {explanation.map((line) => (
        <Line
          key={`${line.rule} ${line.channel}`}
          line={line}
          message={messages.find(({ rule, channel }) => rule === line.rule && channel === line.channel)}
          again={again}
        />
      ))}
    </ul>
  )
}

interface LineProps {
  readonly line: Told
  readonly message: LoggedDelivery | undefined
  readonly again: () => void
}

/** One rule and one channel: whether, why, and what became of the message. */
const Line = ({ line: { rule, channel, told, why }, message, again }: LineProps) => (
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
      {message && message.log.length > 0 && <Attempts log={message.log} />}
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
