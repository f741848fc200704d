// What a benchmark gives, and how it is shown: our figure beside a baseline of the same run, the ratio, the target.
// Promises one aligned table whatever it is given. Must not know how anything was measured.

export interface Row {
  readonly what: string
  readonly unit: string
  readonly ours: number
  /** Measured in the same run; null where nothing plain does the like. */
  readonly baseline: { readonly what: string; readonly value: number } | null
  /** The target: at most so much; null where none is set. */
  readonly atMost: number | null
}

/** Three digits, or the whole number where it has more. */
export function figure(value: number): string {
  if (value === 0 || Math.abs(value) >= 99.95) return value.toFixed(0)
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))))
}

const head = ['what', 'unit', 'ours', 'baseline', '', 'ratio', 'target', 'met']
/** Columns of figures stand to the right. */
const right = new Set([2, 3, 5, 6])

function cells({ what, unit, ours, baseline, atMost }: Row): string[] {
  const target = atMost === null ? ['', ''] : [`≤ ${figure(atMost)}`, ours <= atMost ? 'yes' : 'NO']
  const beside = baseline === null ? ['', '', ''] : [figure(baseline.value), baseline.what, ratio(ours, baseline.value)]
  return [what, unit, figure(ours), ...beside, ...target]
}

const ratio = (ours: number, baseline: number) => (baseline > 0 ? `× ${figure(ours / baseline)}` : '')

/** The rows as lines of one width for each column. */
export function draw(rows: readonly Row[]): string {
  const lines = [head, ...rows.map(cells)]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}
