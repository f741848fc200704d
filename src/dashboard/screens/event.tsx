// Explain: one event, what was seen, which rules it concerned, who was told and who not, and why; each attempt.
import { get, post, at } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Delivery, ExplainedEvent, ListOf, Told } from '../api/types.ts'
import { Ago, Failed, Head, Moment, Panel, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { FactList } from '../parts/facts.tsx'
import { Shape } from '../parts/shape.tsx'
import { eventStatus, eventWords } from '../parts/story.tsx'
import { base } from '../router.ts'
import type { Params } from '../routes.ts'
import { may } from '../session.ts'
import { count, list } from '../words.ts'
import { DeliveryState } from './message-table.tsx'

interface Whole {
  readonly event: ExplainedEvent
  readonly messages: readonly Delivery[]
}

async function load(id: string, signal: AbortSignal): Promise<Whole> {
  const event = await get<ExplainedEvent>(at('events', id), {}, signal)
  const all = await get<ListOf<Delivery>>('/deliveries', { monitor: event.monitor, limit: 500 }, signal)
  return { event, messages: all.items.filter((one) => one.event === event.id) }
}

export function EventScreen({ params: { id = '' } }: { readonly params: Params }) {
  const whole = useLoaded(`event ${id}`, (signal) => load(id, signal))
  if (whole.problem) return <Failed problem={whole.problem} again={whole.again} />
  if (!whole.value) return <Waiting />
  const { event, messages } = whole.value
  return (
    <div class="screen">
      <p class="crumb">
        <a class="quiet" href={`${base}/events`}>
          Events
        </a>{' '}
        /{' '}
        <a class="quiet" href={`${base}/monitors/${encodeURIComponent(event.monitor)}`}>
          {event.monitor}
        </a>
      </p>
      <Head title={eventWords(event)} before={<Shape status={eventStatus(event)} large />} />
      <div class="stack wide">
        <Seen event={event} />
        <Panel title="Who was told, and why">
          <Explanation event={event} messages={messages} again={whole.again} />
        </Panel>
        {Object.keys(event.facts).length > 0 && (
          <Panel title="Evidence">
            <FactList facts={event.facts} />
          </Panel>
        )}
      </div>
    </div>
  )
}

const Seen = ({ event }: { readonly event: ExplainedEvent }) => (
  <div class="stack">
    <p>
      {event.sentence ?? 'No reason was given.'}{' '}
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
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th>Rule</th>
            <th>Channel</th>
            <th>Told</th>
            <th>Why</th>
            <th>Message</th>
          </tr>
        </thead>
        <tbody>
          {explanation.map((line) => (
            <Line
              key={`${line.rule} ${line.channel}`}
              line={line}
              message={messages.find(({ rule, channel }) => rule === line.rule && channel === line.channel)}
              again={again}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface LineProps {
  readonly line: Told
  readonly message: Delivery | undefined
  readonly again: () => void
}

const Line = ({ line: { rule, channel, told, why }, message, again }: LineProps) => (
  <tr>
    <td>
      <a class="quiet" href={`${base}/rules/${encodeURIComponent(rule)}`}>
        {rule}
      </a>
    </td>
    <td>{channel}</td>
    <td>{told ? 'Yes' : 'No'}</td>
    <td>{why}</td>
    <td>
      {message && (
        <span class="line">
          <a class="quiet" href={`${base}/messages/${message.id}`}>
            <DeliveryState state={message.state} />
          </a>
          {may('respond') && message.state !== 'sending' && <Resend id={message.id} done={again} />}
        </span>
      )}
    </td>
  </tr>
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
