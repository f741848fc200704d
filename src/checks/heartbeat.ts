// The kind `heartbeat`: we are not the ones who look; the watched thing gives signs of life.
// Promises what is expected in time, nothing more. Must not know how signs of life arrive.
import { z } from 'zod'
import { duration, formatDuration } from '#core/duration.ts'
import { definePassive } from './check.ts'

const second = 1_000
const hour = 3_600 * second
const day = 24 * hour
const graceLeast = 10 * second
const graceMost = hour

const config = z
  .strictObject({
    every: duration({ min: second, max: 366 * day })
      .meta({
        title: 'Expected every',
        description: 'How often a sign of life is expected. Without it none is: only a reported failure is an alarm.',
        examples: ['5m', '1d'],
      })
      .optional(),
    grace: duration({ max: 31 * day })
      .meta({
        title: 'Grace',
        description:
          'How late a sign of life may be, and how long a run that reported its start may take. ' +
          'Where nothing is said: a fifth of `every`, at least 10s and at most 1h; 1h where `every` is not given.',
        examples: ['2h'],
      })
      .optional(),
  })
  .transform(({ every = null, grace }) => ({ every, grace: grace ?? usualGrace(every) }))

/** A fifth of the period, within bounds. */
function usualGrace(every: number | null): number {
  if (every === null) return graceMost
  return Math.min(graceMost, Math.max(graceLeast, Math.round(every / 5)))
}

type HeartbeatConfig = z.output<typeof config>

export const heartbeat = definePassive<HeartbeatConfig>({
  kind: 'heartbeat',
  title: 'Heartbeat',
  summary: 'Waits for signs of life that the watched thing sends by itself: a job that ran, a service that lives.',
  config,
  example: { every: '1d', grace: '2h' },
  describe: ({ every }) => (every === null ? 'heartbeats at any time' : `a heartbeat every ${formatDuration(every)}`),
  expects: ({ every, grace }) => ({ every, grace }),
})
