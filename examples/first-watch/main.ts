// `npm run first-watch [-- --postgres]`: shows Allswell at work on this machine, from the first check to a kill -9.
// Promises an end within its bound and exit code 0 only if everything held; whatever it started is stopped by then.
import { within } from '#test/program/wait.ts'
import { Scene } from './scene.ts'
import { firstWatch } from './story.ts'
import { Terminal } from './teller.ts'

const wholeMs = 180_000
const tidyMs = 10_000

/** What has to be put away at the end: once, in the order in which it came, as a test does it. */
class Cleaner {
  readonly #tasks: (() => unknown)[] = []
  #done: Promise<void> | null = null

  after(task: () => unknown): void {
    this.#tasks.push(task)
  }

  clean(): Promise<void> {
    this.#done ??= this.#run()
    return this.#done
  }

  async #run(): Promise<void> {
    for (const task of this.#tasks) {
      try {
        await within(tidyMs, 'everything is put away', Promise.resolve(task()))
      } catch (error) {
        process.stderr.write(`${(error as Error).message}\n`)
      }
    }
  }
}

async function show(cleaner: Cleaner, database: 'sqlite' | 'postgres'): Promise<boolean> {
  const terminal = new Terminal(process.stdout, process.stdout.isTTY && process.env['NO_COLOR'] === undefined)
  terminal.title(
    'The first watch',
    'All of it is real, and all of it is on this machine: 127.0.0.1 and a temporary folder.',
  )
  const scene = await Scene.open(cleaner, database)
  const { findings } = await firstWatch(scene, terminal)
  terminal.chapter('The reckoning')
  for (const { holds, claim } of findings) terminal.finding(holds, claim)
  const failed = findings.filter(({ holds }) => !holds).length
  const on = database === 'postgres' ? 'PostgreSQL' : 'SQLite'
  if (failed === 0) terminal.verdict(true, `All's well: nothing was lost and nothing is told twice, on ${on}.`)
  else terminal.verdict(false, `Not well: ${failed} of ${findings.length} findings do not hold, on ${on}.`)
  return failed === 0
}

const unknown = process.argv.slice(2).filter((argument) => argument !== '--postgres')
if (unknown.length > 0) {
  process.stderr.write(`Unknown argument ${unknown.join(' ')}. Write: npm run first-watch [-- --postgres]\n`)
  process.exit(2)
}
const cleaner = new Cleaner()
let stopping = false
let code = 1
for (const [signal, number] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => {
    stopping = true
    code = number
    process.stderr.write('\nStopping.\n')
    void cleaner.clean().finally(() => process.exit(code))
  })
}
try {
  const database = process.argv.includes('--postgres') ? 'postgres' : 'sqlite'
  const well = await within(wholeMs, 'the whole story', show(cleaner, database))
  if (well && !stopping) code = 0
} catch (error) {
  if (!stopping) process.stderr.write(`\n  The story stopped here: ${(error as Error).message}\n\n`)
} finally {
  await cleaner.clean()
}
process.exit(code)
