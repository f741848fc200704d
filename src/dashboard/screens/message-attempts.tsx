// The attempts to send one message: when, how long it took, and what came of it.
import type { Attempt } from '../api/types.ts'
import { Moment } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { latency } from '../words.ts'

export const Attempts = ({ log }: { readonly log: readonly Attempt[] }) => (
  <ol class="attempts" aria-label="Attempts">
    {log.map((one, index) => (
      <li key={index} class="line">
        <Shape status={one.ok ? 'up' : 'down'} />
        <span class="muted nowrap">
          <Moment at={one.at} />, {latency(one.ms)}
        </span>
        <span class="grow">{one.detail}</span>
      </li>
    ))}
  </ol>
)
