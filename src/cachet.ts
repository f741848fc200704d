// Part of the composition root: the public pages, what the dialect of Cachet is handed, and the monitors that hear what
// people say.
// Promises no behaviour of its own; it only puts parts together.
import type { CommandParts } from '#commands/ports.ts'
import { type CachetHandler, cachetHandler } from '#compat/cachet/http.ts'
import type { Engine } from '#engine/engine.ts'
import type { Requests } from '#http/requests.ts'
import type { ServerModel } from '#manifest/model.ts'
import { pageLoader } from '#pages/load.ts'
import { openPages, type Pages } from '#pages/serve.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Store } from '#store/store.ts'

/** A monitor that hears what people and programs say of a component. */
export const saidEntry = (name: string): Readonly<Record<string, unknown>> => ({ name, manual: {} })

export interface CachetRoots {
  readonly commands: CommandParts
  readonly log: Log
  readonly requests: Requests
  readonly engine: Pick<Engine, 'catalog'>
  readonly pages: Pick<Pages, 'faces'>
  readonly server: () => Pick<ServerModel, 'publicUrl'>
}

export function openCachet({ commands, log, requests, engine, pages, server }: CachetRoots): CachetHandler {
  return cachetHandler({
    ...commands,
    log,
    prove: (request, credentials) => requests.prove(request, credentials),
    pages: () => engine.catalog.pages,
    faces: (page) => pages.faces(page),
    publicUrl: () => server().publicUrl,
  })
}

export interface PageRoots {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly server: () => Pick<ServerModel, 'publicUrl'>
}

/** The public pages, made anew whenever something changes that the public sees. */
export function openPublicPages(engine: Engine, { store, clock, log, server }: PageRoots): Pages {
  const load = pageLoader({
    catalog: () => engine.catalog,
    store,
    clock,
    unstoredSince: () => engine.unstoredSince(),
    windows: (monitor) => engine.windows(monitor),
    announced: (now) => engine.announced(now),
  })
  const pages = openPages({ clock, log, load, publicUrl: () => server().publicUrl })
  engine.live.listen((change) => {
    if (change.public) pages.invalidate()
  })
  return pages
}
