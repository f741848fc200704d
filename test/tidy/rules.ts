// The house rules, one function each: a tree of files in, complaints with file, line and the way out.
// Promises to judge what it is given and nothing else, so that each rule is tested on files that do not exist.
import { fileOf, isTest } from './layers.ts'
import type { Found, Source } from './source.ts'

export interface TextFile {
  readonly path: string
  readonly text: string
}

const at = (file: TextFile, line: number, complaint: string) => `${file.path}:${line}: ${complaint}`
const product = (files: readonly Source[]) => files.filter(({ path }) => path.startsWith('src/') && !isTest(path))
const lineOf = (text: string, offset: number) => text.slice(0, offset).split('\n').length

/** Every match of a pattern in the code of a file, with its line. */
function find(file: Source, pattern: RegExp): Found[] {
  return [...file.code.matchAll(pattern)].map((match) => ({ text: match[0], line: lineOf(file.code, match.index) }))
}

interface Banned {
  readonly pattern: RegExp
  /** What to do instead. */
  readonly instead: string
  /** Where it is at home. */
  readonly home: RegExp
}

const banned: readonly Banned[] = [
  {
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )(?<![.\w])Date\(|\bperformance\.now\b|\bprocess\.hrtime\b/g,
    instead: 'take a Clock as an argument',
    home: /^src\/(?:platform|dashboard)\/clock\.ts$/,
  },
  {
    pattern: /(?<![.\w#])(?:setTimeout|setInterval)\b|\bAbortSignal\.timeout\b|\bglobalThis\b/g,
    instead: 'use the after() of a Clock',
    home: /^src\/(?:platform|dashboard)\/clock\.ts$/,
  },
  { pattern: /\bMath\.random\b/g, instead: 'use node:crypto, outside of core', home: /^$/ },
  { pattern: /\bprocess\.env\b/g, instead: 'read settings there', home: /^src\/platform\/settings\.ts$/ },
  { pattern: /\bprocess\.exit\b/g, instead: 'return, and let main end', home: /^src\/(?:(?:main|program)\.ts$|cli\/)/ },
  {
    pattern: /(?<![.\w])(?:process|Buffer|crypto|fetch|setImmediate|queueMicrotask|console|performance)\b(?=[.(])/g,
    instead: 'core is pure: take it as an argument',
    home: /^src\/(?!core\/)/,
  },
]
const bannedModules = /^node:(?:timers|perf_hooks)/

/** All tests share one process: a hook at the root of a file would run for the tests of every other file. */
export function checkHooks(files: readonly Source[]): string[] {
  return files.flatMap((file) =>
    find(file, /(?<=^|\n)(?:beforeEach|afterEach)\(/g).map(({ text, line }) =>
      at(file, line, `${text.slice(0, -1)} at the root runs for all tests of all files; put it into a describe()`),
    ),
  )
}

/** Clocks, timers, randomness, the environment and the end of the process have one home each. */
export function checkGlobals(files: readonly Source[]): string[] {
  return files
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((file) => [
      ...banned
        .filter(({ home }) => !home.test(file.path) && !(isTest(file.path) && home.source.includes('core')))
        .flatMap(({ pattern, instead }) =>
          find(file, pattern).map(({ text, line }) => at(file, line, `${text}: ${instead}`)),
        ),
      ...file.imports
        .filter(({ text }) => bannedModules.test(text))
        .map(({ text, line }) => at(file, line, `${text}: take a Clock as an argument`)),
    ])
}

/** No file is longer than 500 lines, no line than 120 characters. */
export function checkLengths(files: readonly TextFile[]): string[] {
  return files.flatMap((file) => {
    const lines = file.text.split('\n')
    const long = lines.flatMap((line, index) =>
      line.length > 120 ? [at(file, index + 1, `${line.length} characters; 120 are allowed`)] : [],
    )
    return lines.length > 501
      ? [`${file.path}: ${lines.length - 1} lines; 500 are allowed, so split it`, ...long]
      : long
  })
}

/** Every file opens with one to five lines that say what it is. */
export function checkOpenings(files: readonly TextFile[]): string[] {
  return files.flatMap((file) => {
    const lines = file.text.replace(/^#!.*\n/, '').split('\n')
    const code = lines.findIndex((line) => !line.startsWith('//'))
    const opening = code < 0 ? lines.length : code
    if (opening >= 1 && opening <= 5) return []
    return [at(file, 1, `it must open with 1 to 5 lines of // comment that say what it is; there are ${opening}`)]
  })
}

const unfinished = new RegExp(String.raw`\b(?:${['TO', 'FIX', 'HA', 'X'].join('|')})(?:DO|ME|CK|XX)\b`)
const silencers = /^\/[/*]\s*(?:@ts-|(?:ox|es)lint-disable(?!.*--\s*\S))/

/** No notes of unfinished work, and no silenced checker without a reason. */
export function checkComments(files: readonly Source[]): string[] {
  return files.flatMap((file) =>
    file.comments.flatMap(({ text, line }) => {
      if (unfinished.test(text)) return [at(file, line, 'finish it, or open an issue')]
      if (silencers.test(text)) return [at(file, line, 'mend the cause, or give the reason after --')]
      return []
    }),
  )
}

const foreign = new RegExp(
  ['work', 'farm', 'home/\\w+', 'root', 'Users/\\w+'].map((name) => `(?<![\\w.)}*])/${name}/`).join('|'),
)

/** Nothing in the repository knows the machine it was written on. */
export function checkMachine(files: readonly TextFile[]): string[] {
  return files.flatMap((file) =>
    file.text.split('\n').flatMap((line, index) => {
      const found = foreign.exec(line)
      return found ? [at(file, index + 1, `${found[0]} is a path of one machine`)] : []
    }),
  )
}

/** Every file of the product is reached from main.ts, or from where the dashboard begins. */
export function checkReached(files: readonly Source[]): string[] {
  const all = new Map(product(files).map((file) => [file.path, file]))
  if (!all.has('src/main.ts')) return ['src/main.ts is missing']
  const reached = new Set<string>()
  const ways = ['src/main.ts', 'src/dashboard/main.tsx']
  for (let path = ways.pop(); path !== undefined; path = ways.pop()) {
    const file = all.get(path)
    if (file === undefined || reached.has(path)) continue
    reached.add(path)
    for (const { text } of file.imports) ways.push(fileOf(path, text) ?? '')
  }
  return [...all.keys()]
    .filter((path) => !reached.has(path))
    .map((path) => `${path}: main.ts never reaches it; import it, delete it, or name it testing.ts if tests need it`)
}

/** Every import of our own leads to a file that is in git. */
export function checkTargets(files: readonly Source[], tracked: ReadonlySet<string>): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap(({ text, line }) => {
      const target = fileOf(file.path, text)
      return target === null || tracked.has(target) ? [] : [at(file, line, `${text} is not in git`)]
    }),
  )
}

/** A Markdown file has exactly one title, and it comes first. */
export function checkTitles(files: readonly TextFile[]): string[] {
  return files.flatMap((file) => {
    const text = file.text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '')
    const titles = [...text.matchAll(/^# \S.*$/gm)]
    if (titles.length !== 1) return [`${file.path}: it has ${titles.length} titles (# …); it must have exactly one`]
    return titles[0]?.index === 0 ? [] : [`${file.path}: its title must be the first line`]
  })
}

type Packages = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>
const groups = ['dependencies', 'devDependencies', 'optionalDependencies']

/** Every dependency is pinned, and has a line in the table of ARCHITECTURE.md that says why it is there. */
export function checkDependencies(packages: Packages, architecture: string | undefined): string[] {
  if (architecture === undefined) return ['ARCHITECTURE.md is missing']
  const rows = architecture.split('\n').filter((line) => line.startsWith('|'))
  return groups
    .flatMap((group) => Object.entries(packages[group] ?? {}))
    .flatMap(([name, version]) => [
      ...(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version) ? [] : [`package.json: pin ${name}; ${version} is a range`]),
      ...(rows.some((row) => row.includes(`\`${name}\``))
        ? []
        : [`ARCHITECTURE.md: the table of dependencies has no line with \`${name}\``]),
    ])
}

/** The kinds that the registries know, by the files that define them. */
function kindsOf(files: readonly Source[]): string[] {
  return product(files)
    .filter(({ path }) => /^src\/(?:checks|channels)\//.test(path))
    .flatMap((file) =>
      find(file, /(?:defineCheck|definePassive|defineChannel)\b[\s\S]*?\bkind: '/g).map(({ text, line }) => {
        const quoted = line + text.split('\n').length - 1
        return file.strings.find((string) => string.line === quoted)?.text ?? ''
      }),
    )
}

/** Nothing outside of checks and channels asks for a kind by its name. */
export function checkKinds(files: readonly Source[]): string[] {
  const kinds = new Set(kindsOf(files))
  const asks = /\bkind\b\)?\s*[!=]==?\s*'(\w+)'|'(\w+)'\s*[!=]==?\s*[\w.?]*\bkind\b/g
  return product(files)
    .filter(({ path }) => !/^src\/(?:checks|channels)\//.test(path))
    .flatMap((file) =>
      [...file.text.matchAll(asks)].flatMap((match) => {
        const kind = match[1] ?? match[2] ?? ''
        const complaint = `it asks for the kind '${kind}'; let the kind's own file answer`
        return kinds.has(kind) ? [at(file, lineOf(file.text, match.index), complaint)] : []
      }),
    )
}
