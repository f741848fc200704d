// One part of a calendar: any number, or some of `5`, `1..7`, `0/15`, `1..20/5`, separated by commas.
// Promises bounds on every number, and what is wrong in words. Pure.

interface Run {
  readonly first: number
  /** Null: the first one alone, or without end where it is repeated. */
  readonly last: number | null
  /** 1 in a range; null: not repeated. */
  readonly step: number | null
}
/** Null: any. */
export type Part = readonly Run[] | null

export interface Bounds {
  /** Its name for people. */
  readonly what: string
  readonly least: number
  readonly most: number
  /** What a number that is written short means. */
  readonly whole?: (number: number) => number
  /** They count back from an end, so what is repeated goes towards 1. */
  readonly fromEnd?: boolean
}

/** Throws an Error with what is wrong. */
export function readPart(text: string, bounds: Bounds): Part {
  if (text === '*') return null
  const { what, least, most, whole = (number: number) => number, fromEnd = false } = bounds
  return text.split(',').map((run) => {
    const match = /^(\d{1,4})(?:\.\.(\d{1,4}))?(?:\/(\d{1,4}))?$/.exec(run)
    if (match === null) throw new Error(`"${run}" is none of its ${what}; write a number, 1..5, 0/15 or *`)
    const first = whole(Number(match[1]))
    const last = match[2] === undefined ? null : whole(Number(match[2]))
    const step = match[3] === undefined ? null : Number(match[3])
    if (first < least || first > most || (last ?? first) > most)
      throw new Error(`"${run}" is out of range: its ${what} are from ${least} to ${most}`)
    if ((last ?? first) < first) throw new Error(`"${run}" is the wrong way round`)
    if (step === 0) throw new Error(`"${run}" repeats after nothing`)
    const isReached = fromEnd ? first - (step ?? 0) >= least : first + (step ?? 0) <= most
    if (step !== null && last === null && !isReached) throw new Error(`"${run}" never repeats; leave out /${step}`)
    return { first, last, step }
  })
}

/** Whether a number is meant. `end`: the numbers are counted back from there. */
export function isInside(part: Part, number: number, end?: number): boolean {
  if (part === null) return true
  return part.some((run) => {
    // Counted from the end the last one comes first.
    const first = end === undefined ? run.first : end - (run.last ?? run.first)
    const last = run.last === null ? null : end === undefined ? run.last : end - run.first
    if (number < first || number > (last ?? Infinity)) return false
    if (run.step === null) return last !== null || number === first
    return (number - first) % run.step === 0
  })
}

/** All numbers that are meant, in order. */
export function numbersOf(part: Part, least: number, most: number): number[] {
  const all = Array.from({ length: most - least + 1 }, (_, index) => least + index)
  return all.filter((number) => isInside(part, number))
}
