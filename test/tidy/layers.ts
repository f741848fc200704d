// The table of layers and who may use which package: ARCHITECTURE.md explains it, this file is what is checked.
// Promises complaints with file, line and the way out. Must not know how files are found.
import { posix } from 'node:path'
import type { Source } from './source.ts'

/** From the ground up. A folder imports only from lines above its own here, never from its own line. */
const layers: readonly (readonly string[])[] = [
  ['core'],
  ['platform'],
  ['checks', 'channels', 'store'],
  ['manifest'],
  ['engine', 'commands'],
  ['compat', 'http', 'pages', 'cli', 'dashboard'],
  ['main'],
]

/** What a folder may not see though it lies below. */
const hidden: Readonly<Record<string, readonly string[]>> = {
  cli: ['store', 'engine', 'commands'],
  pages: ['engine', 'commands'],
  // It runs in browsers and speaks the public API; of us it knows the words alone.
  dashboard: ['platform', 'checks', 'channels', 'store', 'manifest', 'engine', 'commands'],
}

/** Packages and the only folders that may use them; one that is not here is for tests and tools only. */
const packages: Readonly<Record<string, readonly string[] | 'everywhere'>> = {
  zod: 'everywhere',
  kysely: ['store'],
  pg: ['store'],
  yaml: ['manifest', 'channels'],
  nodemailer: ['channels'],
  koffi: ['platform'],
  re2js: ['platform'],
  croner: ['checks'],
  hono: ['http'],
  '@hono/node-server': ['http'],
  preact: ['dashboard'],
  '@preact/signals': ['dashboard'],
  uplot: ['dashboard'],
}

const rankOf = (folder: string) => layers.findIndex((layer) => layer.includes(folder))

/** The folder of src that a file lies in; `main` for those directly in src. */
const folderOf = (path: string) => (path.split('/').length > 2 ? (path.split('/')[1] ?? '') : 'main')

/** A test file, or a helper for the tests of its folder. */
export const isTest = (path: string) => /\.test\.tsx?$|(^|\/)testing\.ts$/.test(path) || !path.startsWith('src/')

/** The file that an import of our own means; null for packages and `node:`. */
export function fileOf(path: string, target: string): string | null {
  if (target.startsWith('.')) return posix.normalize(posix.join(posix.dirname(path), target))
  if (target === '#main') return 'src/main.ts'
  if (target.startsWith('#test/')) return target.slice(1)
  return target.startsWith('#') ? `src/${target.slice(1)}` : null
}

/** The package of an import: `pg`, `@hono/node-server`; its name for `node:` modules. */
const packageOf = (target: string) =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')

/** Complaints about imports that go up, sideways, past a border, or to a package out of its place. */
export function checkLayers(files: readonly Source[]): string[] {
  return files
    .filter((file) => file.path.startsWith('src/'))
    .flatMap((file) =>
      file.imports.flatMap(({ text, line }) => {
        const complaint = judge(file.path, text)
        return complaint === null ? [] : [`${file.path}:${line}: ${complaint}`]
      }),
    )
}

function judge(path: string, target: string): string | null {
  const from = folderOf(path)
  const file = fileOf(path, target)
  if (rankOf(from) < 0) return `the folder ${from} is in no layer; enter it in test/tidy/layers.ts`
  if (file === null) return isTest(path) ? null : judgePackage(from, target)
  if (file.startsWith('test/')) return isTest(path) ? null : 'only tests may use helpers of test/'
  if (!file.startsWith('src/')) return file === 'package.json' ? null : `${file} lies outside of src`
  if (isTest(file) && !isTest(path)) return 'only tests may use a testing.ts'
  const to = folderOf(file)
  if (to === from) return target.startsWith('.') ? null : `inside of a folder import ${relative(path, file)}`
  if (target.startsWith('.')) return `cross borders as #${file.replace(/^src\//, '')}`
  if (rankOf(to) < 0) return `the folder ${to} is in no layer; enter it in test/tidy/layers.ts`
  if (rankOf(to) > rankOf(from)) return `${from} may not import ${to}, which lies above it`
  if (rankOf(to) === rankOf(from)) return `${from} may not import ${to}, which lies beside it`
  return hidden[from]?.includes(to) ? `${from} may not see ${to}` : null
}

function relative(path: string, file: string): string {
  const way = posix.relative(posix.dirname(path), file)
  return way.startsWith('.') ? way : `./${way}`
}

function judgePackage(from: string, target: string): string | null {
  if (target.startsWith('node:'))
    return from === 'core' ? `core is pure and may not import ${target}; take what it gives as an argument` : null
  const name = packageOf(target)
  const where = packages[name]
  if (where === undefined) return `the product may not use ${name}; enter it in test/tidy/layers.ts if it must`
  return where === 'everywhere' || where.includes(from) ? null : `only ${where.join(', ')} may use ${name}`
}
