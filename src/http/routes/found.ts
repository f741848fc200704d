// What one check found, as the API shows it to whoever asked for the check.
// Promises the evidence, too, of what is well. Must not know any kind.
import { z } from 'zod'
import { statuses } from '#core/words.ts'
import type { Finding } from '#checks/check.ts'
import { micro } from '../shapes.ts'
import { identity, reason, sentence, showIdentity } from './monitor-shapes.ts'

export const found = z.object({
  outcome: z.enum(statuses),
  latency: z.number().nullable().describe('Milliseconds.'),
  reason,
  sentence,
  facts: z
    .record(z.string(), z.unknown())
    .describe('Evidence: phases in milliseconds, address, certificate, request and response with an excerpt.'),
  identity: identity.nullable().describe('What answered; null: that is not seen.'),
})

export const showFound = ({ outcome, latency, reason, sentence, facts, identity }: Finding): z.input<typeof found> => ({
  outcome,
  latency: micro(latency),
  reason,
  sentence,
  facts: { ...facts },
  identity: identity ? showIdentity(identity) : null,
})
