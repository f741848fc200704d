// CPU seconds per 1,000 fresh-connection checks: Allswell's `http` kind beside node:http.request in the same run,
// each in a process of its own, in turn. As a part: `serve`, or `ours|theirs URL COUNT`.
import { readFileSync } from 'node:fs'
import { createServer as createHttp, request as httpRequest } from 'node:http'
import { createServer as createHttps, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect as tlsConnect, createSecureContext } from 'node:tls'
import type { ActiveKind } from '#checks/check.ts'
import { httpKind } from '#checks/http/http.ts'
import { runProbe } from '#checks/probe.ts'
import { createSecure } from '#checks/tls.ts'
import { systemClock } from '#platform/clock.ts'
import { deniedByDefault, openOutbound } from '#platform/outbound.ts'
import { cost, median, startPart } from './measure.ts'
import type { Row } from './table.ts'

const inFlight = 50
const rounds = 5
const checks = 5_000
const read = (name: string) => readFileSync(new URL(`../test/golden/tls/${name}`, import.meta.url), 'utf8')

/** The target, in a process of its own: answers 200 with a small body. */
async function serve(): Promise<void> {
  const answer: Parameters<typeof createHttp>[1] = (_, response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    response.end('OK, all is well here')
  }
  const servers = [createHttp(answer), createHttps({ key: read('server.key'), cert: read('good.pem') }, answer)]
  const ports: number[] = []
  for (const server of servers) {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', 2_048, resolve)
    })
    ports.push((server.address() as AddressInfo).port)
  }
  process.send?.(ports)
  process.once('disconnect', () => process.exit())
}

type Check = () => Promise<void>

function ours(url: string): Check {
  const kind: ActiveKind = httpKind(createSecure(read('ca.pem')))
  const config = kind.config.parse({ url, expect: { status: 200, body: { contains: 'OK' } } })
  const outbound = openOutbound({ denied: deniedByDefault })
  const { signal } = new AbortController()
  return async () => {
    const finding = await runProbe(kind, config, { clock: systemClock, outbound, timeout: 10_000, signal })
    if (finding.outcome !== 'up') throw new Error(finding.sentence ?? finding.outcome)
  }
}

/** The same by Node's own client: a fresh connection, the body read and searched, a timeout. */
function theirs(url: string): Check {
  const secureContext = createSecureContext({ ca: read('ca.pem') })
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

/** CPU seconds per 1,000 checks of this process, once it is warm. */
async function spend(check: Check, count: number): Promise<number> {
  let left = 0
  const worker = async () => {
    while (left > 0) {
      left -= 1
      await check()
    }
  }
  const run = (checks: number) => {
    left = checks
    return Promise.all(Array.from({ length: inFlight }, worker))
  }
  await run(Math.ceil(count / 4))
  return ((await cost(() => run(count))).cpu / count) * 1_000
}

async function compare(what: string, url: string, count: number, atMost: number): Promise<Row> {
  const found: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] }
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of ['ours', 'theirs'] as const) {
      const { part, said } = await startPart('checks.ts', variant, url, count)
      part.disconnect()
      found[variant].push(said as number)
    }
  }
  const baseline = { what: 'http.request', value: median(found.theirs) }
  return { what, unit: 'CPU s per 1,000', ours: median(found.ours), baseline, atMost }
}

export async function measure(): Promise<Row[]> {
  const { part, said } = await startPart('checks.ts', 'serve')
  const [plain, secure] = said as [number, number]
  const rows = [
    await compare('a check alone, HTTP', `http://127.0.0.1:${plain}/health`, checks, 0.1),
    await compare('a check alone, HTTPS resumed', `https://127.0.0.1:${secure}/health`, checks / 5, 1),
  ]
  part.disconnect()
  return rows
}

if (import.meta.main) {
  const [role, url = '', count = ''] = process.argv.slice(2)
  if (role === 'serve') await serve()
  else process.send?.(await spend(role === 'ours' ? ours(url) : theirs(url), Number(count)))
}
