// What happened to each monitor of the big installation: on which days it was down or degraded, and for how long.
// Promises the same in JavaScript, for events, and in SQL, for roll-ups. Pure.

export const dayMs = 86_400_000

interface Trouble {
  readonly status: 'down' | 'degraded'
  /** On the days on which `monitor * 31 + day * 17` divides by it. */
  readonly every: number
  /** Since midnight. */
  readonly from: number
  readonly ms: number
}

export const troubles: readonly Trouble[] = [
  { status: 'degraded', every: 53, from: 3 * 3_600_000, ms: 600_000 },
  { status: 'down', every: 41, from: 12 * 3_600_000, ms: 1_200_000 },
]

const isOn = (monitor: number, day: number, { every }: Trouble) => (monitor * 31 + day * 17) % every === 0

/** The troubles of one monitor in the days before `today`, the oldest first. */
export function outagesOf(monitor: number, days: number, today: number) {
  const first = today / dayMs - days + 1
  return Array.from({ length: days - 1 }, (_, index) => first + index).flatMap((day) =>
    troubles
      .filter((trouble) => isOn(monitor, day, trouble))
      .map(({ status, from, ms }) => ({ status, at: day * dayMs + from, ms })),
  )
}

/** Milliseconds of a status in the hour or day that begins at `start`, as an expression; `today` has none. */
export function msInSql(status: Trouble['status'], size: number, today: number): string {
  const cases = troubles
    .filter((trouble) => trouble.status === status)
    .map(({ every, from, ms }) => {
      const place = size === dayMs ? '' : ` and start % ${dayMs} = ${from}`
      return `when start < ${today} and (id * 31 + (start / ${dayMs}) * 17) % ${every} = 0${place} then ${ms}`
    })
  return `case ${cases.join(' ')} else 0 end`
}
