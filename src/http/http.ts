// The HTTP face, put together: server, hot paths, system endpoints and the API.
// Promises that nothing is answered before `listen`. Must not know what the hot paths do.
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { apiRoutes } from './api.ts'
import type { Authenticator } from './auth.ts'
import type { AddressSet } from './client-address.ts'
import { type App, mount, type MountParts, openApp } from './mount.ts'
import type { ApiParts } from './parts.ts'
import { type HotHandler, type HttpServer, openServer, type ServerBounds } from './server.ts'
import { mountSystem } from './system.ts'

export interface HttpParts extends Omit<ApiParts, 'auth'> {
  readonly log: Log
  readonly metrics: Metrics
  /** Made by whoever puts the program together, so that others can ask it too. */
  readonly auth: Authenticator
  readonly networks: () => { readonly metrics: AddressSet; readonly trustedProxies: AddressSet }
  readonly unready: () => readonly string[]
  /** Tried before anything else, in this order. */
  readonly hot: readonly HotHandler[]
  /** For people in a browser: the document that says that there is nothing at this address. Without it: a problem. */
  readonly missing?: MountParts['missing']
  /** Puts further routes (pages, other dialects) onto the application. */
  readonly extend?: (app: App) => void
  readonly bounds?: Partial<ServerBounds>
}

export function openHttp(parts: HttpParts): HttpServer {
  const { clock, log, metrics, auth } = parts
  const routes = apiRoutes(parts)
  const answers = metrics.counter('allswell_http_answers_total', 'Answers of the API and its neighbours, by class.')
  const trustedProxies = () => parts.networks().trustedProxies
  const mountParts = { auth, clock, log, answers, trustedProxies, missing: parts.missing }
  const app = openApp(mountParts, () => routes)
  mountSystem(app, parts)
  mount(app, mountParts, routes)
  parts.extend?.(app)
  const dropped = metrics.counter('allswell_http_dropped_total', 'Connections turned away because there were too many.')
  return openServer({ app, hot: parts.hot, clock, log, dropped, ...(parts.bounds ? { bounds: parts.bounds } : {}) })
}
