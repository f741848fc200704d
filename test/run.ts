// `npm test`: types, lint, format, then every test file in this one process. `npm test -- <path or name>` narrows.
// Promises an end within its bounds whatever a test does, failures in full, and a last line `N passed, N failed`.
// Skipped and todo tests count as failed, and so does anything that a test has left running.
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { run } from 'node:test'
import { inspect } from 'node:util'

const root = join(import.meta.dirname, '..')
const wholeMs = 25 * 60_000
const oneTestMs = 2 * 60_000
const leakMs = 10_000
const mostLines = 100
const sources = ['src', 'test', 'bench', 'examples']

const tools: readonly (readonly [name: string, ...command: string[]])[] = [
  ['the types are sound', 'tsc', '--noEmit'],
  ['the types of the dashboard are sound', 'tsc', '--noEmit', '-p', 'src/dashboard'],
  ['the linter is content', 'oxlint', ...sources],
  ['the code is formatted', 'oxfmt', '--check', '--no-error-on-unmatched-pattern', ...sources],
]

const failures: string[] = []
let passed = 0
let running = 'nothing yet'
/** Errors thrown outside of any test, and the test during which they were; one that fails by its own takes it away. */
const stray = new Map<unknown, string>()

function pass(): void {
  passed += 1
  process.stdout.write(passed % 100 === 0 ? '.\n' : '.')
}

function fail(name: string, detail: string): void {
  const lines = detail.split('\n').map((line) => `    ${line}`)
  const rest = lines.length > mostLines ? [`    … and ${lines.length - mostLines} lines more`] : []
  failures.push([name, ...lines.slice(0, mostLines), ...rest].join('\n'))
  process.stdout.write('X')
}

/** Prints what failed and the sum, and ends the process. */
function finish(): never {
  for (const [error, during] of stray) fail(`thrown outside of any test, while this one ran: ${during}`, tell(error))
  for (const [index, failure] of failures.entries()) process.stdout.write(`\n\n${index + 1}) ${failure}`)
  process.stdout.write(`\n\n${passed} passed, ${failures.length} failed\n`)
  process.exit(failures.length === 0 && passed > 0 ? 0 : 1)
}

/** Runs one tool of node_modules/.bin as a test of its own. */
function useTool(name: string, command: string, args: readonly string[]): Promise<void> {
  const bin = join(root, 'node_modules', '.bin')
  return new Promise((resolve) => {
    let said = ''
    const child = spawn(join(bin, command), args, {
      cwd: root,
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: oneTestMs,
    })
    child.stdout.on('data', (chunk) => (said += String(chunk)))
    child.stderr.on('data', (chunk) => (said += String(chunk)))
    child.on('error', (error) => (said += `${command} could not be started: ${error.message}. Is \`npm ci\` done?`))
    child.on('close', (code) => {
      if (code === 0) pass()
      else fail(name, said.trim() || `${command} ended with ${code ?? 'a signal'}`)
      resolve()
    })
  })
}

/** The test files that are meant, and the names of tests where an argument is no part of a path. */
function choose(args: readonly string[]): { files: string[]; names: string[] } {
  const all = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root }).sort()
  if (args.length === 0) return { files: all, names: [] }
  const names: string[] = []
  const files = new Set<string>()
  for (const arg of args) {
    const part = relative(root, join(process.cwd(), arg)) || arg
    const found = all.filter((file) => file.includes(part) || file.includes(arg))
    for (const file of found) files.add(file)
    if (found.length === 0) names.push(arg)
  }
  return { files: files.size > 0 ? [...files] : all, names }
}

/** Runs test files here, without isolation; resolves when the last test has ended. */
async function runTests(files: readonly string[], names: readonly string[]): Promise<void> {
  watchdog.unref()
  const first = resources()
  const stream = run({
    files: files.map((file) => join(root, file)),
    isolation: 'none',
    timeout: oneTestMs,
    ...(names.length > 0 ? { testNamePatterns: names.map((name) => new RegExp(RegExp.escape(name), 'i')) } : {}),
  })
  // The runner ends when nothing keeps the process alive: the watchdog does so only while a test runs.
  let open = 0
  const leaking = setTimeout(() => {
    if (open > 0) {
      leaking.refresh()
      return
    }
    fail('nothing is left running when all tests have ended', leaks(first) || `the last test was: ${running}`)
    finish()
  }, leakMs).unref()
  const count = (by: number) => {
    open += by
    if (open > 0) watchdog.ref()
    else watchdog.unref()
    leaking.refresh()
  }
  stream.on('test:enqueue', () => count(1))
  stream.on('test:complete', () => count(-1))
  stream.on('test:dequeue', (event) => (running = event.name))
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite') return
    if (event.skip !== undefined || event.todo !== undefined)
      fail(where(event), 'It is skipped, which hides a failure.')
    else pass()
  })
  stream.on('test:fail', (event) => {
    const { error } = event.details
    const cause = error.cause instanceof Error ? error.cause : error
    stray.delete(cause)
    if (!/^\d+ subtests? failed$/.test(error.message)) fail(where(event), tell(cause))
  })
  for await (const _ of stream);
  clearTimeout(leaking)
}

const where = (event: { name: string; file?: string; line?: number }) =>
  `${event.name.replace(`${root}/`, '')}${event.file ? ` (${relative(root, event.file)}:${event.line ?? 1})` : ''}`

/** An error with its stack, without the lines that are the test runner's. */
function tell(error: unknown): string {
  return inspect(error)
    .split('\n')
    .filter((line) => !/^ +at .*\(?node:(internal|async_hooks)/.test(line))
    .join('\n')
}

/** How many of each resource keep this process alive. */
function resources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** What is active now and was not at `first`. */
function leaks(first: ReadonlyMap<string, number>): string {
  const more = [...resources()].map(([name, count]) => [name, count - (first.get(name) ?? 0)] as const)
  return more
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} × ${name} is still active`)
    .join('\n')
}

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stdout.write(`Node ${process.versions.node} is too old. Run \`npm ci\` and then \`npm test\`.\n`)
  finish()
}
const watchdog = setTimeout(() => {
  fail('the whole run', `It took longer than ${wholeMs / 60_000} minutes; running was: ${running}`)
  finish()
}, wholeMs)
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error: unknown) => stray.set(error, running))
}

const { files, names } = choose(process.argv.slice(2))
if (process.argv.length === 2) {
  const existing = new Set(globSync(sources, { cwd: root }))
  await Promise.all(
    tools.map(([name, command, ...args]) =>
      useTool(
        name,
        command ?? '',
        args.filter((arg) => !sources.includes(arg) || existing.has(arg)),
      ),
    ),
  )
}
await runTests(files, names)
finish()
