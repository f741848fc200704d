// The programs of Debian that checks are measured against: nginx and dnsmasq as targets, libcurl and
// blackbox_exporter as peers. Promises that each is on a port of its own, ready, and gone with the benchmark.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { sleep, within } from '../measure.ts'

const golden = (name: string) => new URL(`../../test/golden/tls/${name}`, import.meta.url).pathname
export const authority = golden('ca.pem')

/** The path of a program, or null. */
function find(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null
}

function need(name: string, debian: string): string {
  const file = find(name)
  if (file === null) throw new Error(`${name} is needed as a target (Debian: apt-get install ${debian})`)
  return file
}

/** A folder that goes when the process ends. */
function folderOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `allswell-bench-${name}-`))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface Running {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

async function run(
  file: string,
  args: readonly string[],
  port: number,
  ready: () => Promise<boolean>,
): Promise<Running> {
  const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.on('data', (text) => (said = `${said}${String(text)}`.slice(-2_000)))
  const ended = once(child, 'exit')
  const wait = async () => {
    while (!(await ready())) {
      if (child.exitCode !== null) throw new Error(`${file} ended: ${said}`)
      await sleep(20)
    }
  }
  await within(10_000, `${file} is ready`, wait())
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await within(5_000, `${file} ended`, ended)
    },
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

export interface Web extends Running {
  /** TLS 1.3 without tickets: each handshake is a full one. */
  readonly fullPort: number
  /** TLS with tickets. */
  readonly resumedPort: number
}

/** One nginx worker that answers a small body. */
export async function openNginx(): Promise<Web> {
  const folder = folderOf('nginx')
  const [port, fullPort, resumedPort] = [await freePort(), await freePort(), await freePort()]
  const secure = (port: number, tickets: 'on' | 'off') => `
    server {
      listen 127.0.0.1:${port} ssl backlog=8192;
      ssl_certificate ${golden('good.pem')}; ssl_certificate_key ${golden('server.key')};
      ssl_protocols TLSv1.3; ssl_session_tickets ${tickets}; ssl_session_cache off;
      location / { return 200 "OK, all is well here"; }
    }`
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn; worker_rlimit_nofile 30000;
    events { worker_connections 20000; }
    http {
      access_log off; default_type text/plain; keepalive_timeout 0;
      client_body_temp_path ${folder}/1; proxy_temp_path ${folder}/2; fastcgi_temp_path ${folder}/3;
      uwsgi_temp_path ${folder}/4; scgi_temp_path ${folder}/5;
      server { listen 127.0.0.1:${port} backlog=8192; location / { return 200 "OK, all is well here"; } }
      ${secure(fullPort, 'off')}${secure(resumedPort, 'on')}
    }`,
  )
  const running = await run(need('nginx', 'nginx-light'), ['-p', folder, '-c', file], port, () => accepts(port))
  return { ...running, fullPort, resumedPort }
}

/** A name server that knows one name. */
export async function openDnsmasq(name: string, address: string): Promise<Running> {
  const port = await freePort()
  const args = ['--keep-in-foreground', '--no-resolv', '--no-hosts', '--conf-file=/dev/null', '--pid-file=']
  const here = [`--port=${port}`, '--listen-address=127.0.0.1', '--bind-interfaces', `--address=/${name}/${address}`]
  return await run(need('dnsmasq', 'dnsmasq-base'), [...args, ...here], port, () => accepts(port))
}

/** CPU seconds per 1,000 requests by libcurl's multi interface; null where it cannot be compiled. */
export function libcurl(): ((url: string, count: number, how: 'full' | 'resumed') => number) | null {
  const compiler = find('cc') ?? find('gcc')
  if (compiler === null) return null
  const program = join(folderOf('libcurl'), 'libcurl')
  const source = new URL('libcurl.c', import.meta.url).pathname
  try {
    execFileSync(compiler, ['-O2', '-o', program, source, '-lcurl'], { stdio: 'pipe' })
  } catch {
    return null
  }
  return (url, count, how) =>
    Number(execFileSync(program, [url, String(count), how, authority], { encoding: 'utf8', timeout: 120_000 }))
}

export interface Blackbox extends Running {
  /** Lets it probe once; throws when the probe fails. */
  probe(module: string, target: string): Promise<void>
}

/** blackbox_exporter with a module for each kind; null where it is not installed. */
export async function openBlackbox(question: string): Promise<Blackbox | null> {
  const file = find('prometheus-blackbox-exporter') ?? find('blackbox_exporter')
  if (file === null) return null
  const [folder, port] = [folderOf('blackbox'), await freePort()]
  const config = join(folder, 'blackbox.yml')
  const http = `prober: http, http: { fail_if_body_not_matches_regexp: [OK], preferred_ip_protocol: ip4`
  writeFileSync(
    config,
    `modules:
  http: { ${http}, tls_config: { ca_file: ${authority} } } }
  dns: { prober: dns, dns: { query_name: ${question}, query_type: A, preferred_ip_protocol: ip4 } }
  icmp: { prober: icmp, icmp: { preferred_ip_protocol: ip4 } }
`,
  )
  const args = [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error']
  const running = await run(file, args, port, () => accepts(port))
  const agent = new Agent({ keepAlive: true })
  return { ...running, probe: (module, target) => ask(port, agent, module, target) }
}

function ask(port: number, agent: Agent, module: string, target: string): Promise<void> {
  const path = `/probe?module=${module}&target=${encodeURIComponent(target)}`
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () =>
        text.includes('\nprobe_success 1') ? resolve() : reject(new Error(`blackbox_exporter failed: ${path}`)),
      )
    })
    call.on('error', reject)
    call.end()
  })
}
