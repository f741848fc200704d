// The drawings of the navigation, 20 × 20, drawn in the colour of the text.
const paths = {
  home: 'M3 9.5 10 4l7 5.5V17h-4.5v-4.5h-5V17H3z',
  monitors: 'M2.5 10H6l2-5.5 4 11 2-5.5h3.5',
  events: 'M10 3a5 5 0 0 1 5 5c0 4 1.5 5.5 1.5 5.5h-13S5 12 5 8a5 5 0 0 1 5-5zM8.5 16.5a1.6 1.6 0 0 0 3 0',
  silences: 'M4 4l12 12M15 8a5 5 0 0 0-8-4M5 8c0 4-1.5 5.5-1.5 5.5H13M8.5 16.5a1.6 1.6 0 0 0 3 0',
  channels: 'M3 9.5 17 4l-4.5 13-3-6z',
  rules: 'M4 5h5m3 0h4M4 10h9m3 0h0M4 15h3m3 0h6M10.5 3v4M14.5 8v4M8.5 13v4',
  pages: 'M3.5 4h13v12h-13zM3.5 8h13M7 12h6',
  settings:
    'M10 7.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4' +
    'M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4',
  more: 'M4 10h.1M10 10h.1M16 10h.1',
  search: 'M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM13 13l4 4',
} as const

export type IconName = keyof typeof paths

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
)
