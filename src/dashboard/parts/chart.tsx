// A chart of latency: the parts of each check as lines, and behind them the times that were not well.
// Promises that it can be read without colours (each time has its word in the table below it) and fits its place.
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import type { Series, Span } from '../api/series.ts'
import { theme } from '../settings.ts'
import { latency } from '../words.ts'
import { colourOf } from './colours.ts'

const lineColours = ['--link', '--up', '--degraded', '--maintenance', '--paused', '--down']
const height = 260

export function Chart({ series, label }: { readonly series: Series; readonly label: string }) {
  const place = useRef<HTMLDivElement>(null)
  const look = theme.value
  useEffect(() => {
    const where = place.current
    if (!where) return undefined
    const chart = new UPlot(optionsOf(series, where.clientWidth), dataOf(series), where)
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
  return <div class="chart" ref={place} role="img" aria-label={label} />
}

const dataOf = ({ times, lines }: Series): UPlot.AlignedData => [
  times.map((ms) => ms / 1_000),
  ...lines.map(({ values }) => [...values]),
]

function optionsOf(series: Series, width: number): UPlot.Options {
  const axis = { stroke: () => colourOf('--muted'), grid: { stroke: () => colourOf('--line'), width: 1 } }
  return {
    width,
    height,
    scales: { x: { min: series.from / 1_000, max: series.to / 1_000 }, y: { range: { min: { hard: 0 }, max: {} } } },
    axes: [
      { ...axis, ticks: { show: false }, space: 70, values: (_chart, values) => tickWords(values) },
      { ...axis, ticks: { show: false }, size: 64, values: (_chart, values) => values.map((ms) => latency(ms)) },
    ],
    series: [
      { value: (_chart, seconds) => (seconds === null ? '' : new Date(seconds * 1_000).toLocaleString('en-GB')) },
      ...series.lines.map(({ name }, index) => ({
        label: name,
        stroke: () => colourOf(lineColours[index % lineColours.length] ?? '--link'),
        width: index === 0 ? 1.75 : 1.25,
        points: { show: series.times.length < 40, size: 4 },
        spanGaps: false,
        value: (_chart: UPlot, ms: number | null) => latency(ms),
      })),
    ],
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    hooks: { drawClear: [(chart) => paintSpans(chart, series.spans)] },
  }
}

const minuteOf = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const dayOf = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayMs = 86_400_000

/** Times of day where the chart is short, days where it is long. */
export function tickWords(seconds: readonly number[]): string[] {
  const step = ((seconds[1] ?? 0) - (seconds[0] ?? 0)) * 1_000
  return seconds.map((at) => {
    const date = new Date(at * 1_000)
    const midnight = date.getHours() === 0 && date.getMinutes() === 0
    return (step >= dayMs || midnight ? dayOf : minuteOf).format(date)
  })
}

/** Times that were not well, behind the lines: a tint, and a solid edge at the foot. */
function paintSpans(chart: UPlot, spans: readonly Span[]): void {
  const { ctx, bbox } = chart
  ctx.save()
  for (const { status, from, to } of spans) {
    const left = Math.max(bbox.left, chart.valToPos(from / 1_000, 'x', true))
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(to / 1_000, 'x', true))
    const width = Math.max(2, right - left)
    ctx.fillStyle = colourOf(`--${status}`)
    ctx.globalAlpha = 0.14
    ctx.fillRect(left, bbox.top, width, bbox.height)
    ctx.globalAlpha = 1
    ctx.fillRect(left, bbox.top + bbox.height - 4, width, 4)
  }
  ctx.restore()
}
