// The colours of public pages, for light and dark. `palette.test.ts` measures them.
// Promises text at 4.5:1 and marks at 3:1 on each ground, and statuses apart for a colour-blind eye in each theme.
// Colour never stands alone: shape and word carry the status too.
import type { ComponentStatus } from '#core/component.ts'

export interface Theme {
  /** The page's ground, and that of code and the line under a pointer. */
  readonly ground: string
  readonly raised: string
  readonly text: string
  readonly muted: string
  /** Borders that only please the eye. */
  readonly line: string
  readonly link: string
  readonly status: Readonly<Record<ComponentStatus, string>>
  /** What lies behind the answer in each status. */
  readonly tint: Readonly<Record<ComponentStatus, string>>
}

export const light: Theme = {
  ground: '#ffffff',
  raised: '#f6f7f9',
  text: '#171b22',
  muted: '#59616e',
  line: '#e1e4e9',
  link: '#2a4bc4',
  status: {
    operational: '#1f9e89',
    degraded: '#b07d00',
    partial_outage: '#b3541e',
    major_outage: '#8f1d2c',
    maintenance: '#3b5bdb',
    unknown: '#8a92a3',
  },
  tint: {
    operational: '#f3faf8',
    degraded: '#fdf8ec',
    partial_outage: '#fdf4ee',
    major_outage: '#fcf1f2',
    maintenance: '#f3f5fd',
    unknown: '#ffffff',
  },
}

export const dark: Theme = {
  ground: '#111418',
  raised: '#1a1e25',
  text: '#e8ebf0',
  muted: '#a0a8b5',
  line: '#2a303a',
  link: '#9db2ff',
  status: {
    operational: '#3cc0a4',
    degraded: '#cf9b2c',
    partial_outage: '#d2693a',
    major_outage: '#d23f59',
    maintenance: '#7c96f5',
    unknown: '#8f98aa',
  },
  tint: {
    operational: '#11201f',
    degraded: '#211d13',
    partial_outage: '#231915',
    major_outage: '#25151a',
    maintenance: '#171c2c',
    unknown: '#111418',
  },
}
