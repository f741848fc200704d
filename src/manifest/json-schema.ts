// The JSON Schema of a manifest, for editors and other tools: made from the schemas that read it.
// Promises every key with its description and default. Must not describe anything by itself.
import { z } from 'zod'
import { sections } from './links.ts'
import type { Registries } from './read.ts'
import { channelFields, key, monitorFields, pageFields, ruleFields, serverFields } from './schema.ts'

interface Described {
  readonly kind: string
  readonly title: string
  readonly summary: string
  readonly config: z.ZodType
}

/** The fields of an entry with one further key that names its kind. */
function withKind(fields: z.ZodObject, kinds: readonly Described[]) {
  const configs = kinds.map((one) => [
    one.kind,
    one.config.optional().meta({ title: one.title, description: one.summary }),
  ])
  const oneOf = kinds.map((one) => ({ required: [one.kind] }))
  return fields.extend(Object.fromEntries(configs) as z.ZodRawShape).meta({ oneOf })
}

const monitorEntry = ({ kinds }: Registries) => withKind(monitorFields, [...kinds.values()])
const channelEntry = ({ channelKinds }: Registries) => withKind(channelFields, [...channelKinds.values()])

const print = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>

/** The schemas of single entries, for the API's description. */
export function entrySchemas(registries: Registries) {
  return {
    monitor: print(monitorEntry(registries)),
    channel: print(channelEntry(registries)),
    rule: print(ruleFields),
    page: print(pageFields),
  }
}

const loose = z.record(z.string(), z.unknown()).describe('Settings of an entry.')
const moved = z
  .strictObject({ from: z.string().describe('The key that it had before.') })
  .describe('It had another key: its history comes along when it is applied.')
  .optional()
const template = z.strictObject({
  for_each: z
    .union([
      z.array(z.unknown()).describe('The items themselves.'),
      ...['csv', 'yaml', 'json'].map((form) => z.strictObject({ [form]: z.string().describe('Path of the file.') })),
    ])
    .describe('The items: a list, or a file with one. Each gives values to ${name}.'),
  ...Object.fromEntries(
    sections.map((section) => [
      section,
      z.record(z.string(), loose).describe(`The ${section} made for each.`).optional(),
    ]),
  ),
})

/** The schema of the whole file, as `allswell schema` prints it (JSON Schema 2020-12). */
export function manifestSchema(registries: Registries): Record<string, unknown> {
  const entries = <Of extends z.ZodType>(of: Of, text: string) => z.record(key, of).describe(text).optional()
  const file = z.strictObject({
    version: z.literal(1).describe('The version of this format.'),
    ...serverFields.shape,
    scope: z.string().describe('Whose objects these are, in files that are applied.').optional(),
    defaults: z
      .strictObject(Object.fromEntries(sections.map((section) => [section, loose.optional()])))
      .describe('What all entries of a section have unless they say otherwise.')
      .optional(),
    templates: z.record(z.string(), template).describe('What is made for each item of a list, by any name.').optional(),
    monitors: entries(
      withKind(monitorFields.extend({ moved }), [...registries.kinds.values()]),
      'What is watched, by key.',
    ),
    channels: entries(channelEntry(registries), 'Where messages go, by key.'),
    rules: entries(ruleFields, 'Who is told what, by key.'),
    pages: entries(pageFields, 'What the public sees, by key.'),
  })
  return print(
    file.meta({
      title: 'Allswell configuration',
      description: 'Monitors, channels, rules and pages of one Allswell server.',
      patternProperties: { '^x-': { description: 'For the writer, such as anchors; ignored.' } },
    }),
  )
}
