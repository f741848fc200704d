// Bar: ninety days of a component as one inline SVG, newest at the right, each day filled by share of its time.
// Promises that two minutes do not paint a day, yet can be seen; that no data is hatched and maintenance outlined.
// Its colours come from the style sheet. Must not know the page around it.
import { type ComponentStatus, componentStatuses } from '#core/component.ts'
import { type Html, html } from '#platform/html.ts'
import { barDays, type ComponentView, type Day } from './model.ts'
import { sayDay as sayDate } from './times.ts'
import { dayAnchor, sayDay } from './words.ts'

/** Pixels: height of a bar, width of a day, and from one day to the next. */
const height = 28
const width = 5
const step = 7
/** Trouble is never drawn lower than this, pixels. */
const least = 5
/** A gap in the data shorter than this share of a day is not drawn: a restart is not a story. */
const gap = 0.02
/** So many days are shown on a phone; the style sheet knows the same number. */
const phoneDays = 30

/** So many links a bar has at most: more would be a wall for those who go from link to link. */
const mostLinks = 20

/** From the ground up. */
const stack = ['major_outage', 'partial_outage', 'degraded', 'maintenance', 'operational', 'unknown'] as const

/** One status's part of one day's column, in pixels from the top. */
interface Part {
  readonly status: ComponentStatus
  readonly top: number
  readonly bottom: number
}

/** The parts of one day, from the ground up; together they are always as high as the bar. */
export function partsOf(day: Day): Part[] {
  const total = componentStatuses.reduce((sum, status) => sum + day.ms[status], 0)
  if (total === 0) return [{ status: 'unknown', top: 0, bottom: height }]
  const heights = stack.map((status) => {
    const share = day.ms[status] / total
    if (share === 0 || status === 'operational' || (status === 'unknown' && share < gap)) return 0
    return Math.max(least, Math.round(share * height))
  })
  const filler = day.ms.operational > 0 ? stack.indexOf('operational') : heights.indexOf(Math.max(...heights))
  let rest = height - heights.reduce((sum, one) => sum + one, 0)
  if (rest > 0) heights[filler] = (heights[filler] ?? 0) + rest
  for (; rest < 0; rest += 1) {
    const tallest = heights.indexOf(Math.max(...heights))
    heights[tallest] = (heights[tallest] ?? 0) - 1
  }
  let bottom = height
  return stack.flatMap((status, index) => {
    const part = { status, top: bottom - (heights[index] ?? 0), bottom }
    bottom = part.top
    return part.top < part.bottom ? [part] : []
  })
}

/** `M14 0V28`: a column is a line as wide as a day; of maintenance the outline of one. */
function draw(index: number, { status, top, bottom }: Part): string {
  if (status !== 'maintenance') return `M${index * step} ${top}V${bottom}`
  return `M${index * step - 1.5} ${top + 1}h3v${bottom - top - 2}h-3z`
}

/**
 * The bar. Its newest days with trouble are links to their rows in the table of days, so that they can be focused and
 * read; the table has the older ones too.
 */
export function bar(component: ComponentView, table: string): Html {
  const paths = new Map<ComponentStatus, string>()
  const troubled: number[] = []
  for (const [index, day] of component.days.entries()) {
    const parts = partsOf(day)
    for (const part of parts) paths.set(part.status, (paths.get(part.status) ?? '') + draw(index, part))
    if (parts.some(({ status }) => status !== 'operational' && status !== 'unknown')) troubled.push(index)
  }
  const linked = troubled.slice(-mostLinks)
  const link = (index: number) => oneLink(index, component.days[index], table)
  const older = linked.filter((index) => index < barDays - phoneDays).map(link)
  const newer = linked.filter((index) => index >= barDays - phoneDays).map(link)
  const reading = linked.length > 0 ? html`role="group" aria-label="Days with trouble"` : html`aria-hidden="true"`
  const box = `${-width / 2} 0 ${(barDays - 1) * step + width} ${height}`
  return html`<div class="bar">
    <svg viewBox="${box}" preserveAspectRatio="none" focusable="false" ${reading}>
      ${[...paths].map(([status, path]) => html`<path class="${status}" d="${path}" />`)}
      ${older.length > 0 && html`<g class="older">${older}</g>`}${newer}
    </svg>
  </div>`
}

function oneLink(index: number, day: Day | undefined, table: string): Html | null {
  if (day === undefined) return null
  return html`<a href="${table}#${dayAnchor(day)}"
    ><title>${sayDate(day.start)}: ${sayDay(day)}</title><path d="M${index * step} 0V${height}"
  /></a>`
}
