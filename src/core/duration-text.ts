// Durations as text: read, written exactly, and said to people.
// Promises to load nothing, so that small programs begin at once. Pure.

export const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
type Unit = keyof typeof unitMs
const part = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*/y

/** Milliseconds of a duration such as `90s`, `1h30m`, `1.5d`; null when it is not one. */
export function parseDuration(text: string): number | null {
  const source = text.trim()
  if (source === '') return null
  if (source === '0') return 0
  let total = 0
  part.lastIndex = 0
  while (part.lastIndex < source.length) {
    const match = part.exec(source)
    if (!match) return null
    total += Number(match[1]) * unitMs[match[2] as Unit]
  }
  return Math.round(total)
}

/** The exact text that parses back: 5400000 → `1h30m`. */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms)
  if (rest === 0) return '0s'
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / unitMs[unit])
    if (count > 0) text += `${count}${unit}`
    rest -= count * unitMs[unit]
  }
  return text
}

/** For people, two units at most: `4 min`, `2 h 5 min`, `3 d 4 h`, `12 s`. */
export function sayDuration(ms: number): string {
  const names = [
    ['d', unitMs.d],
    ['h', unitMs.h],
    ['min', unitMs.m],
    ['s', unitMs.s],
  ] as const
  let rest = Math.max(0, Math.round(ms))
  if (rest < 1_000) return `${rest} ms`
  const parts: string[] = []
  for (const [name, size] of names) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count} ${name}`)
    else if (parts.length > 0) break
    rest -= count * size
    if (parts.length === 2) break
  }
  return parts.join(' ')
}
