// The shape of each status, drawn once and used by reference; each is told apart without its colour.
// Promises drawings that need no font and no other file. Must not know what is shown with them.
import { type ComponentStatus, componentStatuses } from '#core/component.ts'
import { type Html, html, raw } from '#platform/html.ts'
import { light } from './palette.ts'

const question = 'M5.9 6.1a2.1 2.1 0 1 1 3.2 1.8c-.8.5-1.1.9-1.1 1.7M8 11.9v.1'
const spanner =
  'M12.18 1.98 9.58 4.58l1.84 1.84 2.6-2.6A3.9 3.9 0 0 1 8.67 8.94L4.2 13.4a1.13 1.13 0 0 1-1.6-1.6' +
  'L7.06 7.33A3.9 3.9 0 0 1 12.18 1.98z'

/** 16 × 16. Classes: `m` is filled with the status's colour, `l` drawn in it, `g` cut out of it, `q` drawn as text. */
const drawings: Readonly<Record<ComponentStatus, string>> = {
  operational: '<circle class="m" cx="8" cy="8" r="7.5"/><path class="g" d="m4.7 8.3 2.3 2.4 4.3-4.9"/>',
  degraded: '<path class="m l" d="M8 1.8 14.7 14H1.3z"/><path class="g" d="M8 6v4M8 12v.1"/>',
  partial_outage: '<circle class="l" cx="8" cy="8" r="6.8"/><path class="m" d="M8 1.2a6.8 6.8 0 0 1 0 13.6z"/>',
  major_outage:
    '<rect class="m" x=".7" y=".7" width="14.6" height="14.6" rx="2"/><path class="g" d="m5 5 6 6m0-6-6 6"/>',
  maintenance: `<path class="l" d="${spanner}"/>`,
  unknown:
    '<circle class="h" cx="8" cy="8" r="7.5"/>' +
    `<path class="halo" d="${question}"/><path class="q" d="${question}"/>`,
}

const name = (status: ComponentStatus) => `s-${status}`

/** All shapes and the hatch of unknown time; once in each document, before their first use. */
export const sprite: Html = html`<svg class="sprite" aria-hidden="true" focusable="false">
  <defs>
    <pattern
      id="hatch"
      class="unknown"
      width="4"
      height="4"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <path d="M1 0v4" />
    </pattern>
  </defs>
  ${componentStatuses.map(
    (status) => html`<symbol id="${name(status)}" viewBox="0 0 16 16">${raw(drawings[status])}</symbol>`,
  )}
</svg>`

/** A status's shape; the word must stand beside it. */
export function shape(status: ComponentStatus, size: 'small' | 'large' = 'small'): Html {
  return html`<svg class="shape ${size} ${status}" aria-hidden="true" focusable="false">
    <use href="#${name(status)}" />
  </svg>`
}

/** The shape as a browser's icon, so that a tab in the background tells the status too. */
export function icon(status: ComponentStatus): string {
  const { status: colours, ground, text } = light
  const style =
    `.m{fill:${colours[status]}}.l{stroke:${colours[status]}}.g{stroke:${ground}}.q{stroke:${text}}` +
    `.h{fill:#dde0e6}.halo{display:none}path,circle{stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}` +
    `.g,.q{fill:none}.l:not(.m){fill:none}`
  const open = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
  return `data:image/svg+xml,${encodeURIComponent(`${open}<style>${style}</style>${drawings[status]}</svg>`)}`
}
