// The form of every kind, channel, rule and page, made from the very schemas that the server has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kinds } from '#checks/index.ts'
import { channelKinds } from '#channels/index.ts'
import { formOf } from '#http/forms.ts'
import { kindsTold } from '#http/kinds-told.ts'
import { entrySchemas } from '#manifest/json-schema.ts'
import { openManifest } from '#manifest/read.ts'
import { partsOf } from '../../../src/dashboard/form/entry.ts'
import { fieldsOf, type FormSpec, nodeOf, type Schema } from '../../../src/dashboard/form/model.ts'

const manifest = openManifest({ kinds, channelKinds })
const told = kindsTold(manifest)
const spec = (type: 'monitor' | 'channel' | 'rule' | 'page'): FormSpec =>
  formOf(type, entrySchemas(manifest)[type], type === 'monitor' || type === 'channel' ? told[type] : [], () => false)

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

test('every kind and channel has a form with its name and what it is about first, the rest folded', () => {
  for (const type of ['monitor', 'channel'] as const) {
    const all = spec(type)
    assert.ok(all.kinds.length > 1)
    for (const { kind, works } of all.kinds) {
      if (works === 'collected') continue
      const { first, folds } = partsOf(all, kind)
      const needed = first.filter(({ field }) => field.required)
      assert.ok(needed.length <= 2, `${kind}: ${needed.length} fields must be filled`)
      assert.ok(first.length <= 6, `${kind}: ${first.length} fields first`)
      assert.deepEqual(first[0]?.path, ['name'])
      assert.ok(folds.length > 0, kind)
    }
  }
})

test('few settings of all kinds have no field of their own', () => {
  const forms = (['monitor', 'channel', 'rule', 'page'] as const).map(spec)
  const all = forms.flatMap(({ schema, kinds }) => [schema, ...kinds.map((kind) => kind.schema)].flatMap(within))
  const json = all.filter((schema) => nodeOf(schema).is === 'json')
  assert.ok(all.length > 500, String(all.length))
  assert.ok(json.length < all.length / 20, `${json.length} of ${all.length}`)
})

test('the rule’s settings have the fields that people expect', () => {
  const rule = fieldsOf(spec('rule').schema)
  const node = (name: string) => nodeOf(rule.find((field) => field.name === name)?.schema ?? {})
  assert.deepEqual([node('tell').is, node('on').is, node('monitors').is], ['channels', 'list', 'monitors'])
})
