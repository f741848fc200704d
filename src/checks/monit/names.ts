// Names of what Monit reports: of a machine by its id, and of a service on it by its name there.
// Promises the same name for the same thing for ever, whatever characters are in it. Pure.
import { hash } from 'node:crypto'
import { z } from 'zod'

export const machineSetting = z
  .string()
  .regex(/^[0-9a-f]{8,64}$/, 'expected the id of a Monit, as `monit -i` tells it')
  .meta({ title: 'Machine', description: 'The id of the Monit on it, as `monit -i` tells it.' })

/** Of a machine, or of a service on it. No beat can be sent to it: a space is in no address. */
export const aliasOf = (machine: string, service?: string): string =>
  service === undefined ? `monit ${machine}` : `monit ${machine} ${digest(machine, service)}`

/** Tells services of one machine apart. */
export const digest = (machine: string, service: string): string =>
  hash('sha256', `${machine}\n${service}`, 'hex').slice(0, 16)
