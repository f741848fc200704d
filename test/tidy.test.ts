// The house rules as tests: each rule over this very checkout, and each checker against files made up to break it.
// What the linter can check (functions of 70 lines at most, no `any`, no console) it checks: .oxlintrc.json.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { checkLayers } from './tidy/layers.ts'
import * as rules from './tidy/rules.ts'
import { scan, type Source } from './tidy/source.ts'

const root = join(import.meta.dirname, '..')
const list = (...args: string[]) =>
  execFileSync('git', ['ls-files', '-z', ...args], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean)

/** A checkout's files, or made-up ones: path → text. */
const read = (path: string) => ({ path, text: readFileSync(join(root, path), 'utf8') })
const sources = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([path, text]) => scan(path, text))
const texts = (all: Readonly<Record<string, string>>) => Object.entries(all).map(([path, text]) => ({ path, text }))

const tracked = list()
const present = [...new Set([...tracked, ...list('--others', '--exclude-standard')])].filter((path) =>
  existsSync(join(root, path)),
)
const ours = present.filter((path) => /^(?:src|test|bench|examples)\/.*\.tsx?$/.test(path)).map(read)
const files: Source[] = ours.map(({ path, text }) => scan(path, text))
const markdown = present.filter((path) => path.endsWith('.md')).map(read)
const readable = present
  .filter((path) => /\.(?:tsx?|md|json|ya?ml|sh|css|html|txt|service)$|^(?:bin|\.ci)\//.test(path))
  .map(read)

const clean = (complaints: readonly string[]) => {
  if (complaints.length > 0) throw new Error(['the house is not tidy', ...complaints].join('\n'))
}

describe('the house is tidy', () => {
  test('imports run only downwards, never sideways, and packages stay in their folder', () => clean(checkLayers(files)))
  test('clocks, timers, randomness and the environment have one home each', () => clean(rules.checkGlobals(files)))
  test('no file is longer than 500 lines and no line than 120 characters', () => clean(rules.checkLengths(ours)))
  test('every file opens with a few lines that say what it is', () => clean(rules.checkOpenings(ours)))
  test('nothing is left unfinished or silenced', () => clean(rules.checkComments(files)))
  test('nothing names a path of the machine it was written on', () => clean(rules.checkMachine(readable)))
  test('every file of the product is reached from main.ts', () => clean(rules.checkReached(files)))
  test('every import leads to a file that is in git', () => clean(rules.checkTargets(files, new Set(tracked))))
  test('every Markdown file has exactly one title', () => clean(rules.checkTitles(markdown)))
  test('hooks for each test stay with the tests of their file', () => clean(rules.checkHooks(files)))
  test('nobody outside of its file asks for a kind by its name', () => clean(rules.checkKinds(files)))

  test('every dependency is pinned and ARCHITECTURE.md says why it is there', () => {
    const architecture = markdown.find(({ path }) => path === 'ARCHITECTURE.md')?.text
    clean(rules.checkDependencies(JSON.parse(read('package.json').text), architecture))
  })

  test('the linter keeps functions to 70 lines, types known and the console to the command line', () => {
    const { rules: set } = JSON.parse(read('.oxlintrc.json').text)
    assert.deepEqual(set['max-lines-per-function'][1].max, 70)
    assert.deepEqual(set['max-lines'][1].max, 500)
    assert.deepEqual([set['typescript/no-explicit-any'], set['no-console']], ['error', 'error'])
  })
})

/** How wide a blank is does not matter here: the first test of the scanner holds the widths. */
const squeeze = (code: string) => code.replaceAll(/ +/g, ' ').replaceAll(/ +$/gm, '')

describe('the scanner', () => {
  test('keeps every file of this checkout at its length, with its braces in balance', () => {
    for (const { path, text, code } of files) {
      assert.equal(code.length, text.length, path)
      assert.equal(code.split('{').length, code.split('}').length, `braces in ${path}`)
    }
  })

  test('blanks comments, strings, templates and regular expressions, but not the code between', () => {
    const text = `const a = 'x\\'y' + \`b \${f({ c: "}" })} d\` // e
const r = /[/"]\\//g.test(a) / 2 /* g
h */ + 1`
    const code = `const a = '    ' + \`  \` f({ c: " " })\`  \`     
const r = /       g.test(a) / 2
     + 1`
    assert.deepEqual(squeeze(scan('a.ts', text).code), squeeze(code))
  })

  test('takes the end of an element for no regular expression', () => {
    const text = "const a = <b>x</b> / <i title='y'>{f()}</i>\nimport './c.tsx'\n"
    const { code, imports } = scan('a.tsx', text)
    assert.equal(code, text.replace("'y'", "' '").replace('./c.tsx', '       '))
    assert.deepEqual(imports, [{ text: './c.tsx', line: 2 }])
  })

  test('finds imports of every form with their lines, and none in strings or comments', () => {
    const text = `// import './no.ts'
import './a.ts'
import type {
  B,
} from '#core/b.ts'
export * from "./c.ts"
export const no = 'from ./no.ts'
export const lazy = {
  g: () => import('./g.ts'),
}
const d = await import('#http/d.ts')
const e = new Worker(new URL('./e.ts', import.meta.url))
const f = \`import './no.ts'\`
`
    assert.deepEqual(
      scan('x.ts', text).imports.map(({ text: target, line }) => `${line} ${target}`),
      ['2 ./a.ts', '5 #core/b.ts', '6 ./c.ts', '9 ./g.ts', '11 #http/d.ts', '12 ./e.ts'],
    )
  })
})

describe('a broken rule is found', () => {
  test('an import upwards, sideways, across a border by path, or of a package out of place', () => {
    const found = checkLayers(
      sources({
        'src/core/a.ts': "import 'node:fs'\nimport 'zod'\nimport '#platform/clock.ts'\nimport 'yaml'",
        'src/store/b.ts': "import '#checks/check.ts'\nimport '../core/a.ts'\nimport '#store/c.ts'\nimport 'kysely'",
        'src/cli/d.ts': "import '#store/store.ts'\nimport '#core/a.ts'\nimport 'left-pad'",
        'src/store/e.ts': "import '#test/sim.ts'\nimport './testing.ts'",
        'src/store/e.test.ts': "import '#test/sim.ts'\nimport './testing.ts'\nimport 'fast-check'",
        'src/attic/f.ts': "import '#core/a.ts'",
        'src/dashboard/g.tsx':
          "import '#core/a.ts'\nimport '#http/route.ts'\nimport '#store/store.ts'\nimport 'preact/hooks'",
        'src/http/h.ts': "import 'preact'",
        'src/main.ts': "import '#http/server.ts'\nimport '#cli/d.ts'",
      }),
    )
    assert.deepEqual(found, [
      'src/core/a.ts:1: core is pure and may not import node:fs; take what it gives as an argument',
      'src/core/a.ts:3: core may not import platform, which lies above it',
      'src/core/a.ts:4: only manifest, channels may use yaml',
      'src/store/b.ts:1: store may not import checks, which lies beside it',
      'src/store/b.ts:2: cross borders as #core/a.ts',
      'src/store/b.ts:3: inside of a folder import ./c.ts',
      'src/cli/d.ts:1: cli may not see store',
      'src/cli/d.ts:3: the product may not use left-pad; enter it in test/tidy/layers.ts if it must',
      'src/store/e.ts:1: only tests may use helpers of test/',
      'src/store/e.ts:2: only tests may use a testing.ts',
      'src/attic/f.ts:1: the folder attic is in no layer; enter it in test/tidy/layers.ts',
      'src/dashboard/g.tsx:2: dashboard may not import http, which lies beside it',
      'src/dashboard/g.tsx:3: dashboard may not see store',
      'src/http/h.ts:1: only dashboard may use preact',
    ])
  })

  test('a clock, a timer, randomness or the environment away from home', () => {
    const found = rules.checkGlobals(
      sources({
        'src/platform/clock.ts': 'export const now = () => Date.now()\nsetTimeout(now, 1)',
        'src/platform/settings.ts': 'export const env = process.env',
        'src/engine/a.ts':
          'Date.now()\nnew Date()\nnew Date(5)\nsetTimeout(f, 1)\nsocket.setTimeout(5)\nprocess.env.HOME',
        'src/engine/b.ts': "Math.random()\nAbortSignal.timeout(5)\nimport { setTimeout } from 'node:timers/promises'",
        'src/core/c.ts': 'crypto.randomUUID()\nsetImmediate(f)\nconst process = 5',
        'src/engine/d.ts':
          "setImmediate(f)\nBuffer.from('x')\n// Date.now()\nconst text = 'Date.now()'\nprocess.exit(1)",
      }),
    )
    assert.deepEqual(found, [
      'src/engine/a.ts:1: Date.now: take a Clock as an argument',
      'src/engine/a.ts:2: new Date(): take a Clock as an argument',
      'src/engine/a.ts:4: setTimeout: use the after() of a Clock',
      'src/engine/a.ts:6: process.env: read settings there',
      'src/engine/b.ts:2: AbortSignal.timeout: use the after() of a Clock',
      'src/engine/b.ts:3: setTimeout: use the after() of a Clock',
      'src/engine/b.ts:1: Math.random: use node:crypto, outside of core',
      'src/engine/b.ts:3: node:timers/promises: take a Clock as an argument',
      'src/core/c.ts:1: crypto: core is pure: take it as an argument',
      'src/core/c.ts:2: setImmediate: core is pure: take it as an argument',
      'src/engine/d.ts:5: process.exit: return, and let main end',
    ])
  })

  test('a file or a line that is too long', () => {
    const found = rules.checkLengths(
      texts({
        'a.ts': 'x\n'.repeat(501),
        'b.ts': `${'x'.repeat(121)}\n${'ü'.repeat(120)}\n`,
        'c.ts': 'x\n'.repeat(500),
      }),
    )
    assert.deepEqual(found, [
      'a.ts: 501 lines; 500 are allowed, so split it',
      'b.ts:1: 121 characters; 120 are allowed',
    ])
  })

  test('a file that does not say what it is, or tells a story', () => {
    const found = rules.checkOpenings(
      texts({ 'a.ts': 'const a = 1', 'b.ts': '// b\n'.repeat(6), 'c.ts': '#!/usr/bin/env node\n// c\nrun()' }),
    )
    assert.deepEqual(found, [
      'a.ts:1: it must open with 1 to 5 lines of // comment that say what it is; there are 0',
      'b.ts:1: it must open with 1 to 5 lines of // comment that say what it is; there are 6',
    ])
  })

  test('unfinished work, and a checker silenced without a reason', () => {
    const note = ['TO', 'DO'].join('')
    const found = rules.checkComments(
      sources({
        'a.ts': `// ${note}: later\nconst x = '${note}'\n// @ts-expect-error\n// oxlint-disable-next-line no-eval`,
        'b.ts': '// oxlint-disable-next-line no-eval -- the input is our own\n/* fine */',
      }),
    )
    assert.deepEqual(found, [
      'a.ts:1: finish it, or open an issue',
      'a.ts:3: mend the cause, or give the reason after --',
      'a.ts:4: mend the cause, or give the reason after --',
    ])
  })

  test('a path of one machine', () => {
    const path = ['', 'home', 'kim', 'allswell'].join('/')
    const found = rules.checkMachine(texts({ 'a.md': `see ${path}\nhttps://example.test/home/x/\n`, 'b.ts': 'a/b' }))
    assert.deepEqual(found, [`a.md:1: ${path.replace('allswell', '')} is a path of one machine`])
  })

  test('a file that main.ts never reaches', () => {
    const found = rules.checkReached(
      sources({
        'src/main.ts': "import '#core/a.ts'",
        'src/core/a.ts': "import './b.ts'",
        'src/core/b.ts': '',
        'src/core/c.ts': "import './d.ts'",
        'src/core/d.ts': "import './c.ts'",
        'src/core/d.test.ts': "import './d.ts'\nimport './testing.ts'",
        'src/core/testing.ts': '',
        'src/dashboard/main.tsx': "const screen = () => import('./a.tsx')",
        'src/dashboard/a.tsx': '',
        'src/dashboard/b.tsx': '',
      }),
    )
    assert.deepEqual(
      found,
      ['src/core/c.ts', 'src/core/d.ts', 'src/dashboard/b.tsx'].map(
        (path) => `${path}: main.ts never reaches it; import it, delete it, or name it testing.ts if tests need it`,
      ),
    )
  })

  test('an import of a file that is not in git', () => {
    const found = rules.checkTargets(
      sources({ 'src/http/a.ts': "import '#core/b.ts'\nimport './c.ts'\nimport 'zod'\nimport '../main.ts'" }),
      new Set(['src/core/b.ts', 'src/main.ts']),
    )
    assert.deepEqual(found, ['src/http/a.ts:2: ./c.ts is not in git'])
  })

  test('a Markdown file with no title, two, or one that comes late', () => {
    const found = rules.checkTitles(
      texts({
        'a.md': '# A\n\n```sh\n# not a title\n```\n## Part\n',
        'b.md': '## B\n',
        'c.md': '# C\n\n# D\n',
        'd.md': 'Hello\n\n# D\n',
      }),
    )
    assert.deepEqual(found, [
      'b.md: it has 0 titles (# …); it must have exactly one',
      'c.md: it has 2 titles (# …); it must have exactly one',
      'd.md: its title must be the first line',
    ])
  })

  test('a dependency that is a range or that nobody explains', () => {
    const found = rules.checkDependencies(
      { dependencies: { zod: '4.0.0', pg: '^8.0.0' }, devDependencies: { oxfmt: '1.0.0-beta.1' } },
      '| part | why |\n|---|---|\n| `zod` | schemas |\n| `oxfmt` | format |\n\npg is mentioned outside of the table',
    )
    assert.deepEqual(found, [
      'package.json: pin pg; ^8.0.0 is a range',
      'ARCHITECTURE.md: the table of dependencies has no line with `pg`',
    ])
  })

  test('a hook that would run for the tests of every file', () => {
    const found = rules.checkHooks(
      sources({ 'a.test.ts': "afterEach(f)\ndescribe('x', () => {\n  beforeEach(f)\n})\nconst b = 'beforeEach(f)'" }),
    )
    assert.deepEqual(found, [
      'a.test.ts:1: afterEach at the root runs for all tests of all files; put it into a describe()',
    ])
  })

  test('a kind asked for by its name outside of its file', () => {
    const found = rules.checkKinds(
      sources({
        'src/checks/http.ts': "export const http = defineCheck<Config>({\n  kind: 'http',\n})",
        'src/channels/email.ts': "defineChannel({ kind: 'email' })\nif (kind === 'email') stop()",
        'src/http/a.ts':
          "if (monitor.kind === 'http') x()\nif (via === 'http') y()\nif ('email' !== channel?.kind) z()",
        'src/http/b.ts': "if (update.kind === 'opened') x()",
        'src/http/testing.ts': "if (monitor.kind === 'http') x()",
      }),
    )
    assert.deepEqual(found, [
      "src/http/a.ts:1: it asks for the kind 'http'; let the kind's own file answer",
      "src/http/a.ts:3: it asks for the kind 'email'; let the kind's own file answer",
    ])
  })
})
