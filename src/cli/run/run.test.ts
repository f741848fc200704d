// `allswell run` as jobs have it: the real launcher around real commands, before servers that answer, hang or are away.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { environment } from '#platform/settings.ts'
import { until } from '#test/until.ts'

const launcher = new URL('../../../bin/allswell', import.meta.url).pathname

interface Asked {
  readonly path: string
  readonly query: URLSearchParams
  readonly token: string | undefined
  readonly body: Buffer
}

/** A server that keeps what it is asked; `answer` null: it never answers. */
async function openServer(test: TestContext, answer: number | null = 200) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://x')
      asked.push({ path, query, token: request.headers.authorization, body: Buffer.concat(parts) })
      if (answer !== null) response.writeHead(answer).end('as you like\n')
    })
    request.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  test.after(close)
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const nowhere = 'http://127.0.0.1:1'

interface Wrapped {
  readonly server?: string
  readonly flags?: readonly string[]
  readonly stdio?: StdioOptions
  readonly env?: Readonly<Record<string, string>>
}

function start(test: TestContext, command: readonly string[], wrapped: Wrapped = {}): ChildProcess {
  const { server = nowhere, flags = ['--patience', '500ms'], stdio = 'pipe' } = wrapped
  const clean = Object.entries(environment()).filter(([name]) => !name.startsWith('ALLSWELL_'))
  const env = { ...Object.fromEntries(clean), ALLSWELL_SERVER: server, ...wrapped.env }
  const child = spawn(launcher, ['run', 'nightly', ...flags, '--', ...command], { stdio, env })
  test.after(() => child.kill('SIGKILL'))
  return child
}

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: Buffer
  readonly stderr: string
}

async function end(child: ChildProcess, input: Buffer | string | null = ''): Promise<Ended> {
  const parts: Buffer[] = []
  let stderr = ''
  child.stdout?.on('data', (part: Buffer) => parts.push(part))
  child.stderr?.on('data', (part: Buffer) => (stderr += part.toString()))
  child.stdin?.on('error', () => {})
  if (input !== null) child.stdin?.end(input)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, stdout: Buffer.concat(parts), stderr }
}

const sh = (script: string) => ['/bin/sh', '-c', script]

describe('allswell run', () => {
  it('passes every byte on, and reports the beginning, the end, how long it took, and the tail', async (test) => {
    const { asked, url } = await openServer(test)
    const bytes = randomBytes(2_000_000)
    const child = start(test, ['cat'], { server: url, env: { ALLSWELL_TOKEN: 'a-token' } })
    const { code, stdout, stderr } = await end(child, bytes)
    assert.equal(code, 0)
    assert.ok(stdout.equals(bytes))
    assert.equal(stderr, '')
    const [began, ended] = asked
    assert.deepEqual([began?.path, ended?.path], ['/beat/nightly/start', '/beat/nightly/0'])
    assert.equal(began?.query.get('rid'), ended?.query.get('rid'))
    assert.match(ended?.query.get('took') ?? '', /^\d+$/)
    assert.equal(ended?.token, 'Bearer a-token')
    const tail = ended?.body ?? Buffer.alloc(0)
    assert.ok(tail.length > 1 && tail.length <= 100_000)
    assert.ok(bytes.subarray(-tail.length).equals(tail))
  })

  it('ends with the status of the command and reports it, with what it said on both outputs', async (test) => {
    const { asked, url } = await openServer(test)
    const { code, stdout, stderr } = await end(
      start(test, sh('echo out; echo no space left >&2; exit 3'), { server: url }),
    )
    assert.deepEqual([code, stdout.toString(), stderr], [3, 'out\n', 'no space left\n'])
    assert.equal(asked[1]?.path, '/beat/nightly/3')
    assert.match(asked[1]?.body.toString() ?? '', /no space left/)
  })

  it('ends by the signal that ended the command', async (test) => {
    const { asked, url } = await openServer(test)
    const { code, signal } = await end(start(test, sh('kill -9 $$'), { server: url }))
    assert.deepEqual([code, signal], [null, 'SIGKILL'])
    assert.equal(asked[1]?.path, '/beat/nightly/137')
  })

  it('hands signals on to the command, which does with them what it likes', async (test) => {
    const { asked, url } = await openServer(test)
    const child = start(test, sh('trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.1; done'), {
      server: url,
    })
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    const { code, stdout } = await end(child)
    assert.deepEqual([code, stdout.toString()], [5, 'ready\nbye\n'])
    assert.equal(asked[1]?.path, '/beat/nightly/5')
  })

  it('keeps the order of both outputs where they go to the same file', async (test) => {
    const folder = mkdtempSync(join(tmpdir(), 'allswell-run-'))
    test.after(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'both')
    const descriptor = openSync(file, 'a')
    const { asked, url } = await openServer(test)
    const script = 'i=0; while [ $i -lt 50 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done'
    await end(start(test, sh(script), { server: url, stdio: ['ignore', descriptor, descriptor] }))
    closeSync(descriptor)
    const wanted = Array.from({ length: 50 }, (_, index) => `out ${index}\nerr ${index}\n`).join('')
    assert.equal(readFileSync(file, 'utf8'), wanted)
    assert.equal(asked[1]?.body.toString(), wanted)
  })

  it('runs all the same where the server is away, hangs or refuses, and says so only if asked', async (test) => {
    const hanging = await openServer(test, null)
    const refusing = await openServer(test, 403)
    for (const server of [nowhere, hanging.url, refusing.url]) {
      const { code, stdout, stderr } = await end(start(test, sh('echo done; exit 4'), { server }))
      assert.deepEqual([code, stdout.toString(), stderr], [4, 'done\n', ''], server)
    }
    const flags = ['--patience', '500ms', '--verbose']
    const said = await end(start(test, ['true'], { server: refusing.url, flags }))
    assert.match(said.stderr, /^allswell: could not report to nightly: 403: as you like\n$/)
  })

  it('begins the command before the server has answered', async (test) => {
    const { asked, url } = await openServer(test, null)
    const child = start(test, sh('echo begun; read line; echo $line'), { server: url, flags: ['--patience', '2m'] })
    const [first] = (await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer]
    assert.equal(first.toString(), 'begun\n')
    assert.ok(asked.length <= 1)
  })

  it('lets what the command left running print on, and has reported by then', async (test) => {
    const { asked, url } = await openServer(test)
    const child = start(test, sh('exec 3<&0; echo now; (read x <&3; echo "later $x") &'), { server: url })
    const ended = end(child, null)
    await until('the end is reported', () => asked.length === 2)
    child.stdin?.end('and last\n')
    const { code, stdout } = await ended
    assert.deepEqual([code, stdout.toString()], [0, 'now\nlater and last\n'])
  })

  it('tells a command whose reader went away as a pipe does', async (test) => {
    const { asked, url } = await openServer(test)
    const child = start(test, ['yes'], { server: url })
    child.stdout?.once('data', () => child.stdout?.destroy())
    const [code] = (await once(child, 'exit')) as [number | null]
    assert.equal(code, 141)
    assert.equal(asked[1]?.path, '/beat/nightly/141')
  })

  it('reports a command that is not there', async (test) => {
    const { asked, url } = await openServer(test)
    const { code, stderr } = await end(start(test, ['/nowhere/at/all'], { server: url }))
    assert.deepEqual([code, stderr], [127, 'allswell: cannot run /nowhere/at/all: not found\n'])
    assert.equal(asked[1]?.path, '/beat/nightly/127')
  })

  it('gives the command its environment, and nothing of its own', async (test) => {
    const { stdout } = await end(start(test, ['env'], { env: { MINE: 'kept' } }))
    const names: readonly string[] = stdout.toString().match(/^\w+(?==)/gm) ?? []
    assert.ok(names.includes('MINE'))
    for (const name of ['NODE_COMPILE_CACHE', 'UV_THREADPOOL_SIZE', 'MALLOC_ARENA_MAX', 'ALLSWELL_RUN_IGNORED'])
      assert.ok(!names.includes(name), name)
  })

  it('lets the command ignore what we were told to ignore, as nohup tells it', async (test) => {
    const { asked, url } = await openServer(test)
    const inner = `trap '' HUP; exec "$0" run nightly --server ${url} -- sh -c 'kill -HUP $$; echo survived'`
    const child = spawn('/bin/sh', ['-c', inner, launcher], { stdio: 'pipe' })
    const { code, stdout } = await end(child)
    // Elsewhere than on Linux nobody can know what is ignored.
    const known = process.platform === 'linux'
    assert.deepEqual([code, stdout.toString()], known ? [0, 'survived\n'] : [null, ''])
    assert.equal(asked[1]?.path, `/beat/nightly/${known ? 0 : 129}`)
  })

  it('runs the command whatever is wrong with where to report', async (test) => {
    const { code, stdout, stderr } = await end(start(test, ['echo', 'done'], { server: 'nonsense' }))
    assert.deepEqual([code, stdout.toString()], [0, 'done\n'])
    assert.match(stderr, /^allswell: ALLSWELL_SERVER: .*; the command runs, and nothing is reported\n$/)
  })

  it('runs nothing where its words cannot be understood', async (test) => {
    const words = ['run', 'nightly', 'echo', 'done']
    const { code, stdout, stderr } = await end(spawn(launcher, words))
    assert.deepEqual([code, stdout.toString()], [125, ''])
    assert.match(stderr, /write the command after --/)
    const { code: other } = await end(start(test, ['true'], { flags: ['--patience', 'long'] }))
    assert.equal(other, 125)
  })
})
