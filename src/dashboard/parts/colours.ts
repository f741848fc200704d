// Colours for what draws on a canvas: the style sheet's, as they are in the theme of this moment.

/** What `var(name)` is now, as a colour that a canvas understands. */
export function colourOf(name: string): string {
  const probe = document.createElement('i')
  probe.style.color = `var(${name})`
  probe.hidden = true
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
