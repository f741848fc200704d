// `allswell serve`: runs the server.
// Promises only to hand over the settings. Must not know what a server is made of.
import { serverSettings } from '#platform/settings.ts'
import { type Command, takesNoWords } from './command.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'Run the server: checks, heartbeats, alerts, pages and API.',
  forms: [''],
  flags: [],
  settings: serverSettings,
  async run({ settings, parts }) {
    takesNoWords(settings)
    return parts.serve(settings)
  },
}
