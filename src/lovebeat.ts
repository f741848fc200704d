// Part of the composition root: what lovebeat's clients may look at, and the listener of the other generation.
// Promises no behaviour of its own; it only puts parts together.
import type { CommandParts } from '#commands/ports.ts'
import type { Beats } from '#compat/index.ts'
import type { Generation, LovebeatNeeds } from '#compat/lovebeat/index.ts'
import type { Identified, Watch, Watched } from '#compat/ports.ts'
import type { Engine } from '#engine/engine.ts'
import { type HttpServer, openServer } from '#http/server.ts'
import type { ServerModel } from '#manifest/model.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'

/** What lovebeat's words need of the rest of the house. */
export const lovebeatNeeds = (engine: Engine, requests: Identified, commands: CommandParts): LovebeatNeeds => ({
  port: engine.beats,
  watch: watchOf(engine),
  requests,
  commands,
})

/** What is provisioned and how it is, as the engine has it. */
function watchOf(engine: Engine): Watch {
  const { catalog } = engine
  const some = (ids: Iterable<number>): Watched[] => [...ids].flatMap((id) => catalog.monitors.get(id) ?? [])
  const idOf = (key: string) => catalog.byKey.get(key)?.id ?? 0
  return {
    byKey: (key) => catalog.byKey.get(key) ?? null,
    all: () => catalog.monitors.values(),
    views: () => some(catalog.members.derived.keys()),
    membersOf: (view) => some(catalog.members.of(idOf(view))),
    viewsOf: (key) => some(catalog.members.above(idOf(key))),
    patternOf(view) {
      const { match } = (catalog.byKey.get(view)?.config ?? {}) as { readonly match?: unknown }
      return typeof match === 'string' ? match : null
    },
    channel: (key) => catalog.channels.get(key)?.target ?? null,
    states: () => engine.states(),
  }
}

type Server = () => Pick<ServerModel, 'heartbeats'>

/** What the main port speaks. */
export const mainDialect = (server: Server) => (): Generation | null => {
  const { lovebeat } = server().heartbeats
  return lovebeat === 'off' ? null : lovebeat
}

/** What the second listener speaks: the other one. */
const otherDialect = (server: Server) => (): Generation => (server().heartbeats.lovebeat === '1.0' ? '0.8' : '1.0')

/** The second listener, which speaks nothing else. */
export function openOther(
  beats: Beats,
  server: Server,
  parts: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
): HttpServer {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
  const app = { fetch: () => new Response('404 page not found\n', { status: 404, headers }) }
  const dropped = parts.metrics.counter(
    'allswell_lovebeat_dropped_total',
    'Connections for lovebeat’s second address turned away because there were too many.',
  )
  return openServer({ ...parts, app, hot: [beats.lovebeat(otherDialect(server))], dropped, flag: '--lovebeat' })
}
