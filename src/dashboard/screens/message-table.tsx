// Messages, each with what became of it.
import type { Delivery, ShownStatus } from '../api/types.ts'
import { Ago, Moment } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { base } from '../router.ts'
import { count } from '../words.ts'

const states: Readonly<Record<Delivery['state'], readonly [shape: ShownStatus, word: string]>> = {
  pending: ['unknown', 'Waiting'],
  sending: ['unknown', 'Under way'],
  delivered: ['up', 'Delivered'],
  dead: ['down', 'Given up'],
}

export const DeliveryState = ({ state }: { readonly state: Delivery['state'] }) => {
  const [shape, word] = states[state]
  return (
    <span class="state">
      <Shape status={shape} />
      {word}
    </span>
  )
}

export const MessageTable = ({
  messages,
  named,
}: {
  readonly messages: readonly Delivery[]
  readonly named: boolean
}) => (
  <div class="table-wrap">
    <table class="table">
      <thead>
        <tr>
          <th>When</th>
          {named && <th>Monitor</th>}
          <th>Channel</th>
          <th class="desk">Rule</th>
          <th>State</th>
          <th class="desk">Attempts</th>
        </tr>
      </thead>
      <tbody>
        {messages.map((one) => (
          <tr key={one.id}>
            <td class="tight">
              <a class="quiet" href={`${base}/messages/${one.id}`}>
                <Moment at={one.createdAt} />
              </a>
            </td>
            {named && (
              <td>
                <a class="quiet" href={`${base}/monitors/${encodeURIComponent(one.monitor)}`}>
                  {one.name ?? one.monitor}
                </a>
              </td>
            )}
            <td>{one.channel}</td>
            <td class="desk">{one.rule}</td>
            <td>
              <DeliveryState state={one.state} />
            </td>
            <td class="desk number">
              {count(one.attempts, 'attempt')}
              {one.nextAt !== null && (
                <span class="muted">
                  , next <Ago at={one.nextAt} />
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
