// `allswell serve`: runs the server.
// Promises only to hand over the settings. Must not know what a server is made of.
import { settingNames, UsageError } from '#platform/settings.ts'
import type { Command } from './command.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'Run the server: checks, heartbeats, alerts, pages and API.',
  forms: [''],
  flags: [],
  settings: settingNames,
  async run({ settings, parts }) {
    if (settings.operands.length > 0) throw new UsageError([`unexpected argument ${settings.operands[0]}`])
    return parts.serve(settings)
  },
}
