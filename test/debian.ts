// Programs of Debian that tests need as real servers: Redis, Mosquitto, MariaDB, PgBouncer, Monit.
// Promises the installed one, or else one unpacked from Debian's packages into a cache of this checkout, where nothing
// of the system is changed, no right is needed and no service starts; or one sentence that says what to install.
import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

/** By program: the package that has it. */
const packages = {
  'redis-server': 'redis-server',
  mosquitto: 'mosquitto',
  mariadbd: 'mariadb-server-core',
  pgbouncer: 'pgbouncer',
  'ansible-playbook': 'ansible-core',
  monit: 'monit',
} as const

export type ProgramName = keyof typeof packages

export interface Program {
  readonly path: string
  /** What it was unpacked into, with `usr/share` and the like in it; `/` for an installed one. */
  readonly root: string
  /** What its environment needs besides. */
  readonly env: Readonly<Record<string, string>>
}

const run = promisify(execFile)
const cache = join(import.meta.dirname, '..', 'node_modules', '.cache', 'debian')
const folders = ['bin', 'sbin'].flatMap((name) => [`usr/${name}`, `usr/local/${name}`, name])
const found = new Map<ProgramName, Promise<Program>>()

/** The program, wherever it comes from. */
export function program(name: ProgramName): Promise<Program> {
  const known = found.get(name) ?? find(name)
  found.set(name, known)
  return known
}

async function find(name: ProgramName): Promise<Program> {
  const installed = within('/', name)
  if (installed) return { path: installed, root: '/', env: {} }
  const root = join(cache, name)
  try {
    if (!existsSync(root)) await unpack(packages[name], root)
  } catch (error) {
    const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)
    throw new Error(`The tests need ${name}: install the package ${packages[name]} (${why}).`, { cause: error })
  }
  const path = within(root, name)
  if (!path) throw new Error(`The package ${packages[name]} has no ${name}; delete ${root} and try again.`)
  const libraries = globSync(['usr/lib/*-linux-*', 'usr/lib', 'lib/*-linux-*'].map((one) => join(root, one)))
  return { path, root, env: { LD_LIBRARY_PATH: libraries.join(delimiter) } }
}

const within = (root: string, name: string) =>
  folders.map((folder) => join(root, folder, name)).find((path) => existsSync(path)) ?? null

/** The package and those of its dependencies that are missing here, unpacked; it is there whole or not at all. */
async function unpack(name: string, root: string): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'work-'))
  try {
    const options = { cwd: work, timeout: 100_000, maxBuffer: 10_000_000, env: { ...process.env, LC_ALL: 'C' } }
    const tell = async (command: string, ...args: string[]) => (await run(command, args, options)).stdout
    // Lists of packages of our own, where the system has none or old ones: nobody need be root to fetch them.
    const own = ['lists', 'archives'].map((folder) => join(cache, folder))
    for (const folder of own) mkdirSync(join(folder, 'partial'), { recursive: true })
    const fresh = ['-o', `Dir::State::Lists=${own[0]}`, '-o', `Dir::Cache=${own[1]}`, '-o', 'APT::Sandbox::User=']
    const get = async (...lists: string[]) => {
      const plan = await tell('apt-get', ...lists, 'install', '--simulate', '--no-install-recommends', name)
      const missing = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, one]) => one as string)
      await tell('apt-get', ...lists, 'download', ...missing)
    }
    await get().catch(async () => {
      await tell('apt-get', ...fresh, 'update')
      await get(...fresh)
    })
    for (const archive of globSync(join(work, '*.deb'))) await tell('dpkg', '-x', archive, join(work, 'root'))
    // Another run of the tests may have been faster.
    if (!existsSync(root)) renameSync(join(work, 'root'), root)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
