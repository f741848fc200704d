// The whole program as its users start it, in a folder of its own, beside a local target that counts who looked.
// Promises ports picked by the system and the end of what it started. Must not know what is measured.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { within } from './measure.ts'

const command = join(import.meta.dirname, '../bin/allswell')
/** The token with every right that the program is given. */
export const token = 'a-token-for-the-benchmarks'

export interface Program {
  readonly url: string
  /** The port for heartbeats by UDP and TCP. */
  readonly beats: number
  readonly pid: number
  /** From the command to the ready line. */
  readonly readyMs: number
  /** Every series of /metrics. */
  metrics(): Promise<ReadonlyMap<string, number>>
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** A folder with data and perhaps a configuration; gone after `work`. */
export async function inFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `allswell serve` with its data in the folder, ready. `more`: further arguments. */
export async function serve(folder: string, config: string | null, more: readonly string[] = []): Promise<Program> {
  const file = join(folder, 'allswell.yaml')
  if (config !== null) writeFileSync(file, config)
  const place = ['--data', join(folder, 'data'), '--listen', '127.0.0.1:0', '--beats', '127.0.0.1:0']
  const args = ['serve', ...place, '--log-level', 'error', ...(config === null ? [] : ['--config', file]), ...more]
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('ALLSWELL_'))
  const began = performance.now()
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...Object.fromEntries(env), ALLSWELL_ADMIN_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  const ready = Promise.withResolvers<string>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    const url = /(http:\/\/\S+?)\/\n/.exec(said)?.[1]
    if (url !== undefined) ready.resolve(url)
  })
  const ended = once(child, 'exit')
  void ended.then(() => ready.reject(new Error('the program ended instead of being ready')))
  const url = await within(30_000, 'the program is ready', ready.promise)
  const readyMs = performance.now() - began
  return {
    url,
    beats: Number(/UDP and TCP \S+:(\d+)\n/.exec(said)?.[1]),
    readyMs,
    pid: child.pid ?? 0,
    metrics: async () => readMetrics(await (await fetch(`${url}/metrics`)).text()),
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      await within(10_000, 'the program ended', ended)
    },
  }
}

function readMetrics(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}

export interface Target {
  readonly port: number
  /** Requests answered so far. */
  count(): number
  /** Forgets who looked; resolves when each of so many paths was asked for again. */
  lookedAt(paths: number): Promise<void>
}

/** A small web service in this process, which is not the one that is measured. */
export async function openTarget(): Promise<Target> {
  let seen = new Set<string>()
  let count = 0
  let look = () => {}
  const server = createServer((request, response) => {
    count += 1
    seen.add(request.url ?? '')
    look()
    response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    response.end('OK, all is well here')
  })
  server.listen(0, '127.0.0.1', 2_048)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    count: () => count,
    lookedAt(paths) {
      seen = new Set()
      const all = Promise.withResolvers<void>()
      look = () => {
        if (seen.size >= paths) all.resolve()
      }
      return within(120_000, `${paths} monitors are checked`, all.promise)
    },
  }
}

/** A configuration of so many HTTP monitors, each with a path of its own on the target. */
export function monitorsOn(port: number, count: number, interval: string): string {
  const line = (number: number) => {
    const name = String(number).padStart(4, '0')
    const expect = '{ status: 200, body: { contains: OK } }'
    const http = `{ url: "http://127.0.0.1:${port}/${name}", expect: ${expect} }`
    return `  web-${name}: { http: ${http}, interval: ${interval} }\n`
  }
  return `version: 1\nmonitors:\n${Array.from({ length: count }, (_, number) => line(number)).join('')}`
}
