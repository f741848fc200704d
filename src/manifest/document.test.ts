// Files that are applied: several together, templates, defaults, renames, and every fault at its place.
// Promises to look at what a server would be sent.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { readCsv } from './csv.ts'
import { loadDocument } from './disk.ts'
import { openManifest } from './read.ts'
import { showFault } from './show.ts'
import { fakes } from './testing.ts'

const manifest = openManifest(fakes)
const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** Reads files that are written into a folder of their own; of a single one the text is enough. */
function load(files: string | Record<string, string>, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-document-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(typeof files === 'string' ? { 'a.yaml': files } : files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const read = loadDocument(manifest, [folder], env)
  const told = (faults: readonly { file: string }[]) =>
    faults.map((fault) => showFault(fault.file.slice(folder.length + 1), fault as never))
  return {
    document: read.ok ? read.document : null,
    faults: read.ok ? [] : told(read.faults),
    warnings: told(read.warnings),
    locate: (path: string, message: string) => {
      const found = read.ok ? read.document.locate(path, message) : null
      return found === null ? null : told([found])[0]
    },
  }
}
const begin = 'version: 1\n'

describe('documents from files', () => {
  test('several files and folders are one document, and links between them are no faults', () => {
    const { document, faults, warnings } = load({
      'channels.yaml': `${begin}scope: shop\nchannels: { hook: { webhook: { url: "https://hook.example" } } }`,
      'stacks/web.yml': `${begin}monitors: { web: { tcp: { address: "web:80" } } }`,
      'stacks/rules.yaml': `${begin}rules: { all: { monitors: [web, elsewhere], tell: [hook, on-the-server] } }`,
      '.hidden.yaml': 'nonsense',
      'list.yaml': '# a list\n- one\n',
      'notes.txt': 'nonsense',
    })
    assert.deepEqual([faults, warnings], [[], []])
    assert.equal(document?.scope, 'shop')
    assert.deepEqual(document.sections.monitors, { web: { tcp: { address: 'web:80' } } })
    assert.equal(document.count, 3)
  })

  test('a template is filled for each row of a CSV file, in keys, texts and labels', () => {
    const { document, faults } = load({
      'a.yaml': `${begin}templates:
  stack:
    for_each: { csv: stacks.csv }
    monitors:
      "\${name}-live": { http: { url: "https://\${host}/live?of=$\${x}" }, labels: { customer: "\${name}" } }
      "\${name}-ready": { http: { url: "https://\${host}/ready" } }
`,
      'stacks.csv': '\uFEFFname,host\r\nacme,"acme.example.com"\r\n\r\nbeta, beta.example.com \r\n',
    })
    assert.deepEqual(faults, [])
    assert.deepEqual(document?.sections.monitors, {
      'acme-live': { http: { url: 'https://acme.example.com/live?of=${x}' }, labels: { customer: 'acme' } },
      'acme-ready': { http: { url: 'https://acme.example.com/ready' } },
      'beta-live': { http: { url: 'https://beta.example.com/live?of=${x}' }, labels: { customer: 'beta' } },
      'beta-ready': { http: { url: 'https://beta.example.com/ready' } },
    })
  })

  test('a list may stand in the file or in YAML or JSON, and a variable that stands alone keeps its sort', () => {
    const list = (what: string) =>
      `${begin}templates: { t: { for_each: ${what}, monitors: { "\${n}": ` +
      '{ fail_after: "${times}", tcp: { address: "${n}:1" } } } } }'
    const expected = { a: { fail_after: 3, tcp: { address: 'a:1' } } }
    const all: Record<string, string>[] = [
      { 'a.yaml': list('[{ n: a, times: 3 }]') },
      { 'a.yaml': list('{ yaml: b.yaml }'), 'b.yaml': '- { n: a, times: 3 }\n' },
      { 'a.yaml': list('{ json: b.json }'), 'b.json': '[{"n":"a","times":3}]' },
    ]
    for (const files of all) {
      const { document, faults } = load(files)
      assert.deepEqual([faults, document?.sections.monitors], [[], expected])
    }
    const items = load(
      `${begin}templates: { t: { for_each: [a, b], monitors: { "\${item}": { tcp: { address: "\${item}:1" } } } } }`,
    )
    assert.deepEqual(Object.keys(items.document?.sections.monitors ?? {}), ['a', 'b'])
  })

  test('defaults lie below every entry that they mean something to', () => {
    const { document, faults } = load(`${begin}defaults:
  monitors: { interval: 10s, labels: { team: ops, tier: gold }, http: { method: HEAD } }
monitors:
  web: { http: { url: "https://a.example" }, labels: { tier: tin } }
  db: { tcp: { address: "db:1" }, interval: 1m }
  job: { heartbeat: { every: 1h } }
`)
    assert.deepEqual(faults, [])
    const labels = { team: 'ops', tier: 'gold' }
    assert.deepEqual(document?.sections.monitors, {
      web: {
        interval: '10s',
        labels: { team: 'ops', tier: 'tin' },
        http: { method: 'HEAD', url: 'https://a.example' },
      },
      db: { interval: '1m', labels, tcp: { address: 'db:1' } },
      job: { labels, heartbeat: { every: '1h' } },
    })
  })

  test('a rename is told beside the entry, which has no such setting', () => {
    const { document } = load(`${begin}monitors: { new: { tcp: { address: "a:1" }, moved: { from: old } } }`)
    assert.deepEqual(
      [document?.moved, document?.sections.monitors],
      [{ new: 'old' }, { new: { tcp: { address: 'a:1' } } }],
    )
    const { faults } = load(`${begin}monitors: { new: { tcp: { address: "a:1" }, moved: old } }`)
    assert.match(faults[0] ?? '', /^a\.yaml:2:\d+: monitors\.new\.moved: must say the old key: moved: \{ from: OLD \}$/)
  })

  test('all faults of all files are told with file, line and column, those of a template for which item', () => {
    const { faults } = load({
      'a.yaml': `${begin}monitor: {}\nmonitors: { web: { tcp: { address: nothing } } }`,
      'b.yaml': `${begin}monitors: { web: { tcp: { address: "a:1" } } }\nscope: 7\n`,
      'c.yaml': `${begin}templates:
  t: { for_each: { csv: c.csv }, monitors: { "\${name}": { tcp: { address: "\${hots}:1" } } } }
  u: { for_each: { csv: c.csv }, monitors: { "\${name}": { tcp: { address: "\${host}" } } } }
  v: { for_each: { cvs: c.csv }, monitor: {} }
`,
      'c.csv': 'name,host\nacme,acme.example.com\n',
    })
    assert.deepEqual(
      faults.map((fault) => fault.replace(/at \S*a\.yaml/, 'at a.yaml')),
      [
        'a.yaml:2:1: monitor: the key "monitor" is not known; did you mean "monitors"?',
        'a.yaml:3:36: monitors.web.tcp.address: is not an address such as host:5432',
        'b.yaml:2:13: monitors.web: "web" is there twice: also at a.yaml:3',
        'b.yaml:3:8: scope: must be a text',
        'c.yaml:3:75: templates.t.monitors["${name}"].tcp.address: ${hots}: c.csv:2 has no "hots"; it has name, host',
        'c.yaml:4:75: templates.u.monitors["${name}"].tcp.address: is not an address such as host:5432 (for c.csv:2)',
        'c.yaml:5:20: templates.v.for_each.cvs: the form "cvs" is not known; did you mean "csv"?',
        'c.yaml:5:34: templates.v.monitor: the key "monitor" is not known; did you mean "monitors"?',
      ],
    )
  })

  test('what the server finds wrong is shown at its place in the files', () => {
    const { locate } = load(`${begin}rules:\n  "all.of-it": { monitors: "*", tell: [hook] }\n`)
    assert.equal(
      locate('rules["all.of-it"].tell[0]', 'there is no channel "hook"'),
      'a.yaml:3:40: rules["all.of-it"].tell[0]: there is no channel "hook"',
    )
    assert.equal(locate('rules.other', 'x'), null)
  })

  test('settings of the server, and keys that look alike, are warned of', () => {
    const { warnings } = load(
      `${begin}public_url: "https://a.example"\n` +
        'monitors: { web: { tcp: { address: "a:1" } }, Web: { tcp: { address: "a:1" } } }',
    )
    assert.match(warnings[0] ?? '', /^a\.yaml:2:1: public_url: is a setting of the server/)
    assert.match(warnings[1] ?? '', /^a\.yaml:3:\d+: monitors\.Web: differs from "web" by capital letters alone/)
  })

  test('secrets stand in no message', () => {
    const text = `${begin}monitors: { web: { tcp: { address: "a:1" }, interval: "\${env:SECRET}" } }`
    const { faults } = load(text, { SECRET: 'hunter22' })
    assert.match(faults[0] ?? '', /"\$\{env:SECRET\}" is not a duration/)
  })

  test('a folder without files, and a file that is not there, are faults', () => {
    assert.match(load({ 'a.txt': '' }).faults[0] ?? '', /has no \.yaml or \.yml file below it$/)
    const { ok, ...read } = loadDocument(manifest, ['/nowhere/at-all.yaml'], {})
    assert.equal(ok, false)
    assert.match(JSON.stringify(read), /cannot be read: there is no such file/)
  })
})

describe('CSV', () => {
  const rows = (text: string) => readCsv(text).map(({ values }) => values)

  test('quotes, doubled quotes, line ends within, and semicolons of spreadsheets are read', () => {
    assert.deepEqual(rows('a,b\n"x, ""y""","two\nlines"\n'), [{ a: 'x, "y"', b: 'two\nlines' }])
    assert.deepEqual(rows('a;b\n1;2,5\n'), [{ a: '1', b: '2,5' }])
    assert.deepEqual(rows('a,b\r\n,\r\n'), [{ a: '', b: '' }])
    assert.deepEqual(
      readCsv('a\n"x\ny"\nz').map(({ line }) => line),
      [2, 4],
    )
  })

  test('what is wrong is told with its line', () => {
    for (const [text, why] of [
      ['', 'it is empty; its first line must name the columns'],
      ['a,b\n1\n', 'line 2: has 1 fields, but the first line names 2'],
      ['a,a\n', 'line 1: two columns are called a'],
      ['a b\n', 'line 1: "a b" is not a name; take letters, digits and _'],
      ['a\n"x\n', 'line 2: a quote is not closed'],
      ['a\n"x"y\n', 'line 2: there is text behind a closing quote'],
    ] as const)
      assert.throws(() => readCsv(text), { message: why })
  })
})
