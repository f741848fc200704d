// The entry: keeps compiled code between starts, then runs the program.
// Promises a start in half the time from the second one on. Must stay free of imports, so that nothing loads before.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Beside the packages, where nobody else can write what this user would run; a folder that is read-only is no harm.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/allswell', import.meta.url)))
if (process.argv[2] === 'run') await import('./wrap.ts')
else await import('./program.ts')
