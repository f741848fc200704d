// Why a selector does not choose a monitor, in words: for people who ask why nobody was told.
// Promises the first thing that stands against it, and null where it is chosen. Pure.
import { type Selector, selects } from './glob.ts'
import { quote } from './quote.ts'

/** So many patterns are named. */
const patternsTold = 5

export function whyUnselected(
  selector: Selector,
  monitor: { readonly key: string; readonly labels: Readonly<Record<string, string>> },
): string | null {
  if (selects(selector, monitor)) return null
  const { keys, labels } = selector
  for (const [name, wanted] of Object.entries(labels ?? {})) {
    if (selects({ keys: null, labels: { [name]: wanted } }, monitor)) continue
    const has = Object.hasOwn(monitor.labels, name) ? `its ${name} is ${quote(monitor.labels[name] ?? '')}` : null
    return `It wants the label ${name} to be ${quote(wanted)}, and ${has ?? 'the monitor has no such label'}.`
  }
  if (keys === null) return 'It chooses no monitor at all.'
  const more = keys.length > patternsTold ? `, and ${keys.length - patternsTold} more` : ''
  return `The key fits none of ${keys.slice(0, patternsTold).join(', ')}${more}.`
}
