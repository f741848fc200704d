// lovebeat's HTTP, put together: one handler for each listener, which may speak different generations.
// Promises that all of them share services, views and counts. Holds no state of its own.
import type { CommandParts } from '#commands/ports.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { type BodyLimits, bodyLimits } from '../beat/body.ts'
import type { Gate } from '../gate.ts'
import type { LastingPort, Identified, Watch } from '../ports.ts'
import type { Roster } from '../roster.ts'
import type { Tally } from '../tally.ts'
import { Changes } from './changes.ts'
import { type LovebeatHandler, lovebeatHandler, type Speaks } from './http.ts'
import { Services } from './services.ts'

export type { LovebeatHandler, Speaks } from './http.ts'
export type { Generation } from './show.ts'

export interface LovebeatShared {
  readonly roster: Roster
  readonly gate: Gate
  readonly tally: Tally
  readonly clock: Clock
  readonly log: Log
}

/** What only lovebeat's words need of the rest of the house. */
export interface LovebeatNeeds {
  readonly port: LastingPort
  readonly watch: Watch
  readonly requests: Identified
  readonly commands: CommandParts
}

/** A form is small; a megabyte is none. */
const limits: BodyLimits = { ...bodyLimits, kept: 100_000, read: 1_000_000 }

/** Makes handlers, one for each listener. */
export function openLovebeat(shared: LovebeatShared, needs: LovebeatNeeds): (speaks: Speaks) => LovebeatHandler {
  const { port, watch, requests, commands } = needs
  const services = new Services({ ...shared, port, requests })
  const changes = new Changes({ commands, watch, roster: shared.roster })
  return (speaks) => lovebeatHandler({ ...shared, watch, requests, services, changes, limits }, speaks)
}
