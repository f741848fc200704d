// The HTTP face, put together: server, hot paths, system endpoints and the API.
// Promises that nothing is answered before `listen`. Must not know what the hot paths do.
import { randomBytes } from 'node:crypto'
import type { DeedLinks } from '#platform/deed-links.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { limited } from '#store/limited.ts'
import { apiRoutes } from './api.ts'
import { Afterwards } from './afterwards.ts'
import { Attempts } from './attempts.ts'
import type { Authenticator } from './auth.ts'
import { Board } from './board/board.ts'
import { Past } from './board/figures.ts'
import { Hub } from './live/hub.ts'
import { type App, mount, type MountParts, openApp, type RoutesFor } from './mount.ts'
import type { ApiParts } from './parts.ts'
import { mountRespond } from './respond/respond.ts'
import type { Route } from './route.ts'
import { type HotHandler, type HttpServer, openServer, type ServerBounds } from './server.ts'
import { mountSystem, type SystemNetworks } from './system.ts'

type MadeHere = 'attempts' | 'afterwards' | 'board' | 'past' | 'hub'

export interface HttpParts extends Omit<ApiParts, 'auth' | MadeHere> {
  readonly log: Log
  readonly metrics: Metrics
  /** Made by whoever puts the program together, so that others can ask it too. */
  readonly auth: Authenticator
  readonly networks: () => SystemNetworks
  readonly unready: () => readonly string[]
  /** Tried before anything else, in this order. */
  readonly hot: readonly HotHandler[]
  /** For people in a browser: the document that says that there is nothing at this address. Without it: a problem. */
  readonly missing?: MountParts['missing']
  /** Puts further routes (pages, other dialects) onto the application. */
  readonly extend?: (app: App) => void
  readonly bounds?: Partial<ServerBounds>
  /** Reads the links in messages. */
  readonly links: Pick<DeedLinks, 'read'>
}

export function openHttp(given: HttpParts): HttpServer {
  const { clock, log, metrics, auth } = given
  const [board, past] = [new Board(given), new Past(given)]
  const parts = {
    ...given,
    attempts: new Attempts(clock),
    afterwards: new Afterwards(log),
    board,
    past,
    hub: new Hub({ ...given, board, past, random: () => randomBytes(6).toString('hex') }),
  }
  const routes = apiRoutes(parts)
  const routesFor = byLimit(routes, parts)
  const answers = metrics.counter('allswell_http_answers_total', 'Answers of the API and its neighbours, by class.')
  const trustedProxies = () => parts.networks().trustedProxies
  const publicUrl = () => parts.server().publicUrl
  const { store } = parts
  const mountParts = { auth, clock, log, answers, trustedProxies, publicUrl, store, missing: parts.missing }
  const app = openApp(mountParts, () => routes)
  mountSystem(app, parts)
  mountRespond(app, parts)
  mount(app, mountParts, routesFor)
  parts.extend?.(app)
  const dropped = metrics.counter('allswell_http_dropped_total', 'Connections turned away because there were too many.')
  const bounds = parts.bounds ? { bounds: parts.bounds } : {}
  const server = openServer({ app, hot: parts.hot, clock, log, dropped, ...bounds })
  return {
    ...server,
    close() {
      // Streams would hold up the end as long as they may.
      parts.hub.close()
      return server.close()
    },
  }
}

/** So many limits are remembered at once; most installations have a handful. */
const limitsMost = 200

/** Whoever is limited is served by the same routes over a store that shows nothing else. */
function byLimit(routes: readonly Route[], parts: ApiParts): RoutesFor {
  const made = new Map<string, readonly Route[]>()
  return (limit) => {
    if (limit === null) return routes
    const name = JSON.stringify(limit)
    const found = made.get(name) ?? apiRoutes({ ...parts, store: limited(parts.store, limit, parts.engine.membersOf) })
    made.delete(name)
    made.set(name, found)
    const oldest = made.size > limitsMost ? made.keys().next().value : undefined
    if (oldest !== undefined) made.delete(oldest)
    return found
  }
}
