// How the faults of a file are shown: file:line:column, the path, the message, the line itself and a caret below.
// Promises lines of bounded length. Must not know what the faults are about.
import { visible } from '#core/quote.ts'
import type { Fault } from './model.ts'

/** A fault with its place in the file; lines and columns begin at 1. */
export interface LocatedFault extends Fault {
  readonly line: number
  readonly column: number
  /** The text of that line. */
  readonly source: string
}

/** Finds lines: gives a function from an offset in the text to its place. */
export function openLines(text: string): (offset: number) => Pick<LocatedFault, 'line' | 'column' | 'source'> {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    const start = starts[low] ?? 0
    const end = starts[low + 1] ?? text.length + 1
    return { line: low + 1, column: offset - start + 1, source: text.slice(start, end - 1).replace(/\r$/, '') }
  }
}

/** `monitors.web.http.url`, `rules.all.tell[1]`, `monitors["shop.eu"].interval`. */
export function showPath(path: Fault['path']): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (!/^[\w-]+$/.test(step)) text += `[${JSON.stringify(step.slice(0, 80))}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/** One line: `allswell.yaml:7:15: monitors.web.interval: "5" is not a duration …`. */
export function showFault(file: string, fault: LocatedFault): string {
  const path = fault.path.length > 0 ? `${showPath(fault.path)}: ` : ''
  return visible(`${file}:${fault.line}:${fault.column}: ${path}${fault.message}`)
}

const widest = 100
/** All that moves the cursor but tabs, or turns the direction: one blank each, so that the caret stays in place. */
const unprinted = /[^\P{Cc}\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** The fault with its line of the file and a caret below the place. */
export function drawFault(file: string, fault: LocatedFault): string {
  if (fault.source.trim() === '') return showFault(file, fault)
  const from = fault.column > widest - 20 ? fault.column - Math.floor(widest / 2) : 0
  const shown = fault.source.slice(from, from + widest).replaceAll(unprinted, ' ')
  const number = String(fault.line)
  const pad = shown.slice(0, Math.max(0, fault.column - 1 - from)).replaceAll(/[^\t]/g, ' ')
  return [showFault(file, fault), `  ${number} | ${shown}`, `  ${' '.repeat(number.length)} | ${pad}^`].join('\n')
}

const most = 100

/** All faults in the order of the file, at most a hundred, and how many more there are. */
export function drawFaults(file: string, faults: readonly LocatedFault[]): string {
  const shown = faults.slice(0, most).map((fault) => drawFault(file, fault))
  if (faults.length > most) shown.push(`${file}: and ${faults.length - most} more`)
  return shown.join('\n\n')
}
