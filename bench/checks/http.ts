// HTTP and HTTPS checks of a local nginx, a fresh connection each, 50 under way: CPU seconds per 1,000 of the `http`
// kind alone and with deciding and storing, beside Node's own client, libcurl and blackbox_exporter, in turn.
// As a part: `ours|stored|theirs URL COUNT`.
import { rmSync } from 'node:fs'
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as tlsConnect, createSecureContext } from 'node:tls'
import { channelKinds } from '#channels/index.ts'
import type { ActiveKind } from '#checks/check.ts'
import { httpKind } from '#checks/http/http.ts'
import { kinds } from '#checks/index.ts'
import { runProbe } from '#checks/probe.ts'
import { createSecure } from '#checks/tls.ts'
import { Catalog } from '#engine/catalog.ts'
import { Ingest } from '#engine/ingest.ts'
import { Live } from '#engine/live.ts'
import { Silences } from '#engine/silences.ts'
import { openManifest } from '#manifest/read.ts'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { deniedByDefault, openOutbound } from '#platform/outbound.ts'
import { openStore } from '#store/open.ts'
import { monitors, provision } from '../hour.ts'
import { median, spendOn, spentBy, startPart } from '../measure.ts'
import type { Row } from '../table.ts'
import { authority, libcurl, openBlackbox, type Web } from './tools.ts'

const inFlight = 50
const rounds = 3
const counts = { http: 5_000, https: 1_500 } as const

type Check = (index: number) => Promise<void>
type Variant = 'ours' | 'stored' | 'theirs'

/** What one check of ours finds. */
function look(url: string) {
  const kind: ActiveKind = httpKind(createSecure(readFileSync(authority, 'utf8')))
  const config = kind.config.parse({ url, expect: { status: 200, body: { contains: 'OK' } } })
  const outbound = openOutbound({ denied: deniedByDefault })
  const { signal } = new AbortController()
  return async () => {
    const finding = await runProbe(kind, config, { clock: systemClock, outbound, timeout: 10_000, signal })
    if (finding.outcome !== 'up') throw new Error(finding.sentence ?? finding.outcome)
    return finding
  }
}

function ours(url: string): Check {
  const once = look(url)
  return async () => void (await once())
}

/** Each finding is also decided and stored, as the engine does it. */
async function stored(url: string): Promise<Check> {
  const path = join(tmpdir(), `allswell-bench-${process.pid}.db`)
  process.once('exit', () => ['', '-wal', '-shm'].forEach((end) => rmSync(`${path}${end}`, { force: true })))
  const store = await openStore({ url: `sqlite:${path}`, clock: systemClock, log: silentLog })
  await provision(store)
  const catalog = new Catalog(openManifest({ kinds, channelKinds }))
  await catalog.reload(store)
  const silences = new Silences({ store, catalog, clock: systemClock })
  const parts = { store, catalog, silences, kinds, clock: systemClock, log: silentLog, live: new Live(silentLog) }
  const ingest = new Ingest({ ...parts, metrics: new Metrics(), instance: 'bench' })
  await ingest.warm()
  const once = look(url)
  return async (index) => {
    const { outcome, latency, reason, sentence } = await once()
    const seen = { location: 'local', at: systemClock.now(), signal: 'check' } as const
    ingest.offer({ ...seen, monitor: (index % monitors) + 1, outcome, latency, reason, sentence })
  }
}

/** The same by Node's own client: a fresh connection, the body read and searched, a timeout. */
function theirs(url: string): Check {
  const secureContext = createSecureContext({ ca: readFileSync(authority) })
  const secure = () => tlsConnect({ host: '127.0.0.1', port: Number(new URL(url).port), servername: '', secureContext })
  const encrypted = url.startsWith('https:')
  const request = encrypted ? httpsRequest : httpRequest
  return () =>
    new Promise((resolve, reject) => {
      const options = { timeout: 10_000, ...(encrypted ? { createConnection: secure } : { agent: false as const }) }
      const call = request(url, options, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const well = response.statusCode === 200 && Buffer.concat(parts).toString().includes('OK')
          if (well) resolve()
          else reject(new Error('not well'))
        })
      })
      call.on('error', reject)
      call.on('timeout', () => call.destroy())
      call.end()
    })
}

async function part(variant: Variant, url: string, count: number): Promise<number> {
  const { part, said } = await startPart('checks/http.ts', variant, url, count)
  part.disconnect()
  return said as number
}

interface Peer {
  readonly name: string
  readonly spend: () => Promise<number> | number
}

/** Ours and the peers in turn, the median of each; a row for each peer. */
async function beside(
  what: string,
  mine: () => Promise<number>,
  peers: readonly Peer[],
  atMost: number,
): Promise<Row[]> {
  const found = { ours: [] as number[], peers: peers.map(() => [] as number[]) }
  for (let round = 0; round < rounds; round += 1) {
    found.ours.push(await mine())
    for (const [index, peer] of peers.entries()) found.peers[index]?.push(await peer.spend())
  }
  const ours = median(found.ours)
  const row = (baseline: Row['baseline']) => ({ what, unit: 'CPU s per 1,000', ours, baseline, atMost })
  if (peers.length === 0) return [row(null)]
  return peers.map(({ name }, index) => row({ what: name, value: median(found.peers[index] ?? []) }))
}

export async function measureHttp(web: Web): Promise<Row[]> {
  const curl = libcurl()
  const blackbox = await openBlackbox('shop.example.test')
  const peersOf = (url: string, count: number, how: 'full' | 'resumed'): Peer[] => [
    ...(curl ? [{ name: 'libcurl multi', spend: () => curl(url, count, how) }] : []),
    { name: 'http.request', spend: () => part('theirs', url, count) },
    ...(blackbox && how === 'full' ? [{ name: 'blackbox_exporter', spend: () => probes(url, count) }] : []),
  ]
  const probes = async (url: string, count: number): Promise<number> => {
    if (!blackbox) return Number.NaN
    const before = spentBy(blackbox.pid).cpu
    await spendOn(() => blackbox.probe('http', url), count, inFlight)
    // The warming counts as well there: another process cannot be asked in between.
    return ((spentBy(blackbox.pid).cpu - before) / (count * 1.25)) * 1_000
  }
  const [plain, full, resumed] = [web.port, web.fullPort, web.resumedPort].map(
    (port, index) => `http${index > 0 ? 's' : ''}://127.0.0.1:${port}/health`,
  ) as [string, string, string]
  const { http, https } = counts
  try {
    return [
      ...(await beside('HTTP check', () => part('ours', plain, http), peersOf(plain, http, 'full'), 0.1)),
      ...(await beside('HTTP check, decided, stored', () => part('stored', plain, http), [], 0.15)),
      ...(await beside('HTTPS check, full', () => part('ours', full, https), peersOf(full, https, 'full'), 1)),
      ...(await beside(
        'HTTPS check, resumed',
        () => part('ours', resumed, https),
        peersOf(resumed, https, 'resumed'),
        0.75,
      )),
    ]
  } finally {
    await blackbox?.stop()
  }
}

if (import.meta.main) {
  const [variant, url = '', count = ''] = process.argv.slice(2)
  const check = variant === 'ours' ? ours(url) : variant === 'stored' ? await stored(url) : theirs(url)
  process.send?.(await spendOn(check, Number(count), inFlight))
  process.once('disconnect', () => process.exit())
}
