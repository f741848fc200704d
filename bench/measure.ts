// The measuring tools: what work cost here, what another process has spent, and the middle of many tries.
// Promises CPU as user + system seconds. Must not know what is measured.
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'

export interface Cost {
  readonly cpu: number
  readonly ms: number
}

/** CPU seconds of this process since it began. */
export function cpuHere(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** What `work` cost this process, and what it gave. */
export async function cost<Value>(work: () => Promise<Value> | Value): Promise<Cost & { readonly gave: Value }> {
  const [cpu, ms] = [cpuHere(), performance.now()]
  const gave = await work()
  return { cpu: cpuHere() - cpu, ms: performance.now() - ms, gave }
}

/** CPU seconds of another process since it began, to 10 ms, and its resident bytes. */
export function spentBy(pid: number): { readonly cpu: number; readonly rss: number } {
  if (!existsSync('/proc/self/stat')) return spentByPs(pid)
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8')
  // After the name, which may hold anything: user and system time are the 12th and 13th field, in hundredths.
  const fields = read('stat')
    .replace(/^.*\) /s, '')
    .split(' ')
  const rss = Number(/^VmRSS:\s+(\d+) kB$/m.exec(read('status'))?.[1] ?? 0)
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, rss: rss * 1_024 }
}

function spentByPs(pid: number): { cpu: number; rss: number } {
  const [rss = '0', time = '0'] = execFileSync('ps', ['-o', 'rss=,time=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
  const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return { cpu: seconds, rss: Number(rss) * 1_024 }
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The value below which the share `q` lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** The promise, or an error after `ms` that names what did not happen. */
export async function within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`did not happen within ${ms} ms: ${what}`)), ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A file of this folder as a process of its own, and its first message. It ends when its channel is closed. */
export const startPart = (file: string, ...args: readonly (string | number)[]): ReturnType<typeof startWith> =>
  startWith([], file, ...args)

/** The same with flags for Node: `--max-semi-space-size=1`. */
export async function startWith(
  flags: readonly string[],
  file: string,
  ...args: readonly (string | number)[]
): Promise<{ part: ChildProcess; said: unknown }> {
  const part = fork(new URL(file, import.meta.url), args.map(String), { execArgv: [...flags] })
  const failed = once(part, 'exit').then(([code]) => {
    throw new Error(`${file} ${args.join(' ')} ended with ${String(code)}`)
  })
  const [said] = (await Promise.race([once(part, 'message'), failed])) as [unknown]
  failed.catch(() => undefined)
  return { part, said }
}

/** CPU seconds per 1,000 checks of this process once it is warm, with so many under way at once. */
export async function spendOn(check: (index: number) => Promise<void>, count: number, atOnce: number): Promise<number> {
  let next = 0
  const run = async (until: number) => {
    const worker = async () => {
      while (next < until) await check((next += 1))
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }
  await run(Math.ceil(count / 4))
  const until = next + count
  return ((await cost(() => run(until))).cpu / count) * 1_000
}

/** Asks a part, and gives its next message. */
export async function askPart(part: ChildProcess, question: string): Promise<unknown> {
  part.send(question)
  const [said] = (await once(part, 'message')) as [unknown]
  return said
}
