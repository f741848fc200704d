// `allswell export`: what a server has, as a file that can be applied.
// Promises that planning it finds nothing to do; secrets stand as `***`, which keeps them.
import { manifestOf } from '#manifest/write.ts'
import { clientSettings, UsageError } from '#platform/settings.ts'
import { type Command, takesNoWords } from '../command.ts'
import { openRemote } from '../remote.ts'

type Exported = Readonly<Record<'monitors' | 'channels' | 'rules' | 'pages', Readonly<Record<string, unknown>>>>

export const exportCommand: Command = {
  name: 'export',
  summary: 'Print what a server has, as a file that can be applied.',
  forms: ['[--scope NAME] [--selector NAME=VALUE[,...]] [--json]'],
  flags: [
    { flag: 'scope', takes: 'NAME', help: 'Only what this scope owns.' },
    { flag: 'selector', takes: 'LABELS', help: 'Only what has these labels, as team=shop,region=eu.' },
    { flag: 'json', help: 'Print JSON.' },
  ],
  settings: clientSettings,
  async run({ settings, io, parts }) {
    takesNoWords(settings)
    const { scope, selector, json } = settings.flags
    const query = new URLSearchParams()
    if (typeof scope === 'string') query.set('owner', `scope:${scope}`)
    for (const pair of typeof selector === 'string' ? selector.split(',') : []) {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(pair.trim()) ?? []
      if (name === undefined || value === undefined)
        throw new UsageError([`--selector: ${JSON.stringify(pair)} is no label; write name=value`])
      query.append('label', `${name}:${value}`)
    }
    const exported = await openRemote(settings, parts.clock).ask<Exported>('GET', `/api/v2/export?${query.toString()}`)
    const root = { version: 1, ...(typeof scope === 'string' ? { scope } : {}), ...filled(exported) }
    io.stdout.write(json === true ? `${JSON.stringify(root, null, 2)}\n` : manifestOf(root))
    return 0
  },
}

/** Without sections that have nothing in them. */
const filled = (exported: Exported) =>
  Object.fromEntries(Object.entries(exported).filter(([, entries]) => Object.keys(entries).length > 0))
