// Tests of whole manifests: the contract's example, the golden files, and input of every hostile sort.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { channelKinds } from '#channels/index.ts'
import { kinds } from '#checks/index.ts'
import { loadManifest } from './disk.ts'
import { mostCharacters, readManifest } from './file.ts'
import { openManifest } from './read.ts'
import { openReferences } from './references.ts'
import { drawFaults, showFault } from './show.ts'
import { fakes } from './testing.ts'

const golden = new URL('../../test/golden/manifests/', import.meta.url)
const names = (folder: string) => readdirSync(new URL(folder, golden)).filter((name) => name.endsWith('.yaml'))
const manifest = openManifest(fakes)
const world = { env: {}, readFile: () => '' }
const read = (text: string, one = manifest) => readManifest(one, text, world)
const messages = (text: string) => {
  const result = read(text)
  return result.ok ? [] : result.faults.map((fault) => fault.message)
}

const contract = readFileSync(new URL('contract.yaml', golden), 'utf8')
const kindOf = (monitor: object) => Object.keys(monitor).find((key) => /^(http|tcp|ping|tls|dns|heartbeat)$/.test(key))
const real = openManifest({ kinds, channelKinds })

test('the example of the contract is read as it stands, as far as its kinds exist', () => {
  const whole = parse(contract) as { monitors: Record<string, object> }
  const monitors = Object.entries(whole.monitors).filter(([, one]) => kinds.has(kindOf(one) ?? ''))
  const result = read(stringify({ ...whole, monitors: Object.fromEntries(monitors) }), real)
  assert.deepEqual(result.ok ? [] : result.faults, [])
  assert.deepEqual(result.warnings, [])
  const objects = result.ok ? result.objects : []
  const found = new Set(objects.map((object) => `${object.type} ${object.key} ${object.kind}`.trim()))
  for (const [key, monitor] of monitors) assert.ok(found.has(`monitor ${key} ${kindOf(monitor)}`), key)
  for (const key of ['channel hook webhook', 'channel ops email', 'rule everything', 'page main'])
    assert.ok(found.has(key), key)
})

test('the only faults of the contract’s example are kinds that do not exist yet, and those that do are named', () => {
  const whole = parse(contract) as { monitors: Record<string, object> }
  const absent = Object.entries(whole.monitors).filter(([, one]) => !kinds.has(kindOf(one) ?? ''))
  const result = read(contract, real)
  const faults = result.ok ? [] : result.faults
  assert.deepEqual(
    faults.map((fault) => fault.path.join('.')),
    absent.map(([key, one]) => `monitors.${key}.${kindOf(one)}`),
  )
  for (const fault of faults) assert.match(fault.message, /the kind of monitor "\w+" is not known; known: .*http.*tcp/)
})

test('what a reference stands for is in no fault’s message, whole, escaped or cut off', () => {
  const env = { A: 'hidden one', B: 'hidden "two"', C: `hidden ${'three'.repeat(20)}`, D: '5' }
  const rule = (tell: string) => `version: 1\nrules:\n  r: { monitors: '*', tell: '${tell}', on: '\${env:D}' }\n`
  for (const [tell, shown] of [
    ['${env:A}', '"${env:A}" is not a key'],
    ['${env:B} and ${env: A }', '"${env:B} and ${env:A}" is not a key'],
    ['${env:C}', '"${env:C}..." is not a key'],
    ['so ${file:c}', '"so ${file:c}..." is not a key'],
  ] as const) {
    const result = readManifest(real, rule(tell), { env, readFile: () => env.C })
    const all = result.ok ? '' : result.faults.map(({ message }) => message).join('\n')
    assert.doesNotMatch(all, /hidden/)
    assert.ok(all.startsWith(shown), all)
    assert.match(all, /^"5" is not one of/m)
  }
})

test('a text of unfinished references is read in linear time, and what stands in it stays', () => {
  for (const piece of ['${a:', '${', '$${a', '}${a']) {
    const put = openReferences(world).resolve(`${piece.repeat(200_000)}$\${`)
    assert.equal(put.ok && put.text.length, piece.replace('$$', '$').length * 200_000 + 2)
  }
})

for (const name of names('valid/')) {
  test(`the file valid/${name} is read without a fault or warning`, () => {
    const path = new URL(`valid/${name}`, golden).pathname
    const result = loadManifest(manifest, path, { SMTP_PASSWORD: 'pass' })
    assert.equal(result.ok ? '' : drawFaults(name, result.faults), '')
    assert.equal(drawFaults(name, result.warnings), '')
  })
}

for (const name of names('invalid/')) {
  test(`the file invalid/${name} is refused with exactly the words of its golden file`, () => {
    const result = loadManifest(manifest, new URL(`invalid/${name}`, golden).pathname, {})
    assert.equal(result.ok, false)
    const expected = readFileSync(new URL(`invalid/${name.replace('.yaml', '.txt')}`, golden), 'utf8')
    assert.equal(`${result.ok ? '' : drawFaults(name, result.faults)}\n`, expected)
  })
}

test('two monitors of one file have different secret ids, however they are written', () => {
  const id = '3f1c9a52-7d1e-4c47-9b1a-0c7d2f7f3e55'
  const monitor = (key: string, own: string) => `  ${key}: { heartbeat: { every: 1h, id: ${own} } }\n`
  const file = (other: string) => `version: 1\nmonitors:\n${monitor('a', id)}${monitor('b', other)}`
  const twice = read(file(id.toUpperCase()), real)
  const faults = twice.ok ? [] : twice.faults.map(({ path, message }) => [path.join('.'), message])
  assert.deepEqual(faults, [['monitors.b.heartbeat.id', 'the monitor "a" has this id already; make one with uuidgen']])
  assert.ok(read(file(id.replace('3', '4')), real).ok)
})

test('objects carry key, name, kind, labels and the entry as written', () => {
  const result = read(
    'version: 1\nmonitors: { web: { name: Shop, labels: { a: b }, tcp: { address: "x:1" }, interval: 5s } }',
  )
  assert.deepEqual(result.ok && result.objects, [
    {
      type: 'monitor',
      key: 'web',
      name: 'Shop',
      kind: 'tcp',
      labels: { a: 'b' },
      spec: { name: 'Shop', labels: { a: 'b' }, tcp: { address: 'x:1' }, interval: '5s' },
    },
  ])
})

test('pages keep the order of the file unless they say otherwise', () => {
  const result = read(
    `version: 1
pages: { z: { title: Z, groups: [] }, a: { title: A, groups: [] }, m: { title: M, order: 9, groups: [] } }`,
  )
  assert.deepEqual(result.ok && result.objects.map((object) => [object.key, object.spec['order']]), [
    ['z', 1],
    ['a', 2],
    ['m', 9],
  ])
})

test('secrets are put in, escaped references are left, and what was put in is not looked at again', () => {
  const text = 'version: 1\nmonitors: { web: { http: { url: "http://${env:HOST}/${file:path}?a=$${env:HOST}" } } }'
  const files: string[] = []
  const result = readManifest(manifest, text, {
    env: { HOST: 'shop.example' },
    readFile: (path) => {
      files.push(path)
      return '${env:HOST}\n'
    },
  })
  assert.deepEqual(result.ok && result.objects[0]?.spec['http'], {
    url: 'http://shop.example/${env:HOST}?a=${env:HOST}',
  })
  assert.deepEqual(files, ['path'])
})

test('a choice that chooses nothing is a warning with the nearest key, and the file stands', () => {
  const result = read(`version: 1
monitors: { web: { tcp: { address: "x:1" }, labels: { tier: gold } } }
channels: { hook: { webhook: { url: "http://x/" } } }
rules:
  near: { monitors: wbe, tell: hook }
  pattern: { monitors: [w*, shop-*], tell: hook }
  labels: { monitors: { labels: { tier: silver } }, tell: hook }
  keys: { monitors: { keys: [web, db] }, tell: hook }
  all: { monitors: "*", tell: hook }
pages: { main: { title: Main, groups: [{ components: [{ name: Web, monitors: { keys: wep } }] }] } }
`)
  assert.equal(result.ok, true)
  assert.deepEqual(
    result.warnings.map((warning) => showFault('a.yaml', warning)),
    [
      'a.yaml:5:21: rules.near.monitors: "wbe" is no monitor of this file; did you mean "web"?',
      'a.yaml:6:29: rules.pattern.monitors[1]: "shop-*" matches no monitor of this file',
      'a.yaml:7:33: rules.labels.monitors.labels: no monitor of this file has these labels',
      'a.yaml:8:35: rules.keys.monitors.keys[1]: "db" is no monitor of this file',
      'a.yaml:10:86: pages.main.groups[0].components[0].monitors.keys: "wep" is no monitor of this file; ' +
        'did you mean "web"?',
    ],
  )
})

test('a byte order mark and Windows line ends change neither meaning nor places', () => {
  const lines = ['version: 1', 'monitors:', '  web: { tcp: { address: "x:1" }, interval: 1x }']
  const one = read(lines.join('\n'))
  const other = read(`\uFEFF${lines.join('\r\n')}`)
  assert.deepEqual(one, other)
  assert.equal(!one.ok && one.faults[0]?.line, 3)
})

test('what cannot be read is not blamed a second time for being absent', () => {
  assert.deepEqual(messages('version: 1\nmonitors: { web: { http: { url: "${env:NO}" }, interval: 1x } }'), [
    'the environment variable NO is not set',
    '"1x" is not a duration; write a number with a unit (ms, s, m, h, d, w), such as 30s or 1h30m',
  ])
})

test('a file that is too large is refused at once, one of 10 MB is read', () => {
  assert.deepEqual(messages('#'.repeat(mostCharacters + 1)), ['the file is larger than 16 MB'])
  const result = read(
    `version: 1\nmonitors: { web: { description: "${'x'.repeat(10_000_000)}", tcp: { address: "x:1" } } }`,
  )
  assert.equal(result.ok ? '' : result.faults[0]?.message, 'must not be longer than 2000 characters')
})

test('deep nesting is refused, whatever it is made of', () => {
  for (const part of ['[', '{a: ', '- ', '? ', '&a [', '!t {a: '])
    assert.ok(messages(`version: 1\nx-deep:\n ${part.repeat(2_000)}`).length > 0, part)
  const chain = Array.from({ length: 200 }, (_, index) => `x-${index + 1}: &a${index + 1} [*a${index}]`)
  assert.deepEqual(messages(`version: 1\nx-0: &a0 [1]\n${chain.join('\n')}`), [
    'the values are nested more than 64 deep',
  ])
})

const jargon = /invalid input|nonoptional|expected (string|object|array|record|never)|received|undefined|zod|too_/i

test('reading any text at all never throws, and no fault speaks the language of libraries', () => {
  const snippets = fc.constantFrom(
    ...'[ ] { } : , - ? & * ! | > \' " % @ ` # ~'.split(' '),
    '\n',
    '\t',
    ' ',
    'version: 1\n',
    'monitors:',
    '<<: ',
    '${env:X}',
    '\uFEFF',
  )
  const text = fc
    .array(fc.oneof(snippets, fc.string({ maxLength: 8 })), { maxLength: 40 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, (one) => {
      for (const message of messages(one)) assert.doesNotMatch(message, jargon)
    }),
    { numRuns: 300 },
  )
})

test('reading any data in the places of entries never throws, and no fault speaks the language of libraries', () => {
  const whole = readFileSync(new URL('valid/everything.yaml', golden), 'utf8')
  const places: (string | number)[][] = []
  const walk = (value: unknown, path: (string | number)[]) => {
    if (path.length > 0) places.push(path)
    if (typeof value !== 'object' || value === null) return
    for (const [key, item] of Object.entries(value)) walk(item, [...path, Array.isArray(value) ? Number(key) : key])
  }
  walk(parse(whole), [])
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 3 }), (path, value) => {
      const data = parse(whole) as Record<string | number, unknown>
      let parent = data
      for (const step of path.slice(0, -1)) parent = parent[step] as typeof data
      parent[path.at(-1) ?? ''] = value
      for (const message of messages(JSON.stringify(data)))
        assert.doesNotMatch(message.replaceAll(/"[^"]*"/g, ''), jargon)
    }),
    { numRuns: 150 },
  )
})
