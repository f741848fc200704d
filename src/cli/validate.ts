// `allswell validate`: checks configuration files without a server.
// Promises all faults of all files, and exit code 1 when there is one. Must not change anything.
import { isFolder, loadDocument, loadManifest } from '#manifest/disk.ts'
import type { ReadDocument } from '#manifest/document.ts'
import type { ManifestObject, ReadManifest } from '#manifest/file.ts'
import { drawFaults } from '#manifest/show.ts'
import { UsageError } from '#platform/settings.ts'
import { printFaults } from './apply/request.ts'
import type { Command, Io } from './command.ts'

export const validate: Command = {
  name: 'validate',
  summary: 'Check configuration files and show all that is wrong.',
  forms: ['FILE|FOLDER...'],
  flags: [],
  settings: ['config'],
  async run({ settings, env, io, parts }) {
    const files = settings.operands.length > 0 ? settings.operands : settings.config === null ? [] : [settings.config]
    if (files.length === 0) throw new UsageError(['name a file: allswell validate allswell.yaml'])
    let code = 0
    for (const file of files) {
      const read = loadManifest(parts.manifest, file, env)
      if (isApplied(file, read)) {
        code = Math.max(code, validateDocument(io, file, loadDocument(parts.manifest, [file], env)))
        continue
      }
      if (read.warnings.length > 0) io.stderr.write(`${drawFaults(`warning: ${file}`, read.warnings)}\n\n`)
      if (read.ok) io.stdout.write(`${file}: ok, ${countObjects(read.objects)}\n`)
      else {
        io.stderr.write(`${drawFaults(file, read.faults)}\n\n`)
        io.stdout.write(`${file}: ${sayFaults(read.faults.length)}\n`)
        code = 1
      }
    }
    return code
  },
}

/** It is for `allswell apply`, whose files may be several and refer to what is on the server. */
const isApplied = (file: string, { warnings }: ReadManifest) =>
  isFolder(file) || warnings.some(({ path }) => path.length === 1 && path[0] === 'scope')

function validateDocument(io: Io, file: string, read: ReadDocument): number {
  printFaults(io.stderr, read.warnings, 'warning: ')
  if (!read.ok) printFaults(io.stderr, read.faults)
  const count = read.ok ? `ok, ${read.document.count} entries to apply` : sayFaults(read.faults.length)
  io.stdout.write(`${file}: ${count}\n`)
  return read.ok ? 0 : 1
}

const sayFaults = (count: number) => (count === 1 ? '1 fault' : `${count} faults`)

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
