// A real MariaDB for tests, made anew: `root` may do everything without a password.
// Promises that nothing is left behind, however this process ends. Must not know what is tested.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Program, program } from './debian.ts'
import { type Service, startService } from './service.ts'
import { golden } from './targets.ts'

export interface MariadbOptions {
  /** More of its command line; it knows `key.pem`, `cert.pem` and `ca.pem` in its folder. */
  readonly args?: readonly string[]
  /** Statements, run once before it starts. */
  readonly statements?: readonly string[]
}

const patienceMs = 60_000

export async function startMariadb({ args = [], statements = [] }: MariadbOptions = {}): Promise<Service> {
  const mariadbd = await program('mariadbd')
  return startService({
    program: mariadbd,
    files: () => ({ 'key.pem': golden('server.key'), 'cert.pem': golden('good.pem'), 'ca.pem': golden('ca.pem') }),
    prepare: (folder) => bootstrap(mariadbd, folder, statements),
    args: (folder, port) => [
      ...common(mariadbd, folder),
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'socket')}`,
      ...args,
    ],
    ready: /ready for connections/,
  })
}

function common({ root }: Program, folder: string): string[] {
  const account = process.getuid?.() === 0 ? ['--user=root'] : []
  const usr = join(root, 'usr')
  return [
    '--no-defaults',
    `--basedir=${usr}`,
    `--datadir=${join(folder, 'data')}`,
    `--lc-messages-dir=${join(usr, 'share', 'mysql')}`,
    `--plugin-dir=${join(usr, 'lib', 'mysql', 'plugin')}`,
    '--innodb-buffer-pool-size=8M',
    '--innodb-log-file-size=4M',
    '--innodb-flush-log-at-trx-commit=0',
    ...account,
  ]
}

/** Makes its own tables, as its installation would. */
async function bootstrap(mariadbd: Program, folder: string, statements: readonly string[]): Promise<void> {
  mkdirSync(join(folder, 'data'))
  const script = (name: string) => readFileSync(join(mariadbd.root, 'usr', 'share', 'mysql', `${name}.sql`), 'utf8')
  const sql = [
    'create database mysql;\nuse mysql;\nset @skip_auth_anonymous = 1;\nset @auth_root_socket = NULL;',
    script('mysql_system_tables'),
    script('mysql_system_tables_data'),
    'flush privileges;',
    ...statements.map((statement) => `${statement};`),
  ]
  const child = spawn(mariadbd.path, [...common(mariadbd, folder), '--bootstrap'], {
    env: { ...process.env, ...mariadbd.env },
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: patienceMs,
  })
  let said = ''
  child.stderr.on('data', (chunk) => (said += String(chunk)))
  child.stdin.on('error', () => {})
  child.stdin.end(`${sql.join('\n')}\n`)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.on('error', reject)
  child.on('close', (code) =>
    code === 0 ? resolve() : reject(new Error(`MariaDB was not made: ${said.slice(-2_000)}`)),
  )
  await promise
}
