// `npm run sim -- --seed N [--hours H --monitors M --heartbeats B --groups G]`, and in ms `--interval --kills --jumps
// --outages --deeds`.
// Runs one simulated world and prints what happened; exit code 1 and the breaches when an invariant broke.
import { parseArgs } from 'node:util'
import { simulate } from './run.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    seed: { ...text, default: '1' },
    hours: { ...text, default: '6' },
    monitors: { ...text, default: '100' },
    heartbeats: { ...text, default: '20' },
    groups: { ...text, default: '10' },
    interval: { ...text, default: '60000' },
    kills: { ...text, default: '3600000' },
    jumps: { ...text, default: '7200000' },
    outages: { ...text, default: '7200000' },
    deeds: { ...text, default: '300000' },
  },
})
const number = (name: keyof typeof values) => {
  const value = Number(values[name])
  if (Number.isNaN(value)) throw new Error(`--${name} takes a number, not "${values[name]}"`)
  return value
}
const scenario = {
  seed: number('seed'),
  hours: number('hours'),
  monitors: number('monitors'),
  heartbeats: number('heartbeats'),
  groups: number('groups'),
  interval: number('interval'),
  kills: number('kills'),
  jumps: number('jumps'),
  outages: number('outages'),
  deeds: number('deeds'),
}
const began = process.hrtime.bigint()
const report = await simulate(scenario)
const seconds = Number(process.hrtime.bigint() - began) / 1e9
const { breaches, ...counts } = report
console.log(`seed ${scenario.seed}: ${scenario.hours} h in ${seconds.toFixed(1)} s`, JSON.stringify(counts))
for (const breach of breaches.slice(0, 50)) console.log(`  broken: ${breach}`)
if (breaches.length > 50) console.log(`  and ${breaches.length - 50} more`)
process.exitCode = breaches.length > 0 ? 1 : 0
