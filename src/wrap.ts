// The short way to `allswell run`: loads nothing of the server, so that a command begins at once.
// Promises what the command line promises. Must not grow: whatever it imports is loaded before every job.
import { writeSync } from 'node:fs'
import { exitUsage, helpText, wrap } from '#cli/run/run.ts'
import { environment, UsageError } from '#platform/settings.ts'
import { stayAwake, systemClock as clock } from '#platform/clock.ts'

const words = process.argv.slice(3)
const env = environment()
// Node's own streams would change how the descriptors behave, which the command shares.
const stderr = { write: (text: string) => writeSync(2, text) }
const awake = stayAwake()
const [first = '--help'] = words
if (first === '--help' || first === '-h') writeSync(1, helpText)
else
  try {
    process.exitCode = await wrap({ words, env, clock, stderr })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    for (const fault of error.faults) stderr.write(`allswell: ${fault}\n`)
    stderr.write('See allswell run --help\n')
    process.exitCode = exitUsage
  }
awake.cancel()
