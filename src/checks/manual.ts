// The kind `manual`: people and programs say how it is, and so it stays until they say otherwise.
// Promises that silence means nothing: nothing is expected in time. Must not know how anybody says so.
import { z } from 'zod'
import { definePassive } from './check.ts'

export const manual = definePassive<Record<string, never>>({
  kind: 'manual',
  title: 'Set by hand',
  summary: 'Is as people and programs say: by the dashboard, the API or a client of Cachet.',
  config: z.strictObject({}),
  example: {},
  describe: () => 'what people and programs say',
  expects: () => null,
})
