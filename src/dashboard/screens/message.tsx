// One message with each of its attempts, and sending it again.
import { at, get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { LoggedDelivery } from '../api/types.ts'
import { useLive } from '../live.ts'
import { Ago, Failed, Head, Panel, Waiting } from '../parts/basics.tsx'
import { base } from '../router.ts'
import type { Params } from '../routes.ts'
import { may } from '../session.ts'
import { count } from '../words.ts'
import { Resend } from './event.tsx'
import { Attempts } from './message-attempts.tsx'
import { DeliveryState } from './message-table.tsx'

export function MessageScreen({ params: { id = '' } }: { readonly params: Params }) {
  const message = useLoaded(`message ${id}`, (signal) => get<LoggedDelivery>(at('deliveries', id), {}, signal))
  useLive(message.again)
  if (message.problem) return <Failed problem={message.problem} again={message.again} />
  if (!message.value) return <Waiting />
  const { monitor, name, channel, rule, state, event, createdAt, nextAt, behind, log } = message.value
  return (
    <div class="screen narrow">
      <p class="crumb">
        <a class="quiet" href={`${base}/messages`}>
          Messages
        </a>{' '}
        / {id}
      </p>
      <Head title={`To ${channel}, about ${name ?? monitor}`}>
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
        <Panel title="Attempts">{log.length === 0 ? <p class="muted">None yet.</p> : <Attempts log={log} />}</Panel>
      </div>
    </div>
  )
}
