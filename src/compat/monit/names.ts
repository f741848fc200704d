// Names of monitors that Monit reports of: the kinds they are of, and how they are found again.
// Promises one home for what the protocol and the kinds must agree on.
import { monitHost } from '#checks/monit/host.ts'
import { monit } from '#checks/monit/service.ts'

export { aliasOf, digest } from '#checks/monit/names.ts'
export { serviceTypes } from '#checks/monit/service.ts'

export const hostKind = monitHost.kind
export const serviceKind = monit.kind
