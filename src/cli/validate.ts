// `allswell validate`: checks configuration files without a server.
// Promises all faults of all files, and exit code 1 when there is one. Must not change anything.
import { loadManifest } from '#manifest/disk.ts'
import type { ManifestObject } from '#manifest/file.ts'
import { drawFaults } from '#manifest/show.ts'
import { UsageError } from '#platform/settings.ts'
import type { Command } from './command.ts'

export const validate: Command = {
  name: 'validate',
  summary: 'Check configuration files and show all that is wrong.',
  forms: ['FILE...'],
  flags: [],
  settings: ['config'],
  async run({ settings, env, io, parts }) {
    const files = settings.operands.length > 0 ? settings.operands : settings.config === null ? [] : [settings.config]
    if (files.length === 0) throw new UsageError(['name a file: allswell validate allswell.yaml'])
    let code = 0
    for (const file of files) {
      const read = loadManifest(parts.manifest, file, env)
      if (read.warnings.length > 0) io.stderr.write(`${drawFaults(`warning: ${file}`, read.warnings)}\n\n`)
      if (read.ok) io.stdout.write(`${file}: ok, ${countObjects(read.objects)}\n`)
      else {
        io.stderr.write(`${drawFaults(file, read.faults)}\n\n`)
        io.stdout.write(`${file}: ${read.faults.length === 1 ? '1 fault' : `${read.faults.length} faults`}\n`)
        code = 1
      }
    }
    return code
  },
}

/** `6 monitors, 2 channels, 1 rule, 1 page`. */
export function countObjects(objects: readonly ManifestObject[]): string {
  const types = ['monitor', 'channel', 'rule', 'page'] as const
  return types
    .map((type) => {
      const count = objects.filter((object) => object.type === type).length
      return `${count} ${type}${count === 1 ? '' : 's'}`
    })
    .join(', ')
}
