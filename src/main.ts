// The entry: keeps compiled code between starts, then runs the program.
// Promises a start in half the time from the second one on, and one sentence where packages are missing.
// Must stay free of imports, so that nothing loads before.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Beside the packages, where nobody else can write what this user would run; a folder that is read-only is no harm.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/allswell', import.meta.url)))
try {
  if (process.argv[2] === 'run') await import('./wrap.ts')
  else await import('./program.ts')
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  const [, name] = /^Cannot find package '([^']+)'/.exec(message) ?? []
  if (code !== 'ERR_MODULE_NOT_FOUND' || name === undefined) throw error
  const root = fileURLToPath(new URL('..', import.meta.url))
  process.stderr.write(`allswell: the package ${name} is not installed; run "npm ci" in ${root} and start again.\n`)
  process.exitCode = 1
}
