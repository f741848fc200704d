// `allswell schema`: prints the JSON Schema of the configuration file, for editors.
// Promises one JSON document on stdout. Must not need a server.
import { manifestSchema } from '#manifest/json-schema.ts'
import { type Command, takesNoWords } from './command.ts'

export const schema: Command = {
  name: 'schema',
  summary: 'Print the JSON Schema of the configuration file, for editors.',
  forms: [''],
  flags: [],
  settings: [],
  async run({ settings, io, parts }) {
    takesNoWords(settings)
    io.stdout.write(`${JSON.stringify(manifestSchema(parts.manifest), null, 2)}\n`)
    return 0
  },
}
