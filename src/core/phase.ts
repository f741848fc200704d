// Phases: how long each part of an exchange took, in words that all kinds share.
// Promises a closed list that is only ever added to; what is not in it counts as `other`. Must not know any kind.

export const phaseNames = [
  'other',
  'resolve',
  'connect',
  'proxy',
  'greeting',
  'starttls',
  'tls',
  'firstByte',
  'body',
  'answer',
  'auth',
  'login',
  'ehlo',
  'rcpt',
  'capability',
  'mailbox',
  'list',
  'banner',
  'offers',
  'host_key',
  'upgrade',
  'ping',
] as const
export type PhaseName = (typeof phaseNames)[number]

/** Milliseconds by name; what did not happen is left out. */
export type Phases = Readonly<Record<string, number>>

const numbers: ReadonlyMap<string, number> = new Map(phaseNames.map((name, number) => [name, number]))

/** The number of a phase, that of `other` where it has none. */
export const phaseNumber = (name: string): number => numbers.get(name) ?? 0

/** The phases in the evidence of a check; undefined: it has none. */
export function phasesIn(facts: { readonly [name: string]: unknown } | undefined): Phases | undefined {
  const phases = facts?.['phases']
  if (typeof phases !== 'object' || phases === null) return undefined
  for (const name in phases) if (!isMs((phases as Record<string, unknown>)[name])) return undefined
  return phases as Phases
}

const isMs = (value: unknown) => typeof value === 'number' && value >= 0 && value < 1e9

/** Sums of phases over many checks. */
export interface PhaseSums {
  /** Checks whose phases are known. */
  readonly count: number
  readonly ms: ReadonlyMap<PhaseName, number>
}

export const noPhases: PhaseSums = { count: 0, ms: new Map() }

export function mergePhases(one: PhaseSums, other: PhaseSums): PhaseSums {
  if (one.count === 0) return other
  if (other.count === 0) return one
  const ms = new Map(one.ms)
  for (const [name, sum] of other.ms) ms.set(name, (ms.get(name) ?? 0) + sum)
  return { count: one.count + other.count, ms }
}

export function sumPhases(seen: Iterable<{ readonly phases?: Phases | undefined }>): PhaseSums {
  let count = 0
  const ms = new Map<PhaseName, number>()
  for (const { phases } of seen) {
    if (phases === undefined) continue
    count += 1
    for (const name in phases) {
      const known = phaseNames[phaseNumber(name)] as PhaseName
      ms.set(known, (ms.get(known) ?? 0) + (phases[name] as number))
    }
  }
  return count === 0 ? noPhases : { count, ms }
}

/** Sums to tenths of a millisecond: `count;number:tenths,…` in base 36; empty where there are none. */
export function encodePhases({ count, ms }: PhaseSums): string {
  if (count === 0) return ''
  const sums = [...ms].map(([name, sum]) => `${base(phaseNumber(name))}:${base(Math.round(sum * 10))}`)
  return `${base(count)};${sums.sort().join(',')}`
}

const base = (number: number) => number.toString(36)

/** The phases of one check, to hundredths of a millisecond: `number:hundredths,…` in base 36. */
export function writePhases(phases: Phases): string {
  let text = ''
  for (const name in phases)
    text += `${text === '' ? '' : ','}${base(phaseNumber(name))}:${base(Math.round((phases[name] as number) * 100))}`
  return text
}

export function readPhases(text: string): Phases {
  const phases: Record<string, number> = {}
  for (const part of text.split(',')) {
    const [number = '', hundredths = ''] = part.split(':')
    const name = phaseNames[Number.parseInt(number, 36)] ?? 'other'
    phases[name] = (phases[name] ?? 0) + Number.parseInt(hundredths, 36) / 100
  }
  return phases
}

/** What one text says, or several with commas between them. */
export function decodePhases(text: string | null): PhaseSums {
  if (!text) return noPhases
  let count = 0
  const ms = new Map<PhaseName, number>()
  for (const part of text.split(',')) {
    const sums = part.includes(';') ? part.slice(part.indexOf(';') + 1) : part
    if (sums !== part) count += Number.parseInt(part, 36)
    const [number = '', tenths = ''] = sums.split(':')
    const name = phaseNames[Number.parseInt(number, 36)]
    if (name !== undefined) ms.set(name, (ms.get(name) ?? 0) + Number.parseInt(tenths, 36) / 10)
  }
  return count === 0 ? noPhases : { count, ms }
}
