// Colours for what draws on a canvas: the style sheet's, as they are in the theme of this moment.
// Promises to ask the style sheet once for each theme only: every question lays the page out anew.
import { theme } from '../settings.ts'

const known = new Map<string, string>()
let of = ''

/** What `var(name)` is now, as a colour that a canvas understands. */
export function colourOf(name: string): string {
  const look = `${theme.value} ${window.matchMedia('(prefers-color-scheme: dark)').matches}`
  if (look !== of) known.clear()
  of = look
  const colour = known.get(name) ?? asked(name)
  known.set(name, colour)
  return colour
}

function asked(name: string): string {
  const probe = document.createElement('i')
  probe.style.color = `var(${name})`
  probe.hidden = true
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
