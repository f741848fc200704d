// Part of the composition root: what the dialect of StatusCake is handed.
// Promises no behaviour of its own; it only puts parts together.
import type { CommandParts } from '#commands/ports.ts'
import { type StatusCakeHandler, statusCakeHandler } from '#compat/statuscake/http.ts'
import type { Requests } from '#http/requests.ts'
import type { ServerModel } from '#manifest/model.ts'
import type { Log } from '#platform/log.ts'

export interface StatusCakeRoots {
  readonly commands: CommandParts
  readonly log: Log
  readonly requests: Requests
  readonly server: () => Pick<ServerModel, 'publicUrl'>
}

export const openStatusCake = ({ commands, log, requests, server }: StatusCakeRoots): StatusCakeHandler =>
  statusCakeHandler({
    ...commands,
    log,
    prove: (request, credentials) => requests.prove(request, credentials),
    publicUrl: () => server().publicUrl,
  })
