// What README, manual and examples show must be true: configurations are accepted, links lead somewhere, code works.
// Promises that a change of the product which the manual does not follow fails here.
import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { channelKinds } from '#channels/index.ts'
import { payloadSchema } from '#channels/payload.ts'
import { sign } from '#channels/webhook.ts'
import { kinds } from '#checks/index.ts'
import { reasonNames } from '#core/reason.ts'
import { readDocument } from '#manifest/document.ts'
import { readManifest } from '#manifest/file.ts'
import { openManifest } from '#manifest/read.ts'
import { openHome } from '#test/program/program.ts'
import { selfSigned } from '#test/tls.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = ['README.md', ...globSync('{docs/manual,docs/manual/checks,examples/*}/*.md', { cwd: root })].sort()

interface Block {
  readonly place: string
  readonly language: string
  readonly text: string
}

const blocks: Block[] = pages.flatMap((page) => {
  const text = read(page)
  return [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)].map((match) => ({
    place: `${page}:${text.slice(0, match.index).split('\n').length}`,
    language: match[2] ?? '',
    text: (match[3] ?? '').replaceAll(new RegExp(`^${match[1] ?? ''}`, 'gm'), ''),
  }))
})

const block = (page: string, language: string, part: string): string => {
  const found = blocks.find((one) => one.place.includes(page) && one.language === language && one.text.includes(part))
  assert.ok(found, `${page} has a ${language} block with ${part}`)
  return found.text
}

describe('the configurations of the manual', () => {
  const table = blocks.find(({ language }) => language === 'csv')?.text ?? ''
  const files = (path: string) =>
    path.endsWith('.csv') ? table : path.endsWith('.key') ? selfSigned.key : selfSigned.cert
  const world = { env: new Proxy({}, { get: () => 'value' }), readFile: files }
  for (const { place, text } of blocks.filter((one) => one.language === 'yaml' && /^version: 1$/m.test(one.text))) {
    test(`the one at ${place} is accepted`, () => {
      const [all, sources] = [openManifest({ kinds, channelKinds }), [{ name: '', text, world }]]
      const manifest = /^scope:/m.test(text) ? readDocument(all, sources) : readManifest(all, text, world)
      assert.deepEqual(manifest.ok ? [] : manifest.faults.map(({ line, message }) => `${line}: ${message}`), [])
    })
  }

  test('the ones of the README are accepted together', () => {
    const both = blocks.filter((one) => one.place.startsWith('README') && one.language === 'yaml')
    const text = both.map((one) => one.text).join('')
    assert.equal(both.length, 2)
    assert.ok(readManifest(openManifest({ kinds, channelKinds }), text, world).ok)
  })
})

test('allswell validate accepts every configuration among the examples', async (t) => {
  const home = openHome(t)
  const examples = globSync('examples/*/*.yaml', { cwd: root })
  assert.ok(examples.length >= 2)
  const env: Record<string, string> = {}
  const files = examples.map((example, index) => {
    const folder = join(home.folder, String(index))
    const text = read(example)
    mkdirSync(folder)
    for (const [, name = ''] of text.matchAll(/\$\{env:(\w+)\}/g)) env[name] = valueOf(name)
    for (const [, name = ''] of text.matchAll(/\$\{file:([\w.]+)\}/g))
      writeFileSync(join(folder, name), name.endsWith('.pem') ? selfSigned.cert : '127.0.0.2')
    for (const [, name = ''] of text.matchAll(/\{ csv: ([\w.]+) \}/g))
      writeFileSync(join(folder, name), read(join(dirname(example), name)))
    writeFileSync(join(folder, 'allswell.yaml'), text)
    return join(folder, 'allswell.yaml')
  })
  const { code, stdout, stderr } = await home.run(['validate', ...files], env)
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.equal(stdout.match(/: ok, /g)?.length, files.length)
})

/** What may stand for a variable of that name. */
const valueOf = (name: string) =>
  name.endsWith('_PORT') ? '7001' : name.endsWith('_HOOK') ? 'https://chat.example.com/hooks/x' : 'some words'

test('every link leads to a file, and every anchor to a heading', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(([whole, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(root, target))) return [`${page}: ${whole}`]
      return anchor === undefined || anchorsOf(read(target)).includes(anchor) ? [] : [`${page}: ${whole}`]
    }),
  )
  assert.deepEqual(broken, [])
})

const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

test('the manual names every metric, and none that is not there', () => {
  const named = new Set(read('docs/manual/operation.md').match(/allswell_[a-z_]+/g))
  const sources = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const made = new Set(sources.flatMap((file) => read(file).match(/(?<=')allswell_[a-z_]+(?=')/g) ?? []))
  assert.deepEqual([...named].sort(), [...made].sort())
})

test('the manual names every reason that is given today', () => {
  const table = read('docs/manual/monitors.md').split('\n## Reasons\n')[1] ?? ''
  // Given by kinds and sources that are still to come.
  const later = new Set(['loss', 'reported', 'partial'])
  assert.deepEqual(
    reasonNames.filter((reason) => !later.has(reason) && !table.includes(`\`${reason}\``)),
    [],
  )
})

test('the body of a webhook in the manual is what is sent', () => {
  const shown = JSON.parse(block('alerts.md', 'json', '"version": 1')) as unknown
  assert.equal(payloadSchema.safeParse(shown).error, undefined)
})

test('the check of a signature in the manual accepts ours and no other', async () => {
  const code = block('alerts.md', 'js', 'isGenuine')
  const { isGenuine } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    isGenuine: (headers: Record<string, string>, body: string, secret: string) => boolean
  }
  const headers = (timestamp: string, secret = 'secret') => ({
    'x-allswell-timestamp': timestamp,
    'x-allswell-signature': `sha256=${sign(secret, timestamp, 'body')}`,
  })
  const now = String(Math.floor(Date.now() / 1_000))
  assert.ok(isGenuine(headers(now), 'body', 'secret'))
  assert.ok(!isGenuine(headers(now), 'other', 'secret'))
  assert.ok(!isGenuine(headers(now, 'guess'), 'body', 'secret'))
  assert.ok(!isGenuine(headers('1000'), 'body', 'secret'))
  assert.ok(!isGenuine({}, 'body', 'secret'))
})
