// The self report: how the server itself is doing, in full.
import { get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Health } from '../api/types.ts'
import { useLive } from '../live.ts'
import { Panel, Trouble, Waiting } from '../parts/basics.tsx'
import { FactList } from '../parts/facts.tsx'
import { count } from '../words.ts'
import { Settings } from './settings-frame.tsx'

export function SystemScreen() {
  const health = useLoaded('health', (signal) => get<Health>('/health', {}, signal))
  useLive(health.again)
  return (
    <Settings title="System">
      {health.problem && <Trouble problem={health.problem} again={health.again} />}
      {!health.value && !health.problem && <Waiting />}
      {health.value && <Report health={health.value} />}
    </Settings>
  )
}

const Report = ({
  health: { status, version, database, leftBehind, deliveries, engine },
}: {
  readonly health: Health
}) => (
  <div class="split">
    <Panel title="Server">
      <FactList facts={{ version, database, status: status.replaceAll('_', ' ') }} />
    </Panel>
    <Panel title="Messages">
      <FactList facts={deliveries ?? { state: 'the database is away' }} />
    </Panel>
    <Panel title="Engine">
      <FactList facts={engine} />
    </Panel>
    {leftBehind !== null && leftBehind.length > 0 && (
      <Panel title="Left behind by files">
        <ul class="stack">
          {leftBehind.map((one) => (
            <li key={`${one.file} ${one.type}`}>
              {count(one.count, one.type)} of <code>{one.file}</code>, which is not loaded any more
            </li>
          ))}
        </ul>
      </Panel>
    )}
  </div>
)
