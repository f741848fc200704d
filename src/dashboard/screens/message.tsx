// One message with each of its attempts, and sending it again.
import { at, get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { LoggedDelivery } from '../api/types.ts'
import { useLive } from '../live.ts'
import { Ago, Failed, Head, Moment, Panel, Waiting } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { base } from '../router.ts'
import type { Params } from '../routes.ts'
import { may } from '../session.ts'
import { count, latency } from '../words.ts'
import { Resend } from './event.tsx'
import { DeliveryState } from './message-table.tsx'

export function MessageScreen({ params: { id = '' } }: { readonly params: Params }) {
  const message = useLoaded(`message ${id}`, (signal) => get<LoggedDelivery>(at('deliveries', id), {}, signal))
  useLive(message.again)
  if (message.problem) return <Failed problem={message.problem} again={message.again} />
  if (!message.value) return <Waiting />
  const { monitor, channel, rule, state, event, createdAt, nextAt, behind, log } = message.value
  return (
    <div class="screen narrow">
      <p class="crumb">
        <a class="quiet" href={`${base}/messages`}>
          Messages
        </a>{' '}
        / {id}
      </p>
      <Head title={`To ${channel}, about ${monitor}`}>
        {may('respond') && state !== 'sending' && <Resend id={message.value.id} done={message.again} />}
      </Head>
      <div class="stack wide">
        <p>
          <DeliveryState state={state} /> · made <Ago at={createdAt} /> because the rule{' '}
          <a href={`${base}/rules/${encodeURIComponent(rule)}`}>{rule}</a> says so ·{' '}
          <a href={`${base}/events/${event}`}>the event, and who else was told</a>
        </p>
        {nextAt !== null && (
          <p>
            Tried next <Ago at={nextAt} />
            {behind > 0 && `, behind ${count(behind, 'older message')} about the same monitor`}.
          </p>
        )}
        <Panel title="Attempts" flush={log.length > 0}>
          {log.length === 0 ? (
            <p class="muted">None yet.</p>
          ) : (
            <ul class="rows">
              {log.map((one) => (
                <li key={one.attempt} class="line">
                  <Shape status={one.ok ? 'up' : 'down'} />
                  <span class="muted nowrap">
                    <Moment at={one.at} />, {latency(one.ms)}
                  </span>
                  <span class="grow">{one.detail}</span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
    </div>
  )
}
