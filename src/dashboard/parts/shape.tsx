// The shape of each status, drawn once and used by reference: the same drawings as on the public page.
// Promises that a shape is told apart without its colour; the word must stand beside it.
import type { ShownStatus } from '../api/types.ts'
import { statusWord } from '../words.ts'

const spanner =
  'M12.18 1.98 9.58 4.58l1.84 1.84 2.6-2.6A3.9 3.9 0 0 1 8.67 8.94L4.2 13.4a1.13 1.13 0 0 1-1.6-1.6' +
  'L7.06 7.33A3.9 3.9 0 0 1 12.18 1.98z'
const question = 'M5.9 6.1a2.1 2.1 0 1 1 3.2 1.8c-.8.5-1.1.9-1.1 1.7M8 11.9v.1'

/** All shapes and the hatch of unknown time; once in the document. */
export const Sprite = () => (
  <svg class="sprite" aria-hidden="true" focusable="false">
    <defs>
      <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M1 0v4" />
      </pattern>
    </defs>
    <symbol id="s-up" viewBox="0 0 16 16">
      <circle class="m" cx="8" cy="8" r="7.5" />
      <path class="g" d="m4.7 8.3 2.3 2.4 4.3-4.9" />
    </symbol>
    <symbol id="s-degraded" viewBox="0 0 16 16">
      <path class="m l" d="M8 1.8 14.7 14H1.3z" />
      <path class="g" d="M8 6v4M8 12v.1" />
    </symbol>
    <symbol id="s-down" viewBox="0 0 16 16">
      <rect class="m" x=".7" y=".7" width="14.6" height="14.6" rx="2" />
      <path class="g" d="m5 5 6 6m0-6-6 6" />
    </symbol>
    <symbol id="s-unknown" viewBox="0 0 16 16">
      <circle class="l dash" cx="8" cy="8" r="7" />
      <path class="q" d={question} />
    </symbol>
    <symbol id="s-maintenance" viewBox="0 0 16 16">
      <path class="l" d={spanner} />
    </symbol>
    <symbol id="s-paused" viewBox="0 0 16 16">
      <circle class="l" cx="8" cy="8" r="7" />
      <path class="l" d="M6.2 5.4v5.2M9.8 5.4v5.2" />
    </symbol>
  </svg>
)

interface ShapeProps {
  readonly status: ShownStatus | 'maintenance'
  readonly large?: boolean
}

export const Shape = ({ status, large = false }: ShapeProps) => (
  <svg class={`shape ${status} ${large ? 'large' : ''}`} aria-hidden="true" focusable="false">
    <use href={`#s-${status}`} />
  </svg>
)

/** Shape and word. */
export const State = ({ status }: { readonly status: ShownStatus }) => (
  <span class="state">
    <Shape status={status} />
    {statusWord[status]}
  </span>
)
