// The kind `monit_host`: a machine on which Monit runs and reports to us by itself.
// Promises only what is expected of its reports in time. Must not know how they arrive.
import { z } from 'zod'
import { expecting } from '#core/expected.ts'
import { definePassive } from '../check.ts'
import { aliasOf, machineSetting } from './names.ts'

/** So many cycles of Monit without a report are degraded, and down; never sooner than these, ms. */
const degradedCycles = 3
const downCycles = 6
const degradedLeast = 90_000
const downLeast = 180_000

const config = z.strictObject({
  machine: machineSetting,
  token: z
    .string()
    .min(1)
    .max(100)
    .meta({ title: 'Token', description: 'The number of the token that reports for it; no other may, `admin` aside.' }),
  poll: z
    .int()
    .min(1)
    .max(86_400)
    .default(30)
    .meta({ title: 'Cycle', description: 'Seconds between two reports, as Monit says it (set daemon).' }),
})

type HostConfig = z.output<typeof config>

export const monitHost = definePassive<HostConfig>({
  kind: 'monit_host',
  collected: true,
  title: 'Monit host',
  summary: 'A machine whose Monit reports to us by itself; late after three of its cycles, down after six.',
  config,
  example: { machine: 'f2ff3ee0d4ad3c4b2f2a6a1a8d9c0b1e', token: '1', poll: 30 },
  describe: ({ poll }) => `Monit, every ${poll} s`,
  expects: ({ poll }) =>
    expecting({
      degradedAfter: Math.max(degradedLeast, degradedCycles * poll * 1_000),
      downAfter: Math.max(downLeast, downCycles * poll * 1_000),
    }),
  alias: ({ machine }) => aliasOf(machine),
})
