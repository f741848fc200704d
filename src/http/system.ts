// What the server says of itself to machines: alive, ready, metrics, and what browsers and robots ask for unasked.
// Promises that /healthz touches nothing and /readyz asks the database, and that strangers learn no cause: that is
// for the log. Must not know monitors.
import { type Clock, sleep } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { Store } from '#store/store.ts'
import type { Authenticator } from './auth.ts'
import { type AddressSet, clientOf } from './client-address.ts'
import type { App, Asking } from './mount.ts'
import { Problem } from './problem.ts'
import { type IsOwnCall, knownBy } from './requests.ts'

export interface SystemNetworks {
  readonly metrics: AddressSet
  readonly trustedProxies: AddressSet
  /** Whether a request came under a name of this server. */
  readonly isOwnHost: (host: string | undefined) => boolean
  readonly isOwnCall?: IsOwnCall
}

export interface SystemParts {
  readonly store: Pick<Store, 'ping'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly auth: Authenticator
  readonly networks: () => SystemNetworks
  /** What is not done yet or amiss, a sentence each that strangers may read; none: ready, if the database answers. */
  readonly unready: () => readonly string[]
}

const pingMs = 2_000

export function mountSystem(app: App, parts: SystemParts): void {
  app.get('/healthz', (asking) => plain(asking, 200, 'ok\n'))
  const databaseTrouble = databaseWatch(parts)
  app.get('/readyz', async (asking) => {
    const reasons = [...parts.unready(), ...(await databaseTrouble())]
    return reasons.length === 0 ? plain(asking, 200, 'ok\n') : plain(asking, 503, `${reasons.join('\n')}\n`)
  })
  app.get('/metrics', async (asking) => {
    await mayRead(asking, parts)
    return asking.body(parts.metrics.expose(), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
    })
  })
  app.get('/robots.txt', (asking) =>
    asking.text('User-agent: *\nDisallow: /api/\nDisallow: /app\nDisallow: /respond\n'),
  )
  app.get('/favicon.svg', (asking) => asking.body(icon, 200, iconHeaders))
  app.get('/favicon.ico', (asking) => asking.body(icon, 200, iconHeaders))
}

const plain = (asking: Asking, status: 200 | 503, text: string) =>
  asking.text(text, status, { 'cache-control': 'no-store' })

/** Asks the database whether it answers. The cause when it does not is logged once, however often it is asked. */
function databaseWatch({ store, clock, log }: SystemParts): () => Promise<string[]> {
  let logged: string | null = null
  const answers = (): string[] => {
    logged = null
    return []
  }
  const fails = (error: unknown) => {
    const { message } = error as Error
    if (message !== logged) log.error('the database does not answer', { error })
    logged = message
    return ['The database does not answer; the log says why.']
  }
  return async () => {
    const done = new AbortController()
    const late = sleep(clock, pingMs, done.signal).then(() => [
      `The database has not answered within ${pingMs / 1000} s.`,
    ])
    const trouble = await Promise.race([store.ping().then(answers, fails), late])
    done.abort()
    return trouble
  }
}

/** From an allowed network without a token, otherwise with one that reads. */
async function mayRead(asking: Asking, { networks, auth }: SystemParts): Promise<void> {
  const { metrics, trustedProxies, isOwnHost, isOwnCall } = networks()
  const { incoming } = asking.env
  const client = knownBy(incoming, clientOf(incoming, trustedProxies), isOwnHost, isOwnCall)
  const authorization = asking.req.header('authorization')
  if (authorization === undefined && client.address !== null && metrics.has(client.address)) return
  const who = await auth.admit(authorization, client, 'read')
  if (who instanceof Problem) throw who
  if (who.limit !== null) throw new Problem('forbidden', 'The metrics tell of everything; take a token without labels.')
}

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#1a7f4b"/>' +
  '<path d="M9 16.5l5 5 9-11" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round"/></svg>\n'
const iconHeaders = { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' }
