// Badges: small pictures (SVG) with the status or the uptime of a page, a component or a group, in shields' flat style.
// Promises texts that stay texts and fit, words beside the colour, and nothing loaded from elsewhere.
import { type ComponentStatus, worstComponent } from '#core/component.ts'
import { html, Html } from '#platform/html.ts'
import { type ComponentView, componentsOf, type PageView, uptimeOf } from './model.ts'
import { light } from './palette.ts'
import { sayPercent, statusWords } from './words.ts'
import { plainText, xmlText } from './xml.ts'

/** Longer texts are cut off. */
const most = 50

/** Dark enough for white letters, which `badge.test.ts` measures. */
export const badgeColours: Readonly<Record<ComponentStatus, string>> = {
  operational: '#14705f',
  degraded: '#8a6200',
  partial_outage: '#a04a18',
  major_outage: light.status.major_outage,
  maintenance: light.status.maintenance,
  unknown: '#5f6776',
}

export type Figure = 'status' | 'uptime'

/** What follows `badge/` in the address; null: there is none of this name. */
export function badgeOf(view: PageView, name: string): string | null {
  const found = /^(?:(components|groups)\/([^/]+)\/)?(status|uptime)\.svg$/.exec(name)
  if (found === null) return null
  const [, kind, key] = found
  const figure = found[3] as Figure
  if (kind === undefined) return drawn(view.title, componentsOf(view.groups), figure, view.overall.status)
  if (kind === 'groups') {
    const group = view.groups.find((one) => one.key === key && one.components.length > 0)
    return group === undefined ? null : drawn(group.name ?? view.title, group.components, figure)
  }
  const one = componentsOf(view.groups).find((component) => component.key === key)
  return one === undefined ? null : drawn(one.name, [one], figure)
}

function drawn(
  name: string,
  of: readonly ComponentView[],
  figure: Figure,
  status = worstComponent(of.map((one) => one.status)),
): string {
  if (figure === 'status') return badge(name, statusWords[status].toLowerCase(), badgeColours[status])
  const share = uptimeOf(of.flatMap(({ days }) => days))
  return badge(`${name} uptime`, share === null ? 'unknown' : sayPercent(share), badgeColours[gradeOf(share)])
}

function gradeOf(share: number | null): ComponentStatus {
  if (share === null) return 'unknown'
  return share >= 0.999 ? 'operational' : share >= 0.99 ? 'degraded' : share >= 0.95 ? 'partial_outage' : 'major_outage'
}

/** About as wide as it is in Verdana at 11 px; `textLength` makes it so exactly. */
function widthOf(text: string): number {
  let tenths = 0
  for (const sign of text) {
    tenths += /[ijlItfr.,:;'|! ()[\]]/.test(sign) ? 42 : /[mwMW%@]/.test(sign) ? 105 : sign > '\u2e7f' ? 115 : 70
  }
  return Math.round(tenths / 10)
}

function cut(text: string): string {
  const signs = Array.from(plainText(text).replaceAll(/\s+/g, ' ').trim())
  return signs.length <= most ? signs.join('') : `${signs.slice(0, most - 1).join('')}…`
}

function badge(label: string, value: string, colour: string): string {
  const [left, right] = [cut(label), cut(value)]
  const [a, b] = [widthOf(left) + 10, widthOf(right) + 10]
  const title = new Html(xmlText(`${left}: ${right}`))
  const word = (text: string, from: number, width: number) => {
    const said = new Html(xmlText(text))
    const size = html`text-anchor="middle" textLength="${width - 10}" lengthAdjust="spacingAndGlyphs"`
    const x = from + width / 2
    return html`<text aria-hidden="true" x="${x}" y="15" fill="#010101" fill-opacity=".3" ${size}>${said}</text
      ><text x="${x}" y="14" ${size}>${said}</text>`
  }
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${a + b}" height="20" role="img" aria-label="${title}">
    <title>${title}</title>
    <clipPath id="r"><rect width="${a + b}" height="20" rx="3" /></clipPath>
    <g clip-path="url(#r)">
      <rect width="${a}" height="20" fill="#4a4f57" />
      <rect x="${a}" width="${b}" height="20" fill="${colour}" />
    </g>
    <g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
      ${word(left, 0, a)}${word(right, a, b)}
    </g>
  </svg> `.text
}
