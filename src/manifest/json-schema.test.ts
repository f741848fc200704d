// Tests of the printed JSON Schema: that it is one, and that it says what the reader reads.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channelKinds } from '#channels/index.ts'
import { kinds } from '#checks/index.ts'
import { topLevelKeys } from './file.ts'
import { entrySchemas, manifestSchema } from './json-schema.ts'

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly { readonly required: readonly string[] }[]
  readonly description?: string
  readonly default?: unknown
  readonly pattern?: string
}

const schema = manifestSchema({ kinds, channelKinds }) as Schema

function* everyKey(of: Schema, path: string): Generator<[string, Schema]> {
  for (const [name, property] of Object.entries(of.properties ?? {})) {
    yield [`${path}.${name}`, property]
    yield* everyKey(property, `${path}.${name}`)
  }
  if (typeof of.additionalProperties === 'object') yield* everyKey(of.additionalProperties, `${path}.*`)
  if (of.items) yield* everyKey(of.items, `${path}[]`)
  for (const one of of.anyOf ?? []) yield* everyKey(one, path)
}

test('the schema has every key of the top level, and refuses others', () => {
  assert.deepEqual(Object.keys(schema.properties ?? {}).sort(), [...topLevelKeys].sort())
  assert.equal(schema.additionalProperties, false)
})

test('a monitor names exactly one of the kinds that exist, a channel too', () => {
  const monitor = schema.properties?.['monitors']?.additionalProperties as Schema
  const channel = schema.properties?.['channels']?.additionalProperties as Schema
  assert.deepEqual(
    monitor.oneOf,
    [...kinds.keys()].map((kind) => ({ required: [kind] })),
  )
  assert.deepEqual(
    channel.oneOf,
    [...channelKinds.keys()].map((kind) => ({ required: [kind] })),
  )
  assert.equal(monitor.properties?.['interval']?.default, '60s')
})

test('every key has a description for the editor', () => {
  const bare = [...everyKey(schema, '')].filter(([, one]) => !one.description).map(([path]) => path)
  assert.deepEqual(bare, [])
})

test('every pattern is one that other languages understand', () => {
  for (const [path, { pattern }] of everyKey(schema, ''))
    if (pattern !== undefined) assert.doesNotThrow(() => new RegExp(pattern, 'u'), path)
})

test('single entries have schemas of their own for the API', () => {
  const entries = entrySchemas({ kinds, channelKinds })
  assert.deepEqual(Object.keys(entries), ['monitor', 'channel', 'rule', 'page'])
  for (const entry of Object.values(entries)) assert.equal(entry['type'], 'object')
})
