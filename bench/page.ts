// The public page of 30 components × 90 days: its weight, what a rendering costs, and what a cached answer costs beside
// a bare node:http server that sends one prebuilt buffer. The requests come from a process of their own, this file as
// a part: `PORT COUNT`.
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
import { cost, median, startPart } from './measure.ts'
import type { Row } from './table.ts'

const answers = 50_000
const tries = 3

/** Asks `port` over and over on 32 connections, `total` times. */
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
async function costOf(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const run = async (count: number) => (await startPart('page.ts', port, count)).part.disconnect()
  await run(answers / 10)
  const { cpu } = await cost(() => run(answers))
  server.close()
  server.closeAllConnections()
  return (cpu / answers) * 1e6
}

/** CPU ms of one round, after a warm-up. */
async function each(work: () => unknown): Promise<number> {
  const rounds = 200
  for (let round = 0; round < rounds / 4; round += 1) await work()
  const { cpu } = await cost(async () => {
    for (let round = 0; round < rounds; round += 1) await work()
  })
  return (cpu / rounds) * 1_000
}

export async function measure(): Promise<Row[]> {
  const { page, sources } = goldenSources(goldenPages.thirty)
  const view = await readPage(page, sources)
  const html = Buffer.from(renderPage(view))
  const brotli = brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
  const squeezing = await each(() => gzipSync(html))
  const rendering = await each(async () => renderPage(await readPage(page, sources)))

  const handle = pageHandler(openPages({ clock: systemClock, log: silentLog, load: () => readPage(page, sources) }))
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-encoding': 'br',
    'content-length': String(brotli.length),
  }
  const [ours, bare]: [number[], number[]] = [[], []]
  for (let attempt = 0; attempt < tries; attempt += 1) {
    bare.push(await costOf((_, response) => response.writeHead(200, headers).end(brotli)))
    ours.push(await costOf((asked, response) => void handle(asked, response)))
  }
  const plain = { what: 'not compressed', value: html.length / 1_000 }
  return [
    { what: 'page, brotli', unit: 'kB', ours: brotli.length / 1_000, baseline: plain, atMost: 20 },
    { what: 'page, gzip', unit: 'kB', ours: gzipSync(html).length / 1_000, baseline: plain, atMost: 20 },
    {
      what: 'page, a rendering (rows in memory)',
      unit: 'CPU ms',
      ours: rendering,
      baseline: { what: 'gzip of it', value: squeezing },
      atMost: null,
    },
    {
      what: 'page, a cached answer',
      unit: 'CPU s per million',
      ours: median(ours),
      baseline: { what: 'bare node:http', value: median(bare) },
      atMost: null,
    },
  ]
}

if (import.meta.main) {
  const [port, count] = process.argv.slice(2)
  await ask(Number(port), Number(count))
  process.send?.('done')
}
