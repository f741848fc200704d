// Measures the public page: its weight, what a rendering costs, and what a cached answer costs beside a bare
// node:http server that sends one prebuilt buffer, in the same run. `node bench/page.ts [answers]`.
// CPU is user + system of the serving process; the requests come from a process of their own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { pageHandler } from '#pages/handler.ts'
import { readPage } from '#pages/read.ts'
import { renderPage } from '#pages/render.ts'
import { openPages } from '#pages/serve.ts'
import { goldenPages, goldenSources } from '#test/golden-pages.ts'

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`
const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6

/** Asks `port` over and over on 32 connections, `total` times; run in a process of its own. */
async function ask(port: number, total: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const headers = { 'accept-encoding': 'gzip, br' }
  let left = total
  const one = () =>
    new Promise<void>((resolve, reject) => {
      request({ agent, port, host: '127.0.0.1', headers }, (response) => {
        response.resume().on('end', resolve)
      })
        .on('error', reject)
        .end()
    })
  const worker = async () => {
    while (left > 0) {
      left -= 1
      await one()
    }
  }
  await Promise.all(Array.from({ length: 32 }, worker))
  agent.destroy()
}

/** CPU seconds of this process for a million answers of the listener. */
async function costOf(listener: RequestListener, total: number): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const run = async (count: number) => {
    const asking = spawn(process.execPath, [import.meta.filename, '--ask', String(port), String(count)], {
      stdio: 'inherit',
    })
    const [code] = await once(asking, 'exit')
    if (code !== 0) throw new Error('the asking process failed')
  }
  await run(2_000)
  const before = process.cpuUsage()
  await run(total)
  const used = seconds(process.cpuUsage(before))
  server.close()
  server.closeAllConnections()
  return (used / total) * 1e6
}

/** CPU ms of one round, after a warm-up. */
async function each(work: () => Promise<unknown>): Promise<number> {
  const rounds = 200
  for (let round = 0; round < rounds / 4; round += 1) await work()
  const began = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) await work()
  return (seconds(process.cpuUsage(began)) / rounds) * 1_000
}

async function main(total: number): Promise<void> {
  const { page, sources } = goldenSources(goldenPages.thirty)
  const view = await readPage(page, sources)
  const html = Buffer.from(renderPage(view))
  const brotli = brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
  const gzip = gzipSync(html)
  const weight = `${kilobytes(html.length)}, gzip ${kilobytes(gzip.length)}, brotli ${kilobytes(brotli.length)}`
  console.log(`30 components × 90 days: ${weight} (at most 20 kB compressed)`)

  const reading = await each(() => readPage(page, sources))
  const rendering = await each(async () => renderPage(view))
  console.log(`view from rows in memory ${reading.toFixed(2)} ms, rendering ${rendering.toFixed(2)} ms (CPU each)`)

  const handle = pageHandler(openPages({ clock: systemClock, log: silentLog, load: () => readPage(page, sources) }))
  const bareHeaders = {
    'content-type': 'text/html; charset=utf-8',
    'content-encoding': 'br',
    'content-length': String(brotli.length),
  }
  const bare = await costOf((_, response) => response.writeHead(200, bareHeaders).end(brotli), total)
  const cached = await costOf((asked, response) => void handle(asked, response), total)
  const ratio = (cached / bare).toFixed(2)
  console.log(`cached answer ${cached.toFixed(1)} CPU s per million, bare ${bare.toFixed(1)}: × ${ratio}`)
}

const [first, second, third] = process.argv.slice(2)
if (first === '--ask') await ask(Number(second), Number(third))
else await main(Number(first ?? 50_000))
