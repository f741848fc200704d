// Which RDAP server knows a top-level domain: IANA's list (RFC 9224), fetched when it is first needed and kept a while.
// Promises that many who need it at once fetch it once, that an old list serves while no new one is to be had, and
// bounded memory. Must not know what a server is asked.
import { OutboundError } from '#platform/outbound.ts'
import type { Attempt } from '../attempt.ts'
import { Failure } from '../failure.ts'
import { type Asker, strange } from './ask.ts'

/** https://www.iana.org/assignments/rdap-dns/rdap-dns.xhtml */
const listed = 'https://data.iana.org/rdap/dns.json'
const bytesMost = 2_000_000
const entriesMost = 20_000
const urlMost = 500
const hour = 3_600_000
/** How long a list is good: as long as it says, within bounds. */
const fresh = { least: hour, usual: 24 * hour, most: 7 * 24 * hour }
/** After a failure it is not fetched again for so long. */
const pause = 60_000

/** By top-level domain, or what stands below one: base URLs of servers. */
type Servers = ReadonlyMap<string, URL>

interface List {
  readonly servers: Servers
  /** Monotonic ms. */
  readonly until: number
}

export class Bootstrap {
  readonly #asker: Asker
  readonly #url: URL
  #list: List | null = null
  #failed: { readonly error: unknown; readonly until: number } | null = null
  #fetching: Promise<Servers> | null = null

  /** `url`: of the list, for tests. */
  constructor(asker: Asker, url = listed) {
    this.#asker = asker
    this.#url = new URL(url)
  }

  /** The base URL of the server for a domain; null where the list has none. Throws Failure or OutboundError. */
  async serverOf(attempt: Attempt, domain: string): Promise<URL | null> {
    const servers = await this.#servers(attempt)
    const labels = domain.split('.')
    for (let from = 1; from < labels.length; from += 1) {
      const found = servers.get(labels.slice(from).join('.'))
      if (found) return found
    }
    return null
  }

  async #servers(attempt: Attempt): Promise<Servers> {
    const now = attempt.context.clock.monotonic()
    if (this.#list !== null && this.#list.until > now) return this.#list.servers
    try {
      if (this.#failed !== null && this.#failed.until > now) throw this.#failed.error
      this.#fetching ??= this.#fetch(attempt).finally(() => (this.#fetching = null))
      return await this.#fetching
    } catch (error) {
      if (this.#list !== null) return this.#list.servers
      throw error
    }
  }

  async #fetch(attempt: Attempt): Promise<Servers> {
    const { clock } = attempt.context
    attempt.phase = `fetching the list of RDAP servers from ${this.#url.host}`
    try {
      const told = await within(attempt, this.#asker.ask(attempt, this.#asker.begin(this.#url), bytesMost, 'any'))
      if (told.status !== 200) throw strange(this.#url.host, told.status)
      const servers = readServers(told.text)
      if (servers === null)
        throw new Failure('protocol', `${this.#url.host} did not answer with a list of RDAP servers.`)
      this.#list = { servers, until: clock.monotonic() + readAge(told.headers.get('cache-control')) }
      this.#failed = null
      return servers
    } catch (cause) {
      const error = unfetched(cause)
      this.#failed = { error, until: clock.monotonic() + pause }
      throw error
    }
  }
}

/** What went wrong, and with what. */
function unfetched(error: unknown): unknown {
  if (!(error instanceof Failure || error instanceof OutboundError)) return error
  const why = `IANA’s list of RDAP servers cannot be fetched, and no server: is given. ${error.message}`
  return new Failure(error.reason, why, error)
}

/** The promise, or a Failure once the attempt is over: others wait, too, and sockets that end may say nothing. */
function within<Value>(attempt: Attempt, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    attempt.atEnd(() => reject(new Failure('timeout', 'The list of RDAP servers did not come in time.')))
    work.then(resolve, reject)
  })
}

function readAge(cacheControl: string | undefined): number {
  const seconds = /\bmax-age=(\d{1,9})\b/.exec(cacheControl ?? '')?.[1]
  return seconds === undefined ? fresh.usual : Math.min(fresh.most, Math.max(fresh.least, Number(seconds) * 1_000))
}

/** The list as RFC 9224 has it: `services`, each with names and with URLs; null for what is none. */
function readServers(text: string): Servers | null {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return null
  }
  const services: unknown = typeof root === 'object' && root !== null && 'services' in root ? root.services : null
  if (!Array.isArray(services)) return null
  const servers = new Map<string, URL>()
  for (const service of services as unknown[]) {
    const [names, urls] = Array.isArray(service) ? (service as unknown[]) : []
    const url = bestOf(urls)
    if (url === null || !Array.isArray(names)) continue
    for (const name of names as unknown[])
      if (typeof name === 'string' && name.length <= 253 && servers.size < entriesMost)
        servers.set(name.toLowerCase(), url)
  }
  return servers.size === 0 ? null : servers
}

/** The first URL with https, else the first with http. */
function bestOf(urls: unknown): URL | null {
  const known = (Array.isArray(urls) ? (urls as unknown[]) : [])
    .filter((url) => typeof url === 'string')
    .filter((url) => url.length <= urlMost && URL.canParse(url))
    .map((url) => new URL(url))
  return (
    known.find(({ protocol }) => protocol === 'https:') ?? known.find(({ protocol }) => protocol === 'http:') ?? null
  )
}
