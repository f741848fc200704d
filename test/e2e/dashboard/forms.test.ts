// The form of every kind, channel, rule and page, made from the very schemas that the server has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kinds } from '#checks/index.ts'
import { channelKinds } from '#channels/index.ts'
import { entrySchemas } from '#manifest/json-schema.ts'
import { openManifest } from '#manifest/read.ts'
import { kindsIn, partsOf } from '../../../src/dashboard/form/entry.ts'
import { fieldsOf, nodeOf, type Schema } from '../../../src/dashboard/form/model.ts'

const schemas = entrySchemas(openManifest({ kinds, channelKinds })) as Readonly<Record<string, Schema>>

/** Every schema within a schema. */
function within(schema: Schema): Schema[] {
  const node = nodeOf(schema)
  const inner =
    node.is === 'group'
      ? node.fields.map((field) => field.schema)
      : node.is === 'either'
        ? node.ways
        : node.is === 'list' || node.is === 'names'
          ? [node.item]
          : []
  return [schema, ...inner.flatMap(within)]
}

test('every kind and channel has a form with one to three fields first and the rest folded', () => {
  for (const type of ['monitor', 'channel'] as const) {
    const schema = schemas[type] ?? {}
    assert.ok(kindsIn(schema).length > 1)
    for (const kind of kindsIn(schema)) {
      const { first, folds } = partsOf(schema, kind, null)
      assert.ok(first.length >= 1 && first.length <= 3, `${kind}: ${first.length} fields first`)
      assert.deepEqual(first[0]?.path, ['name'])
      assert.ok(folds.length > 0, kind)
    }
  }
})

test('few settings of all kinds have no field of their own', () => {
  const all = Object.values(schemas).flatMap(within)
  const json = all.filter((schema) => nodeOf(schema).is === 'json')
  assert.ok(all.length > 500, String(all.length))
  assert.ok(json.length < all.length / 20, `${json.length} of ${all.length}`)
})

test('the rule’s settings have the fields that people expect', () => {
  const rule = fieldsOf(schemas['rule'] ?? {})
  const node = (name: string) => nodeOf(rule.find((field) => field.name === name)?.schema ?? {})
  assert.deepEqual([node('tell').is, node('on').is, node('monitors').is], ['list', 'list', 'either'])
})
