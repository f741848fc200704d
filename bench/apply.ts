// Configuration as code: 200 customer stacks and 10,000 monitors, planned and applied from the command to its end; and
// whether 100 monitors that are checked every second meanwhile wait for it. Baseline: the same objects one by one by
// the API, as modules of other products do.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spentBy } from './measure.ts'
import { inFolder, monitorsOn, openTarget, type Program, serve, token } from './program.ts'
import type { Row } from './table.ts'

const command = join(import.meta.dirname, '../bin/allswell')

/** Seconds from the command to its end. */
async function run({ url }: Program, codes: readonly number[], ...words: readonly string[]): Promise<number> {
  const env = { ...process.env, ALLSWELL_SERVER: url, ALLSWELL_TOKEN: token }
  const began = performance.now()
  const child = spawn(command, words, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number]
  if (!codes.includes(code)) throw new Error(`allswell ${words.join(' ')} ended with ${code}`)
  return (performance.now() - began) / 1_000
}

const manifest = (interval: string) => `version: 1
scope: customers
defaults: { monitors: { interval: ${interval}, paused: true } }
templates:
  stack:
    for_each: { csv: stacks.csv }
    monitors:
      "\${name}-live": { http: { url: "http://\${host}/live" } }
      "\${name}-ready": { http: { url: "http://\${host}/ready" } }
`
const pages = `    pages:
      "\${name}": { title: "\${name}", groups: [{ components: [{ name: Service, monitors: "\${name}-*" }] }] }
`

function write(folder: string, stacks: number, text: string): string {
  const into = join(folder, `code-${stacks}`)
  mkdirSync(into, { recursive: true })
  const rows = Array.from({ length: stacks }, (_, number) => `s${number},s${number}.example.test\n`)
  writeFileSync(join(into, 'stacks.csv'), `name,host\n${rows.join('')}`)
  writeFileSync(join(into, 'allswell.yaml'), text)
  return into
}

/** Seconds for so many monitors made one by one. */
async function oneByOne({ url }: Program, count: number): Promise<number> {
  const began = performance.now()
  for (let number = 0; number < count; number += 1) {
    const answer = await fetch(`${url}/api/v2/monitors`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key: `one-${number}`, http: { url: `http://one-${number}.example.test` }, paused: true }),
    })
    if (answer.status !== 201) throw new Error(`a monitor was answered ${answer.status}`)
  }
  return (performance.now() - began) / 1_000
}

/** The lateness in ms below which 99 of 100 checks of the program began since `before`. */
function latenessOf(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  const buckets = [...after].flatMap(([name, value]) => {
    const le = /^allswell_check_lateness_ms_bucket\{le="([^"]+)"\}$/.exec(name)?.[1]
    return le === undefined ? [] : [[Number(le.replace('+Inf', 'Infinity')), value - (before.get(name) ?? 0)] as const]
  })
  const all = buckets.at(-1)?.[1] ?? 0
  return buckets.find(([, count]) => count >= 0.99 * all)?.[0] ?? Number.NaN
}

export async function measure(): Promise<Row[]> {
  const target = await openTarget()
  return await inFolder(async (folder) => {
    const program = await serve(folder, monitorsOn(target.port, 100, '1s'))
    await target.lookedAt(100)
    const few = write(folder, 200, manifest('5m') + pages)
    const seconds = (what: string, ours: number, atMost: number, baseline?: number): Row => ({
      what,
      unit: 's',
      ours,
      baseline: baseline === undefined ? null : { what: 'the same one by one by the API', value: baseline },
      atMost,
    })
    const rows = [seconds('200 stacks (600 objects): plan', await run(program, [2], 'plan', few), 1)]
    const applied = await run(program, [0], 'apply', few, '--yes')
    rows.push(seconds('200 stacks: apply', applied, 2, await oneByOne(program, 600)))
    rows.push(seconds('200 stacks: plan again, nothing to do', await run(program, [0], 'plan', few), 1))
    write(folder, 200, manifest('10m') + pages)
    rows.push(seconds('200 stacks: one option of all changed', await run(program, [0], 'apply', few, '--yes'), 2))
    const many = write(
      folder,
      5_000,
      manifest('5m').replace('scope: customers', 'scope: many').replaceAll('${name}-', 'm-${name}-'),
    )
    const before = await program.metrics()
    rows.push(seconds('10,000 monitors: plan', await run(program, [2], 'plan', many), 5))
    rows.push(seconds('10,000 monitors: apply', await run(program, [0], 'apply', many, '--yes'), 15))
    const lateness = latenessOf(before, await program.metrics())
    rows.push({
      what: 'lateness p99 of 100 checks a second meanwhile',
      unit: 'ms',
      ours: lateness,
      baseline: null,
      atMost: 500,
    })
    const { rss } = spentBy(program.pid)
    rows.push({
      what: 'resident memory of the server afterwards',
      unit: 'MB',
      ours: rss / 1e6,
      baseline: null,
      atMost: 400,
    })
    await program.stop()
    return rows
  })
}
