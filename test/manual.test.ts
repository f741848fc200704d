// Tests of the manual: its tables are those of the schemas, and its examples are read as they stand.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { channelKinds } from '#channels/index.ts'
import { kinds } from '#checks/index.ts'
import { reasonNames } from '#core/reason.ts'
import { readManifest } from '#manifest/file.ts'
import { fillTables, pages, tables } from './manual.ts'
import { openManifest } from '#manifest/read.ts'
import { selfSigned } from './tls.ts'

for (const page of pages) {
  const name = page.pathname.split('/').at(-1)
  const text = readFileSync(page, 'utf8')

  test(`the tables of ${name} are those of the program; if not: node test/manual.ts`, () => {
    assert.equal(text, fillTables(text))
  })

  test(`every whole configuration in ${name} is read without a fault or warning`, () => {
    for (const [, example = ''] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
      if (!example.includes('version: 1')) continue
      const read = readManifest(openManifest({ kinds, channelKinds }), example, {
        env: new Proxy({}, { get: () => 'x' }),
        readFile: (path) => (path.endsWith('.key') ? selfSigned.key : selfSigned.cert),
      })
      assert.deepEqual(read.ok ? [] : read.faults, [])
      assert.deepEqual(read.warnings, [])
    }
  })
}

test('every table of the program stands in the manual', () => {
  const all = pages.map((page) => readFileSync(page, 'utf8')).join('\n')
  for (const name of tables().keys()) assert.ok(all.includes(`<!-- table ${name} -->`), name)
})

test('the manual says of every reason what it means', () => {
  const text = readFileSync(new URL('../docs/manual/monitors.md', import.meta.url), 'utf8')
  const [, table = ''] = text.split('## Reasons')
  const named = new Set([...table.matchAll(/`(\w+)`/g)].map((match) => match[1]))
  for (const reason of reasonNames) assert.ok(named.has(reason), reason)
})
