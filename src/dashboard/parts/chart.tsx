// A chart of latency: the phases of checks as a stack, p95 as a line, and behind them the times that were not well.
// Promises that it can be read without colours (the same stands in words below it) and fits its place.
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import { type Band, bandsOf, type Drawn, drawn, type Series } from '../api/series.ts'
import { theme } from '../settings.ts'
import { latency } from '../words.ts'
import { colourOf } from './colours.ts'

const height = 260
/** The first phase is the darkest. */
const shades = 5

export function Chart({ series, label }: { readonly series: Series; readonly label: string }) {
  const place = useRef<HTMLDivElement>(null)
  const look = theme.value
  useEffect(() => {
    const where = place.current
    if (!where) return undefined
    const data = drawn(series)
    const chart = new UPlot(optionsOf(series, data, where.clientWidth), dataOf(data), where)
    const watcher = new ResizeObserver(() => chart.setSize({ width: where.clientWidth, height }))
    watcher.observe(where)
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    const repaint = () => chart.redraw(false, true)
    dark.addEventListener('change', repaint)
    return () => {
      dark.removeEventListener('change', repaint)
      watcher.disconnect()
      chart.destroy()
    }
  }, [series, look])
  return (
    <figure aria-label={label}>
      <div class="chart" ref={place} aria-hidden="true" />
    </figure>
  )
}

const dataOf = ({ times, stack, p95 }: Drawn): UPlot.AlignedData => [
  [...times],
  ...stack.map(({ top }) => [...top]),
  [...p95],
]

/** Fewer points than this are drawn each, for lines between them say little. */
const fewPoints = 20

function optionsOf(series: Series, { stack }: Drawn, width: number): UPlot.Options {
  const { from, to, mean } = series
  const bands = bandsOf(series)
  const axis = { stroke: () => colourOf('--muted'), grid: { stroke: () => colourOf('--line'), width: 1 } }
  const points = { show: mean.filter((ms) => ms !== null).length < fewPoints, size: 4 }
  const [min, max] = [Date.parse(from) / 1_000, Date.parse(to) / 1_000]
  return {
    width,
    height,
    padding: [14, null, null, null],
    scales: { x: { min, max, range: [min, max] }, y: { range: (_chart, _least, most) => [0, (most || 1) * 1.1] } },
    axes: [
      { ...axis, ticks: { show: false }, size: 30, space: 70, values: (_chart, values) => tickWords(values) },
      { ...axis, ticks: { show: false }, size: 64, values: (_chart, values) => values.map((ms) => latency(ms)) },
    ],
    series: [
      { label: 'Time', value: (_chart, at) => (at === null ? '' : exactTime.format(new Date(at * 1_000))) },
      ...stack.map(({ name, own }, index) => {
        const shade = `--phase-${Math.min(shades, stack.length - index)}`
        return {
          label: name,
          stroke: () => colourOf(shade),
          fill: () => colourOf(shade),
          width: 1,
          points,
          value: (_chart: UPlot, _top: number, _series: number, at: number | null) =>
            at === null ? '' : latency(own[at]),
        }
      }),
      {
        label: 'p95',
        stroke: () => colourOf('--text'),
        width: 1.25,
        dash: [4, 3],
        points,
        value: (_chart, ms, _series, at) => (at === null ? '' : latency(ms)),
      },
    ],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    hooks: { drawClear: [(chart) => paintTints(chart, bands)], draw: [(chart) => paintMarks(chart, bands)] },
  }
}

const exactTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const minuteOf = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const dayOf = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayMs = 86_400_000

/** Times of day where the chart is short, days where it is long. */
function tickWords(seconds: readonly number[]): string[] {
  const step = ((seconds[1] ?? 0) - (seconds[0] ?? 0)) * 1_000
  return seconds.map((at) => {
    const date = new Date(at * 1_000)
    const midnight = date.getHours() === 0 && date.getMinutes() === 0
    return (step >= dayMs || midnight ? dayOf : minuteOf).format(date)
  })
}

/** How strongly a stretch is tinted, and how high its mark above the chart is: what is worse is higher. */
const bandLook = {
  down: { tint: 0.18, mark: 8 },
  degraded: { tint: 0.16, mark: 5 },
  maintenance: { tint: 0.14, mark: 5 },
  unknown: { tint: 0, mark: 3 },
  paused: { tint: 0, mark: 3 },
  up: { tint: 0, mark: 0 },
} as const

/** Where a stretch lies on the canvas, its pixels. */
function placeOf(chart: UPlot, { from, to }: Band): { readonly left: number; readonly width: number } {
  const { left: begin, width: all } = chart.bbox
  const left = Math.max(begin, chart.valToPos(from / 1_000, 'x', true))
  const end = Math.min(begin + all, chart.valToPos(to / 1_000, 'x', true))
  return { left, width: Math.max(3 * window.devicePixelRatio, end - left) }
}

/** Times that were not well, as a tint behind the lines. */
function paintTints(chart: UPlot, bands: readonly Band[]): void {
  const { ctx, bbox } = chart
  ctx.save()
  for (const band of bands) {
    const { left, width } = placeOf(chart, band)
    ctx.fillStyle = colourOf(`--${band.status}`)
    ctx.globalAlpha = bandLook[band.status].tint
    ctx.fillRect(left, bbox.top, width, bbox.height)
  }
  ctx.restore()
}

/** And as a mark above the chart, where no line hides it: dashed where nobody is at fault. */
function paintMarks(chart: UPlot, bands: readonly Band[]): void {
  const { ctx, bbox } = chart
  const scale = window.devicePixelRatio
  ctx.save()
  for (const band of bands) {
    const { left, width } = placeOf(chart, band)
    const high = bandLook[band.status].mark * scale
    const dash = band.status === 'down' || band.status === 'degraded' ? width : 4 * scale
    ctx.fillStyle = colourOf(`--${band.status}`)
    for (let x = left; x < left + width; x += 2 * dash)
      ctx.fillRect(x, bbox.top - high - 2 * scale, Math.min(dash, left + width - x), high)
  }
  ctx.restore()
}
