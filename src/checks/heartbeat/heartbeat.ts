// The kind `heartbeat`: we are not the ones who look; the watched thing gives signs of life.
// Promises what is expected in time, nothing more. Must not know how signs of life arrive.
import { definePassive } from '../check.ts'
import { adjust } from './adjust.ts'
import { config, describe, expects, type HeartbeatConfig } from './config.ts'

export const heartbeat = definePassive<HeartbeatConfig>({
  kind: 'heartbeat',
  title: 'Heartbeat',
  summary: 'Waits for signs of life that the watched thing sends by itself: a job that ran, a service that lives.',
  config,
  example: { every: '1d', grace: '2h' },
  describe,
  secrets: ['id'],
  expects,
  alias: ({ id = null }) => id,
  mail: ({ mail = null }) => mail,
  adjust,
})
