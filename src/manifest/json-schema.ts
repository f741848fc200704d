// The JSON Schema of a manifest, for editors and other tools: made from the schemas that read it.
// Promises every key with its description and default. Must not describe anything by itself.
import { z } from 'zod'
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

/** The schema of the whole file, as `allswell schema` prints it (JSON Schema 2020-12). */
export function manifestSchema(registries: Registries): Record<string, unknown> {
  const entries = <Of extends z.ZodType>(of: Of, text: string) => z.record(key, of).describe(text).optional()
  const file = z.strictObject({
    version: z.literal(1).describe('The version of this format.'),
    ...serverFields.shape,
    monitors: entries(monitorEntry(registries), 'What is watched, by key.'),
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
