// A server program held for a test: started on a port of its own over a folder of its own, and ended with both.
// Promises that nothing is left behind, however this process ends: a small shell holds the server and the folder, and
// tidies both away when its input, which this process holds, closes.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Program } from './debian.ts'

export interface Service {
  readonly port: number
  /** Ends it at once, and its folder with it. */
  stop(): Promise<void>
}

export interface ServiceOptions {
  readonly program: Program
  /** Files in its folder that it needs, by name. */
  readonly files?: (folder: string, port: number) => Readonly<Record<string, string>>
  /** What must be done in its folder before it starts. */
  readonly prepare?: (folder: string) => Promise<void>
  readonly args: (folder: string, port: number) => readonly string[]
  /** What it says once it can be asked. */
  readonly ready: RegExp
}

/** `$1` the folder to delete, the rest is the server and its arguments. Does so once we are gone. */
const holder = `
  folder=$1; shift
  trap '' INT TERM HUP
  trap 'cd /; rm -rf "$folder"' EXIT
  "$@" </dev/null >&2 & pid=$!
  exec 2>&-
  while read -r _; do :; done
  kill -KILL $pid; wait $pid`

const patienceMs = 30_000

/** Starts it; rejects with what it said when it does not come up. */
export async function startService({ program, files, prepare, args, ready }: ServiceOptions): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-service-'))
  const port = await freePort()
  for (const [name, text] of Object.entries(files?.(folder, port) ?? {})) writeFileSync(join(folder, name), text)
  try {
    await prepare?.(folder)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  const shell = spawn('/bin/sh', ['-c', holder, 'sh', folder, program.path, ...args(folder, port)], {
    cwd: folder,
    detached: true,
    env: { ...process.env, ...program.env },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  // None of it keeps the test process alive.
  shell.unref()
  for (const stream of [shell.stdin, shell.stderr]) (stream as Socket | null)?.unref()
  const stop = () => ended(shell)
  await says(shell, ready).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { port, stop }
}

/** Closes its input and waits until it has tidied up. */
async function ended(shell: ChildProcess): Promise<void> {
  if (shell.exitCode !== null) return
  shell.ref()
  const { promise, resolve } = Promise.withResolvers<void>()
  shell.once('exit', () => resolve())
  shell.stdin?.destroy()
  await promise
}

async function says({ stderr }: ChildProcess, what: RegExp): Promise<void> {
  let said = ''
  const pipe = stderr as Socket
  pipe.ref()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const fail = () => reject(new Error(`a server for tests did not say ${what}: ${said}`))
  const take = (chunk: Buffer) => {
    said = `${said}${chunk.toString('utf8')}`.slice(-4_000)
    if (what.test(said)) resolve()
  }
  const limit = setTimeout(fail, patienceMs)
  pipe.on('data', take).on('close', fail)
  try {
    await promise
  } finally {
    clearTimeout(limit)
    pipe.off('data', take).off('close', fail)
    pipe.resume()
    pipe.unref()
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
