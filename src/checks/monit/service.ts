// The kind `monit`: a service that Monit watches on its machine; what it finds there is its state here.
// Promises that nothing is expected of it by itself: it is its host that falls silent.
// Must not know how reports arrive.
import { z } from 'zod'
import { expecting } from '#core/expected.ts'
import { definePassive } from '../check.ts'
import { aliasOf, machineSetting } from './names.ts'

const types = ['filesystem', 'directory', 'file', 'process', 'host', 'system', 'fifo', 'program', 'network'] as const
export type ServiceType = (typeof types)[number]
export const serviceTypes: readonly ServiceType[] = types

const config = z.strictObject({
  machine: machineSetting,
  service: z.string().min(1).max(512).meta({ title: 'Service', description: 'Its name in Monit.' }),
  type: z.enum(types).meta({ title: 'Type', description: 'What Monit watches.' }),
})

type ServiceConfig = z.output<typeof config>

export const monit = definePassive<ServiceConfig>({
  kind: 'monit',
  collected: true,
  title: 'Monit service',
  summary: 'A service that Monit watches on its machine and reports to us by itself.',
  config,
  example: { machine: 'f2ff3ee0d4ad3c4b2f2a6a1a8d9c0b1e', service: 'mysql', type: 'process' },
  describe: ({ type, service }) => `${type} ${service}`,
  expects: () => expecting({}),
  alias: ({ machine, service }) => aliasOf(machine, service),
  under: ({ machine }) => aliasOf(machine),
})
