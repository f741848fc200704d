// The drawings of the navigation, 20 × 20, drawn in the colour of the text.
const paths = {
  home: 'M3 9.5 10 4l7 5.5V17h-4.5v-4.5h-5V17H3z',
  monitors: 'M2.5 10H6l2-5.5 4 11 2-5.5h3.5',
  events: 'M10 3a5 5 0 0 1 5 5c0 4 1.5 5.5 1.5 5.5h-13S5 12 5 8a5 5 0 0 1 5-5zM8.5 16.5a1.6 1.6 0 0 0 3 0',
  silences: 'M4 4l12 12M15 8a5 5 0 0 0-8-4M5 8c0 4-1.500 5.500-1.500 5.500H13M8.500 16.500a1.600 1.600 0 0 0 3 0',
  channels: 'M3 9.500 17 4l-4.500 13-3-6z',
  rules: 'M4 5h5m3 0h4M4 10h9m3 0h0M4 15h3m3 0h6M10.500 3v4M14.500 8v4M8.500 13v4',
  pages: 'M3.500 4h13v12h-13zM3.500 8h13M7 12h6',
  settings: 'M10 7.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5zM10 2.500v2M10 15.500v2M2.500 10h2M15.500 10h2M4.700 4.700l1.400 1.400M13.900 13.900l1.400 1.400M4.700 15.300l1.400-1.400M13.900 6.100l1.400-1.400',
  more: 'M4 10h.1M10 10h.1M16 10h.1',
  search: 'M9 3.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11zM13 13l4 4',
} as const

export type IconName = keyof typeof paths

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
)
