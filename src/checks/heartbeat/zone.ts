// Time zones: what a clock on the wall shows at a moment, and at which moment it shows something.
// Promises the rules of the zone, changes of summer time included. Pure; knows the zones that the runtime knows.

const second = 1_000
const day = 86_400_000

/** A wall clock's time as if it were UTC, epoch ms. */
export type Local = number

export interface Zone {
  readonly name: string
  /** What the clock shows at a moment. */
  local(at: number): Local
  /**
   * The first moment after `after` at which the clock shows this; null: it never does, since it is set forward over it,
   * or did so before.
   */
  moment(local: Local, after: number): number | null
}

const utc: Zone = { name: 'UTC', local: (at) => at, moment: (local, after) => (local > after ? local : null) }
const zones = new Map<string, Zone>([['utc', utc]])

/** A zone by its IANA name, in whatever case; null: there is none. */
export function zoneOf(name: string): Zone | null {
  const known = zones.get(name.toLowerCase())
  if (known) return known
  const format = formatOf(name)
  if (format === null) return null
  const found = open(name, format)
  zones.set(name.toLowerCase(), found)
  return found
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  try {
    const whole = { year: 'numeric', month: 'numeric', day: 'numeric' } as const
    const time = { hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', era: 'short', ...whole, ...time })
  } catch {
    return null
  }
}

function open(name: string, format: Intl.DateTimeFormat): Zone {
  const local = (at: number): Local => {
    const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const of = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  }
  /** How far the clock is ahead of UTC at a moment, ms. */
  const ahead = (at: number) => local(at) - Math.floor(at / second) * second
  return {
    name,
    local,
    moment(shown, after) {
      // Clocks change rarely: what was and what will be a day around covers a change in between.
      const offsets = [...new Set([ahead(shown - day), ahead(shown + day)])]
      const moments = offsets.map((offset) => shown - offset).filter((at) => local(at) === shown && at > after)
      return moments.length === 0 ? null : Math.min(...moments)
    },
  }
}
