// Selections that select nothing: a key misspelt, a pattern or labels that no monitor of the file has.
// Promises warnings only, since monitors may also come from the API or by their first beat. Pure.
import { matchesGlob, type Selector, selects } from '#core/glob.ts'
import { suggest } from '#core/suggest.ts'
import { isEntry } from './entry.ts'
import { quote } from './faults.ts'
import type { Fault } from './model.ts'

interface Monitor {
  readonly key: string
  readonly labels: Readonly<Record<string, string>>
}

export interface Monitors {
  readonly all: readonly Monitor[]
  readonly keys: ReadonlySet<string>
}

/** One warning for each key or pattern without a monitor, or one for labels; paths begin at the selector as written. */
export function unmatched(written: unknown, selector: Selector, monitors: Monitors): Fault[] {
  const warnings = (selector.keys ?? []).flatMap((glob, index): Fault[] => {
    if (glob === '*' || monitors.keys.has(glob)) return []
    if (!/[*?]/.test(glob)) {
      const near = suggest(glob, [...monitors.keys])
      const hint = near === null ? '' : `; did you mean ${quote(near)}?`
      return [{ path: placeOf(written, index), message: `${quote(glob)} is no monitor of this file${hint}` }]
    }
    if (monitors.all.some((monitor) => matchesGlob(glob, monitor.key))) return []
    return [{ path: placeOf(written, index), message: `${quote(glob)} matches no monitor of this file` }]
  })
  if (warnings.length > 0 || selector.labels === null) return warnings
  if (monitors.all.some((monitor) => selects(selector, monitor))) return []
  return [{ path: ['labels'], message: 'no monitor of this file has these labels' }]
}

function placeOf(written: unknown, index: number): Fault['path'] {
  if (Array.isArray(written)) return [index]
  if (!isEntry(written)) return []
  return Array.isArray(written.keys) ? ['keys', index] : ['keys']
}
