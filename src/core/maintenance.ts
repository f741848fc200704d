// Maintenance: planned windows, once or again and again, in which nobody is told and time counts apart.
// Promises windows in order that follow from what was planned alone. Pure.
import type { Selector } from './glob.ts'

/** One stretch of it, epoch ms, `until` not included. */
export interface Window {
  readonly from: number
  readonly until: number
}

export interface Maintenance extends Window {
  readonly title: string
  /** Markdown; null: nothing is said beside the title. */
  readonly message: string | null
  /** The monitors that are worked on. */
  readonly selector: Selector
  /** Components whose monitors are worked on, and which say so. */
  readonly components: readonly { readonly page: string; readonly component: string }[]
  /** Again at these times for so long, ms, from `from` on; null: once. */
  readonly recurs: { readonly cron: string; readonly zone: string; readonly lasts: number } | null
  /** When somebody ended it; null: nobody did. */
  readonly endedAt: number | null
}

/** So many windows are looked at, at most. */
const most = 50

/** Its windows that touch [from, to), the earliest first. `next`: the first time of its schedule after a moment. */
export function windowsOf(
  plan: Pick<Maintenance, 'from' | 'until' | 'recurs' | 'endedAt'>,
  from: number,
  to: number,
  next: (after: number) => number | null,
): Window[] {
  const end = Math.min(to, plan.endedAt ?? to)
  const found: Window[] = []
  const add = (window: Window) => {
    const until = Math.min(window.until, plan.endedAt ?? window.until)
    if (window.from < end && until > from && until > window.from) found.push({ from: window.from, until })
  }
  if (plan.recurs === null) add(plan)
  else {
    const { lasts } = plan.recurs
    // A window that began before may last into this time.
    let at = Math.max(plan.from, from - lasts) - 1
    for (let count = 0; count < most; count += 1) {
      const begins = next(at)
      if (begins === null || begins >= end || begins >= plan.until) break
      add({ from: begins, until: begins + lasts })
      at = begins
    }
  }
  return found
}

/** A stretch cut by windows: what lies within one is `inside`, the rest is not. */
export function cutBy(
  from: number,
  to: number,
  windows: readonly Window[],
): { readonly from: number; readonly to: number; readonly inside: boolean }[] {
  const parts: { from: number; to: number; inside: boolean }[] = []
  let at = from
  for (const window of windows.toSorted((one, other) => one.from - other.from)) {
    const [begins, ends] = [Math.max(at, window.from), Math.min(to, window.until)]
    if (ends <= begins) continue
    if (begins > at) parts.push({ from: at, to: begins, inside: false })
    parts.push({ from: begins, to: ends, inside: true })
    at = ends
  }
  if (at < to) parts.push({ from: at, to, inside: false })
  return parts
}
